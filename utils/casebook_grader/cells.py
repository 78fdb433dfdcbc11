"""Which cells of a rebuilt notebook run, and in which kernel."""

import symtable

from nbformat import NotebookNode

from casebook_grader.session import Session

_LOOKS_NAMES_UP = {"globals", "eval", "exec", "get_ipython", "vars", "locals"}


def run_notebook(notebook: NotebookNode, source: NotebookNode, session: Session) -> None:
    """Run a rebuilt notebook, and write the outputs of its cells into it.

    Args:
        notebook: The notebook to run; it is changed.
        source: The course's own notebook.
        session: Begun for this submission.
    """
    idle = not_needed(notebook, source)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [] if cell.id in idle else run_cell(session, cell)
            cell.execution_count = None


def setup_of(notebook: NotebookNode) -> list[str]:
    """The set-up cells of a notebook."""
    return [cell.source for cell in notebook.cells if "setup" in cell.metadata.get("tags", [])]


def run_cell(session: Session, cell: NotebookNode) -> list[NotebookNode]:
    """Run a code cell where it belongs; experiments are not run again."""
    tags, mark = cell.metadata.get("tags", []), cell.metadata.get("nbgrader", {})
    if "setup" in tags:
        return session.set_up(cell.source)
    if mark.get("grade") and not mark.get("solution"):
        return session.check(cell.source)
    if "experiment" in tags:
        return []
    return session.write(cell.source)


def not_needed(notebook: NotebookNode, source: NotebookNode) -> set[str]:
    """Ids of the instructor's demonstrations that no learner's text makes use of.

    They are as they were released, and nothing that a learner wrote reads a name that they define.
    """
    written = {cell.id: cell.source for cell in source.cells}
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    shown = [
        cell
        for cell in code
        if not cell.metadata.get("nbgrader") and written.get(cell.id) == cell.source
    ]
    kept = {cell.id for cell in shown}
    read: set[str] = set()
    for cell in code:
        mark = cell.metadata.get("nbgrader", {})
        if cell.id not in kept and (mark.get("solution") or not mark):
            names = _global_names(cell.source)
            if names is None:  # such as a magic: who knows what it reads
                return set()
            read |= names
    defined = {cell.id: _defined(cell.source) for cell in shown}
    return {name for name, names in defined.items() if names is not None and not names & read}


def _names(source: str) -> symtable.SymbolTable | None:
    """The names of code; None if it cannot be read."""
    try:
        return symtable.symtable(source, "cell", "exec")
    except (SyntaxError, ValueError):
        return None


def _global_names(source: str) -> set[str] | None:
    """Names that code takes from outside itself; None if it cannot be read or looks names up."""
    whole = _names(source)
    tables, found = [whole] if whole else [], set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        found |= {
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_global() or table is whole
        }
    return None if whole is None or found & _LOOKS_NAMES_UP else found


def _defined(source: str) -> set[str] | None:
    """Names that code defines at the top; None if it cannot be read."""
    table = _names(source)
    if table is None:
        return None
    return {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_assigned() or symbol.is_imported()
    }
