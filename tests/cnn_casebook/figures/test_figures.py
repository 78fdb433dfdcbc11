"""Drawings agree with Keras's own graph, no label covers another, and words stand for pictures."""

import io
import itertools
import re
import shutil

import keras
import numpy as np
import pytest
from keras import layers, ops

from cnn_casebook import figures
from cnn_casebook.figures import graph, lettering, palette

# ---- networks ----


def convolution(x, filters, kernel=3, strides=1, relu=True):
    x = layers.Conv2D(filters, kernel, strides=strides, padding="same")(x)
    x = layers.BatchNormalization()(x)
    return layers.ReLU()(x) if relu else x


def identity(x, filters=(8, 12, 32)):
    y = convolution(x, filters[0], 1)
    y = convolution(y, filters[1], 3)
    y = convolution(y, filters[2], 1, relu=False)
    return layers.ReLU()(layers.Add()([y, x]))


def projection(x, filters=(8, 12, 48), strides=2):
    y = convolution(x, filters[0], 1, strides)
    y = convolution(y, filters[1], 3)
    y = convolution(y, filters[2], 1, relu=False)
    shortcut = convolution(x, filters[2], 1, strides, relu=False)
    return layers.ReLU()(layers.Add()([shortcut, y]))


def inception(x):
    def conv(x, filters, kernel):
        return layers.Conv2D(filters, kernel, padding="same", activation="relu")(x)

    pooled = layers.MaxPooling2D(3, 1, padding="same")(x)
    branches = [conv(x, 64, 1), conv(conv(x, 96, 1), 128, 3), conv(conv(x, 16, 1), 32, 5)]
    return layers.Concatenate()([*branches, conv(pooled, 32, 1)])


def nested(x):
    inside = keras.Input((16, 16, 32))
    deeper = keras.Sequential([layers.Conv2D(8, 1), layers.ReLU(), layers.Conv2D(32, 1)])
    block = keras.Model(inside, layers.Add()([inside, deeper(inside)]), name="block")
    return layers.GlobalAveragePooling2D()(block(layers.Conv2D(32, 3, padding="same")(x)))


def with_operations(x):
    y = layers.Conv2D(32, 3, padding="same")(x)
    y = ops.relu(x + y)
    z = keras.activations.relu(ops.add(layers.Conv2D(32, 3, padding="same")(y), y))
    return ops.concatenate([z, ops.max_pool(y, 3, 1, "same")], axis=-1)


def dense_block(x):
    for _ in range(3):
        x = layers.Concatenate()([x, layers.Conv2D(12, 3, padding="same")(x)])
    return x


def skips_in_skips(x):
    start = x
    for _ in range(2):
        x = layers.Add()([x, convolution(convolution(x, 32), 32)])
    return layers.Add()([start, x])


def auxiliary(x):
    x = inception(x)
    head = layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling2D()(x))
    x = layers.GlobalAveragePooling2D()(inception(x))
    return [layers.Dense(10, activation="softmax")(x), head]


def padded_shortcut(x):
    shortcut = ops.pad(x[:, ::2, ::2], [[0, 0], [0, 0], [0, 0], [4, 4]])
    return ops.relu(layers.Conv2D(40, 3, strides=2, padding="same")(x) + shortcut)


def residual_stage(x):
    x = projection(x, (8, 12, 32), 1)
    return identity(identity(x))


BLOCKS = (
    *(identity, projection, inception, nested, with_operations),
    *(dense_block, skips_in_skips, auxiliary, padded_shortcut, residual_stage),
)


def build(block, shape=(16, 16, 32)):
    x = keras.Input(shape)
    return keras.Model(x, block(x))


def lenet5():
    return keras.Sequential(
        [
            keras.Input((32, 32, 1)),
            layers.Conv2D(6, 5, activation="tanh"),
            layers.AveragePooling2D(2),
            layers.Conv2D(16, 5, activation="tanh"),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(120, activation="tanh"),
            layers.Dense(84, activation="tanh"),
            layers.Dense(10, activation="softmax"),
        ],
        name="lenet5",
    )


# Krizhevsky, Sutskever and Hinton 2012, section 3.5, at the input size that fits.
ALEXNET = [
    ("", (227, 227, 3), "input"),
    ("conv1", (55, 55, 96), "conv 11x11, 96, /4"),
    ("", (27, 27, 96), "max pool 3x3, /2"),
    ("conv2", (27, 27, 256), "conv 5x5, 256, 2 groups"),
    ("", (13, 13, 256), "max pool 3x3, /2"),
    ("conv3", (13, 13, 384), "conv 3x3, 384"),
    ("conv4", (13, 13, 384), "conv 3x3, 384, 2 groups"),
    ("conv5", (13, 13, 256), "conv 3x3, 256, 2 groups"),
    ("", (6, 6, 256), "max pool 3x3, /2"),
    ("", (9216,), "flatten"),
    ("fc6", (4096,), "dense 4096"),
    ("fc7", (4096,), "dense 4096"),
    ("fc8", (1000,), "dense 1000, softmax"),
]


def vgg16():
    """Rows of VGG-16. Source: Simonyan and Zisserman 2014, table 1, column D."""
    rows, size, depth = [("", (224, 224, 3), "input", 0)], 224, 3
    for filters, convolutions in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(convolutions):
            weights = 9 * depth * filters + filters
            rows.append(("", (size, size, filters), f"conv 3x3, {filters}", weights))
            depth = filters
        size //= 2
        rows.append(("", (size, size, filters), "max pool 2x2, /2", 0))
    for units in (4096, 4096, 1000):
        inputs = 7 * 7 * 512 if len(rows) == 19 else 4096
        rows.append(("", (units,), f"dense {units}", (inputs + 1) * units))
    return rows


RESNET50 = [
    ("", "input", (224, 224, 3)),
    ("conv1", "conv 7×7, 64, /2", (112, 112, 64)),
    ("", "max pool 3×3, /2", (56, 56, 64)),
    ("conv2", "bottleneck × 3", (56, 56, 256)),
    ("conv3", "bottleneck × 4", (28, 28, 512)),
    ("conv4", "bottleneck × 6", (14, 14, 1024)),
    ("conv5", "bottleneck × 3", (7, 7, 2048)),
    ("", "global avg pool", (2048,)),
    ("fc", "dense 1000, softmax", (1000,)),
]
MODULES = [(f"4{letter}", "inception", (14, 14, 512)) for letter in "abcde"]
GOOGLENET = [*RESNET50[:3], *MODULES, *RESNET50[-2:]]
HEAD = "avg pool, conv 1×1, 128, dense 1024, dense 1000, softmax"
HEADS = [("4a", "head 1", HEAD, (1000,)), ("4d", "head 2", HEAD, (1000,))]

CURVES = {
    "plain-20": [[2.0, 1.0, 0.61], [2.1, 1.1, 0.60]],
    "residual-20": [[1.9, 0.9, 0.59], [1.8, 0.8, 0.58]],
    "residual-56": [[1.9, 0.9, 0.60], [1.8, 0.8, 0.57]],
}
HISTORY = {"loss": [2.0, 1.0, 0.5], "val_loss": [2.1, 1.4, 0.9], "accuracy": [0.1, 0.5, 0.9]}


# ---- what a figure holds ----


def texts(picture):
    from matplotlib.text import Text

    unseen = {
        label
        for axes in picture.figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks())
        for label in (tick.label1, tick.label2)
        if not min(axis.get_view_interval()) <= tick.get_loc() <= max(axis.get_view_interval())
    }
    found = [text for text in picture.figure.findobj(Text) if text.get_text().strip()]
    return [text for text in found if text.get_visible() and text not in unseen]


def overlapping(picture):
    """Return the pairs of texts whose boxes overlap by more than a hair, and texts cut off."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(picture.figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    page = picture.figure.bbox
    boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in texts(picture)]
    pairs = [
        (one, two)
        for (one, a), (two, b) in itertools.combinations(boxes, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1
    ]
    outside = [
        (text, "outside the page")
        for text, box in boxes
        if box.x0 < page.x0 or box.x1 > page.x1 or box.y0 < page.y0 or box.y1 > page.y1
    ]
    return pairs + outside


def drawn(picture):
    """Return the numbers of the boxes drawn, and the pairs that an arrow joins."""
    marks = [artist.get_gid() or "" for artist in picture.figure.findobj()]
    nodes = {int(mark.split(":")[1]) for mark in marks if mark.startswith("node:")}
    arrows = [re.fullmatch(r"(edge|shortcut):(\d+)-(\d+)", mark) for mark in marks]
    return nodes, {(int(m[2]), int(m[3])) for m in arrows if m}


def keras_graph(model, steps):
    """Return Keras's own nodes and edges, operations that share a box contracted to its number."""
    dot = keras.utils.model_to_dot(model, expand_nested=True)
    place = {name: number for number, step in enumerate(steps) for name in step.names}
    names, edges, models = {}, [], [model]
    while models:
        for operation in getattr(inner := models.pop(), "operations", inner.layers):
            names[str(id(operation))] = operation.name
            if isinstance(operation, keras.Model):
                models.append(operation)
    stack = [dot]
    while stack:
        part = stack.pop()
        stack += part.get_subgraphs()
        edges += [(names[e.get_source()], names[e.get_destination()]) for e in part.get_edges()]
    inner = {one for pair in edges for one in pair} - set(place)  # inputs of nested models
    while inner:
        name = inner.pop()
        sources = [source for source, target in edges if target == name]
        targets = [target for source, target in edges if source == name]
        edges = [edge for edge in edges if name not in edge]
        edges += list(itertools.product(sources, targets))
    joined = {(place[a], place[b]) for a, b in edges}
    return {place[name] for pair in edges for name in pair}, {(a, b) for a, b in joined if a != b}


# ---- agreement with Keras ----


@pytest.mark.skipif(not shutil.which("dot"), reason="graphviz is not installed")
@pytest.mark.parametrize("direction", ["down", "right"])
@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.__name__)
def test_boxes_and_arrows_are_those_of_keras(block, direction):
    model = build(block)
    steps = graph.fuse(graph.read(model))
    nodes, arrows = drawn(figures.blocks(model, direction=direction))
    expected_nodes, expected_arrows = keras_graph(model, steps)
    assert nodes == set(range(len(steps))) == expected_nodes
    assert arrows == expected_arrows


def test_shapes_and_parameters_are_those_of_keras():
    model = build(residual_stage)
    steps = graph.read(model)
    assert sum(step.parameters for step in steps) == model.count_params()
    for step in steps:
        assert step.shape == tuple(model.get_layer(step.names[0]).output.shape[1:])


def test_batch_norm_and_relu_share_the_box_of_their_convolution():
    words = [step.words for step in graph.fuse(graph.read(build(identity)))]
    assert words == [
        "input",
        "conv 1×1, 8 · BN · ReLU",
        "conv 3×3, 12 · BN · ReLU",
        "conv 1×1, 32 · BN",
        "+",
        "ReLU",
    ]


def test_layers_and_operations_look_the_same():
    def plain(x):
        return layers.ReLU()(layers.Add()([layers.Conv2D(32, 3, padding="same")(x), x]))

    def operations(x):
        return ops.relu(layers.Conv2D(32, 3, padding="same")(x) + x)

    assert figures.blocks(build(plain)).alt == figures.blocks(build(operations)).alt


def test_a_layer_used_twice_is_drawn_twice_and_counted_once():
    shared = layers.Conv2D(32, 3, padding="same")
    steps = graph.read(build(lambda x: shared(shared(x))))
    assert [step.parents for step in steps] == [(), (0,), (1,)]
    assert sum(step.parameters for step in steps) == shared.count_params()


def test_only_what_skips_layers_is_a_shortcut():
    def marks(block):
        picture = figures.blocks(build(block))
        found = [artist.get_gid() or "" for artist in picture.figure.findobj()]
        return [mark for mark in found if mark.startswith("shortcut")]

    assert marks(identity) == ["shortcut:0-4"]
    assert marks(projection) == marks(inception) == []
    assert len(marks(skips_in_skips)) == 3


@pytest.mark.parametrize(
    ("block", "side"),
    [
        (projection, {"edge:0-1", "edge:1-5"}),
        (padded_shortcut, {"edge:0-2", "edge:2-3", "edge:3-4"}),
        (inception, set()),
    ],
)
def test_a_shortcut_with_layers_in_it_has_the_colour_of_shortcuts(block, side):
    from matplotlib.colors import to_hex

    picture = figures.blocks(build(block))
    edges = picture.figure.findobj(lambda artist: (artist.get_gid() or "").startswith("edge:"))
    coloured = {e.get_gid() for e in edges if to_hex(e.get_edgecolor()) == palette.SHORTCUT}
    assert coloured == side


def test_a_residual_network_becomes_a_row_of_blocks():
    def network(x):
        return layers.Dense(10)(layers.GlobalAveragePooling2D()(residual_stage(x)))

    alt = figures.volumes(build(network), parameters=True).alt
    assert "residual block (3 times), 16×16×32" in alt
    assert alt.startswith("network: a row of 4 volumes.")
    total = sum(int(n.replace(",", "")) for n in re.findall(r"([\d,]+) parameters", alt))
    assert total == build(network).count_params()


def test_auxiliary_heads_are_left_out_of_the_row():
    alt = figures.volumes(build(auxiliary)).alt
    assert alt.count("4 branches, concat (2 times)") == 1
    assert alt.count("dense 10") == 1


# ---- legibility ----


def every_picture():
    for block in BLOCKS:
        for direction in ("down", "right"):
            name = f"{block.__name__}-{direction}"
            yield name, lambda b=block, d=direction: figures.blocks(build(b), "Title", direction=d)
    yield "lenet5", lambda: figures.volumes(lenet5(), "LeNet-5", parameters=True)
    yield "alexnet", lambda: figures.volumes(ALEXNET, "AlexNet")
    yield "vgg16", lambda: figures.volumes(vgg16(), "VGG-16", parameters=True)
    yield "lenet5-blocks", lambda: figures.blocks(lenet5())
    yield "resnet50", lambda: figures.stages(RESNET50, title="ResNet-50")
    yield "googlenet", lambda: figures.stages(GOOGLENET, HEADS, "GoogLeNet")
    yield "seeds", lambda: figures.learning_curves(CURVES, title="Depth")
    yield "one history", lambda: figures.learning_curves({"frozen": HISTORY}, log=True)
    yield "images", lambda: figures.image_grid(np.zeros((12, 8, 8, 3)), ["a long label"] * 12)
    numbers = {"LeNet-5": 61706, "VGG-16": 138357544}
    yield "bars", lambda: figures.bars(numbers, "Parameters", log=True, xlabel="weights")
    both = {"parameters": numbers, "multiplications": {"LeNet-5": 416520, "VGG-16": 15470264320}}
    yield "groups", lambda: figures.bars(both, "Cost", percent=True)
    events = [(1998, "LeNet-5", "reads cheques " * 12), (2012, "AlexNet", ""), (2014, "VGG-16")]
    yield "dates", lambda: figures.timeline(events, "Networks")


PICTURES = dict(every_picture())
DIAGRAMS = [name for name in PICTURES if name.rsplit("-")[-1] in ("down", "right")]


@pytest.mark.parametrize("name", PICTURES)
def test_no_label_covers_another(name):
    assert overlapping(PICTURES[name]()) == []


@pytest.mark.parametrize("name", [*DIAGRAMS, "resnet50", "googlenet"])
def test_words_lie_in_a_box_or_outside_all_boxes(name):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    picture = PICTURES[name]()
    canvas = FigureCanvasAgg(picture.figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    found = picture.figure.findobj(lambda artist: (artist.get_gid() or "").startswith("node:"))
    boxes = [artist.get_window_extent(renderer) for artist in found]
    for text in texts(picture):
        words = text.get_window_extent(renderer)
        for box in boxes:
            x0, x1 = max(words.x0, box.x0), min(words.x1, box.x1)
            y0, y1 = max(words.y0, box.y0), min(words.y1, box.y1)
            apart = x1 - x0 < 1 or y1 - y0 < 1
            inside = x1 - x0 > words.width - 1 and y1 - y0 > words.height - 1
            assert apart or inside, text.get_text()


@pytest.mark.parametrize("name", PICTURES)
def test_text_is_large_enough_and_the_page_not_too_wide(name):
    picture = PICTURES[name]()
    if "right" not in name:
        assert picture.figure.get_figwidth() <= lettering.WIDTH + 1
    assert min(text.get_fontsize() for text in texts(picture)) >= 9


def test_labels_of_lines_that_end_together_keep_apart():
    runs = {f"network {number}": [1.0, 0.5 + number / 1000] for number in range(7)}
    assert overlapping(figures.learning_curves(runs)) == []


def test_epochs_are_whole_numbers_from_one():
    picture = figures.learning_curves({"a": [3.0, 2.0, 1.0]})
    axes = picture.figure.axes[0]
    assert all(float(tick).is_integer() for tick in axes.get_xticks())
    assert list(axes.lines[0].get_xdata()) == [1, 2, 3]


def test_validation_is_dashed_in_the_colour_of_its_training_line():
    picture = figures.learning_curves({"frozen": HISTORY, "tuned": HISTORY})
    lines = picture.figure.axes[0].lines
    assert [line.is_dashed() for line in lines] == [False, True, False, True]
    assert lines[0].get_color() == lines[1].get_color() != lines[2].get_color()


def test_seeds_become_a_mean_and_a_band():
    picture = figures.learning_curves({"a": [[1.0, 3.0], [3.0, 5.0]]})
    axes = picture.figure.axes[0]
    assert list(axes.lines[0].get_ydata()) == [2.0, 4.0]
    low, high = axes.collections[0].get_datalim(axes.transData).intervaly
    assert (low, high) == (1.0, 5.0)


def test_lists_labelled_as_validation_pair_with_their_training():
    picture = figures.learning_curves({"a": [1.0, 0.5], "a, validation": [1.0, 0.7]})
    one, two = picture.figure.axes[0].lines
    assert one.get_color() == two.get_color()
    assert "dashed lines validation" in picture.alt


def test_a_keras_history_is_read():
    history = keras.callbacks.History()
    history.history = HISTORY
    assert figures.learning_curves({"a": history}, "accuracy").alt.startswith("Line plot of accu")


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_images_keep_their_brightness(dtype):
    top = 255 if dtype == "uint8" else 1
    images = np.array([[[0, top / 5], [top, 0]]], dtype)[..., None]
    picture = figures.image_grid(images)
    (shown,) = picture.figure.axes[0].images
    assert np.allclose(shown.get_array(), [[0, 0.2], [1, 0]])


# ---- words for pictures ----


def test_alternative_text_lists_what_is_drawn():
    assert figures.volumes(lenet5()).alt == (
        "lenet5: a row of 9 volumes. 1. input, 32×32×1. 2. conv 5×5, 6, 28×28×6. "
        "3. avg pool 2×2, /2, 14×14×6. 4. conv 5×5, 16, 10×10×16. 5. avg pool 2×2, /2, 5×5×16. "
        "6. flatten, 400. 7. dense 120, 120. 8. dense 84, 84. 9. dense 10, softmax, 10."
    )
    assert "conv 3×3, 512 (3 times), 28×28×512" in figures.volumes(vgg16()).alt
    assert "branching off: head 1" in figures.stages(GOOGLENET, HEADS).alt
    assert "reads 4 and by an identity shortcut 1" in figures.blocks(build(identity)).alt


def test_alternative_text_is_the_same_however_often_layers_were_made():
    assert figures.blocks(build(projection)).alt == figures.blocks(build(projection)).alt
    assert figures.volumes(build(nested)).alt == figures.volumes(build(nested)).alt


def test_alternative_text_quotes_no_measured_number():
    assert not re.search(r"\d\.\d", figures.learning_curves(CURVES, title="Depth").alt)
    assert not re.search(r"0\.\d", figures.bars({"a": 0.25, "b": 0.5}).alt)
    assert figures.bars({"a": 0.25, "b": 0.5}).alt == "Horizontal bars. a; b."


def test_given_text_is_kept():
    assert figures.timeline([(1998, "LeNet-5")], alt="One date.").alt == "One date."
    assert figures.volumes(ALEXNET, alt="A <net> & more.").alt == "A <net> & more."


def test_the_bundle_holds_image_and_text():
    picture = figures.volumes(ALEXNET, alt='Large "net".')
    data, metadata = picture._repr_mimebundle_()
    assert data["text/plain"] == repr(picture) == picture.alt
    assert 'alt="Large &quot;net&quot;."' in data["text/html"]
    assert data["image/png"] in data["text/html"]
    assert metadata["image/png"]["alt"] == picture.alt


def test_displaying_leaves_no_figure_behind():
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    for make in PICTURES.values():
        make()._repr_mimebundle_()
        break
    figures.learning_curves(CURVES)._repr_mimebundle_()
    assert plt.get_fignums() == before


# ---- files ----


def test_png_and_svg_files(tmp_path):
    from PIL import Image

    picture = figures.blocks(build(identity), "Identity block")
    png = picture.save(tmp_path / "block.png")
    with Image.open(io.BytesIO(png.read_bytes())) as image:
        image.load()
        assert image.info["Description"] == picture.alt
        corner = image.convert("RGB").getpixel((2, 2))
    assert corner == (255, 255, 255)
    svg = picture.save(tmp_path / "block.svg").read_text(encoding="utf-8")
    assert 'role="img"' in svg
    assert f'aria-label="{picture.alt}"' in svg
    again = figures.blocks(build(identity), "Identity block")
    assert again.svg() == svg
    assert again.png() == png.read_bytes()


# ---- wrong input ----

SUBCLASS = type("Mine", (keras.Model,), {"call": lambda self, x: x})
WRONG = {
    "unbuilt": (lambda: figures.blocks(keras.Sequential([layers.Dense(3)])), ValueError, "unbuilt"),
    "subclass": (lambda: figures.volumes(SUBCLASS()), TypeError, "subclass Mine"),
    "no model": (lambda: figures.blocks("resnet"), TypeError, "found str"),
    "direction": (lambda: figures.blocks(lenet5(), direction="up"), ValueError, "'up'"),
    "no rows": (lambda: figures.volumes([]), ValueError, "empty list"),
    "short row": (lambda: figures.volumes([("a", (3,))]), TypeError, "in row 0"),
    "no shape": (lambda: figures.volumes([("a", "x", "conv")]), TypeError, "output shape"),
    "no stages": (lambda: figures.stages([]), ValueError, "empty list"),
    "lost head": (lambda: figures.stages(RESNET50, HEADS), ValueError, "found '4a'"),
    "no histories": (lambda: figures.learning_curves({}), ValueError, "empty dictionary"),
    "a list": (lambda: figures.learning_curves([1.0]), TypeError, "found list"),
    "no epochs": (lambda: figures.learning_curves({"a": []}), ValueError, "for 'a'"),
    "no numbers": (lambda: figures.learning_curves({"a": ["x"]}), TypeError, "Expected numbers"),
    "uneven": (lambda: figures.learning_curves({"a": [[1, 2], [1]]}), ValueError, "1, 2"),
    "metric": (
        lambda: figures.learning_curves({"a": HISTORY}, "f1"),
        ValueError,
        "'loss', 'val_loss', 'accuracy'",
    ),
    "positions": (lambda: figures.learning_curves({"a": [1, 2]}, x=[1]), ValueError, "1 positions"),
    "no images": (lambda: figures.image_grid(np.zeros((0, 8, 8, 1))), ValueError, "shape (0"),
    "channels": (lambda: figures.image_grid(np.zeros((1, 8, 8, 5))), ValueError, "feature map"),
    "labels": (lambda: figures.image_grid(np.zeros((2, 8, 8)), [1]), ValueError, "1 labels"),
    "class": (
        lambda: figures.image_grid(np.zeros((1, 8, 8)), [3], ["a"]),
        ValueError,
        "from 0 to 0",
    ),
    "no bars": (lambda: figures.bars({}), ValueError, "found none"),
    "text bars": (lambda: figures.bars({"a": "b"}), TypeError, "found 'b'"),
    "negative": (lambda: figures.bars({"a": -1}), ValueError, "upwards"),
    "no events": (lambda: figures.timeline([]), ValueError, "found none"),
    "event": (lambda: figures.timeline([1998]), TypeError, "found 1998"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_input_is_explained(name):
    make, error, words = WRONG[name]
    with pytest.raises(error, match=re.escape(words)) as caught:
        make()
    assert str(caught.value).startswith("Expected")
