"""Answers that are nearly alike: found through renaming, and not seen where an idea is the same."""

import random
import re
import time

import banks
import pytest

from casebook_grader.course import assignments
from casebook_grader.report.copies import ALONE, FEW, MANY, Answers
from casebook_grader.report.outline import read_outline
from casebook_grader.report.tokens import LONGEST, grams, tokens, winnow

SAMPLE = "03_residual_networks"
RIGHT = {}
for answer in banks.answers():
    if answer.right:
        RIGHT.setdefault(answer.exercise, []).append(answer.text)
BLOCKS = ("identity_block", "projection_block")


def found(answers, given=()):
    """Pairs among the answers of some learners, each a dictionary by grade_id."""
    index = Answers(given)
    for number, texts in enumerate(answers):
        index.add(number, texts)
    return [(pair.one, pair.other) for pair in index.pairs()]


def kinds(number):
    """One right answer of each block, in a style of its own."""
    return {name: RIGHT[name][number] for name in BLOCKS}


DISGUISED = {
    "identity_block": '''
# My own work!
def identity_block(x, kernel_size, filters):
    """What I understood:
    three convolutions."""
    n1, n2, n3 = filters
    skip = x  # keep it
    x = layers.Conv2D(n1, (1, 1), strides=(1, 1), padding="valid")(x)
    x = layers.BatchNormalization(axis=3)(x)

    x = layers.Activation("relu")(x)
    # the middle one
    x = layers.Conv2D(n2, (kernel_size, kernel_size), padding="same")(x)
    x = layers.BatchNormalization(axis=3)(x)
    x = layers.Activation("relu")(x)
    x = layers.Conv2D(
        n3,
        (1, 1)
    )(x)
    x = layers.BatchNormalization(axis=3)(x)
    x = layers.Add()([x, skip])
    return layers.Activation("relu")(x)
'''
}


def test_names_comments_docstrings_and_line_ends_change_nothing():
    kept = frozenset({"layers"})
    rows = [
        [token for token, _ in tokens(text, kept)]
        for text in (RIGHT["identity_block"][0], DISGUISED["identity_block"])
    ]
    assert rows[0] == rows[1]
    assert {"layers", "Conv2D", "padding", '"same"', "return"} < set(rows[0])
    assert not {"x", "f1", "shortcut", "identity_block"} & set(rows[0])


def test_a_copy_with_other_names_and_comments_is_found_among_other_styles():
    copy = kinds(1)
    for old, new in {"y": "result", "f": "width", "i": "step", "k": "window"}.items():
        copy = {name: re.sub(rf"\b{old}\b", new, text) for name, text in copy.items()}
    copy = {name: text.replace(":\n", ":  # mine\n") for name, text in copy.items()}
    assert copy != kinds(1)
    styles = [kinds(number) for number in range(5)]
    given = read_outline(SAMPLE, banks.ROOT).given
    index = Answers(given)
    for number, texts in enumerate([*styles, copy]):
        index.add(number, texts)
    (pair,) = index.pairs()
    assert (pair.one, pair.other) == (1, 5)
    assert {alike.answer for alike in pair.answers} == set(BLOCKS)
    assert all(alike.share == 1 for alike in pair.answers)


@pytest.mark.parametrize("assignment", assignments())
def test_right_answers_of_different_styles_are_not_named(assignment):
    outline = read_outline(assignment, banks.ROOT)
    size = max(len(RIGHT[name]) for name in outline.answers)
    answers = [
        {name: RIGHT[name][number] for name in outline.answers if number < len(RIGHT[name])}
        for number in range(size)
    ]
    assert found(answers, outline.given) == []


def test_a_small_answer_alone_is_never_enough():
    one = {"identity_block": RIGHT["identity_block"][0]}
    assert len(winnow(grams(tokens(one["identity_block"])))) < ALONE
    assert found([one, DISGUISED]) == []


def test_what_many_share_does_not_count():
    filler = [{"identity_block": f"def f(x):\n    return x + {n}\n"} for n in range(10)]
    assert found([kinds(1)] * FEW + filler) == [(0, 1), (0, 2), (1, 2)]
    assert found([kinds(1)] * (FEW + 1) + filler) == []


def test_released_code_does_not_count():
    assert found([kinds(1), kinds(1)]) == [(0, 1)]
    assert found([kinds(1), kinds(1)], given=kinds(1).values()) == []


def test_passages_are_lines_of_both():
    index = Answers([])
    one = "a = 1\n" + RIGHT["identity_block"][0]
    lines = index.passages(one, DISGUISED["identity_block"])
    assert 0 not in lines[0]
    assert all(text.strip() for text in (one.split("\n")[n] for n in lines[0]))
    assert len(lines[0]) == len(RIGHT["identity_block"][0].strip().split("\n"))


@pytest.mark.parametrize(
    "text",
    ["", "'''", '"""' * 5000, "(" * 20_000, "\\" * 20_000, "a=" * 9000, "\x00\ud800", "r'" * 9000],
)
def test_any_text_is_taken_apart_at_once(text):
    start = time.perf_counter()
    assert len(tokens(text)) <= LONGEST
    assert time.perf_counter() - start < 1


def test_a_thousand_learners_take_seconds():
    draw = random.Random(0)
    vocabulary = [f".m{n}" for n in range(60)]
    texts = [
        {name: " ".join(draw.choices(vocabulary, k=100)) for name in ("a", "b", "c", "d")}
        for _ in range(1000)
    ]
    texts[7] = dict(texts[3])
    start = time.perf_counter()
    assert found(texts) == [(3, 7)]
    assert time.perf_counter() - start < 30
    assert Answers([]).limit == FEW < MANY
