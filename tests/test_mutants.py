"""`make mutants`: what its operators change, and that its runner tells three outcomes apart."""

import json
import subprocess
import sys

import banks
import pytest
from mutants import __main__ as command
from mutants import operators

SOURCE = '''\
def block(x, y):
    """Adds."""
    if x is None:
        raise ValueError("nothing")
    y = layers.Conv2D(4, 3, padding="same")(y)
    return layers.Add()([y, x])
'''


# In a process of its own: pytest's may have run TensorFlow operations, and its forks would hang.
GRADE = """
import json, sys, types
from mutants import runner
runner.preload()
answers = [types.SimpleNamespace(**answer) for answer in json.load(sys.stdin)]
print(json.dumps([[a.name, said] for a, said in runner.grade_all(answers, each=10)]))
"""


@pytest.mark.parametrize(
    ("operator", "line"),
    [
        ("statement removed", "    pass"),
        ("layer dropped", "    return [y, x]"),
        ("constant", "    y = layers.Conv2D(4, 4, padding='same')(y)"),
        ("constant", "    y = layers.Conv2D(4, 3, padding='valid')(y)"),
        ("arguments swapped", "    y = layers.Conv2D(3, 4, padding='same')(y)"),
        ("keyword removed", "    y = layers.Conv2D(4, 3)(y)"),
        ("frozen", "    y = layers.Conv2D(4, 3, padding='same', trainable=False)(y)"),
        ("another layer", "    return layers.Concatenate()([y, x])"),
        ("another exception", "        raise RuntimeError('nothing')"),
        ("wrong variable", "    return layers.Add()([x, x])"),
        ("comparison", "    if x is not None:"),
        ("AddNot", "    if not x is None:"),
        ("Dropout added", "    y = layers.Dropout(0.5)(y)"),
        ("early return", "    return y"),
        ("input changed in place", "    x *= 2"),
    ],
)
def test_an_operator_changes_one_thing(operator, line):
    found = operators.mutants_of("block", SOURCE)
    assert any(m.operator == operator and f"+ {line}" in m.diff.splitlines() for m in found)


def test_mutants_of_cosmic_ray_are_named_as_ours_where_they_change_the_same():
    source = "def size(n):\n    return n in (1, 2) or -(n // 2) + 0.5 > 3 - n"
    found = {m.text.split("return ")[-1]: m.operator for m in operators.mutants_of("", source)}
    assert found["n in (1, 2) or -(n // 2) + 0.5 > 3 + n"] == "ReplaceBinaryOperator"
    assert found["n in (1, 2) or +(n // 2) + 0.5 > 3 - n"] == "ReplaceUnaryOperator"
    assert found["n in (1, 2) and -(n // 2) + 0.5 > 3 - n"] == "ReplaceOrWithAnd"
    assert found["n in (1, 2) or -(n // 2) + 0.5 >= 3 - n"] == "comparison"
    assert found["n not in (1, 2) or -(n // 2) + 0.5 > 3 - n"] == "comparison"
    assert found["n in (1, 2) or -(n // 2) + 0.5 > 4 - n"] == "constant"
    assert found["n in (1, 2) or -(n // 2) + 0.25 > 3 - n"] == "constant"
    words = operators.mutants_of("", "def is_padded(padding):\n    return padding == 'same'")
    assert any("!=" in mutant.text for mutant in words)
    texts = [*found, *(mutant.text for mutant in words)]
    odd = ("<<", "^", "~", " is ", "not n //", "< 's", "> 's")
    assert not any(sign in text for text in texts for sign in odd)


def test_all_mutants_are_different_and_compile():
    found = operators.mutants_of("block", SOURCE)
    assert len({m.text for m in found}) == len({m.diff for m in found}) == len(found) > 30
    for mutant in found:
        compile(mutant.text, "mutant", "exec")


def test_the_runner_tells_caught_survived_and_hung_apart():
    exercise = "lenet5_1998_counts"
    right = banks.notebook_of(exercise).answers[exercise]
    texts = {"right": right, "nothing": "", "hangs": "while True: pass"}
    answers = [{"name": n, "exercise": exercise, "text": t} for n, t in texts.items()]
    done = subprocess.run(
        [sys.executable, "-c", GRADE],
        input=json.dumps(answers),
        capture_output=True,
        text=True,
        check=True,
        cwd=banks.ROOT / "tests",
    )
    said = dict(json.loads(done.stdout))
    found = {name: command.verdict(exercise, said[name]) for name in texts}
    assert found["right"] == ("neither", "")
    assert found["nothing"][0] == "visible"
    assert "lenet5_1998_counts" in found["nothing"][1]
    assert said["hangs"] == {"ended": "it took more than 10 seconds"}
    assert found["hangs"] == ("visible", "")


def test_the_report_lists_survivors_and_equivalent_mutants_go_stale():
    one, two, *_ = operators.mutants_of("block", SOURCE)
    verdicts = [(one, "neither", ""), (two, "visible", "TypeError: no")]
    table, holes = command.report(["block"], verdicts, [])
    assert table.endswith("| block | 2 | 1 | 0 | 1 | 0 | 1 |")
    assert one.diff in holes
    reviewed = [{"exercise": "block", "diff": m.diff, "reason": "none"} for m in (one, two)]
    table, holes = command.report(["block"], verdicts, reviewed)
    assert table.endswith("| block | 2 | 1 | 0 | 0 | 1 | 1 |")
    assert not holes
    assert command.stale(lambda _: [one, two], verdicts, reviewed) == reviewed[1:]
    assert command.stale(lambda _: [two], verdicts[1:], reviewed) == reviewed


def test_a_sample_to_read_is_drawn_by_a_seed_from_what_was_caught():
    caught, lost, ended, *more = operators.mutants_of("block", SOURCE)
    verdicts = [(caught, "visible", "TypeError: no"), (lost, "neither", ""), (ended, "visible", "")]
    assert command.to_read(verdicts, 9, seed=0) == (
        f"[1] block, {caught.operator}:\n{caught.diff}\n=> TypeError: no"
    )
    verdicts = [(mutant, "hidden", "no") for mutant in more]
    drawn = command.to_read(verdicts, 4, seed=0)
    assert drawn.count("=> no") == 4
    assert drawn == command.to_read(verdicts[::-1], 4, seed=0) != command.to_read(verdicts, 4, 1)


def test_an_equivalent_line_means_all_that_an_operator_makes_of_it():
    mutants = operators.mutants_of("block", SOURCE)
    line = "y = layers.Conv2D(4, 3, padding='same')(y)"
    entry = {"exercise": "block", "operator": "constant", "line": line, "reason": "none"}
    meant = [mutant for mutant in mutants if command.is_key(mutant, entry)]
    assert len(meant) == 9  # two numbers, up, down, doubled and halved; and the padding
    assert {mutant.operator for mutant in meant} == {"constant"}
    survived = [(meant[0], "neither", ""), *((mutant, "visible", "no") for mutant in meant[1:])]
    assert command.stale(lambda _: mutants, survived, [entry]) == []
    assert command.stale(lambda _: mutants, survived[1:], [entry]) == []  # one was not graded


def test_of_mutants_that_were_not_drawn_nothing_is_stale(monkeypatch, capsys):
    monkeypatch.setattr(command.runner, "preload", lambda: None)
    monkeypatch.setattr(command.runner, "grade_all", lambda mutants, *_: [(m, {}) for m in mutants])
    command.main(["--notebook", "one_by_one_convolutions", "--most", "4", "--rounds", "0"])
    assert "stale" not in capsys.readouterr().out


def test_few_mutants_of_a_solution_are_filled_up_with_those_of_right_answers():
    answers = [banks.Answer("block", "other", True, SOURCE.replace("Conv2D(4", "Conv2D(5"))]
    alone = command.drawn("block", SOURCE, [], most=1000)
    both = command.drawn("block", SOURCE, answers, most=1000)
    assert len(alone) < len(both) == len({mutant.text for mutant in both})
    assert both[: len(alone)] == alone
    assert command.drawn("block", SOURCE, answers, most=7) == alone[:7]


def test_operators_take_turns():
    found = command.drawn("block", SOURCE, [], most=1000)
    names = [mutant.operator for mutant in found]
    assert len(set(names[: len(set(names))])) == len(set(names)) > 15


def test_what_cannot_matter_is_no_mutant():
    source = '''\
def block(x, n=7):
    """No 8."""
    a = layers.ReLU()(x)
    b = layers.Flatten()(x)
    if b is None:
        raise ValueError(f"nothing in {a}")
    git.run("clone", timeout=600)
    return max(a, 2 + b)
'''
    diffs = "".join(m.diff for m in operators.mutants_of("block", source))
    alone = ("{b}", "601", "300", "ReLU()(layers", "training", "b + 2", "max(2", "n=", "clone')")
    for words in alone:
        assert words not in diffs


def test_a_layer_made_anew_is_shared():
    source = """\
def block(x):
    x = layers.BatchNormalization()(x)
    for _ in range(2):
        x = layers.Conv2D(4, 3)(x)
    return layers.BatchNormalization()(x)
"""
    shared = [m for m in operators.mutants_of("block", source) if m.operator == "shared layer"]
    assert len(shared) == 2
    assert all(mutant.text.count("shared(x)") in (1, 2) for mutant in shared)
    assert "shared = layers.Conv2D(4, 3)" in shared[1].text


def test_the_last_line_counts_what_matters():
    one, two, three, *_ = operators.mutants_of("block", SOURCE)
    verdicts = [(one, "neither", ""), (two, "visible", "TypeError: no"), (three, "hidden", "")]
    reviewed = [{"exercise": "block", "diff": one.diff, "reason": "none"}]
    kept = [{"shape": ""}, {"shape": "no"}, {"shape": ""}, {"shape": ""}]
    *_, last = command.summary(verdicts, [], kept, rounds=2).splitlines()
    assert last == "mutants: 3, caught: 66.7 %, correct variants: 2, rejected: 1"
    said = command.summary(verdicts, reviewed, [], rounds=0)
    assert said.endswith("mutants: 3, caught: 100.0 %, correct variants: not run")
    assert "50.0 % by a visible check" in said
    assert "- raw, 1 times: `TypeError: no`" in said
