"""A line of dates: which network came when, and with which idea."""

from cnn_casebook.figures.drawing import lettering, page, palette
from cnn_casebook.figures.drawing.picture import Picture

NOTE = 5.6  # inches for the words beside a date


def timeline(events, title=None, *, alt=None):
    """Draw dates as a line from top to bottom, with a name and a note beside each.

    Args:
        events: A list of (year, name, note); notes may be empty or out.
        title: Heading, or None.
        alt: Alternative text; None makes one from the events.

    Returns:
        Picture: The drawing, in order of the years.

    Raises:
        TypeError: An event is not of that form.
        ValueError: No events.

    Example:
        >>> timeline([(1998, "LeNet-5", "reads cheques"), (2012, "AlexNet", "wins ImageNet")])
        Timeline of 2 events. 1998: LeNet-5, reads cheques. 2012: AlexNet, wins ImageNet.
    """
    found = []
    for event in events:
        if not isinstance(event, (tuple, list)) or len(event) not in (2, 3):
            raise TypeError(f"Expected events (year, name, note); found {event!r}.")
        year, name, *note = event
        found.append((year, str(name), str(note[0]) if note else ""))
    if not found:
        raise ValueError("Expected at least one event (year, name, note); found none.")
    found.sort(key=lambda event: event[0])
    sheet, y, dots = page.Page(), 0.0, []
    names = max(lettering.text_size(name, 10.5, True)[0] for _, name, _ in found)
    for year, name, note in found:
        words = lettering.wrap(note, NOTE, 10)
        sheet.text(-0.2, y, str(year), 10.5, ha="right", colour=palette.SOFT_INK)
        sheet.text(0.22, y, name, 10.5, bold=True, ha="left")
        tall = lettering.text_size(words, 10)[1] if words else 0.0
        if words:
            line = lettering.text_size("x", 10)[1]
            sheet.text(0.22 + names + 0.25, y + line / 2, words, 10, ha="left", va="top")
        dots.append(y)
        y -= max(0.42, tall + 0.22)
    sheet.line([(0, dots[0]), (0, dots[-1])], palette.LINE)
    for dot in dots:
        sheet.dot(0, dot, palette.CYCLE[0], radius=0.065)
    if not alt:
        listed = " ".join(f"{year}: {', '.join(filter(None, rest))}." for year, *rest in found)
        noun = "event" if len(found) == 1 else "events"
        alt = f"{f'{title}. ' if title else ''}Timeline of {len(found)} {noun}. {listed}"
    return Picture(sheet.finish(title), alt)
