"""Both sides of a call, here in one process: the check's connection and the learner's answers."""

import linecache
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from casebook_grader.inside import learner
from casebook_grader.inside.checks import LearnerConnection
from cnn_casebook.checks.parts.verdict import CheckFailed, call, require_arrays_kept
from cnn_casebook.models import blocks
from cnn_casebook.remote import RemoteCallable


@pytest.fixture
def sides(tmp_path, monkeypatch):
    """What the learner defined, and the names of the check kernel once `bind` has run."""
    defined, names = {}, {"np": np}
    monkeypatch.setattr(learner, "get_ipython", lambda: SimpleNamespace(user_ns=defined))

    def ask(what, request, reply):
        if what == "answer":
            learner.answer(str(request), str(reply))
        return ""

    connection = LearnerConnection(ask, tmp_path, names, 10**6, 10**8)

    def bind(**values):
        defined.update(values)
        connection.bind(list(values))
        return SimpleNamespace(**{name: names[name] for name in values if name in names})

    yield bind
    assert not [path for path in tmp_path.iterdir() if path.suffix == ".part"]


@pytest.mark.parametrize(
    "value",
    [
        {"casebook": "part", "number": 0},
        {"casebook": "symbol", "number": 0},
        [{"is": "model of the message", "number": 0}],
        {"is": "symbolic tensor", "number": 0},
    ],
)
def test_a_result_that_looks_like_a_place_is_a_dict_like_any_other(sides, value):
    assert sides(f=lambda: value).f() == value
    x = keras.Input((3,))
    tensor, came = sides(g=lambda x: (keras.ops.relu(x), value)).g(x)
    assert came == value
    assert tensor.shape == (None, 3)


def test_an_argument_that_looks_like_a_place_is_a_dict_like_any_other(sides):
    argument = {"casebook": "symbol", "number": 5}
    assert sides(f=lambda x, options: str(options)).f(keras.Input((3,)), argument) == str(argument)


def test_functions_become_stand_ins_and_values_arrive(sides):
    came = sides(f=lambda x, *, y=1: x + y, n=3, a=np.arange(3), text="t")
    assert isinstance(came.f, RemoteCallable)
    assert came.f(2, y=5) == 7
    assert (came.n, came.text, came.a.tolist()) == (3, "t", [0, 1, 2])


def test_names_of_the_set_up_cells_are_never_replaced(sides):
    assert sides(np="mine").np is np


def test_a_name_that_is_not_defined_any_more_is_gone(sides, tmp_path):
    assert sides(f=3).f == 3
    learner.get_ipython().user_ns.clear()
    with pytest.raises(AttributeError):
        _ = sides(**{}).f


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (object(), "`v` is .*expected a function, a number"),
        (keras.Input((2,)), "`v` is a symbolic tensor that belongs to no argument"),
        (np.array([None]), "`v` is an array of objects"),
    ],
)
def test_a_value_that_cannot_be_sent_fails_the_check(sides, value, words):
    with pytest.raises(CheckFailed, match=words):
        sides(v=value)


def test_a_block_becomes_a_network_on_the_checks_own_tensors(sides):
    def block(x, units):
        return [keras.layers.Dense(units)(x), {"same": x}]

    x = keras.Input((3,))
    y, rest = sides(block=block).block(x, 4)
    model = keras.Model(x, [y, rest["same"]])
    assert model.output_shape == [(None, 4), (None, 3)]
    assert len(model.weights) == 2


def test_a_tensor_that_was_not_computed_from_the_arguments_stays_apart(sides):
    elsewhere = keras.Input((7,))
    x = keras.Input((3,))
    came = sides(f=lambda x: elsewhere).f(x)
    with pytest.raises(ValueError, match="connected"):
        keras.Model(x, came)
    assert came.shape == (None, 7)


def test_models_arrive_once_each_and_share_what_they_share(sides):
    def models():
        x = keras.Input((3,))
        layer = keras.layers.Dense(2)
        body = keras.Model(x, layer(x))
        return {"body": body, "all": [body, keras.Model(x, keras.ops.relu(layer(x)))]}

    came = sides(models=models).models()
    assert came["all"][0] is came["body"]
    assert came["all"][0].weights[0] is came["all"][1].weights[0]


def test_one_model_that_cannot_be_read_arrives_with_its_reason(sides):
    from cnn_casebook.models.graph import UnreadableModelError, flatten

    class Own(keras.Model):
        def call(self, x):
            return x

    with pytest.raises(UnreadableModelError, match="Own is a model class"):
        flatten(sides(f=Own).f())


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda x: keras.layers.AugMix()(x), "a network with AugMix, which cannot be sent to a ch"),
        (lambda x: [0] * 10**6, "a value of more than 500,000 items; expected fewer, or an array"),
        (lambda x: 10**5_000, "an integer of about 5,000 digits, which is too long to send"),
    ],
)
def test_what_is_refused_is_said_in_a_sentence(sides, function, words):
    with pytest.raises(CheckFailed, match=f"^your code gave {words}"):
        sides(f=function).f(keras.Input((8, 8, 3)))


def test_an_array_that_the_function_changes_is_changed(sides):
    def clear(x, y):
        x[0] = 0

    x, y = np.ones(3), np.ones(3)
    sides(clear=clear).clear(x, y)
    assert (x.tolist(), y.tolist()) == ([0, 1, 1], [1, 1, 1])


def test_an_exception_is_raised_by_the_check_that_calls(sides):
    def refuse(x):
        raise ValueError("not that")

    with pytest.raises(ValueError, match="not that"):
        sides(refuse=refuse).refuse(1)


@pytest.mark.parametrize(
    "content",
    [
        '{"result": {"is": "model of the message", "number": 0}, "changed": {}}',
        '{"result": {"is": "symbolic tensor", "number": 4}, "loose": [[[null, 3], "float32"]]}',
        '{"result": 1, "changed": 5}',
        '{"result": 1, "changed": {"is": "dict", "items": [[9, 1]]}}',
        '{"result": 1, "network": {"why_unreadable": "no"}}',
        '{"result": 1, "loose": 3}',
        '{"result": 1, "loose": [' + "[[1], 2]," * 2000 + "[[1], 2]]}",
        '{"error": 5}',
        '{"error": {"kind": "ValueError"}}',
        "{}",
        "[]",
    ],
    ids=lambda content: content[:40],
)
def test_a_forged_reply_fails_the_check_with_a_sentence(sides, monkeypatch, content):
    f = sides(f=lambda x: x).f

    def forge(request, reply):
        with open(reply, "w") as file:
            file.write(content)

    monkeypatch.setattr(learner, "answer", forge)
    with pytest.raises(CheckFailed, match="your code gave "):
        f(keras.Input((3,)))


def test_a_stand_in_knows_what_its_function_uses(sides):
    def block(x):
        return blocks.identity_block(x, 3, (1, 1, 4))

    used = "cnn_casebook.models.blocks.identity_block"
    assert used in sides(block=block).block.uses
    assert sides(other=blocks.identity_block).other.uses == (used,)


def test_a_stand_in_changes_the_arrays_that_its_function_changed(sides):
    def double(x):
        x *= 2
        return x

    with pytest.raises(CheckFailed, match="double changed an array"):
        require_arrays_kept(sides(double=double).double, np.ones(3))


def test_an_error_brings_the_learners_line_along(sides, monkeypatch):
    text = "def f(x):\n    y = x[0]\n    return y.missing\n"
    lines = text.splitlines(keepends=True)
    monkeypatch.setitem(linecache.cache, "<cell 1>", (len(text), None, lines, "<cell 1>"))
    exec(compile(text, "<cell 1>", "exec"), names := {})
    with pytest.raises(AttributeError) as caught:
        call(sides(f=names["f"]).f, [1])
    assert "Your line: return y.missing (here y is 1)" in caught.value.__notes__
