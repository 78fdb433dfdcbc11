"""First weights of a network: another draw of them, or new ones without compiling again."""

import keras


def start_again(model: keras.Model, weights_of: keras.Model) -> None:
    """Give a compiled model new weights and a fresh optimizer.

    Compiling a deep network takes longer than a short training of it. Several runs that differ in
    their first weights alone can share one compiled model.

    Args:
        model: The compiled model.
        weights_of: A model of the same architecture whose weights are copied.

    Example:
        >>> def network():
        ...     return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
        >>> model, fresh = network(), network()
        >>> model.compile("adam", "mse")
        >>> start_again(model, weights_of=fresh)
        >>> bool((model.get_weights()[0] == fresh.get_weights()[0]).all())
        True
    """
    model.set_weights(weights_of.get_weights())
    for variable in model.optimizer.variables:
        if variable.path.rsplit("/", 1)[-1] != "learning_rate":
            variable.assign(keras.ops.zeros_like(variable))


def draw_weights(model: keras.Model, initializer: keras.initializers.Initializer) -> None:
    """Draw all weights anew but the biases, which stay as they are.

    Args:
        model: Any Keras model.
        initializer: Of the weights, such as HeNormal. With a `keras.random.SeedGenerator` as its
            seed, two layers of one shape get different weights; with a number, equal ones.

    Example:
        >>> model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
        >>> draw_weights(model, keras.initializers.Ones())
        >>> [float(weights.sum()) for weights in model.get_weights()]
        [6.0, 0.0]
    """
    for weights in model.trainable_weights:
        if len(weights.shape) > 1:
            weights.assign(initializer(weights.shape))
