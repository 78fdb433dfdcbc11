import keras
import numpy as np
import pytest

from cnn_casebook.models import lenet_1998

RNG = np.random.default_rng(0)


def test_squash_keeps_one_and_is_odd():
    values = np.array([-1.0, 0.0, 1.0, 50.0], "float32")
    np.testing.assert_allclose(lenet_1998.squash(values), [-1, 0, 1, 1.7159], atol=1e-4)


def test_subsample_adds_four_inputs_times_a_coefficient_plus_a_bias():
    volume = keras.Input((6, 4, 3))
    model = keras.Model(volume, lenet_1998.subsample(volume))
    w, b = RNG.normal(size=(1, 1, 3, 1)), RNG.normal(size=3)
    model.set_weights([w, b])
    x = RNG.normal(size=(2, 6, 4, 3)).astype("float32")
    added = x.reshape(2, 3, 2, 2, 2, 3).sum(axis=(2, 4))
    np.testing.assert_allclose(model(x), added * w[0, 0, :, 0] + b, rtol=1e-4, atol=1e-5)


def test_a_map_of_c3_sees_only_what_the_table_says():
    table = np.zeros((6, 16), bool)
    table[2] = True  # every map of C3 sees map 2 of S2 alone
    model = lenet_1998.body(table)
    assert model.count_params() == 60_000 - 60 * 25 + 16 * 25
    first, *others = model.get_weights()
    x = RNG.normal(size=(1, 32, 32, 1)).astype("float32")
    before = np.asarray(model(x))
    changed = first.copy()
    changed[..., [0, 1, 3, 4, 5]] += 1
    model.set_weights([changed, *others])
    np.testing.assert_array_equal(model(x), before)


@pytest.mark.parametrize("entry", [0, 1])
def test_body_takes_a_table_of_numbers(entry):
    table = np.full((6, 16), 1)
    table[0, 0] = entry
    assert lenet_1998.body(table).count_params() == 60_900 - 25 * (1 - entry)
