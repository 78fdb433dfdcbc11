"""Full-size networks without their weights: shapes and counts cost no memory.

VGG-16 holds 553 MB of weights. To read its shapes and to count its parameters none of them is
needed, only their shapes.
"""

from contextlib import contextmanager

import keras
from keras.src.backend.common import global_state  # Keras has no public name for the list below

_WAITING = "uninitialized_variables"


@contextmanager
def without_weights():
    """Build models in this scope whose weights have a shape but no values.

    Such a model knows its output shapes and its number of parameters. It cannot be called on
    images, trained or saved. Keras leaves the values of new weights open in a scope like this
    one and makes up for it later; here they are struck off the list of what is to be made up for.

    Example:
        >>> with without_weights():
        ...     network = keras.applications.VGG16(weights=None)
        >>> f"{network.count_params():,}"
        '138,357,544'
    """
    waiting = list(global_state.get_global_attribute(_WAITING, None) or [])
    try:
        with keras.StatelessScope(initialize_variables=False):
            yield
    finally:
        global_state.set_global_attribute(_WAITING, waiting)
