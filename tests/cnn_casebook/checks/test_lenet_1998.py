"""The checks of LeNet-5 of 1998: the paper's numbers, single slips, and what counts as a table."""

import numpy as np
import pytest

from cnn_casebook.checks import lenet_1998
from cnn_casebook.checks.lenet_1998 import ALL, BROKEN_FOURS, COUNTS, FOURS, THREES
from cnn_casebook.checks.parts.verdict import CheckFailed

COLUMNS = [*THREES, *FOURS, *BROKEN_FOURS, ALL]


def table():
    return np.array([[row in maps for maps in COLUMNS] for row in range(6)])


def test_the_numbers_are_those_of_the_paper():
    assert [sum(pair) for pair in zip(*COUNTS.values(), strict=True)] == [60_000, 340_908]
    assert [len(maps) for maps in COLUMNS] == 6 * [3] + 9 * [4] + [6]
    assert len({frozenset(maps) for maps in COLUMNS}) == 16


def test_the_counts_follow_from_sizes_and_table():
    pairs = sum(map(len, COLUMNS))
    for name, parameters, units in (
        ("C1", 6 * 26, 28 * 28),
        ("C3", 25 * pairs + 16, 10 * 10),
        ("C5", 120 * (16 * 25 + 1), 1),
        ("F6", 84 * 121, 1),
    ):
        assert COUNTS[name] == (parameters, parameters * units)
    for name, maps, units in (("S2", 6, 14 * 14), ("S4", 16, 5 * 5)):
        assert COUNTS[name] == (2 * maps, 5 * maps * units)


def test_no_known_mistake_gives_the_right_count():
    for name, counts in COUNTS.items():
        for right, wrong in zip(counts, lenet_1998._WRONG_COUNTS[name], strict=True):
            assert right not in wrong


def test_neighbours_in_a_ring_and_on_a_line():
    assert lenet_1998._rotated(0) == THREES + FOURS
    assert lenet_1998._rotated(2, sizes=(3,))[0] == {2, 3, 4}
    on_a_line = lenet_1998._windows(lambda k: k)
    assert on_a_line[:4] == THREES[:4]
    assert on_a_line[4:6] == [{4, 5}, {5}]
    assert on_a_line[6:9] == FOURS[:3]


def test_the_table_is_read_and_not_changed():
    kept = table()
    lenet_1998.connection_table_neighbours(lambda: kept)
    lenet_1998.connection_table_others(lambda: kept)
    np.testing.assert_array_equal(kept, table())


@pytest.mark.parametrize("column", range(16))
def test_a_single_wrong_entry_is_found_where_it_stands(column):
    wrong = table()
    wrong[0, column] ^= True
    check = lenet_1998.connection_table_neighbours
    other = lenet_1998.connection_table_others
    if column >= 12:
        check, other = other, check
    other(lambda: wrong)
    with pytest.raises(CheckFailed, match=f"map {column} of C3 sees the S2 maps"):
        check(lambda: wrong)


def test_a_map_that_sees_nothing_is_named():
    wrong = table()
    wrong[:, 3] = False
    with pytest.raises(CheckFailed) as caught:
        lenet_1998.connection_table_neighbours(lambda: wrong)
    assert "map 3 of C3 sees no map of S2; expected the S2 maps 3, 4, 5." in str(caught.value)


@pytest.mark.parametrize(
    "value",
    [[], "table", 1.5, [[True, False], [True]], 2 * np.ones((6, 16)), [["x"] * 16] * 6, {0: 1}],
    ids=repr,
)
def test_what_is_no_table(value):
    with pytest.raises(CheckFailed, match="expected a table of True and False"):
        lenet_1998.connection_table_neighbours(lambda: value)


@pytest.mark.parametrize("shape", [(16,), (6, 15), (1, 6, 16)])
def test_tables_of_another_shape(shape):
    with pytest.raises(CheckFailed, match=r"expected \(6, 16\)"):
        lenet_1998.connection_table_others(lambda: np.ones(shape, bool))


CHECKS = {
    "C1": lenet_1998.counts_convolutions,
    "C3": lenet_1998.counts_convolutions,
    "C5": lenet_1998.counts_convolutions,
    "S2": lenet_1998.counts_subsampling,
    "S4": lenet_1998.counts_subsampling,
    "F6": lenet_1998.counts_classifier,
    "OUTPUT": lenet_1998.counts_classifier,
}


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("place", [0, 1], ids=["parameters", "connections"])
def test_one_wrong_count_costs_its_own_check_alone(name, place):
    pair = list(COUNTS[name])
    pair[place] += 1
    wrong = {**COUNTS, name: tuple(pair)}
    for check in set(CHECKS.values()) - {CHECKS[name]}:
        check(lambda: wrong)
    with pytest.raises(CheckFailed, match=f"{name} has {pair[place]:,}") as caught:
        CHECKS[name](lambda: wrong)
    assert "the paper says" in str(caught.value)
    assert f"{COUNTS[name][place]:,} {('parameters', 'connections')[place]}" not in str(
        caught.value
    )


def test_equal_counts_are_not_taken_for_swapped_ones():
    lenet_1998.counts_classifier(lambda: {**COUNTS, "F6": COUNTS["F6"][::-1]})


@pytest.mark.parametrize(
    "pair", [None, 156, (156,), (156, 122_304, 0), ("156", "122304"), np.ones((2, 2)), {156, 2}]
)
def test_what_is_no_pair_of_counts(pair):
    with pytest.raises(CheckFailed, match="for C1 expected two numbers"):
        lenet_1998.counts_convolutions(lambda: {**COUNTS, "C1": pair})


def test_an_empty_dict_lacks_its_layers():
    with pytest.raises(CheckFailed, match="the layer 'S2' is missing; found no layer"):
        lenet_1998.counts_subsampling(dict)
