import keras
import numpy as np
from keras import layers

from cnn_casebook.experiments.fresh_start import start_again


def network():
    return keras.Sequential([keras.Input((3,)), layers.Dense(4, "relu"), layers.Dense(2)])


def test_a_second_run_equals_one_with_a_new_model():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(32, 3)), rng.normal(size=(32, 2))
    fresh = network()

    def compiled(model):
        model.compile(keras.optimizers.Adam(0.05), "mse", jit_compile=False)
        return model

    used, new = compiled(network()), compiled(network())
    used.fit(x, y, epochs=3, verbose=0)
    results = []
    for model in (used, new):
        start_again(model, weights_of=fresh)
        assert model.optimizer.iterations.numpy() == 0
        assert np.isclose(float(model.optimizer.learning_rate), 0.05)
        model.fit(x, y, epochs=3, verbose=0, shuffle=False)
        results.append(model.get_weights())
    assert all(np.allclose(a, b, atol=1e-6) for a, b in zip(*results, strict=True))
