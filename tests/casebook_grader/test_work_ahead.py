"""The learner's kernel works ahead: what checks say that they will ask, it begins at once."""

import shutil

import pytest

from casebook_grader.limits import Limits
from casebook_grader.sandbox import Sandbox
from casebook_grader.session import Session

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed"),
]

SETUP = "import keras\nfrom cnn_casebook.checks.parts.verdict import build, work_ahead"
BLOCK = """
def block(x, units):
    with open("calls", "a") as file:
        file.write(f"{units} ")
    return keras.layers.Dense(units)(x)
"""
AHEAD = "work_ahead(block, [((3,), (units,), {}) for units in (1, 2, 3)])\n"


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(Limits(cell=4, check=6, notebook=120)) as sandbox:
        yield sandbox


@pytest.fixture
def session(sandbox):
    with Session(sandbox).prepare([SETUP]) as session:
        yield session


def calls(session):
    return (session.folder / "calls").read_text().split()


def failure(session, check):
    """What a check says, "" where it passes."""
    outputs = session.check(check)
    return "".join(output.evalue for output in outputs if output.output_type == "error")


def printed(session, check):
    """What the learner's code prints while a check calls it."""
    outputs = session.check(check)
    return "".join(output.text for output in outputs if output.output_type == "stream")


def test_calls_are_made_once_in_the_order_that_was_said(session):
    session.write(BLOCK)
    assert not failure(session, AHEAD + "build(block, (3,), 1)")
    assert not failure(session, "build(block, (3,), 3)")
    assert not failure(session, "build(block, (3,), 1); build(block, (3,), 2)")
    assert calls(session) == ["1", "2", "3"]


def test_a_call_that_nobody_announced_is_kept_for_later_checks(session):
    session.write(BLOCK)
    for _ in range(2):
        assert not failure(session, "assert build(block, (3,), 5)[0].output_shape == (None, 5)")
    assert calls(session) == ["5"]


def test_within_one_check_each_call_gets_layers_of_its_own(session):
    session.write(BLOCK)
    both = "build(lambda x: keras.ops.add(block(x, 1), block(x, 1)), (3,))"
    for _ in range(2):
        assert not failure(session, AHEAD + f"assert len({both}[0].weights) == 4")


def test_weights_that_a_check_changed_do_not_reach_the_next(session):
    session.write(BLOCK)
    change = "m = build(block, (3,), 1)[0]\nm.set_weights([w * 0 + 7 for w in m.get_weights()])"
    assert not failure(session, change)
    assert not failure(session, "assert (build(block, (3,), 1)[0].get_weights()[0] != 7).all()")


def test_a_new_definition_is_asked_anew(session):
    session.write(BLOCK)
    assert not failure(session, AHEAD + "assert build(block, (3,), 1)[0].output_shape[-1] == 1")
    session.write(BLOCK.replace("Dense(units)", "Dense(units + 1)"))
    for units in (1, 2):
        check = f"assert build(block, (3,), {units})[0].output_shape[-1] == {units + 1}"
        assert not failure(session, check)
    session.write("def block(x, units):\n    raise ValueError('no')")
    assert "no" in failure(session, "build(block, (3,), 1)")


def test_an_error_is_raised_by_the_check_that_asks(session):
    session.write(BLOCK.replace("return", "assert units != 2, 'not two'\n    return"))
    assert not failure(session, AHEAD + "build(block, (3,), 1)")
    assert "not two" in failure(session, "build(block, (3,), 2)")
    assert not failure(session, "build(block, (3,), 3)")


def test_what_a_call_prints_is_shown_by_the_check_that_asks(session):
    session.write(BLOCK.replace("return", "print('units', units)\n    return"))
    assert printed(session, AHEAD + "build(block, (3,), 1)") == "units 1\n"
    assert printed(session, "build(block, (3,), 2)") == "units 2\n"


@pytest.mark.parametrize(
    ("act", "words"),
    [("__import__('os')._exit(1)", "ended its kernel"), ("exec('while True: pass')", "not finish")],
)
def test_a_call_that_ends_or_hangs_costs_the_check_that_asks_alone(session, act, words):
    session.write(BLOCK.replace("return", f"units == 2 and {act}\n    return"))
    assert not failure(session, AHEAD + "build(block, (3,), 1)")
    assert words in failure(session, "build(block, (3,), 2)")
    assert not failure(session, "build(block, (3,), 3)")
    assert [incident.text.split()[:2] for incident in session.incidents] == [["a", "call"]]


def test_work_that_no_check_asks_for_costs_no_other_cell(session):
    session.write(BLOCK.replace("return", "units == 2 and exec('while True: pass')\n    return"))
    assert not failure(session, AHEAD + "build(block, (3,), 1)")
    assert not failure(session, "assert build(block, (3,), 4)[0].output_shape == (None, 4)")
    assert not failure(session, AHEAD + "build(block, (3,), 1)")
    assert "here" in "".join(output.text for output in session.write("print('here')"))
    assert not failure(session, "build(block, (3,), 3)")
    assert not session.incidents


def test_a_check_kernel_that_ends_takes_its_announcements_along(session):
    session.write(BLOCK)
    assert failure(session, AHEAD + "__import__('os')._exit(1)")
    assert not failure(session, "assert build(block, (3,), 2)[0].output_shape == (None, 2)")


def test_in_one_process_nothing_is_called():
    from cnn_casebook.checks.parts.verdict import work_ahead

    work_ahead(lambda x: 1 / 0, (1 / 0 for _ in range(1)))
