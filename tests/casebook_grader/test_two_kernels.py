"""Two kernels give the scores that one kernel gives, over the bank of answers.

Of each exercise two right answers run and three wrong ones, from all over its file; all of them
where `banks.EVERYTHING`.
"""

import shutil

import banks
import pytest

from casebook_grader.limits import Limits
from casebook_grader.sandbox import Sandbox
from casebook_grader.session import Session, names_used
from casebook_grader.verdicts import Incident, Verdict

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed"),
]
ANSWERS = banks.answers()
EXERCISES = sorted({answer.exercise for answer in ANSWERS})


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(Limits(notebook=3600, hangs=1000)) as made:
        yield made


def chosen(exercise):
    """The answers of an exercise that run here."""
    answers = [answer for answer in ANSWERS if answer.exercise == exercise]
    right = [answer for answer in answers if answer.right]
    wrong = [answer for answer in answers if not answer.right]
    return answers if banks.EVERYTHING else spread(right, 2) + spread(wrong, 3)


def spread(answers, count):
    """Some answers, at equal distances: of 30, the first, the 11th and the 21st."""
    return answers[:: -(-len(answers) // count)]


@pytest.mark.parametrize("exercise", EXERCISES)
def test_scores_and_messages_are_those_of_one_kernel(sandbox, exercise):
    notebook = banks.notebook_of(exercise)
    with Session(sandbox).prepare(notebook.setup) as session:
        for other, source in notebook.answers.items():
            if other != exercise:
                session.write(source)
        for answer in chosen(exercise):
            session.write(f"globals().pop({exercise!r}, None)")
            shown = " ".join(map(text_of, session.write(answer.text)))
            failed = {}
            for name, source in notebook.checks_of(exercise).items():
                outputs = session.check(source)
                errors = [output for output in outputs if output.output_type == "error"]
                if errors:
                    failed[name] = text_of(errors[0]) + shown
            assert (str(answer), tuple(failed)) == (str(answer), answer.loses), failed
            if answer.right:
                assert session.incidents == [], str(answer)
            else:
                assert answer.says in next(iter(failed.values())), str(answer)
        # A wrong network may be larger than any limit: VGG-16 with a block missing takes 4.7 GB.
        large = Incident(Verdict.KILLED, "a call took more memory than allowed")
        assert set(session.incidents) <= {large}


def text_of(output):
    return f"{output.get('ename', '')} {' '.join(output.get('traceback', []))}"


def test_names_used():
    assert names_used("checks.stage(stage)\nfor i in range(3): x = i + other") == [
        "checks",
        "other",
        "stage",
    ]
