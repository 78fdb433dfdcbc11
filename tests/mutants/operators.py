"""Mutants of an answer: the solution with one small mistake that a learner could make.

Each operator looks at one node of the syntax tree and yields what could stand in its place. What
cannot matter is left alone: the words of an error, a time limit, the order of what is added, the
order of statements that do not read one another, a second ReLU, a mode for a layer without one.
"""

import ast
import copy
import difflib
from collections.abc import Iterator
from dataclasses import dataclass

RENAMED = {
    "Add": ("Concatenate",),
    "Concatenate": ("Add",),
    "MaxPooling2D": ("AveragePooling2D",),
    "AveragePooling2D": ("MaxPooling2D",),
    "GlobalAveragePooling2D": ("GlobalMaxPooling2D", "Flatten"),
    "BatchNormalization": ("LayerNormalization",),
    "ReLU": ("LeakyReLU",),
    "relu": ("elu",),
    "valid": ("same",),
    "same": ("valid",),
    "tanh": ("sigmoid",),
    "softmax": ("sigmoid",),
}
WEIGHTED = ("Conv", "Dense", "BatchNormalization")
WITH_MODE = ("Dropout", "BatchNormalization")
IDEMPOTENT = ("Flatten", "ReLU", "GlobalAveragePooling2D", "Identity")  # twice is as good as once
UNORDERED = ("max", "min", "Add", "Maximum")  # their arguments, or the tensors in their list
EXCEPTIONS = {"ValueError": "RuntimeError", "RuntimeError": "ValueError"}
COMPARED = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
COMPARED |= {ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In}
COMPARED |= {ast.Is: ast.IsNot, ast.IsNot: ast.Is}
COMMUTATIVE = (ast.Add, ast.Mult, ast.BitAnd, ast.BitOr)
COMPUTED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.FloorDiv}
COMPUTED |= {ast.FloorDiv: ast.Div, ast.Pow: ast.Mult, ast.Mod: ast.FloorDiv}


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
    """All different mutants of an answer cell, in the order of its nodes."""
    tree = ast.parse(source)
    before = ast.unparse(tree)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    given = {id(node) for function in functions for node in ast.walk(function.args)}
    given |= {id(node) for part in _unread(tree) for node in ast.walk(part)}
    unordered = {id(node) for node in _unordered(tree)}
    found = {}
    for place, node in enumerate(ast.walk(tree)):
        if id(node) in given:  # learners are handed the signature
            continue
        for operator, change in _changes_of(node, tree):
            if operator == "elements reversed" and id(node) in unordered:
                continue
            copied = copy.deepcopy(tree)
            target = next(n for i, n in enumerate(ast.walk(copied)) if i == place)
            change(target)
            text = ast.unparse(ast.fix_missing_locations(copied))
            if text != before and text not in found:
                found[text] = Mutant(exercise, operator, text, _diff(before, text))
    return list(found.values())


def _unread(tree: ast.Module) -> Iterator[ast.AST]:
    """Parts that no result depends on: the words of an error, how long to wait."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            yield from node.exc.args
        if isinstance(node, ast.keyword) and node.arg == "timeout":
            yield node.value


def _unordered(tree: ast.Module) -> Iterator[ast.AST]:
    """Lists of which every order gives the same."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in UNORDERED:
            yield from node.args


def _name(function: ast.expr) -> str:
    """The last part of the name of what is called: "Add" of `layers.Add()([a, b])`."""
    while isinstance(function, ast.Call):
        function = function.func
    return getattr(function, "attr", getattr(function, "id", ""))


def _diff(before: str, after: str) -> str:
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    changed = [number for number, line in enumerate(lines, 1) if line[:2] in ("- ", "+ ")]
    return "\n".join([f"line {changed[0]}", *(lines[number - 1] for number in changed)])


def _changes_of(node: ast.AST, tree: ast.Module) -> Iterator[tuple]:
    """What can be done to a node: an operator's name, and a function that changes the node."""
    if isinstance(node, ast.FunctionDef):
        yield from _statements(node, "body", has_docstring=ast.get_docstring(node) is not None)
        yield from _sharings(node)
        for argument in node.args.args:
            yield (
                "input changed in place",
                lambda n, name=argument.arg: n.body.insert(_first(n), _line(f"{name} *= 2")),
            )
    elif isinstance(node, (ast.For, ast.If, ast.While, ast.With)):
        yield from _statements(node, "body")
    if isinstance(node, ast.For):
        yield "no iteration", lambda n: setattr(n, "iter", ast.List([], ast.Load()))
    if isinstance(node, ast.If):
        yield "not", lambda n: setattr(n, "test", ast.UnaryOp(ast.Not(), n.test))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "sign", lambda n: setattr(n, "op", ast.UAdd())
    if isinstance(node, ast.Call):
        yield from _calls(node)
    if isinstance(node, ast.Constant):
        yield from _constants(node)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield from _names(node, tree)
    if isinstance(node, ast.Attribute) and node.attr in RENAMED:
        for other in RENAMED[node.attr]:
            yield "another layer", lambda n, other=other: setattr(n, "attr", other)
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARED:
        yield "comparison", lambda n: n.ops.__setitem__(0, COMPARED[type(n.ops[0])]())
    if isinstance(node, ast.BinOp) and type(node.op) in COMPUTED:
        yield "arithmetic", lambda n: setattr(n, "op", COMPUTED[type(n.op)]())
    if isinstance(node, ast.BinOp) and not isinstance(node.op, COMMUTATIVE):
        yield "operands swapped", _swap_operands
    if isinstance(node, ast.BoolOp):
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield "boolean", lambda n: setattr(n, "op", other())
    if isinstance(node, (ast.Tuple, ast.List)) and len(node.elts) > 1:
        if isinstance(node.ctx, ast.Load):
            yield "element removed", lambda n: n.elts.pop()
        yield "elements reversed", lambda n: n.elts.reverse()


def _first(function: ast.FunctionDef) -> int:
    return int(ast.get_docstring(function) is not None)


def _line(text: str) -> ast.stmt:
    return ast.parse(text).body[0]


def _swap_operands(node: ast.BinOp) -> None:
    node.left, node.right = node.right, node.left


def _is_layer(node: ast.AST) -> bool:
    """Whether a node is `Layer(...)(x)`: a call of what a call gave."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Call)


def _statements(node: ast.AST, field: str, has_docstring: bool = False) -> Iterator[tuple]:
    body = getattr(node, field)
    for place in range(int(has_docstring), len(body)):
        statement = body[place]
        yield (
            "statement removed",
            lambda n, place=place: getattr(n, field).__setitem__(place, ast.Pass()),
        )
        if place + 1 < len(body) and _depend(statement, body[place + 1]):
            yield "order of statements", lambda n, place=place: _exchange(getattr(n, field), place)
        if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
            continue
        name = statement.targets[0].id
        for operator, line in (
            ("early return", f"return {name}"),
            ("Dropout added", f"{name} = layers.Dropout(0.5)({name})"),
        ):
            if _is_layer(statement.value):
                yield (
                    operator,
                    lambda n, place=place, line=line: getattr(n, field).insert(
                        place + 1, _line(line)
                    ),
                )


def _depend(first: ast.stmt, second: ast.stmt) -> bool:
    """Whether it could matter which of two statements comes first."""
    if not all(isinstance(statement, ast.Assign) for statement in (first, second)):
        return True
    (set1, read1), (set2, read2) = map(_used, (first, second))
    return bool(set1 & (set2 | read2) or set2 & read1)


def _used(statement: ast.Assign) -> tuple[set[str], set[str]]:
    """The names that an assignment changes, and those that it reads."""
    changed = {n.id for part in statement.targets for n in ast.walk(part) if _is_name(n)}
    return changed, {n.id for n in ast.walk(statement) if _is_name(n)}


def _is_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Name)


def _sharings(function: ast.FunctionDef) -> Iterator[tuple]:
    """One layer with weights made once, where the function makes it anew at each place."""
    made_inside = {n.id for n in ast.walk(function) if _is_name(n) and _is_stored(n)}
    texts = []
    for statement in function.body:
        for node in ast.walk(statement):
            if _is_layer(node) and any(word in _name(node.func) for word in WEIGHTED):
                repeats = 2 if isinstance(statement, ast.For) else 1
                if not made_inside & {n.id for n in ast.walk(node.func) if _is_name(n)}:
                    texts += [ast.unparse(node.func)] * repeats
    for text in dict.fromkeys(texts):
        if texts.count(text) > 1:
            yield "shared layer", lambda n, text=text: _share(n, text)


def _share(function: ast.FunctionDef, text: str) -> None:
    for node in ast.walk(function):
        if _is_layer(node) and ast.unparse(node.func) == text:
            node.func = ast.Name("shared", ast.Load())
    function.body.insert(_first(function), _line(f"shared = {text}"))


def _exchange(body: list, place: int) -> None:
    body[place], body[place + 1] = body[place + 1], body[place]


def _calls(node: ast.Call) -> Iterator[tuple]:
    if _is_layer(node):
        settings = {word.arg for word in node.func.keywords}
        if len(node.args) == 1:
            yield "layer dropped", lambda n: _become(n, n.args[0])
            if _name(node.func) not in IDEMPOTENT:
                yield "layer doubled", lambda n: n.args.__setitem__(0, copy.deepcopy(n))
            if _name(node.func) in WITH_MODE:
                yield "training flag", lambda n: n.keywords.append(_word("training", True))
        if any(word in ast.unparse(node.func.func) for word in WEIGHTED):
            yield "frozen", lambda n: n.func.keywords.append(_word("trainable", False))
        if "Conv" in ast.unparse(node.func.func) and "use_bias" not in settings:
            yield "bias", lambda n: n.func.keywords.append(_word("use_bias", False))
        if "Conv" in ast.unparse(node.func.func) and "strides" not in settings:
            yield "stride", lambda n: n.func.keywords.append(_word("strides", 2))
        if "Concatenate" in ast.unparse(node.func.func):
            yield "axis", lambda n: n.func.keywords.append(_word("axis", 1))
    starred = any(isinstance(argument, ast.Starred) for argument in node.args)
    if len(node.args) > 1 and not starred and _name(node.func) not in UNORDERED:
        yield "arguments swapped", lambda n: _exchange(n.args, 0)
    for place in range(len(node.keywords)):
        yield "keyword removed", lambda n, place=place: n.keywords.pop(place)


def _become(node: ast.AST, other: ast.AST) -> None:
    """Turn a node into another one where it stands."""
    node.__class__ = other.__class__
    node.__dict__ = other.__dict__


def _word(name: str, value) -> ast.keyword:
    return ast.keyword(name, ast.Constant(value))


def _constants(node: ast.Constant) -> Iterator[tuple]:
    value = node.value
    if isinstance(value, bool):
        others = [not value]
    elif isinstance(value, int):
        others = [value + 1, value - 1, value * 2, value // 2]
    elif isinstance(value, float):
        others = [value * 2, value / 2]
    elif isinstance(value, str):
        others = RENAMED.get(value, ())
    else:
        others = []
    for other in others:
        yield "constant", lambda n, other=other: setattr(n, "value", other)


def _names(node: ast.Name, tree: ast.Module) -> Iterator[tuple]:
    if node.id in EXCEPTIONS:
        yield "another exception", lambda n: setattr(n, "id", EXCEPTIONS[n.id])
        return
    own = {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    own |= {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and _is_stored(n)}
    if node.id in own:
        for other in sorted(own - {node.id}):
            yield "wrong variable", lambda n, other=other: setattr(n, "id", other)


def _is_stored(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)
