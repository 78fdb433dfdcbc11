"""Hears of every cell that a learner's kernel runs, and says in words what a learner needs to know.

- A check that passed says so in one line, the notebook's last cell what is still to do.
- A blank answer is no error: the cell says so, and *Run All* goes on.
- An answer or a check that fails shows its error, and so does what fails for that reason. *Run All*
  goes on: the list at its end names them.
- A missing name says which cell to run.
- An answer that could not be run leaves no older function behind for its checks to judge.
- An experiment that is interrupted says that it can be run again.
"""

import re
from collections.abc import Callable
from pathlib import Path

from cnn_casebook.guide import outline as outlines
from cnn_casebook.guide import progress
from cnn_casebook.guide.errors import blank_function, plain_text
from cnn_casebook.guide.outline import Cell, defined
from cnn_casebook.guide.standing import BLANK, FAILED, MARK, PASSED, Standing
from cnn_casebook.languages.messages import messages_in

_RUN_ABOVE = "choose Run > Run All Above Selected Cell, then run this cell again"
_INTERRUPTED = (
    "KeyboardInterrupt: this cell was interrupted, and recorded nothing. Run it again: it starts "
    "from the beginning."
)

_guide: "Guide | None" = None


def guide(shell) -> None:
    """Guide the learner whose cells this shell runs; called again, it goes on as before.

    Args:
        shell: IPython's shell.
    """
    global _guide
    if _guide is None or _guide.shell is not shell:
        _guide = Guide(shell)
        shell.events.register("pre_run_cell", _guide.before)
        shell.events.register("post_run_cell", _guide.after)
        if shell.history_manager.input_hist_raw:
            _guide.look_for(shell.history_manager.input_hist_raw[-1])  # the set-up cell
    shell.set_custom_exc((Exception, KeyboardInterrupt), _guide.explain)


def said(text: str) -> str:
    """A message in the language of the notebook that runs."""
    return _guide.say(text) if _guide else text


def explain_missing_names(shell) -> None:
    """Add to every NameError what usually causes it: a cell that was not run."""

    def explain(shell, kind, error, trace, tb_offset=None):
        error.add_note(_unknown(error.name))
        shell.showtraceback((kind, error, trace), tb_offset=1)
        return []

    shell.set_custom_exc((NameError,), explain)


def _unknown(name: str) -> str:
    return (
        f"`{name}` is not known yet. If a cell above defines it, that cell has not run "
        f"in this session: {_RUN_ABOVE}."
    )


class Guide:
    """What is known of a learner's session.

    Args:
        shell: IPython's shell.
    """

    def __init__(self, shell):
        """Know no notebook yet."""
        self.shell = shell
        self.say: Callable[[str], str] = str  # a message, in the notebook's language
        self._standing: Standing | None = None
        self._cell: Cell | None = None  # that runs now
        self._source = ""
        self._values: dict[str, object] = {}  # of the names that it defines, before it runs
        self._blank = ""  # the answer that it lacks
        self._waiting: dict[str, str] = {}  # names that are missing, by the answer that they lack
        self._skipped: dict[str, str] = {}  # ids of cells, by the answer that they lack
        self._broken: dict[str, str] = {}  # names of answers, by what is wrong with their cell

    def look_for(self, source: str) -> None:
        """Look for the notebook of a cell, unless it is known."""
        if self._standing is None and (found := outlines.find(Path.cwd(), source)):
            self._standing = Standing(found)
            self.say = messages_in(found.language).say
            progress.show_with(self.shell.display_pub.publish)

    # ---- before and after a cell ----

    def before(self, info) -> None:
        """Recognise the cell that is about to run."""
        self._source, self._blank, self._cell = info.raw_cell, "", None
        self.look_for(self._source)
        if self._standing is None:
            return
        cell_id = getattr(info, "cell_id", None)
        self._cell = self._standing.outline.find(self._source, cell_id)
        known = self.shell.user_ns
        self._values = {name: known[name] for name in self._names() if name in known}

    def after(self, result) -> None:
        """Say what came of the cell."""
        progress.stop()
        if self._standing is None or result is None:
            return
        cell, error = self._cell, result.error_before_exec or result.error_in_exec
        older, self._values = self._values, {}  # kept no longer: networks are large
        if self._blank:
            result.error_in_exec = None  # so that Run All goes on
            self._waiting |= dict.fromkeys(self._names(), self._blank)
            if cell:
                self._skipped[cell.id] = self._blank
        elif error is None:
            for name in self._names():
                self._waiting.pop(name, None)
                self._broken.pop(name, None)
            if cell:
                self._skipped.pop(cell.id, None)
        elif isinstance(error, Exception) and (wrong := self._wrong()):
            self._waiting |= dict.fromkeys(self._names(), wrong)
            self._skipped[cell.id] = wrong
        if cell is None:
            return
        if isinstance(error, Exception) and (cell.kind in ("answer", "check") or self._wrong()):
            result.error_before_exec = result.error_in_exec = None  # Run All goes on
        if cell.kind == "answer":
            self._standing.renew(cell, self._source)
            if error is None:  # whoever still lacks what it makes has to run again
                for lacking in (self._waiting, self._skipped):
                    for name in [name for name, blank in lacking.items() if blank in cell.names]:
                        del lacking[name]
            else:
                self._drop_older(cell, error, older)
        elif cell.kind == "check":
            said = BLANK if self._blank else FAILED if error else PASSED
            self._standing.note(cell, said)
            if said == PASSED:  # as data, so that the notebook's file keeps what was judged
                line = self.say(self._standing.line(cell))
                seal = self._standing.seal(cell)
                self.shell.display_pub.publish({"text/plain": line}, {MARK: {"passed": seal}})
        if cell == self._standing.outline.last:
            setup = self._standing.outline.of_kind("setup")
            now = outlines.find(Path.cwd(), setup[0].source) if setup else None
            print("\n" * bool(self._blank) + self.say(self._standing.summary(now)))

    def _names(self) -> frozenset[str]:
        """What the cell defines, or should."""
        own = self._cell.names if self._cell and self._cell.kind == "answer" else frozenset()
        return own | defined(self._source)

    def _drop_older(self, answer: Cell, error: BaseException, older: dict[str, object]) -> None:
        """Drop what an earlier run of an answer's cell has left, so that no check judges it."""
        known, unread = self.shell.user_ns, isinstance(error, SyntaxError)
        for name in {answer.id} | (defined(self._source) if unread else set()):
            if name in older and known.get(name) is older[name]:
                del known[name]
            if not self._blank and name not in known:
                what = f"a syntax error in line {error.lineno}" if unread else "an error"
                text = error.msg if unread else plain_text(error)
                self._broken[name] = f"The cell of {answer.id} has {what}: {text}"

    # ---- errors ----

    def explain(self, shell, kind, error, trace, tb_offset=None) -> list[str]:
        """Show an exception as IPython's handler of exceptions, in the words that help here."""
        if isinstance(error, KeyboardInterrupt):
            if self._cell and self._cell.kind == "code":
                shell._showtraceback(kind, error, [self.say(_INTERRUPTED)])
            else:  # where a learner's code hangs is worth knowing
                shell.showtraceback((kind, error, trace), tb_offset=1)
        elif isinstance(error, SyntaxError):
            shell.showsyntaxerror()
        elif blank := self._lacks(error):
            self._blank = blank
            print(self.say(self._without(blank)))
        elif lines := self._lines(error):
            shell._showtraceback(kind, error, [self.say(line) for line in lines])
        else:
            if isinstance(error, NameError):
                error.add_note(self.say(_unknown(error.name)))
            if wrong := self._wrong():
                error.add_note(self.say(f"A check of {wrong} failed: mend that first."))
            shell.showtraceback((kind, error, trace), tb_offset=1)
        return []

    def _wrong(self) -> str:
        """The answer, wrong by its checks, that an error in this cell may come from; or nothing."""
        if not self._cell or self._cell.kind != "code":
            return ""
        wrong = self._standing.wrong()
        read = [answer for answer in wrong if answer.names & set(re.findall(r"\w+", self._source))]
        return (read or wrong)[-1].id if wrong else ""

    def _lacks(self, error: Exception) -> str:
        """The blank answer, or the wrong one, that a cell has to wait for; empty if for none."""
        if self._standing is None:
            return ""
        if name := blank_function(error):
            return self._cell.id if name == "<module>" and self._cell else name
        if isinstance(error, NameError) and error.name in self._waiting:
            return self._waiting[error.name]
        if isinstance(error, NameError) and (cell := self._defining(error.name)):
            saved = outlines.find(Path.cwd(), self._standing.outline.last.source)
            now = saved and saved.defining(error.name)
            if cell.kind == "answer" and now and now.is_blank and error.name not in self._broken:
                return error.name
        if self._cell and self._cell.kind == "code":  # half of what it reads may be there
            read = set(re.findall(r"\w+", self._source)) - defined(self._source)
            for name in sorted(read & self._waiting.keys()):
                return self._waiting[name]
        if isinstance(error, FileNotFoundError) and self._cell and self._cell.kind == "check":
            for cell in self._standing.outline.cells:  # an experiment that records could not run
                if cell.section == self._cell.section and cell.id in self._skipped:
                    return self._skipped[cell.id]
        return ""

    def _without(self, blank: str) -> str:
        """What a cell says instead of an error, where an answer is blank."""
        cell = self._defining(blank)
        place = f" ({cell.section})" if cell and cell.section else ""
        if blank in [answer.id for answer in self._standing.wrong()]:
            text = f"a check of {blank} failed{place}."
        else:
            text = f"{blank} is not written yet{place}."
        if self._cell and self._cell.kind in ("check", "answer"):
            return text
        return f"Nothing to see here yet: {text}"

    def _defining(self, name: str) -> Cell | None:
        return self._standing.outline.defining(name) if self._standing else None

    def _lines(self, error: Exception) -> list[str]:
        """An error in the course's words; empty if its traceback says more."""
        if isinstance(error, NameError) and (advice := self._advice(error.name)):
            return [f"NameError: {error}.", *getattr(error, "__notes__", []), advice]
        if hasattr(error, "_render_traceback_"):
            return error._render_traceback_()
        if not self._cell or self._cell.kind != "check":
            return []
        return [f"{type(error).__name__}: {plain_text(error)}", *getattr(error, "__notes__", [])]

    def _advice(self, name: str) -> str:
        """What to do about a name that is missing; empty if it is not the notebook's."""
        if name in self._broken:
            return f"{self._broken[name]}. Mend it and run it, then run this cell again."
        cell = self._defining(name)
        if cell is None or cell == self._cell:
            return ""
        if cell.kind == "setup":
            return (
                "The set-up cell has not run since the kernel was started. Run it, the first code "
                f"cell of this notebook; or {_RUN_ABOVE}."
            )
        if cell.kind == "answer":
            place = f" ({cell.section})" if cell.section else ""
            what = f"Run the cell of {cell.id}{place}"
        else:
            what = f"Run the cell above that defines it, in the section {cell.section!r}"
        return f"{what}, which has not run in this session; or {_RUN_ABOVE}."
