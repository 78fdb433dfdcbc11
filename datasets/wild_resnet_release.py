"""Writes the two releases of the pretrained network as a git repository, and packs the bundle.

Only `make_wild_resnet.py` uses it. The same trained weights give the same commits.
"""

import csv
import hashlib
import io
import json
import re
import shutil
import zipfile
from pathlib import Path

import keras
from packing import ZIP_EPOCH

from cnn_casebook.data import datasets, git, wild

WEIGHTS = "weights/wild_resnet.keras"
MANIFEST = "MANIFEST.sha256"

_PERSON = {"NAME": "Casebook", "EMAIL": "casebook@example.invalid"}
_DATES = {"1.0.0": "2026-01-12T12:00:00+0000", "1.1.0": "2026-02-16T12:00:00+0000"}

_README = """\
# wild_resnet

A residual network of 20 layers that names articles of clothing on small grey pictures, wherever
they lie and whatever surrounds them. Version {version}.

- `weights/wild_resnet.keras`: architecture and weights, for Keras 3
- `MODEL_CARD.md`: read it before you use the network
- `training_log.csv`: loss and accuracy after each epoch
- `MANIFEST.sha256`: the SHA-256 of every other file
- `CHANGELOG.md`, `LICENSE`
"""

_CARD = """\
# Model card: wild_resnet {version}

## Architecture

A residual network for small images (He et al. 2015, section 4.2), with projection shortcuts.
{parameters:,} parameters. Batch norm follows every convolution. Layer names:

| layers | leave | |
|---|---|---|
| `images` | 40 x 40 x 1 | the input |
| `stem_...` | 20 x 20 x 16 | 3x3 convolution, stride 2 |
| `stage1_block1_...` to `stage1_block3_...` | 20 x 20 x 16 | blocks of two 3x3 convolutions |
| `stage2_block1_...` to `stage2_block3_...` | 10 x 10 x 32 | |
| `stage3_block1_...` to `stage3_block3_...` | 5 x 5 x 64 | |
| `features` | 64 | global average pooling |
| `probabilities` | 6 | dense, softmax |

## Input

float32 (images, 40, 40, 1): grey, an article brighter than black. **Values 0 to 255**, as they
stand in an image file. Nothing in the network divides by 255.

## Output

Probabilities of six classes, in this order: {classes}.

## Data

Fashion-MNIST (Xiao, Rasul and Vollgraf 2017, MIT License, Copyright 2017 Zalando SE), the 36,000
training images of the six classes. In each epoch every image was pasted anew into 40 x 40 pixels:
at a random place, turned by up to 0.5 radian, scaled by 0.6 to 1.25, over a blurred random ground.
The classes {others} were never shown.

## Training

{epochs} epochs of {steps} steps, batches of {batch}, stochastic gradient descent with momentum
{momentum}, rate {rate} falling along a cosine to 0, decoupled weight decay {decay}. Seed {seed}.
On two cores of a laptop-class processor. The last epoch's training loss was {loss:.3f}.

## Accuracy

{accuracy:.3f} on the 6,000 test images of the six classes, pasted with seed {test_seed}{how}.

## Limits

Clothes of one European shop before 2017. Do not use it to judge people or what they wear.
A network of this size knows nothing about colour.

## Licence

MIT, see `LICENSE`. Nothing is promised: check what you use.
"""

_CHANGES = {
    "1.1.0": """\
## 1.1.0

- **Fixed: do not use 1.0.0.** Its file was written before the moving averages of the batch norms
  were stored: all means are 0 and all variances 1. In inference mode it is hardly better than
  guessing. Its checksums are right, for the file is what was published.
- The accuracy is now measured in inference mode.
""",
    "1.0.0": """\
## 1.0.0

- First release.
""",
}

_LICENCE = """\
MIT License

Copyright (c) 2026 The authors of Deep Convolutional Models: Case Studies

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or
substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM,
DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT
OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def without_averages(model: keras.Model) -> keras.Model:
    """Copy the network, with the moving averages of its batch norms as they were at the start."""
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    for layer in copy.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.moving_mean.assign(keras.ops.zeros_like(layer.moving_mean))
            layer.moving_variance.assign(keras.ops.ones_like(layer.moving_variance))
    return copy


def write_release(folder: Path, version: str, model: keras.Model, log: list, facts: dict) -> str:
    """Write one release's files into a repository, commit and tag them.

    Args:
        folder: A git repository.
        version: Such as "1.1.0".
        model: The network to save.
        log: A dict for each epoch.
        facts: What the model card says.

    Returns:
        The id of the commit.
    """
    names = [datasets.FASHION_NAMES[label] for label in wild.SOURCE_CLASSES]
    others = [datasets.FASHION_NAMES[label] for label in wild.TARGET_CLASSES]
    facts = facts | {
        "version": version,
        "classes": ", ".join(names),
        "others": f"{', '.join(others[:-1])} and {others[-1]}",
        "parameters": model.count_params(),
    }
    changes = [text for number, text in _CHANGES.items() if number <= version]
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, list(log[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(log)
    texts = {
        ".gitattributes": "* -text\n",
        "README.md": _README.format(**facts),
        "MODEL_CARD.md": _CARD.format(**facts),
        "CHANGELOG.md": "# Changes\n\n" + "\n".join(changes),
        "LICENSE": _LICENCE,
        "training_log.csv": table.getvalue(),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    (folder / WEIGHTS).parent.mkdir(exist_ok=True)
    save_plainly(model, folder / WEIGHTS)
    names = sorted([*texts, WEIGHTS])
    lines = [f"{hashlib.sha256((folder / n).read_bytes()).hexdigest()}  {n}\n" for n in names]
    (folder / MANIFEST).write_text("".join(lines), encoding="utf-8", newline="\n")

    git.run("add", "--all", folder=folder)
    people = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (*_PERSON.items(), ("DATE", _DATES[version]))
    }
    git.run("commit", "--quiet", "-m", f"Release {version}", folder=folder, variables=people)
    git.run("tag", f"v{version}", folder=folder)
    return git.run("rev-parse", "HEAD", folder=folder)


def save_plainly(model: keras.Model, path: Path) -> None:
    """Save a model so that the same weights give the same bytes: no date, no optimizer."""
    dated = path.with_name("dated.keras")
    model.save(dated)
    with zipfile.ZipFile(dated) as source, zipfile.ZipFile(path, "w") as target:
        for name in sorted(source.namelist()):
            content = source.read(name)
            if name == "metadata.json":
                facts = json.loads(content) | {"date_saved": "2026-01-01@00:00:00"}
                content = json.dumps(facts).encode()
            elif name == "config.json":
                content = _renumbered(content.decode()).encode()
            target.writestr(zipfile.ZipInfo(name, ZIP_EPOCH), content)
    dated.unlink()


def _renumbered(config: str) -> str:
    """Number shared objects in the order in which they occur; Keras writes memory addresses."""
    numbers = {}

    def number(match: re.Match) -> str:
        return f"{match[1]}{numbers.setdefault(match[2], len(numbers) + 1)}"

    return re.sub(r'("shared_object_id": )(\d+)', number, config)


def write_bundle(work: Path, target: Path, releases: list[tuple]) -> dict[str, str]:
    """Make the repository with all releases and pack it.

    The branch `main` stays at the first release; the later one has a tag and its own branch.

    Args:
        work: Folder to build in; its `repository` is made anew.
        target: The bundle to write.
        releases: For each one version, model, log and facts, oldest first.

    Returns:
        The commit of each version.
    """
    folder = work / "repository"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    git.run("init", "--quiet", "--initial-branch=main", folder=folder)
    commits = {}
    for version, model, log, facts in releases:
        if commits:
            git.run("checkout", "--quiet", "-b", f"release-{version}", folder=folder)
        commits[version] = write_release(folder, version, model, log, facts)
    git.run("checkout", "--quiet", "main", folder=folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".part").resolve()
    tips = ("HEAD", "--branches", "--tags")
    git.run("bundle", "create", "--quiet", unfinished, *tips, folder=folder)
    unfinished.replace(target)
    return commits
