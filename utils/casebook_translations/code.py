"""What people read in Python code: comments, docstrings, and strings that are sentences."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from casebook_translations.message import Message

# Arguments of figures whose strings people read, even a single word.
_LABELS = {"title", "xlabel", "ylabel", "label"}
_SENTENCE = re.compile(r"[A-Za-z]{2,}[:,]? ")
# Marks of nbgrader's, and what it puts in the place of a solution: equal in every language.
_MARK = re.compile(r"###.*|# Your code here\.")
_LITERAL = re.compile(r"[rbuf]*(?P<quote>\"\"\"|'''|\"|')(?P<text>.*)(?P=quote)", flags=re.S | re.I)


def find(source: str) -> Iterator[Message]:
    """The messages of a cell's code; none where it is not Python, such as a magic."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    starts = [0, *(match.end() for match in re.finditer("\n", source))]
    yield from _strings(source, tree, starts)
    yield from _comments(source, starts)


def _strings(source: str, tree: ast.Module, starts: list[int]) -> Iterator[Message]:
    """Docstrings by paragraph; other strings where they label a figure or read as a sentence."""
    docstrings, labels, inside = set(), set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            docstrings.add(node.body[0].value)
        elif isinstance(node, ast.keyword) and node.arg in _LABELS:
            labels.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            inside.update(part for part in ast.walk(node) if part is not node)
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Constant) and isinstance(node.value, str)
        )
        if not is_text or node in inside:
            continue
        literal = _LITERAL.fullmatch(source, *_span(node, source, starts))
        if literal is None or (len(literal["quote"]) == 1 and literal["quote"] in literal["text"]):
            continue  # several literals side by side
        if node in docstrings:
            yield from _paragraphs(literal.start("text"), literal["text"])
        elif node in labels or _SENTENCE.search(literal["text"]):
            yield Message(*literal.span("text"), literal["text"], "string")


def _span(node: ast.expr, source: str, starts: list[int]) -> tuple[int, int]:
    """Where a node begins and ends, in characters; ast counts the bytes of a line."""
    lines = source.split("\n")

    def offset(line: int, column: int) -> int:
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())

    return offset(node.lineno, node.col_offset), offset(node.end_lineno, node.end_col_offset)


def _paragraphs(start: int, text: str) -> Iterator[Message]:
    """One message for each paragraph of a docstring, with its lines: `Args:` has its own."""
    for match in re.finditer(r"\S(?:.|\n(?![ \t]*\n|[ \t]*\Z))*", text):
        indent = re.search(r"[ \t]*\Z", text[: match.start()])[0]
        paragraph = match[0].rstrip()
        place = start + match.start()
        yield Message(
            place,
            place + len(paragraph),
            re.sub(rf"\n{indent}", "\n", paragraph),
            "docstring",
            indent,
        )


def _comments(source: str, starts: list[int]) -> Iterator[Message]:
    """One message for each comment; comments on lines of their own that follow are one."""
    run = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT or _MARK.fullmatch(token.string):
            continue
        below = run and token.start == (run[-1].start[0] + 1, run[-1].start[1])
        if run and not (below and _alone(token)):
            yield _comment(run, starts)
            run = []
        run.append(token)
    if run:
        yield _comment(run, starts)


def _alone(token: tokenize.TokenInfo) -> bool:
    """Whether a comment has a line of its own."""
    return not token.line[: token.start[1]].strip()


def _comment(run: list[tokenize.TokenInfo], starts: list[int]) -> Message:
    start = starts[run[0].start[0] - 1] + run[0].start[1]
    end = starts[run[-1].end[0] - 1] + run[-1].end[1]
    text = " ".join(token.string.lstrip("# ") for token in run)
    return Message(start, end, text, "comment", " " * run[0].start[1])
