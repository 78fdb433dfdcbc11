"""Mutants of an answer: the solution with one small mistake that a learner could make.

What goes wrong in any Python is cosmic-ray's: a comparison, a sign, a number off by one. `field`
adds what goes wrong in this one: a layer left out, weights shared, an image padded otherwise. What
cannot matter is no mutant: the words of an error, a time limit, the order of what is added. Nor is
what learners are given: the signature, the docstring.
"""

import ast
import copy
import difflib
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from cosmic_ray import mutating, plugins

from mutants import field

# What cosmic-ray has and nobody types by mistake: bits or truth for numbers, `is` for `==`.
ODD = re.compile(r"(Add|Sub|Mul|Div|Mod|Pow)_(Bit|[LR]Shift|Invert|Not)|(Eq|[LG]tE?)_Is")
# Of cosmic-ray's operators, those that change what an operator of ours changes too.
NAMES = {
    "NumberReplacer": "constant",
    "ReplaceTrueWithFalse": "constant",
    "ReplaceFalseWithTrue": "constant",
    "ReplaceComparisonOperator": "comparison",
    "ExceptionReplacer": "another exception",
}
UNORDERED = ("max", "min", "Add", "Maximum")  # their arguments, or the tensors in their list


@dataclass(frozen=True)
class Mutant:
    """A changed answer; `diff` holds where it changes, and its `- old` and `+ new` lines.

    Lines are those of `ast.unparse`, which drops comments and empty lines.
    """

    exercise: str
    operator: str
    text: str
    diff: str


def mutants_of(exercise: str, source: str) -> list[Mutant]:
    """All different mutants of an answer cell, those of this field first."""
    before = ast.unparse(ast.parse(source))
    seen, mutants = {_read(before)}, []
    for operator, changed in itertools.chain(_by_field(before), _by_cosmic_ray(before)):
        try:
            compile(changed, "mutant", "exec")
        except SyntaxError:
            continue
        tree = ast.parse(changed)
        if any(map(_orders_words, ast.walk(tree))):
            continue
        text = ast.unparse(tree)
        if (read := _read(text)) not in seen:
            seen.add(read)
            mutants.append(Mutant(exercise, operator, text, _diff(before, text)))
    return mutants


def _by_field(source: str) -> Iterator[tuple[str, str]]:
    """What operators of this field make of a text, each with the operator's name."""
    tree = ast.parse(source)
    for place, node in enumerate(ast.walk(tree)):
        for operator, change in field.changes_of(node, tree):
            copied = copy.deepcopy(tree)
            change(next(n for i, n in enumerate(ast.walk(copied)) if i == place))
            yield operator, ast.unparse(ast.fix_missing_locations(copied))


def _by_cosmic_ray(source: str) -> Iterator[tuple[str, str]]:
    """What cosmic-ray's operators make of a text; one that replaces + by - is named as all such."""
    for name in plugins.operator_names():
        kind = plugins.get_operator(name)
        if ODD.search(name) or kind.arguments():
            continue
        family = name.partition("/")[2].partition("_")[0]
        for occurrence in itertools.count():
            text = mutating.mutate_code(source, kind(), occurrence)
            if text is None:
                break
            yield NAMES.get(family, family), text


def _orders_words(node: ast.AST) -> bool:
    """Whether a node asks which of two words comes first: odd as well."""
    return (
        isinstance(node, ast.Compare)
        and isinstance(node.ops[0], (ast.Lt, ast.LtE, ast.Gt, ast.GtE))
        and isinstance(getattr(node.comparators[0], "value", None), str)
    )


def _read(text: str) -> str:
    """A text without what learners are given, and without what no result depends on."""
    return ast.unparse(_Read().visit(ast.parse(text)))


class _Read(ast.NodeTransformer):
    def visit_FunctionDef(self, node):
        node.args = ast.parse("lambda: 0", mode="eval").body.args
        return self.generic_visit(node)

    def visit_Expr(self, node):
        return None if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_Pass(self, node):
        return None

    def visit_Assign(self, node):  # `x = x` is what a layer left out may leave
        same = ast.unparse(node.targets[0]) == ast.unparse(node.value)
        return None if same else self.generic_visit(node)

    def visit_Raise(self, node):
        if isinstance(node.exc, ast.Call):
            node.exc.args = []
        return self.generic_visit(node)

    def visit_Call(self, node):
        node.keywords = [word for word in node.keywords if word.arg != "timeout"]
        if field.name_of(node.func) in UNORDERED:
            node.args.sort(key=ast.unparse)
            for argument in node.args:
                if isinstance(argument, (ast.List, ast.Tuple)):
                    argument.elts.sort(key=ast.unparse)
        return self.generic_visit(node)

    def visit_UnaryOp(self, node):
        node = self.generic_visit(node)
        return node.operand if isinstance(node.op, ast.UAdd) else node


def _diff(before: str, after: str) -> str:
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    changed = [number for number, line in enumerate(lines, 1) if line[:2] in ("- ", "+ ")]
    return "\n".join([f"line {changed[0]}", *(lines[number - 1] for number in changed)])
