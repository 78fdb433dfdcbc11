"""Train one compiled network several times from new weights, without compiling it again."""

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
