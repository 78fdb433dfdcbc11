"""Networks to draw, and what a drawing holds: shared by the tests of figures."""

import itertools

import keras
from keras import layers, ops


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
        (first, second)
        for (first, a), (second, b) in itertools.combinations(boxes, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1
    ]
    outside = [
        (text, "outside the page")
        for text, box in boxes
        if box.x0 < page.x0 or box.x1 > page.x1 or box.y0 < page.y0 or box.y1 > page.y1
    ]
    return pairs + outside


def marks(picture, kind):
    """Return the marks of a kind, such as "edge", that a diagram's artists carry."""
    found = [artist.get_gid() or "" for artist in picture.figure.findobj()]
    return [mark for mark in found if mark.startswith(f"{kind}:")]
