"""Measures of a diagram: nothing overlaps, shortcuts run outside, long diagrams are cut."""

import drawings
import pytest
from drawings import build
from keras import layers

from cnn_casebook.figures.drawing.lettering import text_size
from cnn_casebook.figures.network.boxes import fuse, read_boxes
from cnn_casebook.figures.network.frame import GAP_DOWN, TALL, Frame


def framed(block, down=True):
    return Frame(fuse(read_boxes(build(block))), down)


@pytest.mark.parametrize("down", [True, False])
@pytest.mark.parametrize("block", drawings.BLOCKS, ids=lambda block: block.__name__)
def test_labels_fit_their_boxes(block, down):
    frame = framed(block, down)
    for labels, (width, _) in zip(frame.labels, frame.sizes, strict=True):
        for number, label in enumerate(labels):
            if len(label) > 1:
                assert text_size(label, 10 - 0.5 * (number > 0))[0] < width


def test_levels_follow_each_other_with_room_for_a_shape():
    frame = framed(drawings.identity)
    for end, start in zip(frame.end, frame.start[1:], strict=False):
        assert start - end == pytest.approx(GAP_DOWN)


def test_a_shortcut_runs_beside_all_that_it_skips():
    frame = framed(drawings.identity)
    (lane, outermost) = frame.lanes[0, 4]
    assert outermost
    assert lane > max(place.across + place.after for place in frame.layout.places[1:4])


def test_shortcuts_that_overlap_have_lanes_of_their_own():
    lanes = [lane for lane, _ in framed(drawings.skips_in_skips).lanes.values()]
    inner, other, outer = sorted(lanes)
    assert inner == other < outer


def test_a_long_diagram_goes_on_in_a_second_column():
    def deep(x):
        for _ in range(16):
            x = layers.Conv2D(32, 3, padding="same")(x)
        return x

    frame = framed(deep)
    assert frame.end[-1] > TALL
    assert set(frame.column) == {0, 1}
    assert frame.column == sorted(frame.column)
    assert abs(frame.column.count(0) - frame.column.count(1)) <= 1


def test_a_concatenation_is_a_bar_over_its_branches():
    frame = framed(drawings.inception)
    (merge,) = (place for place, box in enumerate(frame.boxes) if box.text == "concat")
    low, high = frame.bar(merge)
    ends = [
        frame.layout.places[edge[-2]].across for edge in frame.layout.edges if edge[-1] == merge
    ]
    assert len(ends) == 4
    assert low < min(ends) < max(ends) < high


def test_down_and_right_swap_the_axes():
    assert framed(drawings.identity, down=True).point(1.0, 0.0, 0)[1] == -1.0
    assert framed(drawings.identity, down=False).point(1.0, 0.0, 0)[0] == 1.0
