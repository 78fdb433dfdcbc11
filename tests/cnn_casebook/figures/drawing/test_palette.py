"""Colours that keep text readable, and kinds guessed from words."""

import pytest
from matplotlib.colors import to_rgb

from cnn_casebook.figures.drawing import palette


def luminance(colour):
    """Relative luminance. Source: W3C, WCAG 2.2, definition of relative luminance."""
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), channels, strict=True))


def contrast(a, b):
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("kind", palette.HUES)
def test_words_can_be_read_on_every_box(kind):
    assert contrast(palette.SOFT_INK, palette.tint(kind)) >= 4.5  # WCAG 2.2, 1.4.3


@pytest.mark.parametrize("kind", palette.HUES)
def test_counts_can_be_read_on_every_box_and_on_white(kind):
    assert contrast(palette.COUNT, palette.tint(kind)) >= 4.5  # WCAG 2.2, 1.4.3
    assert contrast(palette.COUNT, "white") >= 4.5


@pytest.mark.parametrize(
    "colour", [*palette.CYCLE, *palette.NETWORKS.values(), palette.SHORTCUT, palette.LINE]
)
def test_lines_and_their_labels_can_be_read_on_white(colour):
    assert contrast(colour, "white") >= 4.5  # WCAG 2.2, 1.4.3


def test_a_network_keeps_its_colour_whatever_is_beside_it():
    both = palette.line_colours(["plain-20", "plain-56", "residual-20", "residual-56"])
    others = palette.line_colours(["a", "b", "c", "d", "e", "residual-56", "plain-20"])
    assert len(set(both.values())) == 4
    assert both["residual-56"] == others["residual-56"]
    assert len(set(others.values())) == 7


def test_an_unknown_kind_has_the_colour_of_others():
    assert palette.tint("sundial") == palette.tint("other")


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("bottleneck × 3", "block"),
        ("4 branches, concat", "merge"),
        ("S2: subsampling", "pool"),
        ("depthwise conv 3×3", "conv"),
        ("dense 1000, softmax", "dense"),
        ("BN", "norm"),
        ("tanh", "activation"),
        ("flatten", "other"),
    ],
)
def test_kinds_are_guessed_from_words(words, kind):
    assert palette.kind_of(words) == kind
