"""Turns a learner's code into fingerprints that renaming and new comments do not change.

An answer becomes a row of tokens without comments, docstrings and line ends, and with one sign for
all names of the learner's own. Every k tokens in a row are hashed; winnowing keeps the smallest
hash of every w in a row, so that two answers with k + w - 1 equal tokens in a row share one.
Source: Schleimer, Wilkerson and Aiken, "Winnowing: local algorithms for document fingerprinting",
SIGMOD 2003, section 3.
"""

import ast
import builtins
import keyword
import re
from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

GRAM = 12  # tokens that are hashed together, about one statement: k
WINDOW = 5  # hashes of which one is kept: w
LONGEST = 20_000  # characters of an answer that are read
OWN = "*"  # stands for every name of the learner's own

# Python's tokenizer stops at the first error, and learners hand in errors: every text is taken
# apart here. No branch can be entered at one place in two ways, so the time is linear.
_TOKEN = re.compile(
    r"""
    (?P<comment>\#[^\n]*)
    | (?P<string>(?i:\b[rbuf]{1,2})?
        (?: \"{3}(?:\\.|(?!\"{3})[^\\])*(?:\"{3}|\\?\Z) | '{3}(?:\\.|(?!'{3})[^\\])*(?:'{3}|\\?\Z)
          | "(?:\\.|[^"\\\n])*"? | '(?:\\.|[^'\\\n])*'? ))
    | (?P<name>[^\W\d]\w*)
    | (?P<number>\d[\w.]*|\.\d\w*)
    | (?P<line>\n)
    | (?P<sign>\*\*=?|//=?|->|:=|[-+*/%&|^<>=!@]=|<<|>>|\S)
    """,
    re.VERBOSE | re.DOTALL,
)
_EQUALS = re.compile(r"\s*=(?!=)")
_KEPT = frozenset(keyword.kwlist) | frozenset(dir(builtins))


def tokens(text: str, known: frozenset[str] = frozenset()) -> list[tuple[str, int]]:
    """The tokens of an answer that are compared, each with the number of its line, from 0.

    Args:
        text: Python code, right or wrong.
        known: Names that the course imports, which are kept.

    Example:
        >>> [token for token, line in tokens("def f(x):\\n    'Doc.'\\n    return x + 1  # why")]
        ['def', '*', '(', '*', ')', ':', 'return', '*', '+', '1']
    """
    found, line, begins, before, depth = [], 0, True, "", 0
    for match in _TOKEN.finditer(text[:LONGEST]):
        kind, token = match.lastgroup, match[0]
        if kind == "line":
            begins = begins or not depth
            line += 1
            continue
        if kind == "comment":
            continue
        here = line
        if kind == "string":
            line += token.count("\n")
            if begins:
                continue  # a docstring: a statement that is a string and no more
        elif kind == "name" and before != "." and token not in _KEPT and token not in known:
            # The name of an argument in a call belongs to the function that is called.
            argument = depth and before in ("(", ",") and _EQUALS.match(text, match.end())
            token = token if argument else OWN
        begins = False
        if kind == "sign":
            if token in "([{":
                depth += 1
            elif token in ")]}":
                depth = max(0, depth - 1)
            else:
                begins = token in ":;" and not depth
        before = token
        found.append((token, here))
    return found


def imported(code: Iterable[str]) -> frozenset[str]:
    """The names that the course's code imports.

    Example:
        >>> sorted(imported(["import keras", "from a import b as c"]))
        ['c', 'keras']
    """
    found = set()
    for text in code:
        try:
            nodes = list(ast.walk(ast.parse(text)))
        except SyntaxError:  # a cell with a command of IPython
            continue
        for node in nodes:
            if isinstance(node, ast.Import | ast.ImportFrom):
                found |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
    return frozenset(found)


_hashes: dict[str, int] = {}
_FACTORS = np.array([pow(0x9E3779B97F4A7C15, n, 2**64) for n in range(1, GRAM + 1)], np.uint64)


def grams(row: list[tuple[str, int]]) -> np.ndarray:
    """The hashes of every `GRAM` tokens in a row; none for a row that is shorter."""
    if len(row) < GRAM:
        return np.empty(0, np.uint64)
    numbers = np.array([_hash(token) for token, _ in row], np.uint64)
    return sliding_window_view(numbers, GRAM) @ _FACTORS  # modulo 2**64, as uint64 does


def winnow(hashes: np.ndarray) -> np.ndarray:
    """The smallest of every `WINDOW` hashes in a row, each once, in order of size.

    Example:
        >>> winnow(np.array([7, 4, 9, 8, 5, 6], np.uint64)).tolist()
        [4]
    """
    if not len(hashes):
        return hashes
    return np.unique(sliding_window_view(hashes, min(WINDOW, len(hashes))).min(axis=1))


def _hash(token: str) -> int:
    """64 bits that stand for a token, the same in every run."""
    if token not in _hashes:
        if len(_hashes) > 100_000:  # learners write what they like; memory stays bounded
            _hashes.clear()
        _hashes[token] = int.from_bytes(
            blake2b(token.encode("utf-8", "replace"), digest_size=8).digest()
        )
    return _hashes[token]
