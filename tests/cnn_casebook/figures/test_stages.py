"""Chains of stages and the heads that branch off."""

import re

import drawings
import pytest
from drawings import marks

from cnn_casebook import figures


def test_every_stage_is_a_box_and_every_head_too():
    picture = figures.stages(drawings.GOOGLENET, drawings.HEADS)
    assert len(marks(picture, "node")) == len(drawings.GOOGLENET)
    assert len(marks(picture, "head")) == 2


def test_alternative_text_names_stages_heads_and_parameters():
    alt = figures.stages(drawings.GOOGLENET, drawings.HEADS, "GoogLeNet").alt
    assert alt.startswith("GoogLeNet: a chain of 10 stages. 1. input, 224×224×3. 2. conv1: conv")
    assert "4. 4a: inception, 14×14×512 (branching off: head 1: avg pool" in alt
    counted = figures.stages([("fc", "dense 10", (10,), 850)])
    assert counted.alt == "Network: a chain of 1 stage. 1. fc: dense 10, 10, 850 parameters."


@pytest.mark.parametrize(
    ("rows", "heads", "error", "words"),
    [
        ([], (), ValueError, "empty list"),
        ([("conv1", "conv")], (), TypeError, "in row 0"),
        ([("conv1", "conv", "28")], (), TypeError, "found '28'"),
        (drawings.RESNET50, drawings.HEADS, ValueError, "found '4a'"),
        (drawings.RESNET50, [("conv1", "head")], TypeError, "Expected heads"),
    ],
)
def test_wrong_input_is_explained(rows, heads, error, words):
    with pytest.raises(error, match=re.escape(words)) as caught:
        figures.stages(rows, heads)
    assert str(caught.value).startswith("Expected")
