"""Answers to `vgg_block` in 02_classic_networks/vgg16.ipynb."""


# %% right: layers
def vgg_block(x, convolutions, filters):
    for _ in range(convolutions):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return layers.MaxPooling2D(2)(x)


# %% right: ReLU layer
def vgg_block(x, convolutions, filters):
    for _ in range(convolutions):
        x = layers.ReLU()(layers.Conv2D(filters, (3, 3), padding="same")(x))
    return layers.MaxPooling2D(2)(x)


# %% right: functions
def vgg_block(x, convolutions, filters):
    for _ in range(convolutions):
        x = keras.ops.relu(layers.Conv2D(filters, 3, padding="same")(x))
    return keras.ops.max_pool(x, 2, strides=2)


# %% right: activation layer
def vgg_block(x, convolutions, filters):
    for _ in range(convolutions):
        x = layers.Activation("relu")(layers.Conv2D(filters, 3, 1, "same")(x))
    return layers.MaxPooling2D(2)(x)


# %% right: ReLU after the maximum
def vgg_block(x, convolutions, filters):
    for _ in range(convolutions):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return keras.ops.relu(layers.MaxPool2D((2, 2), (2, 2))(x))


# %% right: nested Sequential
def vgg_block(x, convolutions, filters):
    block = keras.Sequential()
    for _ in range(convolutions):
        block.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
    block.add(layers.MaxPooling2D())
    return block(x)


# %% wrong: average
# loses: order, sizes
# says: takes the average
def vgg_block(x, convolutions, filters):
    for _ in range(convolutions):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return layers.AveragePooling2D(2)(x)


# %% wrong: no pooling
# loses: order, sizes
# says: no pooling
def vgg_block(x, convolutions, filters):
    for _ in range(convolutions):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return x


# %% wrong: pooled twice
# loses: order, sizes
# says: two poolings
def vgg_block(x, convolutions, filters):
    for _ in range(convolutions):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return layers.MaxPooling2D(2)(layers.MaxPooling2D(2)(x))


# %% wrong: pool same
# loses: sizes
# says: the pooling has padding="same"
def vgg_block(x, convolutions, filters):
    for _ in range(convolutions):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return layers.MaxPooling2D(2, padding="same")(x)


# %% wrong: pool stride 1
# loses: order, sizes
# says: moves by 1 pixel
def vgg_block(x, convolutions, filters):
    for _ in range(convolutions):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return layers.MaxPooling2D(2, strides=1)(x)


# %% wrong: pool 3x3
# loses: order, sizes
# says: windows of 3x3
def vgg_block(x, convolutions, filters):
    for _ in range(convolutions):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return layers.MaxPooling2D(3, strides=2)(x)


# %% wrong: valid
# loses: order, sizes
# says: not padded
def vgg_block(x, convolutions, filters):
    for _ in range(convolutions):
        x = layers.Conv2D(filters, 3, padding="valid", activation="relu")(x)
    return layers.MaxPooling2D(2)(x)


# %% wrong: no ReLU
# loses: order, sizes
# says: no ReLU at all
def vgg_block(x, convolutions, filters):
    for _ in range(convolutions):
        x = layers.Conv2D(filters, 3, padding="same")(x)
    return layers.MaxPooling2D(2)(x)


# %% wrong: ReLU unused
# loses: order, sizes
# says: never used
def vgg_block(x, convolutions, filters):
    for _ in range(convolutions):
        x = layers.Conv2D(filters, 3, padding="same")(x)
        layers.ReLU()(x)
    return layers.MaxPooling2D(2)(x)


# %% wrong: tanh
# loses: order, sizes
# says: is tanh
def vgg_block(x, convolutions, filters):
    for _ in range(convolutions):
        x = layers.Conv2D(filters, 3, padding="same", activation="tanh")(x)
    return layers.MaxPooling2D(2)(x)


# %% wrong: one convolution too few
# loses: layers, sizes
# says: expected 2 convolutions
def vgg_block(x, convolutions, filters):
    for _ in range(max(1, convolutions - 1)):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return layers.MaxPooling2D(2)(x)


# %% wrong: always two
# loses: layers, sizes
# says: expected 3 convolutions
def vgg_block(x, convolutions, filters):
    for _ in range(2):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return layers.MaxPooling2D(2)(x)


# %% wrong: fixed filters
# loses: layers, sizes
# says: number of filters
def vgg_block(x, convolutions, filters):
    for _ in range(convolutions):
        x = layers.Conv2D(64, 3, padding="same", activation="relu")(x)
    return layers.MaxPooling2D(2)(x)


# %% wrong: 5x5
# loses: layers, sizes
# says: Every window is 3x3
def vgg_block(x, convolutions, filters):
    for _ in range(convolutions):
        x = layers.Conv2D(filters, 5, padding="same", activation="relu")(x)
    return layers.MaxPooling2D(2)(x)
