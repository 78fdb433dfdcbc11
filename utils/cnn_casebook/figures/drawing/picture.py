"""What every drawing function returns: a figure together with the words that stand for it.

JupyterLab ignores alternative text in the metadata of an image/png output, so the bundle also
holds an HTML image, whose alt attribute it does use; the plain text is the same sentence.
"""

import base64
import html
import io
import pathlib

SCREEN_DPI = 100  # a figure of nine inches is 900 px wide in a notebook
PNG_DPI = 160  # sharp on dense screens without large files


class Picture:
    """A finished figure with its alternative text.

    Displaying it in a notebook shows the image once and leaves no pyplot figure open.

    Args:
        figure: A `matplotlib.figure.Figure`, not known to pyplot.
        alt: What the figure shows, in words; the same on every run.
        photographic: True keeps all colours; False stores at most 256 of them, which makes the
            file of a diagram three times smaller.

    Raises:
        ValueError: The alternative text is empty.

    Example:
        >>> from matplotlib.figure import Figure
        >>> Picture(Figure(figsize=(2, 1)), alt="An empty page.")
        An empty page.
    """

    def __init__(self, figure, alt, photographic=False):
        """Keep the figure and its text."""
        if not isinstance(alt, str) or not alt.strip():
            raise ValueError(
                f"Expected alternative text for the figure; found {alt!r}. Say in a sentence what "
                "a reader who cannot see the figure should know, or leave `alt` out."
            )
        self.figure = figure
        self.alt = " ".join(alt.split())
        self.photographic = photographic

    def __repr__(self):
        """Return the alternative text."""
        return self.alt

    def png(self):
        """Render the figure.

        Returns:
            bytes: A PNG file, with the alternative text as its description.

        Example:
            >>> from matplotlib.figure import Figure
            >>> Picture(Figure(figsize=(2, 1)), alt="An empty page.").png()[1:4]
            b'PNG'
        """
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from PIL import Image, PngImagePlugin

        buffer = io.BytesIO()
        FigureCanvasAgg(self.figure)
        self.figure.savefig(buffer, format="png", dpi=PNG_DPI, facecolor="white")
        buffer.seek(0)
        with Image.open(buffer) as opened:
            image = opened.convert("RGB")
        if not self.photographic:
            image = image.quantize(256, dither=Image.Dither.NONE)
        info = PngImagePlugin.PngInfo()
        info.add_itxt("Description", self.alt)
        scale = PNG_DPI / SCREEN_DPI
        size = SCREEN_DPI * scale
        result = io.BytesIO()
        image.save(result, format="png", optimize=True, pnginfo=info, dpi=(size, size))
        return result.getvalue()

    def svg(self):
        """Render the figure as text of an SVG file, labelled for screen readers.

        Returns:
            str: An SVG document, equal on every run.

        Example:
            >>> from matplotlib.figure import Figure
            >>> 'aria-label="An empty page."' in Picture(Figure(), alt="An empty page.").svg()
            True
        """
        import matplotlib

        buffer = io.StringIO()
        with matplotlib.rc_context({"svg.hashsalt": "figure", "svg.fonttype": "path"}):
            self.figure.savefig(
                buffer, format="svg", facecolor="white", metadata={"Date": None, "Creator": None}
            )
        label = f'<svg role="img" aria-label="{html.escape(self.alt)}" '
        return buffer.getvalue().replace("<svg ", label, 1)

    def save(self, path):
        """Write the figure to a file.

        Args:
            path: Where to; the suffix, .png or .svg, chooses the format.

        Returns:
            pathlib.Path: The file that was written.

        Raises:
            ValueError: Another suffix.

        Example:
            >>> from matplotlib.figure import Figure
            >>> Picture(Figure(), alt="An empty page.").save("page.gif")
            Traceback (most recent call last):
            ValueError: Expected a path that ends in .png or .svg; found 'page.gif'.
        """
        path = pathlib.Path(path)
        suffix = path.suffix.lower()
        if suffix == ".png":
            path.write_bytes(self.png())
        elif suffix == ".svg":
            path.write_text(self.svg(), encoding="utf-8")
        else:
            raise ValueError(f"Expected a path that ends in .png or .svg; found {path.name!r}.")
        return path

    def _repr_mimebundle_(self, include=None, exclude=None):
        """Give Jupyter the image in the forms it understands, and their metadata."""
        png = base64.b64encode(self.png()).decode("ascii")
        width = round(self.figure.get_figwidth() * SCREEN_DPI)
        alt = html.escape(self.alt)
        image = f'<img alt="{alt}" width="{width}" src="data:image/png;base64,{png}">'
        data = {"text/plain": self.alt, "image/png": png, "text/html": image}
        return data, {"image/png": {"width": width, "alt": self.alt}}
