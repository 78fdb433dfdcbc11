"""What a new kernel does first, before there is a submission to wait for it."""

import gc
import os
from types import ModuleType

import keras
import numpy as np
from IPython import get_ipython

from cnn_casebook.remote import WarmsUp


def begin() -> None:
    """Make a new kernel ready for grading."""
    gc.set_threshold(50_000, 20, 20)  # the process is young, and networks are many small objects
    os.environ["NBGRADER_EXECUTION"] = "autograde"  # as nbgrader says where it grades


def warm_up() -> None:
    """Build, call and describe a small network: what the first one costs once in a process."""
    x = keras.Input((5, 4, 3))
    y = keras.layers.Conv2D(2, 3, padding="same")(x)
    y = keras.layers.ReLU()(keras.layers.BatchNormalization()(y))
    model = keras.Model(x, keras.ops.add(y, y))
    for training in (False, True):
        model(np.zeros((2, 5, 4, 3), "float32"), training=training)
    keras.saving.serialize_keras_object(model)
    keras.utils.clear_session(free_memory=False)


def warm_up_checks() -> None:
    """Warm up, and let the modules of checks that the set-up cells imported do so too."""
    warm_up()
    for value in list(get_ipython().user_ns.values()):
        if isinstance(value, ModuleType) and isinstance(value, WarmsUp):
            value.warm_up()
