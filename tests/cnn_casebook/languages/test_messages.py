"""A message that a check raised in English is shown in a reader's language."""

import pytest

from cnn_casebook.languages.korean import with_particles
from cnn_casebook.languages.messages import Messages

TRANSLATIONS = {
    "the stem": "스템",
    "the output of {name}": "{name}의 출력",
    "{what} has shape {found}; expected {expected}.": (
        "{what}의 모양이 {found}입니다. {expected}이어야 합니다."
    ),
    "Look at the strides.": "스트라이드를 살펴보세요.",
    "{part} has no ReLU.": "{part}에 ReLU가 없습니다.",
    "{name} is {text}": "{name}: {text}",
    "Likely cause: {cause}": "짐작되는 원인: {cause}",
    "Your line: {line}": "해당 줄: {line}",
    'expected a dict such as {{"C1": 1}}; found {value}.': (
        '{{"C1": 1}} 같은 dict이어야 하는데 {value}이(가) 왔습니다.'
    ),
    "a kernel": "커널",
    "{name} has {found} axes. {cause}": "{name}의 축이 {found}개입니다. {cause}",
}
KOREAN = Messages(TRANSLATIONS, with_particles)


@pytest.mark.parametrize(
    ("english", "korean"),
    [
        ("Look at the strides.", "스트라이드를 살펴보세요."),
        ("the stem has no ReLU.", "스템에 ReLU가 없습니다."),
        (
            "the output of lenet5 has shape (1, 9); expected (1, 10).",
            "lenet5의 출력의 모양이 (1, 9)입니다. (1, 10)이어야 합니다.",
        ),
        (
            "Likely cause: the stem has no ReLU. Look at the strides.\nYour line: y is x",
            "짐작되는 원인: 스템에 ReLU가 없습니다. 스트라이드를 살펴보세요.\n해당 줄: y is x",
        ),
        (
            'expected a dict such as {"C1": 1}; found a kernel.',
            '{"C1": 1} 같은 dict이어야 하는데 커널이 왔습니다.',
        ),
        ("x has 3 axes.", "x의 축이 3개입니다."),
        ("x has 3 axes. Look at the strides.", "x의 축이 3개입니다. 스트라이드를 살펴보세요."),
    ],
)
def test_a_message_is_recognised_by_what_it_was_made_of(english, korean):
    assert KOREAN.say(english) == korean


def test_what_the_course_did_not_say_stays_as_it_is():
    foreign = "ValueError: Kernel size 3 is larger than 2, which is not allowed here, for any axis."
    assert KOREAN.say(foreign) == foreign
    assert KOREAN.say(f"{foreign} Look at the strides.") == f"{foreign} 스트라이드를 살펴보세요."


def test_spaces_and_lines_around_a_message_stay():
    assert KOREAN.say("\n  Look at the strides.\n") == "\n  스트라이드를 살펴보세요.\n"


def test_a_learners_text_is_never_translated():
    assert KOREAN.say("Your line: Look at the strides.") == "해당 줄: Look at the strides."
