"""Breaks a chain of drawings into lines that fit the page, like words into a paragraph."""

STEP = 0.05  # inches, by which a line grows until all fits


def break_lines(widths, room):
    """Break a chain into as few lines as fit the page, as equal in width as possible.

    Args:
        widths: Inches that each member of the chain takes, the gap after it included.
        room: Inches of a line. A wider member has a line for itself.

    Returns:
        list: For each line the places of its members.

    Example:
        >>> break_lines([4.0, 4.0, 4.0, 4.0], room=14.0)
        [[0, 1], [2, 3]]
    """
    fullest = _filled(widths, room)
    limit = max(sum(widths) / len(fullest), *widths)
    while limit < room:
        lines = _filled(widths, limit)
        if len(lines) <= len(fullest):
            return lines
        limit += STEP
    return fullest


def _filled(widths, limit):
    """Return places line by line, each line as full as the limit allows."""
    lines, used = [[]], 0.0
    for place, width in enumerate(widths):
        if lines[-1] and used + width > limit + 1e-9:
            lines.append([])
            used = 0.0
        lines[-1].append(place)
        used += width
    return lines
