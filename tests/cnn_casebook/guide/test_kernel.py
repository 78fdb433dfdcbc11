import copy
import json
import os
import sys

import banks
import doubling
import nbformat
import pytest
from jupyter_client import KernelManager
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

import casebook.startup

pytestmark = pytest.mark.slow

SETUP = "import math\n\nfrom cnn_casebook import runtime\n\nruntime.explain_errors()"
RESIDUAL = "03_residual_networks/residual_blocks.ipynb"


class Kernel:
    """A learner's kernel in a folder, as JupyterLab would start it."""

    def __init__(self, folder, **variables):
        self._manager = KernelManager(kernel_name="python3")
        self._manager.kernel_cmd = [sys.executable, "-m", "ipykernel_launcher", "-f"]
        self._manager.kernel_cmd += ["{connection_file}", "--log-level=ERROR"]
        env = {k: v for k, v in os.environ.items() if not k.startswith("NBGRADER")}
        self._manager.start_kernel(cwd=str(folder), env={**env, **variables})
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=60)

    def run(self, source):
        """Run a cell; return the status of the reply and what is shown, line by line."""
        shown = []

        def listen(message):
            content = message["content"]
            text = content.get("text") or content.get("data", {}).get("text/plain", "")
            shown.extend(content.get("traceback") or text.splitlines())

        reply = self._client.execute_interactive(source, timeout=60, output_hook=listen)
        return reply["content"]["status"], shown

    def end(self):
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)


@pytest.fixture
def start(tmp_path):
    """Start a kernel in a folder with the small assignment about doubling."""
    kernels = []

    def start(notebook=None, **variables):
        save(tmp_path, notebook or released())
        kernels.append(Kernel(tmp_path, **variables))
        return kernels[-1]

    yield start
    for kernel in kernels:
        kernel.end()


def released(notebook=None):
    notebook = notebook or doubling.released()
    doubling.cell_of(notebook, "start").source = SETUP
    return notebook


def save(folder, notebook):
    (folder / "doubling.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8")


CHECK = "assert double(1) == 2"
OTHER_CHECK = "assert halve(2) == 1"
BLANK = ["double is not written yet."]


def test_a_blank_notebook_runs_to_its_end_and_says_what_is_left(tmp_path):
    notebook = released()
    looks = doubling.code("look", "four = double(2)"), doubling.code("look_more", "print(four)")
    notebook.cells[-3:-3] = looks
    save(tmp_path, notebook)
    NotebookClient(
        notebook, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()  # raises where a cell does
    shown = {
        cell.id: "".join(output.text for output in cell.outputs if output.name == "stdout")
        for cell in notebook.cells
        if cell.cell_type == "code"
    }
    assert shown["check_double"].splitlines() == BLANK
    assert shown["look"] == shown["look_more"] == f"Nothing to see here yet: {BLANK[0]}\n"
    assert shown["hidden_double"] == ""
    assert shown["experiment"].splitlines() == [
        "By visible checks you have 0 of 2 points.",
        "Still to do:",
        "- double: not written yet",
        "- halve: not written yet",
        "- Question, explain: nothing was written when the notebook was last saved",
        "Hidden checks (2 points) and written answers (2 points) come when the notebook is graded.",
    ]


def test_a_check_that_passes_says_so_and_one_that_fails_does_not(start):
    kernel = start()
    assert kernel.run(SETUP) == ("ok", [])
    kernel.run(doubling.CODE)
    passed = ["Passed: 1 point. By visible checks you have 1 of 2 points."]
    assert kernel.run(CHECK) == ("ok", passed)
    kernel.run("def halve(x):\n    return x")
    # The error is shown, and what is below in Run All is run all the same.
    assert kernel.run(OTHER_CHECK) == ("ok", ["AssertionError: "])
    _, shown = kernel.run("runs = 3")
    assert shown[:3] == [
        "By visible checks you have 1 of 2 points.",
        "Still to do:",
        "- halve: 1 of 1 check failed",
    ]
    kernel.run(doubling.CODE.replace("x + x", "2 * x"))  # what is new has not been checked
    assert "- double: not checked yet" in kernel.run("runs = 3")[1]


def test_the_guide_and_checks_speak_the_notebooks_language(start):
    notebook = released()
    notebook.metadata["language"] = "ko"
    kernel = start(notebook)
    kernel.run(SETUP)
    kernel.run(doubling.CODE)
    assert kernel.run(CHECK)[1] == ["통과: 1점. 보이는 검사로 2점 중 1점을 얻었습니다."]
    assert kernel.run(OTHER_CHECK)[1] == ["halve을(를) 아직 작성하지 않았습니다."]
    kernel.run(
        "class CheckFailed(AssertionError):\n"
        "    def _render_traceback_(self):\n"
        "        return [f'CheckFailed: {self}']"
    )
    shown = kernel.run("raise CheckFailed('the stem has no ReLU after its batch norm.')")[1]
    assert shown == ["CheckFailed: 스템의 배치 정규화 뒤에 ReLU가 없습니다."]
    _, shown = kernel.run("runs = 3")
    assert shown[1] == "남은 일:"
    assert shown[-1] == "숨은 검사(2점)와 글로 쓴 답(2점)은 노트북을 채점할 때 더해집니다."


def test_wrong_answers_do_not_stop_a_run_before_the_list_at_its_end(tmp_path):
    notebook = released()
    looks = doubling.code("look", "more = double(2) + 1"), doubling.code("look_more", "print(more)")
    notebook.cells[-3:-3] = looks
    doubling.cell_of(notebook, "double").source = "def double(x):\n    x + x"
    doubling.cell_of(notebook, "halve").source = "def halve(x:\n    return x / 2"
    save(tmp_path, notebook)
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, kernel_name="python3", resources=resources).execute()
    shown = {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}
    assert "SyntaxError" in shown["halve"][0].ename
    assert "The cell of halve has a syntax error" in shown["check_halve"][0].traceback[1]
    assert shown["look"][0].ename == "TypeError"
    assert "A check of double failed: mend that first." in shown["look"][0].traceback[-1]
    assert shown["look_more"][0].text == "Nothing to see here yet: a check of double failed.\n"
    assert shown["experiment"][0].text.splitlines()[:4] == [
        "By visible checks you have 0 of 2 points.",
        "Still to do:",
        "- double: 1 of 1 check failed",
        "- halve: 1 of 1 check failed",
    ]


def test_a_syntax_error_leaves_no_older_answer_for_the_check(start):
    kernel = start()
    kernel.run(SETUP)
    kernel.run(doubling.CODE)
    assert "SyntaxError" in "\n".join(kernel.run("def double(x:\n    return x + x")[1])
    _, shown = kernel.run(CHECK)
    assert shown[0] == "NameError: name 'double' is not defined."
    assert shown[1].startswith("The cell of double has a syntax error in line 1: '(' was never")
    assert "Mend it and run it" in shown[1]
    kernel.run(doubling.CODE)
    assert kernel.run(CHECK)[0] == "ok"
    kernel.run(f"{doubling.CODE}\nundefined_name")  # it failed after the answer was defined
    assert kernel.run(CHECK)[0] == "ok"


def test_an_answer_that_stopped_leaves_no_older_one_but_what_it_imported(start):
    kernel = start()
    kernel.run(SETUP)
    kernel.run(f"import string\n{doubling.CODE}")
    kernel.run(f"import string\nundefined_name\n{doubling.CODE}")
    _, shown = kernel.run(CHECK)
    assert shown[1].startswith("The cell of double has an error: name 'undefined_name' is not")
    assert kernel.run("print(string.digits)")[0] == "ok"


def test_what_waited_for_an_answer_has_to_run_again(start):
    notebook = released()
    notebook.cells.insert(-3, doubling.code("look", "four = double(2)"))
    kernel = start(notebook)
    for source in (SETUP, doubling.STUB, "four = double(2)"):
        kernel.run(source)
    assert kernel.run("four") == ("ok", [f"Nothing to see here yet: {BLANK[0]}"])
    kernel.run(doubling.CODE)
    status, shown = kernel.run("four")
    assert status == "error"
    assert shown[1].startswith("Run the cell above that defines it")
    kernel.run("four = double(2)")
    assert kernel.run("assert four == 4")[0] == "ok"


def test_a_missing_name_says_which_cell_to_run(start):
    notebook = released()
    doubling.cell_of(notebook, "double").source = doubling.CODE
    kernel = start(notebook)
    kernel.run(SETUP)
    _, shown = kernel.run(CHECK)
    assert shown[1].startswith("Run the cell of double, which has not run in this session")
    status, shown = kernel.run(OTHER_CHECK)  # as blank in the file as in the kernel
    assert (status, shown) == ("ok", ["halve is not written yet."])
    assert "Run the cell above that defines it" in kernel.run("runs")[1][1]
    assert "If a cell above defines it" in kernel.run("unheard_of")[1][-1]


def test_after_a_restart_a_check_asks_for_the_set_up_cell(start):
    kernel = start(PYTHONSTARTUP=casebook.startup.__file__)
    status, shown = kernel.run("print(math.pi)")  # no cell of the notebook: too early to know
    assert status == "error"
    assert "If a cell above defines it" in shown[-1]
    notebook = released()
    doubling.cell_of(notebook, "check_double").source = "assert math.floor(2.5) == double(1)"
    other = start(notebook, PYTHONSTARTUP=casebook.startup.__file__)
    _, shown = other.run("assert math.floor(2.5) == double(1)")
    assert shown[1].startswith("The set-up cell has not run since the kernel was started. Run it")
    assert other.run("print([n for n in dir() if 'asebook' in n or n == 'runtime'])")[1] == ["[]"]


@pytest.mark.parametrize("by", ["validate", "autograde"])
def test_nothing_is_said_while_nbgrader_runs_the_notebook(start, by):
    kernel = start(NBGRADER_EXECUTION=by, PYTHONSTARTUP=casebook.startup.__file__)
    kernel.run(SETUP)
    assert kernel.run(doubling.STUB) == ("ok", [])
    assert kernel.run(CHECK)[0] == "error"
    kernel.run(doubling.CODE)
    assert kernel.run(CHECK) == ("ok", [])
    assert kernel.run("runs = 3") == ("ok", [])


def test_nothing_is_said_where_a_solution_runs(start):
    kernel = start(released(nbformat.from_dict(json.loads(nbformat.writes(doubling.SOURCE)))))
    kernel.run(SETUP)
    kernel.run(doubling.CODE)
    assert kernel.run(CHECK) == ("ok", [])
    assert kernel.run("runs = 3") == ("ok", [])


def test_a_forgotten_padding_is_told_in_a_few_lines(start, tmp_path):
    path = banks.ROOT / "assignments" / RESIDUAL
    notebook = nbformat.read(path, as_version=4)
    (tmp_path / path.name).write_bytes(path.read_bytes())
    answer = banks.notebook_of("identity_block").answers["identity_block"]
    assert answer.count('padding="same"') == 1
    kernel = start()
    kernel.run(doubling.cell_of(notebook, "start").source)
    kernel.run(answer.replace(', padding="same"', ""))
    check = doubling.cell_of(notebook, "check_identity_block_layers").source
    text = "\n".join(kernel.run(check)[1])
    assert text.count("\n") < 6
    assert "Likely cause: " in text
    assert "Your line: " in text
    assert "Traceback" not in text
    assert "Arguments received" not in text
    kernel.run(answer)
    assert kernel.run(check)[1] == ["Passed: 1 point. By visible checks you have 1 of 5 points."]


def test_cells_of_the_learners_own_are_left_alone(start):
    notebook = released()
    notebook.cells.append(new_code_cell("mine = 1 / 0", id="mine"))
    kernel = start(notebook)
    kernel.run(SETUP)
    status, shown = kernel.run("1 / 0")
    assert status == "error"
    assert "ZeroDivisionError" in "\n".join(shown)
    assert "Traceback" in "\n".join(shown)


def test_an_interrupt_in_a_check_stops_what_is_below(start):
    notebook = released()
    doubling.cell_of(notebook, "check_double").source = "raise KeyboardInterrupt"
    kernel = start(notebook)
    kernel.run(SETUP)
    assert kernel.run("raise KeyboardInterrupt")[0] == "error"


LONG = """import os, signal

from cnn_casebook import runtime

for step in runtime.progress(range(2)):
    if step == 1 and "again" not in globals():
        again = True
        os.kill(os.getpid(), signal.SIGINT)
runs = 3"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no such signal")
def test_a_long_cell_shows_its_progress_and_can_be_interrupted(start):
    notebook = released()
    doubling.cell_of(notebook, "experiment").source = LONG
    kernel = start(notebook)
    kernel.run(SETUP)
    status, shown = kernel.run(LONG)
    assert status == "error"
    assert shown[0] == "0%, begun"
    assert shown[1].startswith("KeyboardInterrupt: this cell was interrupted, and recorded nothing")
    assert shown[2].startswith("50%, stopped after")
    status, shown = kernel.run(LONG)
    assert status == "ok"
    assert "100%, took 1 second" in shown


@pytest.mark.parametrize(
    "where", [{"NBGRADER_EXECUTION": "validate"}, {"NBGRADER_EXECUTION": "autograde"}, {}]
)
def test_no_progress_is_shown_in_grading_and_in_solutions(start, where):
    kernel = start(released() if where else released(copy.deepcopy(doubling.SOURCE)), **where)
    kernel.run(SETUP)
    loop = "for _ in runtime.progress(range(2)):\n    pass"
    assert kernel.run(loop) == ("ok", [])
