"""What modules of the course say to learners: strings and f-strings that read as words."""

import ast
import re
from collections.abc import Iterator

from casebook_translations.message import Message

# Single words that the fields of messages hold.
_IN_FIELDS = {
    *("connections", "multiplications", "parameters", "points", "checks", "none"),
    *("training", "inference", "more", "fewer", "first", "second", "third"),
    *("maximum", "average", "sum"),
}
_WORDS = re.compile(r"[A-Za-z]{2,}[:,;]? |^(\{\w+\}|1) [a-z]+$")


def find(source: str) -> Iterator[Message]:
    """The texts of a Python module that may be a message or a part of one.

    Docstrings are none. A field has the name of what it shows, or a number.

    Example:
        >>> [text.text for text in find('require(n, f"{describe(found)} has {len(shape)} axes.")')]
        ['{found} has {shape} axes.']
    """
    tree = ast.parse(source)
    skipped = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr):
                skipped.add(first.value)
        elif isinstance(node, ast.JoinedStr):
            skipped.update(part for part in node.values if isinstance(part, ast.Constant))
            skipped.update(part.format_spec for part in node.values if _is_formatted(part))
        elif isinstance(node, ast.AnnAssign | ast.arg):
            skipped.update(ast.walk(node.annotation) if node.annotation else ())
    for node in ast.walk(tree):
        text = _text(node)
        if node not in skipped and (text in _IN_FIELDS or _WORDS.search(text)):
            yield Message(node.lineno, node.end_lineno, text, "message")


def _is_formatted(part: ast.expr) -> bool:
    return isinstance(part, ast.FormattedValue) and part.format_spec is not None


def _text(node: ast.AST) -> str:
    """A string with the names of its fields; nothing for what is no string."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.replace("{", "{{").replace("}", "}}")
    if not isinstance(node, ast.JoinedStr):
        return ""
    names: list[str] = []
    text = ""
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += part.value.replace("{", "{{").replace("}", "}}")
            continue
        name = _name(part.value)
        if not name or name in names:
            name = f"{name}{len(names) + 1}"
        names.append(name)
        text += f"{{{name}}}"
    return text


def _name(value: ast.expr) -> str:
    """The name of what a field shows; nothing where several things are in it."""
    if isinstance(value, ast.Attribute):
        return value.attr.strip("_")
    found = [node.id for node in ast.walk(value) if isinstance(node, ast.Name)]
    called = {node.func.id for node in ast.walk(value) if _calls_a_name(node)}
    found = list(dict.fromkeys(name for name in found if name not in called))
    return found[0].lower() if len(found) == 1 else ""


def _calls_a_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
