"""Text that may be anybody's, as it may be printed: what nobody would see is written out."""

# Between letters of a name that they are spelling, and spaces of many scripts: they do no harm.
JOINERS = "\u200c\u200d"
SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
SPACES += "\u202f\u205f\u3000"


def written_out(text: str, kept: str = "") -> str:
    r"""A text whose control characters, and others that nobody sees, are written out.

    Args:
        text: Any text.
        kept: Characters that stay as they are.

    Example:
        >>> written_out("a\x1b[31m \u202egnp.exe\n", kept="\n")
        'a\\x1b[31m \\u202egnp.exe\n'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character
        if character.isprintable() or character in kept
        else character.encode("unicode_escape").decode()
        for character in text
    )
