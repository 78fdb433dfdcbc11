"""Korean grammar where a sentence's fields are known only once it is shown."""

import re

# Particles as catalogs write them: the form after a final consonant, and the one after a vowel.
_PARTICLES = {
    "은(는)": ("은", "는"),
    "이(가)": ("이", "가"),
    "을(를)": ("을", "를"),
    "과(와)": ("과", "와"),
    "(으)로": ("으로", "로"),
    "(이)라": ("이라", "라"),
    "(이)": ("이", ""),
}
_HANGUL = re.compile(
    r"(?P<letter>[가-힣])(?P<close>[`'\"”’)\]]*)"
    rf"(?P<particle>{'|'.join(map(re.escape, _PARTICLES))})"
)


def with_particles(text: str) -> str:
    """Choose the particles behind Korean words; behind code and numbers both forms stay.

    Example:
        >>> with_particles("커널은(는) 너비을(를) x은(는) 풀링(으)로")
        '커널은 너비를 x은(는) 풀링으로'
    """
    return _HANGUL.sub(_choose, text)


def _choose(match: re.Match) -> str:
    final = (ord(match["letter"]) - ord("가")) % 28
    after_consonant, after_vowel = _PARTICLES[match["particle"]]
    # Behind a final ㄹ, the eighth, it is 로 as behind a vowel.
    closed = final and not (match["particle"] == "(으)로" and final == 8)
    return match["letter"] + match["close"] + (after_consonant if closed else after_vowel)
