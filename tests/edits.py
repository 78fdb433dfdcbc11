"""An answer as an edit of another one, so that the bank shows what differs and nothing else.

An edit is a diff that people can write, in the form that `difflib.ndiff` prints: two characters,
then a line of the base as it stands there, indentation included.

    - a line that is taken out
    + a line that is put in
      a line that stays, and shows the place

A line `...` leaves out lines of the base between two places, as happens above the first and below
the last. What stands between two such lines must be found in the base once, below the place
before; where it is found twice, another line that stays makes it unique.
"""

import difflib

LEFT_OUT = "..."


class EditError(ValueError):
    """An edit does not fit its base; the text says which line, and what to do."""


def apply(base: str, edit: str) -> str:
    """Edit a text.

    Args:
        base: The text that the edit was written for.
        edit: Its changes, in the form that this module describes.

    Returns:
        The text with the changes.

    Raises:
        EditError: A line has no mark, or a place is not found, found twice, or changes nothing.

    Example:
        >>> print(apply("x = conv(x)\\nx = norm(x)\\nx = relu(x)\\n", "- x = norm(x)"), end="")
        x = conv(x)
        x = relu(x)
    """
    lines = base.splitlines()
    result, done = [], 0
    for place in _places(edit):
        first = _find(lines, place, done)
        result += lines[done:first]
        result += [line for mark, line in place if mark != "-"]
        done = first + sum(mark != "+" for mark, _ in place)
    return "\n".join(result + lines[done:]) + "\n"


def _places(edit: str) -> list[list[tuple[str, str]]]:
    """The lines of an edit as pairs of a mark and a line of text, one list for each place."""
    places = [[]]
    for written in edit.splitlines():
        if written == LEFT_OUT:
            places.append([])
        elif written[:1] in ("-", "+", " ", "") and written[1:2] in (" ", ""):
            places[-1].append((written[:1] or " ", written[2:]))
        else:
            raise EditError(
                f"expected '- ', '+ ' or two spaces in front of every line, found {written!r}; "
                "mark it, or take out '# from:' if this is the whole text"
            )
    for place in places:
        if all(mark == " " for mark, _ in place):
            shown = f"at {place[0][1]!r} " if place else ""
            raise EditError(
                f"nothing changes {shown}between one {LEFT_OUT!r} and the next; mark a line there "
                "with '-' or '+', or take these lines out"
            )
    return places


def _find(lines: list[str], place: list[tuple[str, str]], done: int) -> int:
    """The index of a place's first line in the base, which is read from line `done` on."""
    wanted = [line for mark, line in place if mark != "+"]
    if not wanted:
        raise EditError(
            f"no line shows where {place[0][1]!r} is put in; "
            "give the line of the base above it or below it, with two spaces in front"
        )
    found = [
        first
        for first in range(done, len(lines) - len(wanted) + 1)
        if lines[first : first + len(wanted)] == wanted
    ]
    if len(found) == 1:
        return found[0]
    if found:
        numbers = " and ".join(str(first + 1) for first in found)
        raise EditError(
            f"{wanted[0]!r} is found {len(found)} times, in lines {numbers} of the base; "
            "give a line above it or below it as well, with two spaces in front"
        )
    raise EditError(_why_not_found(lines, wanted, done))


def _why_not_found(lines: list[str], wanted: list[str], done: int) -> str:
    """What is wrong with lines that do not stand in the base as they are wanted."""
    missing = next((line for line in wanted if line not in lines), None)
    if missing is not None:
        (nearest,) = difflib.get_close_matches(missing, lines, n=1, cutoff=0)
        return (
            f"{missing!r} is no line of the base; the nearest is line {lines.index(nearest) + 1}, "
            f"{nearest!r}; copy the line as it stands there, indentation included"
        )
    above = next((line for line in wanted if line not in lines[done:]), None)
    if above is not None:
        return (
            f"{above!r} stands in the base in line {lines.index(above) + 1}, which is above the "
            f"place before, that ends in line {done}; give the places in the order of the base"
        )
    return (
        f"{wanted[0]!r} and what follows are lines of the base, but do not stand there one right "
        f"below the other; write {LEFT_OUT!r} where lines are left out"
    )
