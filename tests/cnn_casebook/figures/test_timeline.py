"""Dates in their order, with names and notes."""

import pytest
from drawings import texts

from cnn_casebook import figures


def test_events_stand_in_the_order_of_their_years():
    events = [(2012, "AlexNet"), (1998, "LeNet-5", "reads cheques"), (2014, "VGG-16", "")]
    picture = figures.timeline(events, "Networks")
    assert picture.alt == (
        "Networks. Timeline of 3 events. 1998: LeNet-5, reads cheques. 2012: AlexNet. 2014: VGG-16."
    )
    years = [text for text in texts(picture) if text.get_text().isdigit()]
    heights = [text.get_position()[1] for text in years]
    assert [text.get_text() for text in years] == ["1998", "2012", "2014"]
    assert heights == sorted(heights, reverse=True)


def test_given_text_is_kept():
    assert figures.timeline([(1998, "LeNet-5")], alt="One date.").alt == "One date."


@pytest.mark.parametrize(
    ("events", "error", "words"),
    [([], ValueError, "found none"), ([1998], TypeError, "found 1998")],
)
def test_wrong_input_is_explained(events, error, words):
    with pytest.raises(error, match=words) as caught:
        figures.timeline(events)
    assert str(caught.value).startswith("Expected")
