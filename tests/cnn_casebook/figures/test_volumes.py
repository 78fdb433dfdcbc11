"""The words that stand for a row of volumes."""

import re

import drawings
from drawings import build

from cnn_casebook import figures


def test_alternative_text_lists_what_is_drawn():
    assert figures.volumes(drawings.lenet5()).alt == (
        "lenet5: a row of 9 volumes. 1. input, 32×32×1. 2. conv 5×5, 6, 28×28×6. "
        "3. avg pool 2×2, /2, 14×14×6. 4. conv 5×5, 16, 10×10×16. 5. avg pool 2×2, /2, 5×5×16. "
        "6. flatten, 400. 7. dense 120, 120. 8. dense 84, 84. 9. dense 10, softmax, 10."
    )
    assert "conv 3×3, 512 (3 times), 28×28×512" in figures.volumes(drawings.vgg16()).alt


def test_alternative_text_is_the_same_however_often_layers_were_made():
    nested = drawings.nested
    assert figures.volumes(build(nested)).alt == figures.volumes(build(nested)).alt


def test_parameters_are_listed_where_asked_for_and_add_up():
    model = build(drawings.residual_stage)
    alt = figures.volumes(model, parameters=True).alt
    assert alt.startswith("network: a row of 2 volumes.")
    total = sum(int(n.replace(",", "")) for n in re.findall(r"([\d,]+) parameters", alt))
    assert total == model.count_params()
    assert "parameters" not in figures.volumes(model).alt


def test_a_long_row_goes_on_below():
    long, short = figures.volumes(drawings.vgg16()), figures.volumes(drawings.ALEXNET[:4])
    assert long.figure.get_figheight() > 1.5 * short.figure.get_figheight()


def test_given_text_is_kept():
    assert figures.volumes(drawings.ALEXNET, alt="A <net> & more.").alt == "A <net> & more."
