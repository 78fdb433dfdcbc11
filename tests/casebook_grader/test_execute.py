"""A submission is scored by its own code alone: whatever else fails is tried again, then said.

One check kernel serves many submissions; what it gives after a hostile one is what a new one gives.
"""

import contextlib
import shutil
import threading
import time

import attack_suite
import pytest
from nbformat.v4 import new_notebook
from traitlets.config import Config

from casebook_grader import execute as entry
from casebook_grader import pipeline, seats
from casebook_grader.allowance import Allowance
from casebook_grader.execute import execute
from casebook_grader.limits import Limits
from casebook_grader.sandbox import Sandbox, SandboxError
from casebook_grader.session import Session

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed"),
]
SOURCE = attack_suite.source()
ATTACKS = {attack.name: attack for attack in attack_suite.attacks()}
# Those that reach the check kernel, through what they send or while it waits for them.
REACHING = (
    "forged reply names a foreign class",
    "forged reply of great depth",
    "reply is a pipe",
    "names of the set-up replaced by a forged answer",
    "error that no message can carry",
    "check's array changed in place",
    "late messages",
    "segfault",
)
# What a check finds of a learner's text in its kernel, and which names it sees.
LOOK = """
names = {name for name in globals() if name[0] != "_"}
names -= {"In", "Out", "exit", "quit", "open", "get_ipython", "np", "double"}
import gc
mark = ["secret", "17"]  # joined where it is looked for, or this would be found
found = []
for item in gc.get_objects():
    if type(item) in (dict, list, tuple):
        values = item.values() if type(item) is dict else item
        texts = [value for value in values if type(value) is str]
        found += [text for text in texts if "-".join(mark) in text]
"""


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(attack_suite.LIMITS) as made:
        yield made


def submission(text, setup="import numpy as np"):
    """A notebook as it is executed; the tests' stand for the course's own."""
    notebook = attack_suite.source()
    notebook.cells[0].source, notebook.cells[1].source = setup, text
    return notebook


def score(sandbox, text=attack_suite.HONEST):
    notebook = submission(text)
    incidents = execute(notebook, SOURCE, {}, sandbox)
    return attack_suite.score_of(notebook), [incident.text for incident in incidents]


def seat_of(sandbox):
    return seats._idle[sandbox][-1]


class TestWhatFails:
    @pytest.fixture
    def fail(self, monkeypatch):
        """Have the next attempts fail."""
        attempt = entry._attempt

        def fail(*failures):
            left = list(failures)

            def run(*arguments):
                if left:
                    raise left.pop(0)
                return attempt(*arguments)

            monkeypatch.setattr(entry, "_attempt", run)

        return fail

    @pytest.mark.parametrize("failure", [SandboxError("no kernel today"), OSError("disk full")])
    def test_once_is_tried_again(self, sandbox, fail, failure):
        fail(failure)
        assert score(sandbox) == (attack_suite.FULL, [])

    @pytest.mark.parametrize("failure", [SandboxError("no kernel today"), OSError("disk full")])
    def test_twice_is_raised(self, sandbox, fail, failure):
        fail(SandboxError("first"), failure)
        with pytest.raises(SandboxError, match=str(failure)):
            score(sandbox)

    def test_a_preparation_that_goes_wrong_costs_nobody_a_point(self, sandbox, monkeypatch):
        run_own, failing = Allowance.run_own, [True]

        def run(self, kernel, source):
            if "import numpy" in source and failing and failing.pop():
                raise SandboxError("too slow")
            return run_own(self, kernel, source)

        monkeypatch.setattr(Allowance, "run_own", run)
        assert score(sandbox) == (attack_suite.FULL, [])
        assert not failing

    def test_a_preparation_without_time_gives_no_score(self, sandbox, monkeypatch):
        monkeypatch.setattr(sandbox, "limits", Limits(prepare=0.1))
        # Whatever else is quick enough, this is not.
        slow = "import time; time.sleep(0.5)"
        monkeypatch.setattr("casebook_grader.execute.setup_of", lambda notebook: [slow])
        with pytest.raises(SandboxError, match="the course's own code did not finish"):
            score(sandbox)

    def test_a_check_kernel_that_is_killed_costs_nobody_a_point(self, sandbox, monkeypatch):
        check, killed = Session._check, []

        def run(self, *arguments):
            if not killed:
                killed.append(self._check_kernel())
                threading.Timer(0.02, killed[0].process.kill).start()
            return check(self, *arguments)

        monkeypatch.setattr(Session, "_check", run)
        assert score(sandbox, "def double(x):\n    import time; time.sleep(0.1); return 2 * x") == (
            attack_suite.FULL,
            [],
        )
        assert not killed[0].is_alive()

    def test_the_end_of_the_zygote_costs_nobody_a_point(self, sandbox):
        score(sandbox)
        zygote = sandbox._zygote
        threading.Timer(0.4, zygote.kill).start()
        slow = "import time\ndef double(x):\n    time.sleep(0.5); return 2 * x"
        assert score(sandbox, slow) == (attack_suite.FULL, [])
        assert sandbox._zygote is not zygote

    def test_a_seat_of_a_failed_attempt_is_not_used_again(self, sandbox):
        with contextlib.suppress(KeyError), seats.taken_seat(sandbox) as seat:
            kernel = seat.require_kernel()
            raise KeyError
        assert seat not in seats._idle[sandbox]
        assert not kernel.is_alive()
        assert not seat.folder.exists()


class TestOneCheckKernelForMany:
    @pytest.mark.parametrize("name", REACHING)
    def test_after_an_attack_it_grades_as_a_new_one_does(self, sandbox, name):
        score(sandbox)
        kernel, served = seat_of(sandbox).kernel, seat_of(sandbox).served
        assert score(sandbox, ATTACKS[name].text)[0] == 0
        assert seat_of(sandbox).kernel is kernel  # the attack did not end it
        assert score(sandbox) == (attack_suite.FULL, [])
        assert score(sandbox, attack_suite.WRONG) == (0, [])
        assert seat_of(sandbox).served == served + 3

    def test_nothing_of_a_submission_is_left_for_the_next(self, sandbox):
        notebook = submission(f"word, double = 'secret-17', len\n{attack_suite.HONEST}")
        checks = self.checks_of(notebook)
        checks[0].source = "import keras\nkeras.layers.Dense(3)\nown = [word]\nword"
        checks[1].source = f"{LOOK}\nassert found and 'own' in names, (found, names)"
        checks[2].source = "raise ValueError(word + str(double(2)))"
        execute(notebook, SOURCE, {"record_a.json": b"{}"}, sandbox)
        assert checks[1].outputs == []
        assert "secret-174" in str(checks[2].outputs)
        kernel = seat_of(sandbox).kernel
        notebook = submission(attack_suite.HONEST)
        checks = self.checks_of(notebook)
        checks[
            0
        ].source = f"assert double(1) == 2\n{LOOK}\nassert not found and not names, (found, names)"
        checks[1].source = "import os\nassert os.listdir('..') == [os.path.basename(os.getcwd())]"
        checks[2].source = "import keras\nassert keras.layers.Dense(3).name == 'dense'"
        execute(notebook, SOURCE, {}, sandbox)
        assert [cell.outputs for cell in checks] == [[], [], []]
        assert seat_of(sandbox).kernel is kernel

    @staticmethod
    def checks_of(notebook):
        return [cell for cell in notebook.cells if cell.metadata.nbgrader.get("points")]

    def test_it_ends_after_enough_submissions_and_where_it_has_grown(self, sandbox, monkeypatch):
        score(sandbox)
        seat = seat_of(sandbox)
        kernel = seat.kernel
        monkeypatch.setattr(seats, "_MOST_SERVED", seat.served)
        score(sandbox)
        assert seat.kernel is not kernel
        assert seat.served == 1
        monkeypatch.setattr(seats, "_LARGEST", 1)
        assert not seat.has_room()

    def test_a_check_that_hangs_ends_it(self, sandbox, monkeypatch):
        monkeypatch.setattr("casebook_grader.session._AFTER_CHECK_SECONDS", 0.5)
        monkeypatch.setattr(sandbox, "limits", Limits(check=0.5))
        score(sandbox)
        kernel = seat_of(sandbox).kernel
        hanging = submission(attack_suite.HONEST)
        hanging.cells[2].source = "while True: pass"
        incidents = execute(hanging, SOURCE, {}, sandbox)
        assert [incident.text.split(" within")[0] for incident in incidents] == [
            "a check did not finish"
        ]
        assert not kernel.is_alive()


def test_in_nbgraders_pipeline_a_failure_is_raised_so_that_nothing_is_scored(monkeypatch, tmp_path):
    def fail(*_):
        raise SandboxError("no kernel today")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pipeline, "execute", fail)
    monkeypatch.setattr(pipeline, "read_source", lambda *_: SOURCE)
    about = {"nbgrader": {"student": "ada", "assignment": "a", "notebook": "double"}}
    with pytest.raises(SandboxError, match="no kernel today"):
        pipeline.TwoKernels(config=Config()).preprocess(attack_suite.source(), about)


def test_several_threads_share_a_sandbox(sandbox):
    scores = []
    threads = [threading.Thread(target=lambda: scores.append(score(sandbox))) for _ in range(3)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert scores == [(attack_suite.FULL, [])] * 3
    assert time.monotonic() - began < 60


def test_a_notebook_without_cells(sandbox):
    assert execute(new_notebook(), SOURCE, {}, sandbox) == []
