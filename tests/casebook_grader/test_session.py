"""One notebook in two kernels: names, limits of time and of size, and what is reported."""

import importlib
import re
import shutil
import threading
import time
from pathlib import Path

import doubling
import nbformat
import pytest

import casebook_grader
from casebook_grader.kernels import Kernel
from casebook_grader.limits import Limits
from casebook_grader.sandbox import Sandbox, SandboxError
from casebook_grader.session import Session, inside
from casebook_grader.verdicts import Incident, Verdict

needs_bubblewrap = pytest.mark.skipif(
    not shutil.which("bwrap"), reason="bubblewrap is not installed"
)
ENDLESS = "while True: pass"


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def begin(sandbox):
    """Begin a session with some limits; it ends after the test."""
    sessions = []

    def begin(**limits):
        sandbox.limits = Limits(**limits)
        sessions.append(Session(sandbox))
        return sessions[-1]

    yield begin
    for session in sessions:
        session.__exit__()


def shown(outputs):
    """All that a cell shows, as text."""
    return "".join(output.get("text") or output.get("evalue") or "" for output in outputs)


def test_what_is_called_inside_exists():
    source = (Path(casebook_grader.__path__[0]) / "session.py").read_text(encoding="utf-8")
    called = set(re.findall(r'inside\(\s*"(\w+)\.(\w+)"', source))
    assert len(called) == 4
    for module, name in called:
        assert callable(getattr(importlib.import_module(f"casebook_grader.inside.{module}"), name))


def test_a_call_is_an_expression_that_names_nothing():
    code = inside("checks.bind", "a 'text'", 5, ["x"])
    assert compile(code, "cell", "eval").co_names == ("__import__", "bind")
    assert code.endswith("""("a 'text'", 5, ['x'])""")


@pytest.mark.slow
@needs_bubblewrap
class TestInTheSandbox:
    def test_nothing_of_ours_is_among_the_names_of_either_kernel(self, begin):
        session = begin().prepare(["import keras"])
        session.write("def f():\n    return sorted(n for n in globals() if 'asebook' in n)")
        session.write("before = sorted(globals())")
        assert shown(session.check("assert f() == []")) == ""
        known = "{'In', 'Out', 'get_ipython', 'exit', 'quit', 'open', 'keras', 'f', 'before'}"
        own = f"{{name for name in globals() if not name.startswith('_')}} - {known}"
        assert shown(session.write(f"print({own})")) == "set()\n"
        assert shown(session.check(f"assert {own} == set(), {own}")) == ""

    def test_nothing_that_guides_a_learner_runs_in_either_kernel(self, begin):
        session = begin()
        setup = "from cnn_casebook import runtime\n\nruntime.explain_errors()"
        notebook = doubling.released()
        doubling.cell_of(notebook, "start").source = setup
        path = session.folder / "doubling.ipynb"  # as if a learner had written it there
        path.write_text(nbformat.writes(notebook), encoding="utf-8")
        assert session.set_up(setup) == []
        look = (
            "assert __import__('cnn_casebook.guide.kernel', fromlist=['guide'])._guide is None\n"
            "callbacks = get_ipython().events.callbacks.values()\n"
            "assert not [f for those in callbacks for f in those if 'guide' in str(f)]"
        )
        assert shown(session.write(look)) == ""
        assert shown(session.check(look)) == ""
        check = "assert double(1) == 2"
        session.write(doubling.STUB)
        (blank,) = session.check(check)
        assert (blank.output_type, blank.ename) == ("error", "NotImplementedError")
        session.write(doubling.CODE)
        assert session.check(check) == []
        assert session.write("runs = 3") == []

    def test_of_the_grader_a_kernel_sees_only_what_runs_inside(self, begin):
        session = begin()
        look = "import casebook_grader, os\nprint(sorted(os.listdir(casebook_grader.__path__[0])))"
        assert shown(session.write(look)) == "['__init__.py', 'inside']\n"
        assert "No module" in shown(session.write("import casebook_grader.session"))

    def test_what_a_learner_does_to_what_runs_inside_does_not_reach_the_check_kernel(self, begin):
        session = begin()
        session.write(
            "import casebook_grader.inside.checks as checks\n"
            "import casebook_grader.inside.messages as messages\n"
            "checks.StandIn.__call__ = messages.Message.decode_models = lambda *a: 6\n"
            "def f(x): return 5"
        )
        assert "AssertionError" in str(session.check("assert f(3) == 6"))
        assert shown(session.check("assert f(3) == 5")) == ""

    def test_the_time_of_a_cell(self, begin):
        session = begin(cell=1)
        assert "this cell did not finish within 1 seconds" in shown(session.write(ENDLESS))
        assert session.incidents == [
            Incident(Verdict.TIMED_OUT, "a cell did not finish within 1 seconds")
        ]

    def test_the_time_of_a_check(self, begin):
        session = begin(check=1)
        session.write(f"def f():\n    {ENDLESS}")
        assert re.search(r"your code did not finish within \d seconds", shown(session.check("f()")))
        assert [incident.kind for incident in session.incidents] == [Verdict.TIMED_OUT]

    def test_the_time_of_a_notebook(self, begin):
        session = begin(notebook=3)
        assert "did not finish within" in shown(session.write(ENDLESS))
        assert "the notebook's time was used up" in shown(session.write("1"))
        assert "the notebook's time was used up" in shown(session.check("assert True"))
        assert [incident.text for incident in session.incidents] == [
            "a cell did not finish within 3 seconds",
            "the notebook's time was used up",
        ]

    def test_ends_and_new_starts_of_kernels_count_in_the_time_of_a_notebook(self, begin):
        session = begin(notebook=4, restarts=1000).prepare([]).begin({})
        began = time.monotonic()
        while "time was used up" not in shown(session.write("import os; os._exit(1)")):
            assert time.monotonic() - began < 8
        assert session.incidents[-1].kind == Verdict.TIMED_OUT

    def test_how_many_cells_may_hang(self, begin):
        session = begin(cell=0.5, check=0.5)
        session.write(f"def f():\n    {ENDLESS}")
        assert "not finish" in shown(session.write("open('again', 'a').write('x')\n" + ENDLESS))
        assert "not finish" in shown(session.check("f()"))
        began = time.monotonic()
        assert "not run: 2 cells or checks" in shown(session.write("print('here')"))
        assert "not run: 2 cells or checks" in shown(session.check("f()"))
        assert time.monotonic() - began < 0.1
        assert (session.folder / "again").read_text() == "x"
        assert len(session.incidents) == 2

    def test_a_cell_that_hangs_when_it_is_repeated_is_not_repeated_again(self, begin):
        session = begin(cell=1)
        session.write("import os\nif os.path.exists('ran'): exec('while True: pass')")
        session.write("open('ran', 'w').close()")
        session.write("os._exit(1)")
        assert "could not be run again" in shown(session.write("1"))
        assert shown(session.write("print('here')")) == "here\n"

    def test_what_is_not_the_learners_is_raised_and_never_shown_as_theirs(self, begin, monkeypatch):
        session = begin(start=0.01)
        monkeypatch.setattr(Kernel, "answers", lambda kernel: False)
        for run in (session.write, session.check):
            with pytest.raises(SandboxError, match=r"a kernel did not start: no answer in 0\.01 s"):
                run("assert True")
        assert session.incidents == []

    def test_how_often_a_kernel_starts_again(self, begin):
        session = begin(restarts=1)
        for _ in range(2):
            assert "this cell ended its kernel" in shown(session.write("import os; os._exit(1)"))
        assert "your code ended its kernel too often" in shown(session.write("1"))
        assert [incident.kind for incident in session.incidents] == [Verdict.KILLED] * 2

    def test_how_much_a_cell_shows(self, begin):
        session = begin(output=1000)
        assert shown(session.write("print('x' * 500)")) == "x" * 500 + "\n"
        assert shown(session.write("print('x' * 1000)")) == (
            "(too much output: the rest is left out)\n"
        )

    def test_how_long_a_line_of_an_error_is(self, begin):
        session = begin(error_line=20)
        assert shown(session.write("raise ValueError('x' * 100)")) == "x" * 20 + " ..."

    def test_how_much_a_function_prints_while_a_check_calls_it(self, begin):
        session = begin(printed=5, prints=2)
        session.write("def f():\n    print('x' * 100, flush=True)")
        assert shown(session.check("f(); f(); f()")) == "xxxxx" * 2

    @pytest.mark.parametrize(
        "code",
        [
            "print('x' * 200_000, flush=True)",
            "'x' * 200_000",
            "raise ValueError('x' * 200_000)",
            "while True: print('x' * 1000, flush=True)",
        ],
    )
    def test_how_large_a_message_is_and_all_that_a_cell_shows(self, begin, code):
        session = begin(message=100_000, error_line=10**6, output=10**6)
        assert shown(session.write("print('x' * 10_000)")) == "x" * 10_000 + "\n"
        began = time.monotonic()
        assert "this cell sent or showed more than allowed" in shown(session.write(code))
        assert time.monotonic() - began < 10
        assert [incident.kind for incident in session.incidents] == [Verdict.KILLED]
        assert shown(session.write("print('here')")) == "here\n"

    def test_how_large_a_reply_and_its_arrays_are(self, begin):
        session = begin(reply=10_000, arrays=200_000)
        session.write("import numpy as np\ndef f(n): return 'x' * n\ndef g(n): return np.zeros(n)")
        assert shown(session.check("assert len(f(9_000)) == 9_000")) == ""
        assert "at most 10,000 travel" in shown(session.check("f(10_000)"))
        assert shown(session.check("assert len(g(20_000)) == 20_000")) == ""
        assert "at most 200,000 travel" in shown(session.check("g(30_000)"))

    def test_how_long_a_process_computes(self, begin):
        session = begin(cpu_seconds=1234)
        code = "import resource; print(resource.getrlimit(resource.RLIMIT_CPU))"
        assert shown(session.write(code)) == "(1234, 1234)\n"

    def test_a_check_kernel_that_ends_once_is_replaced(self, begin):
        session = begin()
        check = "open('twice', 'a').write('x')\nif len(open('twice').read()) < 2: os._exit(1)"
        assert shown(session.check(f"import os\n{check}")) == ""
        assert session.incidents == []

    def test_a_check_kernel_that_ends_twice_by_itself_is_not_the_learners(self, begin):
        session = begin()
        with pytest.raises(SandboxError, match="ended twice"):
            session.check("__import__('os')._exit(1)")
        assert session.incidents == []

    def test_a_check_kernel_that_ends_of_what_the_learner_sent_is_the_learners(self, begin):
        session = begin()
        session.write("def f(): return 1")
        for _ in range(2):
            assert "ended its kernel" in shown(session.check("__import__('os')._exit(f())"))
        assert [incident.kind for incident in session.incidents] == [Verdict.KILLED] * 2
        assert "not run: 2" in shown(session.check("assert f() == 1"))

    @pytest.mark.parametrize("use", ["write", "check"])
    def test_a_process_that_forks_kernels_and_ends_is_not_the_learners_doing(self, begin, use):
        session = begin().prepare([])
        session.write("import time\ndef f(): time.sleep(20)")
        killer = threading.Timer(0.5, session._sandbox._zygote.kill)
        killer.start()
        with pytest.raises(SandboxError, match="outside it"):
            getattr(session, use)("f()")
        killer.join()
        assert session.incidents == []

    @pytest.mark.parametrize(
        ("limits", "setup", "words"),
        [
            ({"prepare": 0.3}, "import time; time.sleep(1)", "did not finish"),
            ({}, "1 / 0", "failed: ZeroDivisionError"),
        ],
    )
    def test_preparing_that_goes_wrong_is_raised(self, begin, limits, setup, words):
        with pytest.raises(SandboxError, match=words):
            begin(**limits).prepare([setup])

    def test_the_learners_time_does_not_limit_preparing(self, begin):
        setup = "import time; time.sleep(0.5)"
        session = begin(cell=0.1, check=0.1, notebook=60).prepare([setup])
        assert session.set_up(setup) == []
