"""Shows how far a learner's long cell is, and how long it will still take.

Only a learner's own notebook shows it; `kernel.Guide` says where that is. In solutions, and while
nbgrader or the grader runs, nothing is displayed: what depends on time is never stored or compared.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from uuid import uuid4

_REST = 0.25  # seconds between two drawings

Publish = Callable[..., None]  # as IPython's `DisplayPublisher.publish`

_progress: "Progress | None" = None


def show_with(publish: Publish) -> None:
    """From now on show the progress of loops by this function of a notebook's kernel."""
    global _progress
    _progress = Progress(publish)


def steps(items: Iterable) -> Iterable:
    """Go through items and show how far it is, where that is shown.

    Loops may lie within each other: together they are one bar.

    Args:
        items: What to go through; they are counted before the first one is taken.
    """
    items = list(items)
    return _progress.through(items) if _progress and items else items


def stop() -> None:
    """Say so where loops of a cell that is over have not come to their end."""
    if _progress:
        _progress.stop()


class Progress:
    """The loops that run now, and their bar.

    Args:
        publish: Shows it.
        clock: Seconds from any moment.
    """

    def __init__(self, publish: Publish, clock: Callable[[], float] = time.monotonic):
        """Begin with no loop."""
        self._publish, self._clock = publish, clock
        self._loops: list[list[int]] = []  # of each what is done and how many, the outer one first
        self._id = ""
        self._began = self._drawn = self._share = 0.0

    def through(self, items: list) -> Iterator:
        """Go through items, one step of the bar for each."""
        loop = [0, len(items)]
        if not self._loops:
            self._id, self._share, self._began = uuid4().hex, 0.0, self._clock()
            self._draw("begun", update=False)
        self._loops.append(loop)
        for item in items:
            yield item
            if loop not in self._loops:  # stopped meanwhile
                continue
            loop[0] += 1
            self._share = max(self._share, self._done())
            if self._clock() - self._drawn >= _REST:
                self._draw(f"about {_words(self._left())} left")
        if loop in self._loops:
            self._loops.remove(loop)
            if not self._loops:
                self._share = 1.0
                self._draw(f"took {_words(self._clock() - self._began)}")

    def stop(self) -> None:
        """End all loops where they are; of one that has done nothing, nothing stays."""
        if self._loops:
            self._loops = []
            words = f"stopped after {_words(self._clock() - self._began)}"
            self._draw(words if self._share else "")

    def _done(self) -> float:
        """The share of the outer loop that is done, 0 to 1."""
        share = 0.0
        for done, total in reversed(self._loops):
            share = min(1.0, (done + share) / total)
        return share

    def _left(self) -> float:
        """Seconds that are left if the rest goes on as so far."""
        return (self._clock() - self._began) * (1 - self._share) / self._share

    def _draw(self, words: str, update: bool = True) -> None:
        self._drawn = self._clock()
        text = f"{self._share:.0%}, {words}" if words else ""
        bar = f'<progress max="1" value="{self._share:.3f}" aria-label="progress"></progress>'
        self._publish(
            {"text/plain": text, "text/html": f"{bar} {text}" if text else ""},
            {},
            transient={"display_id": self._id},
            update=update,
        )


def _words(seconds: float) -> str:
    """A length of time as people say it.

    Example:
        >>> _words(0.3), _words(1), _words(44), _words(200)
        ('1 second', '1 second', '44 seconds', '3 minutes')
    """
    if seconds < 100:
        number, unit = max(1, round(seconds)), "second"
    else:
        number, unit = round(seconds / 60), "minute"
    return f"{number} {unit}{'' if number == 1 else 's'}"
