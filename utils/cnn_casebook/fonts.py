"""Fonts for letters that matplotlib's own font does not have: what is installed is found and used.

Files are looked for, not names: matplotlib keeps a list of the fonts that it found when it was
first used, and of a collection such as Noto Sans CJK it knows one name alone.
"""

import functools
import sys
from pathlib import Path

# What a font is called where one gets it, by language, the best first; and its regular and bold
# files. The languages of Noto Sans CJK share their letters.
NAMES = {"ko": ("Noto Sans CJK KR", "NanumGothic", "Malgun Gothic", "Apple SD Gothic Neo")}
FILES = {
    "ko": (
        ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"),
        ("NotoSansCJKkr-Regular.otf", "NotoSansCJKkr-Bold.otf"),
        ("NotoSansKR-Regular.otf", "NotoSansKR-Bold.otf"),
        ("NanumGothic.ttf", "NanumGothicBold.ttf"),
        ("malgun.ttf", "malgunbd.ttf"),
        ("AppleSDGothicNeo.ttc",),
        ("AppleGothic.ttf",),
    )
}


@functools.cache
def find(language: str) -> str:
    """The family of an installed font with the letters of a language; empty if there is none.

    Args:
        language: Code of the language, such as `ko`.
    """
    from matplotlib import font_manager

    folders = [*font_manager.X11FontDirectories, *font_manager.OSXFontDirectories]
    if sys.platform == "win32":
        folders += [font_manager.win32FontDirectory(), *font_manager.MSUserFontDirectories]
    # With folders named, no other program is started to ask for them.
    paths = {Path(path).name: path for path in font_manager.findSystemFonts(folders)}
    for files in FILES.get(language, ()):
        if files[0] in paths:
            for file in filter(paths.get, files):
                font_manager.fontManager.addfont(paths[file])
            known = font_manager.fontManager.ttflist
            return next(font.name for font in known if font.fname == paths[files[0]])
    return ""


@functools.cache
def families() -> list[str]:
    """The fonts of figures, in the order in which letters are looked for in them."""
    # DejaVu Sans comes with matplotlib: equal on every machine.
    return ["DejaVu Sans", *filter(None, map(find, FILES))]
