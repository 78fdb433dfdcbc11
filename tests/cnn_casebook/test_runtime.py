import json
import subprocess
import sys

import numpy as np
import pytest

from cnn_casebook import runtime

TRAINS = """
from cnn_casebook import runtime
runtime.start(seed=3)
import keras, numpy as np
x = keras.Input((8, 8, 1))
y = keras.layers.BatchNormalization()(keras.layers.Conv2D(2, 3)(x))
model = keras.Model(x, keras.layers.Dense(2)(keras.layers.Flatten()(y)))
model.compile("sgd", "mse", jit_compile=False)
model.fit(np.zeros((6, 8, 8, 1)), np.zeros((6, 2)), batch_size=4, verbose=0)
model.predict(np.zeros((6, 8, 8, 1)), verbose=0)
print(np.random.randint(10**6), float(keras.random.uniform(())))
"""


def run(code, **variables):
    import os

    env = {k: v for k, v in os.environ.items() if not k.startswith(("TF_", "KERAS_"))}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        env={**env, **variables},
    )


@pytest.mark.slow
def test_start_is_quiet_and_seeds():
    first, second = run(TRAINS), run(TRAINS)
    assert first.returncode == 0, first.stderr
    assert first.stderr == ""
    assert first.stdout == second.stdout


@pytest.mark.slow
def test_start_shows_what_was_said_when_the_import_fails():
    code = "from cnn_casebook import runtime; runtime.start()"
    done = run(code, KERAS_BACKEND="no_such_backend")
    assert done.returncode != 0
    assert "no_such_backend" in done.stderr


def test_standard_error_is_restored(capfd):
    import os

    with runtime._silent_standard_error():
        os.write(2, b"hidden")
    os.write(2, b"shown")
    assert capfd.readouterr().err == "shown"


@pytest.mark.slow
def test_a_missing_name_says_what_to_do():
    code = """
from IPython.testing.globalipapp import start_ipython
shell = start_ipython()
from cnn_casebook import runtime
runtime.explain_errors()
result = shell.run_cell("identity_block")
print(type(result.error_in_exec).__name__)
"""
    done = run(code)
    assert "Run All Above Selected Cell" in done.stdout
    assert done.stdout.splitlines()[-1] == "NameError"


@pytest.mark.parametrize(
    ("variables", "name", "amount"),
    [
        ({}, "normal", 30),
        ({"CASEBOOK_BUDGET": "long"}, "long", 120),
        ({"NBGRADER_EXECUTION": "autograde"}, "quick", 3),
        ({"NBGRADER_EXECUTION": "validate", "CASEBOOK_BUDGET": "normal"}, "normal", 30),
    ],
)
def test_budget(monkeypatch, variables, name, amount):
    for variable in ("CASEBOOK_BUDGET", "NBGRADER_EXECUTION"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    assert runtime.budget() == name
    assert runtime.scaled(30) == amount
    assert runtime.scaled(1, least=2) >= 2


def test_unknown_budget(monkeypatch):
    monkeypatch.setenv("CASEBOOK_BUDGET", "huge")
    with pytest.raises(ValueError, match="'huge'; expected one of quick, normal, long"):
        runtime.budget()


@pytest.mark.parametrize(
    ("variables", "each", "least", "done"),
    [
        ({}, 15, 1, [0, 1, 2, 3]),
        ({}, 25, 1, [0, 1]),
        ({}, 70, 1, [0]),
        ({}, 70, 2, [0, 1]),
        ({"CASEBOOK_BUDGET": "normal"}, 70, 1, [0, 1, 2, 3]),
        ({"NBGRADER_EXECUTION": "autograde"}, 70, 1, [0, 1, 2, 3]),
    ],
)
def test_an_experiment_ends_in_time(monkeypatch, capsys, variables, each, least, done):
    for variable in ("CASEBOOK_BUDGET", "NBGRADER_EXECUTION"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    now = [0]
    monkeypatch.setattr(runtime.time, "monotonic", lambda: now[0])
    ran = []
    for item in runtime.as_time_allows(range(4), seconds=60, least=least, what="starts"):
        ran.append(item)
        now[0] += each
    assert ran == done
    said = capsys.readouterr().out
    if len(done) == 4:
        assert not said
    else:
        assert said.startswith(f"Ended after {len(done)} of 4 starts: one took {each} seconds on")
        assert "within 60. For all of them set the environment variable CASEBOOK_BUDGET" in said


@pytest.mark.slow
def test_a_network_is_traced_once_if_epochs_are_shown():
    import keras

    calls = []

    class Counting(keras.layers.Dense):
        def call(self, inputs, training=None):
            calls.append(training)
            return super().call(inputs)

    model = keras.Sequential([keras.Input((2,)), Counting(1)])
    model.compile(keras.optimizers.Adam(), "mse", jit_compile=False)
    calls.clear()
    x = np.ones((4, 2), "float32")
    model.fit(x, x[:, :1], epochs=2, verbose=0, callbacks=runtime.each_epoch())
    assert calls == [True]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    return tmp_path


def test_record_and_read(folder):
    runtime.record("depth", loss={"plain": np.float32([1.5, 0.5])}, depth=np.int64(20))
    assert runtime.read_record("depth") == {"loss": {"plain": [1.5, 0.5]}, "depth": 20}
    assert [path.name for path in folder.iterdir()] == ["record_depth.json"]


def test_grading_keeps_the_learners_record(folder, monkeypatch):
    runtime.record("depth", loss=[1.0])
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    runtime.record("depth", loss=[9.0])
    assert runtime.read_record("depth") == {"loss": [1.0]}


def test_record_refuses(folder):
    with pytest.raises(ValueError, match="cannot name a record"):
        runtime.record("../depth", loss=[1.0])
    with pytest.raises(TypeError, match=r"values\['model'\] is a object"):
        runtime.record("depth", model=object())
    with pytest.raises(ValueError, match="at most 262,144 are kept"):
        runtime.record("depth", loss=list(range(100_000)))
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "text", ["", "[1, 2", "[]", "{}", '{"record": "other", "values": {}}', '{"record": "depth"}']
)
def test_damaged_record(folder, text):
    (folder / "record_depth.json").write_text(text)
    with pytest.raises(ValueError, match="is not a record of the experiment 'depth'"):
        runtime.read_record("depth")


def test_huge_record(folder):
    (folder / "record_depth.json").write_text(json.dumps(["x" * 300_000]))
    with pytest.raises(ValueError, match="more than a record may"):
        runtime.read_record("depth")


def test_missing_record(folder):
    with pytest.raises(FileNotFoundError, match="Run the experiment that records it"):
        runtime.read_record("depth")


def test_predictions_are_kept_together(folder, capsys):
    runtime.predict("lesion", " B ")
    runtime.predict("gradients", "they grow")
    runtime.predict("lesion", "C")
    kept = json.loads((folder / "record_predictions.json").read_text(encoding="utf-8"))
    assert kept["values"] == {"lesion": "C", "gradients": "they grow"}
    assert capsys.readouterr().out.startswith("Kept. You expect: B\n")


def test_an_empty_prediction_is_not_kept(folder, capsys):
    runtime.predict("lesion", "")
    assert not list(folder.iterdir())
    assert "Write between the quotes" in capsys.readouterr().out


@pytest.mark.parametrize(("name", "answer"), [("Lesion 1", "A"), ("lesion", 1)])
def test_a_prediction_is_text_and_has_a_name(folder, name, answer):
    with pytest.raises((ValueError, TypeError), match=r"expected|cannot name"):
        runtime.predict(name, answer)
