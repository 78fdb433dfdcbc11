"""No attack gains a point, reads a secret, leaves the sandbox or spoils the next submission."""

import shutil

import attack_suite
import pytest

from casebook_grader.sandbox import Sandbox

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed"),
]
ATTACKS = attack_suite.attacks()


@pytest.fixture(scope="module")
def aim():
    with attack_suite.target() as made:
        yield made


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(attack_suite.LIMITS) as made:
        yield made


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_attack(sandbox, aim, attack):
    assert attack_suite.attack_engine(sandbox, aim, attack) == []


def test_there_are_enough_of_them():
    assert len(ATTACKS) >= 45


def test_the_honest_answer_gets_everything_and_the_wrong_one_nothing(sandbox):
    honest = attack_suite.submission(attack_suite.HONEST)
    assert attack_suite.by_engine(sandbox, honest)[0] == attack_suite.FULL
    wrong = attack_suite.submission(attack_suite.WRONG)
    assert attack_suite.by_engine(sandbox, wrong)[0] == 0
