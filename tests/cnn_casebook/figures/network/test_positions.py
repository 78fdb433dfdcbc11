"""Positions across the flow: forks are centred, distances kept, long edges straight."""

from cnn_casebook.figures.network.layout import Place
from cnn_casebook.figures.network.positions import links, position


def test_branches_that_meet_again_lie_evenly_about_their_fork():
    places = [Place(n, level, 0.5, 0.5) for n, level in enumerate([0, 1, 1, 1, 2])]
    edges = [[0, 1], [0, 2], [0, 3], [1, 4], [2, 4], [3, 4]]
    position(places, edges, [[0], [1, 2, 3], [4]], {}, gap=0.2)
    fork, left, middle, right, merge = (place.across for place in places)
    assert fork == middle == merge
    assert middle - left == right - middle == 1.2


def test_a_long_edge_keeps_its_distance_from_the_main_path():
    places = [Place(0, 0), Place(1, 1, 0.5, 0.5), Place(2, 2), Place(None, 1)]
    position(places, [[0, 1], [1, 2], [0, 3, 2]], [[0], [1, 3], [2]], {2: 1}, gap=0.2)
    assert places[0].across == places[1].across == places[2].across  # the main path
    assert places[3].across >= places[1].across + 0.5 + 0.2 + 0.06 - 0.011


def test_links_of_a_long_edge_go_over_its_placeholders():
    assert links([[0, 5, 6, 2], [1, 2]]) == [(0, 5), (5, 6), (6, 2), (1, 2)]
