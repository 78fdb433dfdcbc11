import pytest

from cnn_casebook.checks.parts import wording
from cnn_casebook.checks.parts.verdict import CheckFailed, check, require


@pytest.fixture
def own():
    yield wording.replace
    wording.replace({})


@check
def is_three(found, *, rng):
    require(found == 3, f"expected 3, found {found}: it was not added.")


def test_a_check_says_it_in_own_words_with_the_numbers_of_the_answer(own):
    own({"it was not added": "add {it}", "expected": "we want"})
    with pytest.raises(CheckFailed, match=r"we want 3, found 4: add \{it\}\.") as caught:
        is_three(4, seed=5)
    assert caught.value.__notes__ == ["(random numbers from seed=5)"]
    own({})
    with pytest.raises(CheckFailed, match="expected 3, found 4: it was not added"):
        is_three(4)
