"""Nothing of Keras can be named in a description but what is on the list; the list is complete."""

import importlib
import inspect
import json
import pkgutil
import re

import banks
import keras
import numpy as np
import pytest

from casebook_grader.inside import built_in
from casebook_grader.inside.descriptions import only_built_in, require_built_in
from casebook_grader.inside.errors import CannotTravel
from casebook_grader.inside.networks import decode_networks

LISTED = {(module, name) for module, names in built_in.CLASSES.items() for name in names}


def made(*objects):
    """What comes of a description of a sequence of such objects."""
    layers = [keras.saving.serialize_keras_object(keras.layers.InputLayer((4,))), *objects]
    config = {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "all", "layers": layers},
        "registered_name": None,
    }
    return decode_networks({"config": json.dumps(config), "parts": None, "weights": []}, np.array)


def named(module, name, **more):
    """How Keras names a class or a function."""
    about = {"module": module, "class_name": name, "config": {}, "registered_name": None}
    return about | more


def modules():
    """All modules of Keras that can be imported here, by each of their names."""
    found = [keras]
    for about in pkgutil.walk_packages(keras.__path__, "keras.", onerror=lambda name: None):
        if not re.search(r"_test$|\.backend\.(jax|torch|openvino|numpy|mlx)", about.name):
            try:
                found.append(importlib.import_module(about.name))
            except Exception:  # of a library that is not installed
                continue
    return found


@pytest.fixture(scope="module")
def everything():
    """Every class and function that some module of Keras holds, as pairs of module and name."""
    pairs = {
        (module.__name__, name)
        for module in modules()
        for name, value in vars(module).items()
        if inspect.isclass(value) or callable(value)
    }
    assert len(pairs) > 5_000
    assert {("keras.utils", "get_file"), ("keras.src.utils.file_utils", "get_file")} <= pairs
    assert {
        ("keras.layers", "TFSMLayer"),
        ("keras.config", "enable_unsafe_deserialization"),
    } <= pairs
    return pairs


def test_whatever_is_importable_and_not_on_the_list_is_refused(everything):
    let_in, messages = set(), set()
    for module, name in everything - LISTED:
        for about in (named(module, name), named(module, "function", config=name)):
            for inner in (about, named("keras.layers", "ReLU", config={"anything": [[about]]})):
                try:
                    require_built_in(named("keras", "Sequential", config={"layers": [inner]}))
                    let_in.add((module, name))
                except CannotTravel as error:
                    messages.add(str(error).partition(",")[2])
    assert all("cannot be sent to a check" in m or "not built into" in m for m in messages)
    functions = built_in.ACTIVATIONS | built_in.LOSSES_AND_METRICS
    assert {name for _, name in let_in} <= functions
    assert {module for module, _ in let_in} <= {
        "keras.activations",
        "keras.losses",
        "keras.metrics",
    }


def test_what_is_on_the_list_is_there_and_belongs_to_keras(everything):
    assert everything >= LISTED
    for module, name in LISTED:
        kind = getattr(importlib.import_module(module), name)
        assert inspect.isclass(kind)
        assert kind.__module__.startswith("keras.src.")
    for name in built_in.ACTIVATIONS:
        assert callable(getattr(keras.activations, name))
    for name in built_in.LOSSES_AND_METRICS:
        assert callable(getattr(keras.losses, name, None) or getattr(keras.metrics, name))


def test_nothing_on_the_list_takes_a_path_or_a_function():
    suspicious = re.compile(r"path|file|url|vocab|module|function|_fn$|^fn|call(able|back)|lambda")
    known = {"drop_path_rate"}
    for module, name in LISTED:
        kind = getattr(importlib.import_module(module), name)
        parameters = set(inspect.signature(kind).parameters) - known
        assert not [each for each in parameters if suspicious.search(each)], (module, name)


@pytest.mark.parametrize(
    ("about", "name"),
    [
        (named("keras.layers", "Lambda", config={"function": "x"}), "Lambda"),
        (named("keras.layers", "TFSMLayer", config={"filepath": "/tmp/x"}), "TFSMLayer"),
        (named("keras.layers", "TorchModuleWrapper"), "TorchModuleWrapper"),
        (named("keras.layers", "TextVectorization", config={"vocabulary": "/x"}), "TextVector"),
        (named("keras.utils", "function", config="get_file"), "get_file"),
        (named("keras.models", "load_model"), "load_model"),
        (named("keras.src.saving.saving_lib", "load_model"), "load_model"),
        (named("keras", "StatelessScope"), "StatelessScope"),
        (named("keras.src.ops.core", "Map"), "Map"),
        (named("keras", "__lambda__"), "__lambda__"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("place", ["a layer", "an initializer", "in a list", "in an argument"])
def test_what_is_keras_own_and_not_on_the_list(about, name, place):
    inner = {
        "a layer": about,
        "an initializer": named("keras.layers", "Dense", config={"kernel_initializer": about}),
        "in a list": named("keras.layers", "RNN", config={"cell": [[{"a": about}]]}),
        "in an argument": named(
            "keras.layers", "ReLU", inbound_nodes=[{"args": [about], "kwargs": {}}]
        ),
    }[place]
    with pytest.raises(CannotTravel, match=f"{name}.*, which cannot be sent to a check: expected"):
        made(inner)


@pytest.mark.parametrize(
    "about",
    [
        named("os", "system"),
        named("builtins", "eval"),
        named("builtins", "function", config="eval"),
        named("builtins", "function", config={"a": 1}),
        named("builtins", "__lambda__", config={"value": "x"}),
        named(None, "Dense"),
        named("keras.layers", "Dense", registered_name="package>Dense"),
        named("keras.layers", "Dense", registered_name=["Dense"]),
        {"class_name": "Dense", "config": {}},
        {"class_name": "__typespec__", "spec_name": "TensorSpec", "config": []},
        {"class_name": ["Dense"], "module": "keras.layers", "config": {}},
        {"class_name": None, "module": None},
        named("keras_hub.models", "Backbone"),
        named("keras\u2024layers", "Dense"),
    ],
    ids=str,
)
def test_what_is_not_built_into_keras_is_refused(about):
    with pytest.raises(CannotTravel, match="which is not built into Keras"):
        made(about)


def test_a_class_that_somebody_registered_is_not_found():
    @keras.saving.register_keras_serializable("package")
    class Own(keras.layers.Layer):
        pass

    try:
        for name in ("Own", "package>Own", "ReLU"):
            with pytest.raises(CannotTravel):
                made(named("package", "Own", registered_name=name))
        with keras.saving.custom_object_scope({"ReLU": Own, "Dense": Own}):
            relu = named("keras.layers", "ReLU")
            assert type(made(relu)[0].layers[-1]) is keras.layers.ReLU
    finally:
        keras.saving.get_custom_objects().clear()


@pytest.mark.parametrize("activation", ["load_model", "get", "serialize", "own", "tf.nn.relu"])
def test_an_activation_is_on_the_list(activation):
    with pytest.raises(CannotTravel, match=f"the activation {activation}, which cannot be sent"):
        made(named("keras.layers", "Dense", config={"units": 1, "activation": activation}))


@pytest.mark.parametrize("key", ["kernel_regularizer", "activity_regularizer", "bias_constraint"])
def test_what_keras_writes_as_an_object_is_no_name(key):
    with pytest.raises(CannotTravel, match=f"the {key} l2, which cannot be sent"):
        made(named("keras.layers", "Dense", config={"units": 1, key: "l2"}))
    x = keras.Input((4,))
    value = "non_neg" if key.endswith("constraint") else "l2"
    network = keras.Model(x, keras.layers.Dense(2, **{key: value})(x))
    require_built_in(json.loads(json.dumps(keras.saving.serialize_keras_object(network))))


def test_an_activation_of_the_learners_own_is_named():
    x = keras.Input((4,))
    with pytest.warns(UserWarning, match="lambda"):
        config = keras.saving.serialize_keras_object(
            keras.Model(x, keras.layers.Dense(2, activation=lambda x: x)(x))
        )
    with pytest.raises(CannotTravel, match="an activation that is not built into Keras"):
        require_built_in(json.loads(json.dumps(config)))


@pytest.mark.parametrize("key", ["loss", "metrics"])
def test_what_a_network_is_compiled_with_is_on_the_list(key):
    for names in ("mse", ["accuracy"], {"a": ["SparseCategoricalCrossentropy"]}):
        require_built_in({"compile_config": {key: names}})
    for names in ("get_file", [["deserialize"]], {"a": "new_in_a_later_version"}):
        with pytest.raises(CannotTravel, match="cannot be sent to a check"):
            require_built_in({"compile_config": {key: names}})


def test_keras_asks_for_nothing_else_either():
    with only_built_in():
        assert isinstance(keras.initializers.get("glorot_uniform"), keras.Initializer)
        assert keras.losses.get("mse") is keras.losses.mean_squared_error
        for about in (named("keras.utils", "get_file"), named("keras.layers", "Lambda")):
            with pytest.raises(CannotTravel):
                keras.saving.deserialize_keras_object(about)
        with pytest.raises(CannotTravel):
            keras.initializers.get("STFTInitializer")
    assert keras.initializers.get("STFTInitializer")


def test_an_array_in_a_description_holds_numbers():
    for dtype in ("string", "object", "U1000000", "float32,object"):
        about = {"class_name": "__numpy__", "config": {"value": ["a"] * 9, "dtype": dtype}}
        with pytest.raises((CannotTravel, ValueError), match=r"texts|Invalid dtype"):
            require_built_in([about])


def test_a_description_is_not_too_deep():
    config = []
    for _ in range(200):
        config = [config]
    with pytest.raises(CannotTravel, match="a network of more than 100 levels"):
        require_built_in(config)


def test_what_solutions_and_answers_build_is_on_the_list():
    """Each layer and operation that a solution or an answer of the bank names."""
    folders = (banks.ROOT / "solutions", banks.ROOT / "tests" / "bank")
    paths = [path for folder in folders for path in folder.rglob("*.*") if path.suffix != ".svg"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    named_layers = {
        getattr(keras.layers, name)
        for name in re.findall(r"\blayers\.([A-Z]\w+)", text)
        if hasattr(keras.layers, name)
    }
    assert len(named_layers) > 25
    for kind in named_layers - {keras.layers.Layer, keras.layers.Lambda, keras.Input}:
        assert kind.__name__ in built_in.CLASSES["keras.layers"], kind
    operations = set().union(*(built_in.CLASSES[f"keras.src.ops.{n}"] for n in ("nn", "numpy")))
    for name in set(re.findall(r"\bops\.([a-z]\w+)", text)):
        made_of = "".join(map(str.capitalize, name.split("_")))
        kind = getattr(keras.src.ops.nn, made_of, None) or getattr(
            keras.src.ops.numpy, made_of, None
        )
        assert kind is None or made_of in operations, name


@pytest.mark.parametrize(
    "name", ["MobileNetV2", "InceptionV3", "EfficientNetB0", "ConvNeXtTiny", "InceptionResNetV2"]
)
def test_networks_that_come_with_keras_are_on_the_list(name):
    from cnn_casebook.models.symbolic import without_weights

    with without_weights():
        network = getattr(keras.applications, name)(weights=None)
        config = json.loads(json.dumps(keras.saving.serialize_keras_object(network)))
    assert len(network.layers) <= require_built_in(config) < 2_000
