"""Draws formulas into a page with matplotlib: no request, no script, no font of the reader's.

A formula is an SVG picture in the page's own colour. Its letters are shapes that stand once in the
page, however many formulas use them.
"""

import functools
import re

from markupsafe import Markup, escape
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import TextToPath, text_to_path

LONGEST = 400  # characters of a formula; drawing takes a millisecond for each, more or less
_EM = TextToPath.FONT_SCALE  # what matplotlib draws with: this many units to the size of a letter
_FONT = FontProperties(size=_EM, math_fontfamily="stix")
# What matplotlib does not know, and no reader misses.
_SIZES = re.compile(r"\\(?:[bB]igg?[lrm]?|displaystyle)(?![a-zA-Z])")
_ARROW = re.compile(r"\\xrightarrow\{((?:[^{}]|\{[^{}]*\})*)\}")
_LETTERS = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C"}


class Formulas:
    """The formulas of one page."""

    def __init__(self, most: int = 400):
        """Begin with none.

        Args:
            most: How many different formulas are drawn; more are shown as they are written.
        """
        self._most = most
        self._drawn: set[str] = set()
        self._shapes: dict[str, str] = {}

    def draw(self, tex: str) -> Markup:
        r"""A formula as a picture; as it is written where it cannot be drawn.

        Args:
            tex: LaTeX between the dollars.

        Example:
            >>> "<svg" in Formulas().draw("x_1"), Formulas().draw(r"\\nonsense{x}")
            (True, Markup('<code class="tex">\\\\nonsense{x}</code>'))
        """
        tex = " ".join(tex.split())
        drawing = None
        if len(tex) <= LONGEST and (tex in self._drawn or len(self._drawn) < self._most):
            self._drawn.add(tex)
            drawing = _drawing(tex)
        if drawing is None:
            return Markup(f'<code class="tex">{escape(tex)}</code>')
        picture, shapes = drawing
        self._shapes.update(shapes)
        return picture

    @property
    def shapes(self) -> Markup:
        """What the formulas are made of; it stands once in the page, before them."""
        shapes = "".join(f'<path id="{name}" d="{d}"/>' for name, d in self._shapes.items())
        return Markup(f'<svg class="shapes" aria-hidden="true"><defs>{shapes}</defs></svg>')


@functools.lru_cache(maxsize=2000)
def _drawing(tex: str) -> tuple[Markup, dict[str, str]] | None:
    """A formula's picture, and the shapes in it; None where matplotlib cannot read it."""
    text = _ARROW.sub(_over_arrow, _SIZES.sub("", tex)).replace(r"\tfrac", r"\frac")
    try:
        width, height, depth = text_to_path.get_text_width_height_descent(f"${text}$", _FONT, True)
        glyphs, outlines, bars = text_to_path.get_glyphs_mathtext(_FONT, f"${text}$")
    except (ValueError, RuntimeError, RecursionError):  # what its parser raises
        return None
    if not glyphs:
        return None
    names = {glyph: "g-" + re.sub(r"[^A-Za-z0-9-]", "_", glyph) for glyph in outlines}
    parts = [
        f'<use href="#{names[glyph]}" transform="translate({x:.4g} {y:.4g}) scale({size:.3g})"/>'
        for glyph, x, y, size in glyphs
    ]
    for vertices, _ in bars:
        (left, low), (_, high), (right, _) = vertices[:3]
        parts.append(f'<path d="M{left:.4g} {low:.4g}V{high:.4g}H{right:.4g}V{low:.4g}z"/>')
    flip = f"matrix(1 0 0 -1 0 {height - depth:.4g})"  # matplotlib counts upwards from the line
    picture = Markup(
        f'<svg class="formula" role="img" aria-label="{escape(tex)}" '
        f'viewBox="0 0 {width:.4g} {height:.4g}" style="width:{width / _EM:.3f}em;'
        f'vertical-align:{-depth / _EM:.3f}em"><g transform="{flip}">'
        f"{''.join(parts)}</g></svg>"
    )
    return picture, {names[glyph]: _outline(path) for glyph, path in outlines.items()}


def _over_arrow(match: re.Match) -> str:
    return rf"\overset{{{match[1]}}}{{\longrightarrow}}"


def _outline(path: Path | tuple) -> str:
    """A letter's shape in the words of SVG."""
    path = path if isinstance(path, Path) else Path(*path)
    return "".join(
        "z"
        if code == Path.CLOSEPOLY
        else _LETTERS[code] + " ".join(f"{number:.1f}".removesuffix(".0") for number in points)
        for points, code in path.iter_segments(simplify=False)
    )
