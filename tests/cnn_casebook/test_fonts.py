"""Figures have the letters of every language: no box stands in the place of one."""

import warnings

import pytest

from cnn_casebook import fonts
from cnn_casebook.figures import curves

TITLE = "학습하지 않은 블록이 남기는 이미지 정보"
INSTALLED = fonts.find("ko")
needs_korean = pytest.mark.skipif(
    not INSTALLED, reason="a font with Korean letters is not installed"
)


def drawn(title):
    return curves.learning_curves({"지름길 있음": [1, 2]}, ylabel="유사도", title=title).png()


@needs_korean
def test_korean_letters_are_drawn_and_none_is_missing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns of a letter that no font has
        assert drawn(TITLE) != drawn(TITLE[::-1])


@needs_korean
def test_english_letters_are_those_of_every_machine():
    assert fonts.families() == ["DejaVu Sans", INSTALLED]


def test_without_a_font_there_is_none(monkeypatch):
    monkeypatch.setattr("matplotlib.font_manager.findSystemFonts", lambda folders: [])
    assert fonts.find.__wrapped__("ko") == ""


def test_a_language_with_latin_letters_needs_no_font():
    assert fonts.find("fr") == ""
