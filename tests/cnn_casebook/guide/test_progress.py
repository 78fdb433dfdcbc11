"""A long cell shows how far it is in a learner's own notebook, and nowhere else."""

import contextlib

import pytest

from cnn_casebook import runtime
from cnn_casebook.guide import progress
from cnn_casebook.guide.progress import Progress


class Screen:
    """What is shown, and a clock that only moves when told to."""

    def __init__(self):
        self.now, self.texts, self.ids, self.updates = 100.0, [], set(), []

    def publish(self, data, metadata, *, transient, update):
        self.texts.append(data["text/plain"])
        assert data["text/plain"] in data["text/html"]
        self.ids.add(transient["display_id"])
        self.updates.append(update)

    def through(self, items, seconds=10):
        for item in self.progress.through(items):
            yield item
            self.now += seconds


@pytest.fixture
def screen():
    screen = Screen()
    screen.progress = Progress(screen.publish, lambda: screen.now)
    return screen


def test_it_says_how_much_time_is_left(screen):
    assert list(screen.through(["a", "b", "c", "d"])) == ["a", "b", "c", "d"]
    assert screen.texts == [
        "0%, begun",
        "25%, about 30 seconds left",
        "50%, about 20 seconds left",
        "75%, about 10 seconds left",
        "100%, about 1 second left",
        "100%, took 40 seconds",
    ]
    assert screen.updates == [False] + 5 * [True]
    assert len(screen.ids) == 1


def test_loops_within_each_other_are_one_bar(screen):
    for _ in screen.progress.through(["x", "y"]):
        for _ in screen.through([1, 2, 3]):
            pass
    shares = [int(text.split("%")[0]) for text in screen.texts]
    assert shares == [0, 17, 33, 50, 67, 83, 100, 100]
    assert len(screen.ids) == 1
    list(screen.through([1]))
    assert len(screen.ids) == 2  # a bar of its own


def test_quick_steps_are_not_all_drawn(screen):
    list(screen.through(list(range(1000)), seconds=0.001))
    assert len(screen.texts) <= 6  # a second in all


def test_what_is_interrupted_says_so_and_can_begin_again(screen):
    with contextlib.suppress(KeyboardInterrupt):
        for item in screen.through([1, 2, 3, 4]):
            if item == 3:
                raise KeyboardInterrupt
    screen.progress.stop()
    assert screen.texts[-1] == "50%, stopped after 20 seconds"
    list(screen.through([1, 2]))
    assert screen.texts[-1] == "100%, took 20 seconds"
    next(iter(screen.through([1, 2])))
    screen.progress.stop()
    assert screen.texts[-1] == ""  # nothing was done, nothing stays


def test_nothing_is_shown_unless_a_learners_notebook_asks_for_it(screen, monkeypatch, capsys):
    monkeypatch.setattr(progress, "_progress", None)
    assert list(runtime.progress(n for n in range(3))) == [0, 1, 2]
    progress.stop()
    assert capsys.readouterr() == ("", "")
    progress.show_with(lambda *shown, **_: screen.texts.append(shown))
    assert list(runtime.progress([])) == []
    assert screen.texts == []
    assert list(runtime.progress([7])) == [7]
    assert screen.texts
