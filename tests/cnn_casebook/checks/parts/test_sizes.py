import keras
from keras import layers

from cnn_casebook.checks.parts.sizes import sizes_before
from cnn_casebook.models.graph import flatten


def before_the_end(*steps, **settings):
    model = keras.Sequential([keras.Input((28, 20, 3)), *steps, layers.Dense(2)])
    graph = flatten(model)
    return sizes_before(graph, graph.nodes[-1], **settings)


def test_each_size_with_the_layer_that_makes_it():
    found = before_the_end(
        layers.Conv2D(4, 5),
        layers.ReLU(),
        layers.Conv2D(6, (3, 1), strides=(2, 1), padding="same"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
    )
    assert found == (
        "28x20 -> Conv2D(5x5, strides=1, valid) -> 24x16 -> Conv2D(3x1, strides=2x1, same) -> "
        "12x16 -> MaxPooling2D(2x2, strides=2, valid) -> 6x8 -> Flatten -> 288"
    )


def test_layers_without_a_window():
    found = before_the_end(layers.ZeroPadding2D(1), layers.GlobalAveragePooling2D())
    assert found == "28x20 -> ZeroPadding2D -> 30x22 -> GlobalAveragePooling2D -> 3"


def test_where_nothing_changes_the_size_it_is_said_once():
    assert before_the_end(layers.ReLU()) == "28x20"


def test_every_window_is_named_where_asked_for():
    found = before_the_end(layers.Conv2D(4, 5, padding="same"), layers.ReLU(), every=True)
    assert found == "28x20 -> Conv2D(5x5, strides=1, same) -> 28x20"


def test_of_several_paths_the_first_one_counts():
    x = keras.Input((8, 8, 3))
    y = layers.Concatenate()([layers.MaxPooling2D(2)(x), layers.Conv2D(3, 1, strides=2)(x)])
    graph = flatten(keras.Model(x, layers.Dense(2)(y)))
    found = sizes_before(graph, graph.nodes[-1])
    assert found == "8x8 -> MaxPooling2D(2x2, strides=2, valid) -> 4x4"
