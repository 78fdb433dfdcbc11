"""Published ImageNet weights in a learner's own ResNet-50, to look at photographs with it."""

import pathlib

import keras
import numpy as np

from cnn_casebook.checks.parts.weights import transplant
from cnn_casebook.models.graph import flatten

PHOTOGRAPHS = {".jpg", ".jpeg", ".png"}


def load_weights(model: keras.Model, weights: str | pathlib.Path) -> keras.Model | None:
    """Give a learner's ResNet-50 the weights of `keras.applications.ResNet50`.

    Weights find their places by the order in which the layers compute, whatever these are called.

    Args:
        model: Images to probabilities; for "imagenet", of 224 x 224 x 3 pixels and 1,000 classes.
        weights: "imagenet", which downloads some 100 MB once, or a file of weights of
            `keras.applications.ResNet50` with as many classes as the model.

    Returns:
        Keras's own network with the same weights, to compare with; None where "imagenet" cannot be
        downloaded, after saying so.

    Raises:
        FileNotFoundError: There is no such file.
        CheckFailed: The model is no ResNet-50; the message names the first difference.
    """
    if weights != "imagenet" and not pathlib.Path(weights).is_file():
        raise FileNotFoundError(
            f"Expected 'imagenet' or a file of weights; found {str(weights)!r}, and no such file. "
            "Give the whole path."
        )
    try:
        reference = keras.applications.ResNet50(
            weights=str(weights),
            input_shape=tuple(model.input_shape[1:]),
            classes=model.output_shape[-1],
        )
    except Exception as error:  # Keras raises a bare Exception where it cannot download
        if "URL fetch failure" not in str(error):
            raise
        print("No connection to the server of the weights. With a file of them, set its path.")
        return None
    transplant(flatten(reference), flatten(model))
    return reference


def photographs(folder: str | pathlib.Path, side: int = 224) -> tuple[list[str], np.ndarray]:
    """Read all photographs of a folder; what is not square loses its edges.

    Args:
        folder: Holds .jpg, .jpeg or .png files.
        side: Pixels of the height and of the width.

    Returns:
        Names of the files in alphabetical order, and float32 (photographs, side, side, 3), prepared
        as Keras's ResNet-50 expects it: blue, green, red, each minus ImageNet's mean.

    Raises:
        FileNotFoundError: The folder does not exist or holds no photograph.
    """
    folder = pathlib.Path(folder).expanduser()
    found = sorted(path for path in folder.glob("*") if path.suffix.lower() in PHOTOGRAPHS)
    if not found:
        raise FileNotFoundError(
            f"Expected a folder with .jpg or .png files; found none in {str(folder)!r}."
        )
    images = [
        keras.utils.img_to_array(
            keras.utils.load_img(
                path, target_size=(side, side), interpolation="bilinear", keep_aspect_ratio=True
            )
        )
        for path in found
    ]
    prepared = keras.applications.resnet.preprocess_input(np.stack(images))
    return [path.name for path in found], prepared


def top_five(probabilities: np.ndarray) -> list[str]:
    """Name the five most probable classes for each image.

    Args:
        probabilities: float (images, 1000).

    Returns:
        One line for each image: names, or numbers of classes where Keras's list of the names cannot
        be downloaded.
    """
    try:
        decoded = keras.applications.resnet.decode_predictions(probabilities, top=5)
        return [", ".join(name for _, name, _ in image) for image in decoded]
    except Exception as error:  # as above
        if "URL fetch failure" not in str(error):
            raise
        best = np.argsort(-probabilities, axis=1)[:, :5]
        return ["classes " + ", ".join(map(str, image)) for image in best]
