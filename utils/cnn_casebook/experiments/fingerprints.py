"""Fingerprints of weights: what moved in training, and what did not, down to the last bit."""

import hashlib

import keras
import numpy as np


def fingerprints(model: keras.Model) -> dict[str, str]:
    """Take the SHA-256 of every array of weights, those of nested models included.

    Args:
        model: A built model.

    Returns:
        For each weight's path, such as "stem_conv/kernel", 64 hexadecimal digits.

    Example:
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="head")])
        >>> [path.split("/")[-1] for path in fingerprints(model)]
        ['kernel', 'bias']
    """
    return {
        weight.path: hashlib.sha256(np.ascontiguousarray(weight).tobytes()).hexdigest()
        for weight in model.weights
    }


def moved(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Name the layers whose weights changed, in the order of the model.

    Args:
        before: Fingerprints of a model.
        after: Fingerprints of the same model later.

    Returns:
        The layers' names, each once.

    Raises:
        ValueError: The fingerprints are of two different models.

    Example:
        >>> moved({"a/kernel": "1", "b/kernel": "2"}, {"a/kernel": "1", "b/kernel": "3"})
        ['b']
    """
    if before.keys() != after.keys():
        raise ValueError("expected fingerprints of one model; found two with other weights.")
    changed = [path.split("/")[-2] for path in before if before[path] != after[path]]
    return list(dict.fromkeys(changed))
