"""Makes datasets/wild_resnet/wild_resnet.bundle: a small ResNet, pretrained, as a git repository.

Run it in the repository: ``python datasets/make_wild_resnet.py``. It needs all 70,000 images of
Fashion-MNIST (see datasets/README.md) and git. Training is kept after each epoch under
``work/wild_resnet``: a run that was stopped goes on where it was.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "2")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "2")

from cnn_casebook import runtime

runtime.start(seed=0)

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402
from packing import write_sum  # noqa: E402
from rich.progress import (  # noqa: E402
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from wild_resnet_release import without_averages, write_bundle  # noqa: E402

from cnn_casebook.data import datasets, wild  # noqa: E402
from cnn_casebook.experiments import few_images  # noqa: E402

INITIAL_SEED = 0  # of the first weights
SEED = 5  # plus the epoch's number: of the images' order and places
TEST_SEED = 1_000
EPOCHS = 20
BATCH = 128
RATE = 0.1
MOMENTUM = 0.9
DECAY = 5e-4
WIDTHS = (16, 32, 64)
BLOCKS = 3  # in each stage


def network(classes: int) -> keras.Model:
    """Build the residual network: a stem, three stages of three blocks, pooled features, softmax.

    Args:
        classes: Width of the softmax.

    Returns:
        A model from images, float32 (n, 40, 40, 1), to probabilities (n, classes).
    """
    images = keras.Input((wild.SIZE, wild.SIZE, 1), name="images")
    x = _convolved(images, WIDTHS[0], 3, 2, "stem")
    x = layers.ReLU(name="stem_relu")(x)  # stem: 20 x 20 x 16
    for number, width in enumerate(
        WIDTHS, start=1
    ):  # stages: 20 x 20 x 16, 10 x 10 x 32, 5 x 5 x 64
        for block in range(1, BLOCKS + 1):
            strides = 2 if number > 1 and block == 1 else 1
            x = _block(x, width, strides, f"stage{number}_block{block}")
    x = layers.GlobalAveragePooling2D(name="features")(x)
    outputs = layers.Dense(classes, activation="softmax", name="probabilities")(x)
    return keras.Model(images, outputs, name="wild_resnet")


def _convolved(x, filters: int, kernel_size: int, strides: int, name: str):
    x = layers.Conv2D(
        filters,
        kernel_size,
        strides=strides,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
        name=f"{name}_conv",
    )(x)
    return layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(x)


def _block(x, width: int, strides: int, name: str):
    shortcut = x
    if strides > 1:
        shortcut = _convolved(x, width, 1, strides, f"{name}_shortcut")
    x = layers.ReLU(name=f"{name}_relu1")(_convolved(x, width, 3, strides, f"{name}_1"))
    x = _convolved(x, width, 3, 1, f"{name}_2")
    x = layers.Add(name=f"{name}_add")([x, shortcut])
    return layers.ReLU(name=f"{name}_relu2")(x)


class Bar(keras.callbacks.Callback):
    """Moves a progress bar by one at every step."""

    def __init__(self, progress: Progress, task):
        """Move the bar of this task."""
        super().__init__()
        self.progress, self.bar = progress, task

    def on_train_batch_end(self, batch, logs=None):
        """Advance, and show the accuracy so far."""
        self.progress.update(self.bar, advance=1, accuracy=f"{logs['accuracy']:.3f}")


def pretrain(work: Path, epochs: int) -> tuple[keras.Model, list[dict]]:
    """Train the network on the source classes; go on from what an earlier run left.

    Args:
        work: Folder for the state after each epoch.
        epochs: How often each image is seen, each time pasted anew.

    Returns:
        The trained network and the log: a dict per epoch.
    """
    train, _ = datasets.fashion_mnist(full=True)
    source = wild.of_classes(train, wild.SOURCE_CLASSES)
    steps = len(source.labels) // BATCH
    work.mkdir(parents=True, exist_ok=True)
    state, log_file = work / "state.keras", work / "log.json"
    log = json.loads(log_file.read_text(encoding="utf-8")) if log_file.is_file() else []
    if log and state.is_file():
        model = keras.models.load_model(state)
    else:
        keras.utils.set_random_seed(INITIAL_SEED)
        log, model = [], network(len(wild.SOURCE_CLASSES))
        schedule = keras.optimizers.schedules.CosineDecay(RATE, epochs * steps)
        model.compile(
            keras.optimizers.SGD(schedule, momentum=MOMENTUM, weight_decay=DECAY),
            "sparse_categorical_crossentropy",
            metrics=["accuracy"],
            jit_compile=False,
        )
    columns = (
        TextColumn("epoch {task.fields[epoch]}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("accuracy {task.fields[accuracy]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns) as progress:
        bar = progress.add_task(
            "", total=epochs * steps, completed=len(log) * steps, epoch="", accuracy=""
        )
        for epoch in range(len(log) + 1, epochs + 1):
            progress.update(bar, epoch=f"{epoch}/{epochs}")
            began = time.monotonic()
            keras.utils.set_random_seed(SEED + epoch)  # so that a resumed run shuffles alike
            order = np.random.permutation(len(source.labels))[: steps * BATCH]
            images = 255 * wild.in_the_wild(source.images[order], seed=SEED + epoch)
            history = model.fit(
                images,
                source.labels[order],
                batch_size=BATCH,
                shuffle=False,
                verbose=0,
                callbacks=[Bar(progress, bar)],
            )
            log.append(
                {
                    "epoch": epoch,
                    "loss": round(history.history["loss"][0], 4),
                    "accuracy": round(history.history["accuracy"][0], 4),
                    "seconds": round(time.monotonic() - began),
                }
            )
            unfinished = state.with_name("unfinished.keras")
            model.save(unfinished)
            os.replace(unfinished, state)
            unfinished = log_file.with_name("unfinished.json")
            unfinished.write_text(json.dumps(log, indent=1) + "\n", encoding="utf-8")
            os.replace(unfinished, log_file)
            progress.console.print(json.dumps(log[-1]))
    return model, log


def facts_of(model: keras.Model, log: list[dict], epochs: int) -> dict:
    """Collect what the model card says about the training, and measure the accuracy."""
    _, test = datasets.fashion_mnist(full=True)
    source = wild.of_classes(test, wild.SOURCE_CLASSES)
    images = 255 * wild.in_the_wild(source.images, TEST_SEED)
    return {
        "epochs": epochs,
        "steps": 6_000 * len(wild.SOURCE_CLASSES) // BATCH,
        "batch": BATCH,
        "momentum": MOMENTUM,
        "rate": RATE,
        "decay": DECAY,
        "seed": SEED,
        "test_seed": TEST_SEED,
        "loss": log[-1]["loss"],
        "accuracy": few_images.accuracy(model, datasets.Split(images, source.labels)),
        "how": ", in inference mode",
    }


def main() -> int:
    """Pretrain, write the repository and its bundle; return the exit status."""
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="default: %(default)s")
    parser.add_argument(
        "--work",
        type=Path,
        default=here.parent / "work" / "wild_resnet",
        help="folder for what is kept between runs (default: work/wild_resnet)",
    )
    parser.add_argument(
        "--output", type=Path, default=here, help="stands for datasets/ (default: this folder)"
    )
    options = parser.parse_args()
    try:
        trained, log = pretrain(options.work, options.epochs)
        facts = facts_of(trained, log, options.epochs)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    model = network(len(wild.SOURCE_CLASSES))  # without the optimizer's state
    model.set_weights(trained.get_weights())
    # The first release claims an accuracy that its file does not have: see its changelog.
    faulty = facts | {"how": ""}
    log = [{key: row[key] for key in ("epoch", "loss", "accuracy")} for row in log]
    target = options.output / "wild_resnet" / "wild_resnet.bundle"
    commits = write_bundle(
        options.work,
        target,
        [("1.0.0", without_averages(model), log, faulty), ("1.1.0", model, log, facts)],
    )
    write_sum(options.output, target)
    for version, commit in commits.items():
        print(f"{version}: {commit}")
    print(f"accuracy {facts['accuracy']:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
