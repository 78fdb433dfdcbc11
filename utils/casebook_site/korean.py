"""Search in Korean: a word is also found without the particles at its end."""

import re

import sphinx.search
from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

_HANGUL = re.compile(r"[가-힣]{3,}")


class SearchKorean(SearchEnglish):
    """English words as ever; 신호를 is indexed as 신호 too, since search looks up whole words."""

    lang = "ko"  # language_name stays English: Sphinx names the stemmer's script by it

    def split(self, input: str) -> list[str]:
        """The words of a text, and every beginning of a Korean one.

        Example:
            >>> SearchKorean({}).split("신호를 x")
            ['신호를', 'x', '신호']
        """
        words = super().split(input)
        return words + [
            word[:end] for word in words if _HANGUL.fullmatch(word) for end in range(2, len(word))
        ]


def setup(app: Sphinx) -> dict:
    """Register the language, as an extension of Sphinx."""
    sphinx.search.languages["ko"] = SearchKorean
    return {"parallel_read_safe": True}
