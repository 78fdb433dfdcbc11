"""Whether an answer is the learner's own: not the course's ready-made code, nor another answer.

The course holds functions that would answer an exercise: ready-made blocks for the notebooks that
build on them, and what the checks compare with. What an answer uses is read off its compiled code:
what its names stand for, and so on down through the notebook's functions. A name that is put
together only while the code runs is not found, nor is a copy of a function's text.
"""

import functools
import sys
from types import CodeType, FunctionType, MethodType, ModuleType

from cnn_casebook.remote import RemoteCallable

_NOTEBOOK = "__main__"  # the module of what a notebook's cells define
_MOST = 10_000  # values that are looked at; a learner's code may be of any size

# Modules that would answer an exercise, each with the checks that refuse it; "" is all checks. In
# another notebook the same functions may be what there is to build on.
_READY_MADE = {
    "cnn_casebook.checks": "",
    "cnn_casebook.models.blocks": "residual",
    "cnn_casebook.models.counting": "reading",
    "cnn_casebook.models.costs": "reading",
    "cnn_casebook.experiments.influence": "reading",
}


def uses(function) -> list[str]:
    """Name what a function uses of the course and of its notebook, itself included.

    Args:
        function: A learner's function, or anything else that can be called.

    Returns:
        Names with their modules; in another process they were read there.

    Example:
        >>> from cnn_casebook.models import blocks
        >>> uses(blocks.unit)
        ['cnn_casebook.models.blocks.unit']
    """
    if isinstance(function, RemoteCallable):
        return list(function.uses)
    names, seen, waiting = {}, {}, [function]
    while waiting and len(seen) < _MOST:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen[id(value)] = value  # kept, so that no other value gets its id
        module = _module_of(value)
        if _lies_in(module, "cnn_casebook"):
            own = getattr(value, "__qualname__", "")
            names[f"{module}.{own}" if own else module] = None
        elif value is function or module == _NOTEBOOK or not module:
            if module == _NOTEBOOK and hasattr(value, "__name__"):
                names[f"{module}.{value.__name__}"] = None
            waiting += _parts(value)
    return list(names)


def ready_made(names: list[str], checks: str) -> str:
    """The first of the names that would answer an exercise; empty where there is none.

    Args:
        names: As `uses` gives them.
        checks: The module of the checks that look at the answer, such as "residual".

    Example:
        >>> ready_made(["cnn_casebook.models.blocks.unit"], "residual")
        'cnn_casebook.models.blocks.unit'
        >>> ready_made(["cnn_casebook.models.blocks.unit"], "resnet")
        ''
    """
    refused = [module for module, case in _READY_MADE.items() if case in ("", checks)]
    found = [name for name in names if any(_lies_in(name, module) for module in refused)]
    return max(found, key=len, default="")  # the function rather than its module


def _lies_in(name: str, module: str) -> bool:
    return f"{name}.".startswith(f"{module}.")


def _module_of(value) -> str:
    """The module of what can be looked into; empty for a partial function or a method."""
    if isinstance(value, ModuleType):
        return value.__name__
    if isinstance(value, functools.partial | MethodType):
        return ""
    kind = value if isinstance(value, FunctionType | type) else type(value)
    return str(kind.__module__)


def _parts(value) -> list:
    """What a function, or an object of a notebook's class, refers to."""
    if isinstance(value, functools.partial):
        return [value.func, *value.args, *value.keywords.values()]
    if isinstance(value, MethodType):
        return [value.__func__, value.__self__]
    if isinstance(value, FunctionType):
        held = [*(value.__defaults__ or ()), *(value.__kwdefaults__ or {}).values()]
        for cell in value.__closure__ or ():
            try:
                held.append(cell.cell_contents)
            except ValueError:  # not filled yet
                continue
        return held + _named(value.__code__, value.__globals__, held)
    own = list(getattr(value, "__dict__", {}).values())
    return own if isinstance(value, type) else [type(value), *own]


def _named(code: CodeType, known: dict, held: list) -> list:
    """What the names in code stand for, those of the functions within it too."""
    names = code.co_names
    found = [known[name] for name in names if name in known]
    # An import within a function names its module, and what it takes of it.
    imported = [name for name in names if _lies_in(name, "cnn_casebook")]
    found += [sys.modules[name] for name in imported if name in sys.modules]
    modules = [value for value in (*found, *held) if isinstance(value, ModuleType)]
    for module in modules:
        if _lies_in(module.__name__, "cnn_casebook"):
            inner = [vars(module)[name] for name in names if name in vars(module)]
            found += inner
            modules += [value for value in inner if isinstance(value, ModuleType)]
    for part in code.co_consts:
        if isinstance(part, CodeType):
            found += _named(part, known, [*held, *found])
    return found
