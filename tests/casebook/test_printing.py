"""What is printed holds the figures that lie beside a notebook, and its hints stay closed."""

from nbconvert import HTMLExporter
from nbformat.v4 import new_markdown_cell, new_notebook

HINT = "<details><summary>A hint</summary>\n\nAdd x.\n</details>"


def test_figures_are_attached_and_hints_stay_closed(tmp_path):
    (tmp_path / "figure.svg").write_text("<svg/>")
    text = "![words](figure.svg) ![none](missing.svg) ![far](https://example.org/a.png)"
    notebook = new_notebook(cells=[new_markdown_cell(text), new_markdown_cell(HINT)])
    exporter = HTMLExporter(preprocessors=["casebook.printing.EmbedFigures"])
    page, _ = exporter.from_notebook_node(notebook, {"metadata": {"path": str(tmp_path)}})
    assert '<img alt="words" src="data:image/svg+xml;base64,PHN2Zy8+"/>' in page.replace(
        " />", "/>"
    )
    assert 'src="missing.svg"' in page
    assert 'src="https://example.org/a.png"' in page
    assert page.index("Add x.") < page.index("</details>")
    assert notebook.cells[0].source == text
