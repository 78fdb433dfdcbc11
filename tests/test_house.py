"""The house stays in order: rooms import one way, modules are short, checks repeat nothing."""

import ast
import itertools
import re

import banks
import pytest

UTILS = banks.ROOT / "utils"
COURSE = UTILS / "cnn_casebook"
MODULES = sorted(UTILS.rglob("*.py"))
# What each room of the course may import of the others; all may import Keras.
MAY_IMPORT = {
    "languages": set(),
    "guide": {"languages"},
    "files": set(),
    "runtime": {"files", "guide"},
    "remote": set(),
    "workspace": {"guide"},
    "corrections": {"files"},
    "data": set(),
    "models": {"remote"},
    "experiments": {"guide", "runtime", "data", "models"},
    "fonts": set(),
    "figures": {"fonts", "models"},
    "checks": {"guide", "runtime", "remote", "data", "models", "experiments"},
}
# What calls the course from above.
ABOVE = {"casebook", "casebook_grader", "casebook_site", "casebook_translations"}
LONGEST = 400  # lines of a module; a longer one gives its reason in its docstring
BLOCK = 6  # lines that may not stand twice in the checks


def name(path):
    return str(path.relative_to(UTILS))


def imported(path):
    """The modules that a file imports, as dotted names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{name(path)} has a relative import"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_is_short_and_says_why_it_exists(path):
    text = path.read_text(encoding="utf-8")
    reason = ast.get_docstring(ast.parse(text)) or ""
    assert reason, "a module opens with one sentence on why it exists"
    lines = text.count("\n")
    assert lines <= LONGEST or "lines because" in reason, f"{lines} lines, and no reason given"


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_rooms_import_one_way(room):
    paths = (
        [COURSE / f"{room}.py"]
        if (COURSE / f"{room}.py").exists()
        else (COURSE / room).rglob("*.py")
    )
    for path in paths:
        for module in imported(path):
            top, *rest = module.split(".")
            assert top not in ABOVE, f"{name(path)} imports {module}"
            other = rest[0] if top == "cnn_casebook" and rest else room
            allowed = {room, *MAY_IMPORT[room]}
            assert other in allowed, f"{name(path)} imports {module}; {room} may use {allowed}"


@pytest.mark.parametrize(
    ("room", "above"),
    [
        ("casebook_translations", {"casebook", "casebook_site", "casebook_grader"}),
        ("casebook_grader", {"casebook", "casebook_site"}),
        ("casebook_site", {"casebook"}),
    ],
)
def test_what_the_command_calls_does_not_import_it(room, above):
    for path in (UTILS / room).rglob("*.py"):
        tops = {module.split(".")[0] for module in imported(path)}
        assert not tops & above, f"{name(path)} imports {tops & above}"


def test_every_room_is_known():
    found = {path.name.removesuffix(".py") for path in COURSE.iterdir() if path.name[0] not in "._"}
    assert found == set(MAY_IMPORT)


def test_no_block_of_lines_stands_twice_in_the_checks():
    """Imports aside; blank lines and brackets alone do not count."""
    seen = {}
    for path in sorted((COURSE / "checks").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        imports = {
            number
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for number in range(node.lineno, node.end_lineno + 1)
        }
        lines = [
            (number, line.strip())
            for number, line in enumerate(text.splitlines(), start=1)
            if number not in imports and re.search(r"\w", line)
        ]
        for block in zip(*(itertools.islice(lines, k, None) for k in range(BLOCK)), strict=False):
            place = f"{name(path)}:{block[0][0]}"
            twin = seen.setdefault(tuple(line for _, line in block), place)
            assert twin == place, f"the {BLOCK} lines at {place} stand at {twin} too"
