"""Operators of this field: what a learner gets wrong in a network, or in NumPy.

Each looks at one node of the syntax tree and yields what could stand in its place. What cannot
matter is left alone: the order of what is added, the order of statements that do not read one
another, a second ReLU, a mode for a layer without one.
"""

import ast
import copy
from collections.abc import Iterator

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
EXCEPTIONS = {"ValueError": "RuntimeError", "RuntimeError": "ValueError"}
MEMBERSHIP = {ast.In: ast.NotIn, ast.NotIn: ast.In}
COMMUTATIVE = (ast.Add, ast.Mult, ast.BitAnd, ast.BitOr)


def name_of(function: ast.expr) -> str:
    """The last part of the name of what is called: "Add" of `layers.Add()([a, b])`."""
    while isinstance(function, ast.Call):
        function = function.func
    return getattr(function, "attr", getattr(function, "id", ""))


def changes_of(node: ast.AST, tree: ast.Module) -> Iterator[tuple]:
    """What can be done to a node: an operator's name, and a function that changes the node."""
    if isinstance(node, (ast.FunctionDef, ast.For, ast.If, ast.While, ast.With)):
        yield from _statements(node)
    if isinstance(node, ast.FunctionDef):
        yield from _sharings(node)
        for argument in node.args.args:
            yield (
                "input changed in place",
                lambda n, name=argument.arg: n.body.insert(_first(n), _line(f"{name} *= 2")),
            )
    if isinstance(node, ast.Call):
        yield from _calls(node)
    if isinstance(node, ast.Constant):
        yield from _constants(node)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield from _names(node, tree)
    if isinstance(node, ast.Attribute) and node.attr in RENAMED:
        for other in RENAMED[node.attr]:
            yield "another layer", lambda n, other=other: setattr(n, "attr", other)
    if isinstance(node, ast.Compare) and type(node.ops[0]) in MEMBERSHIP:
        yield "comparison", lambda n: n.ops.__setitem__(0, MEMBERSHIP[type(n.ops[0])]())
    if isinstance(node, ast.BinOp) and not isinstance(node.op, COMMUTATIVE):
        yield "operands swapped", _swap_operands
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


def _statements(node: ast.stmt) -> Iterator[tuple]:
    for place, statement in enumerate(node.body):
        yield "statement removed", lambda n, place=place: n.body.__setitem__(place, ast.Pass())
        if place + 1 < len(node.body) and _depend(statement, node.body[place + 1]):
            yield "order of statements", lambda n, place=place: _exchange(n.body, place)
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
                    lambda n, place=place, line=line: n.body.insert(place + 1, _line(line)),
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
            if _is_layer(node) and any(word in name_of(node.func) for word in WEIGHTED):
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
            if name_of(node.func) not in IDEMPOTENT:
                yield "layer doubled", lambda n: n.args.__setitem__(0, copy.deepcopy(n))
            if name_of(node.func) in WITH_MODE:
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
    if len(node.args) > 1 and not starred:
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
    if isinstance(value, int) and not isinstance(value, bool):
        others = [value * 2, value // 2]
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
