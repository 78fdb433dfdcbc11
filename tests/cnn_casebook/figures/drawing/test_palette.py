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


@pytest.mark.parametrize("colour", [*palette.CYCLE, palette.SHORTCUT, palette.LINE])
def test_lines_can_be_seen_on_white(colour):
    assert contrast(colour, "white") >= 3  # WCAG 2.2, 1.4.11


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
