"""Answers to `vgg16` in 02_classic_networks/vgg16.ipynb."""


# %% right: block by block
def vgg16(input_shape=(224, 224, 3), classes=1000, width=1.0):
    x = images = keras.Input(input_shape)
    for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        x = vgg_block(x, convolutions, max(1, round(filters * width)))
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(max(1, round(4096 * width)), activation="relu")(x)
    return keras.Model(images, layers.Dense(classes, activation="softmax")(x))


# %% right: softmax layer
def vgg16(input_shape=(224, 224, 3), classes=1000, width=1.0):
    x = images = keras.Input(input_shape)
    for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        x = vgg_block(x, convolutions, max(1, round(filters * width)))
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(max(1, round(4096 * width)), activation="relu")(x)
    return keras.Model(images, layers.Softmax()(layers.Dense(classes)(x)))


# %% right: dropout
def vgg16(input_shape=(224, 224, 3), classes=1000, width=1.0):
    x = images = keras.Input(input_shape)
    for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        x = vgg_block(x, convolutions, max(1, round(filters * width)))
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(max(1, round(4096 * width)), activation="relu")(x)
        x = layers.Dropout(0.5)(x)
    return keras.Model(images, layers.Dense(classes, activation="softmax")(x))


# %% right: reshape
def vgg16(input_shape=(224, 224, 3), classes=1000, width=1.0):
    x = images = keras.Input(input_shape)
    for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        x = vgg_block(x, convolutions, max(1, round(filters * width)))
    x = layers.Reshape((-1,))(x)
    for _ in range(2):
        x = layers.Dense(max(1, round(4096 * width)), activation="relu")(x)
    return keras.Model(images, layers.Dense(classes, activation="softmax")(x))


# %% right: own convolutions
def vgg16(input_shape=(224, 224, 3), classes=1000, width=1.0):
    x = images = keras.Input(input_shape)
    for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        for _ in range(convolutions):
            x = layers.Conv2D(max(1, round(filters * width)), 3, padding="same", activation="relu")(
                x
            )
        x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(max(1, round(4096 * width)), activation="relu")(x)
    return keras.Model(images, layers.Dense(classes, activation="softmax")(x))


# %% right: He's weights
def vgg16(input_shape=(224, 224, 3), classes=1000, width=1.0):
    x = images = keras.Input(input_shape)
    for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        x = vgg_block(x, convolutions, max(1, round(filters * width)))
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(
            max(1, round(4096 * width)), activation="relu", kernel_initializer="he_normal"
        )(x)
    return keras.Model(images, layers.Dense(classes, activation="softmax")(x))


# %% wrong: sigmoid
# loses: order, sizes
# says: sigmoid; expected softmax
def vgg16(input_shape=(224, 224, 3), classes=1000, width=1.0):
    x = images = keras.Input(input_shape)
    for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        x = vgg_block(x, convolutions, max(1, round(filters * width)))
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(max(1, round(4096 * width)), activation="relu")(x)
    return keras.Model(images, layers.Dense(classes, activation="sigmoid")(x))


# %% wrong: no softmax
# loses: order, sizes
# says: softmax at the end is missing
def vgg16(input_shape=(224, 224, 3), classes=1000, width=1.0):
    x = images = keras.Input(input_shape)
    for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        x = vgg_block(x, convolutions, max(1, round(filters * width)))
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(max(1, round(4096 * width)), activation="relu")(x)
    return keras.Model(images, layers.Dense(classes)(x))


# %% wrong: ReLU on the last layer
# loses: order, sizes
# says: a ReLU stands before the softmax
def vgg16(input_shape=(224, 224, 3), classes=1000, width=1.0):
    x = images = keras.Input(input_shape)
    for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        x = vgg_block(x, convolutions, max(1, round(filters * width)))
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(max(1, round(4096 * width)), activation="relu")(x)
    return keras.Model(images, layers.Softmax()(layers.Dense(classes, activation="relu")(x)))


# %% wrong: dense without ReLU
# loses: order, sizes
# says: hidden dense layers have no ReLU
def vgg16(input_shape=(224, 224, 3), classes=1000, width=1.0):
    x = images = keras.Input(input_shape)
    for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        x = vgg_block(x, convolutions, max(1, round(filters * width)))
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(max(1, round(4096 * width)))(x)
    return keras.Model(images, layers.Dense(classes, activation="softmax")(x))


# %% wrong: 4096 not scaled
# loses: layers, width, sizes
# says: at width
def vgg16(input_shape=(224, 224, 3), classes=1000, width=1.0):
    x = images = keras.Input(input_shape)
    for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        x = vgg_block(x, convolutions, max(1, round(filters * width)))
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(4096, activation="relu")(x)
    return keras.Model(images, layers.Dense(classes, activation="softmax")(x))


# %% wrong: width ignored
# loses: layers, width, sizes
# says: at width
def vgg16(input_shape=(224, 224, 3), classes=1000, width=1.0):
    x = images = keras.Input(input_shape)
    for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        x = vgg_block(x, convolutions, filters)
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(max(1, round(4096 * width)), activation="relu")(x)
    return keras.Model(images, layers.Dense(classes, activation="softmax")(x))


# %% wrong: cut, not rounded
# loses: width, sizes
# says: Width scales
def vgg16(input_shape=(224, 224, 3), classes=1000, width=1.0):
    x = images = keras.Input(input_shape)
    for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        x = vgg_block(x, convolutions, max(1, int(filters * width)))
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(max(1, int(4096 * width)), activation="relu")(x)
    return keras.Model(images, layers.Dense(classes, activation="softmax")(x))


# %% wrong: classes scaled
# loses: layers, order, width, sizes
# says: number of classes
def vgg16(input_shape=(224, 224, 3), classes=1000, width=1.0):
    x = images = keras.Input(input_shape)
    for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        x = vgg_block(x, convolutions, max(1, round(filters * width)))
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(max(1, round(4096 * width)), activation="relu")(x)
    return keras.Model(
        images, layers.Dense(max(1, round(classes * width)), activation="softmax")(x)
    )


# %% wrong: classes fixed
# loses: layers, order, width, sizes
# says: number of classes
def vgg16(input_shape=(224, 224, 3), classes=1000, width=1.0):
    x = images = keras.Input(input_shape)
    for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        x = vgg_block(x, convolutions, max(1, round(filters * width)))
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(max(1, round(4096 * width)), activation="relu")(x)
    return keras.Model(images, layers.Dense(1000, activation="softmax")(x))


# %% wrong: a block missing
# loses: layers, order, width, counts, sizes
# says: 10 convolutions
def vgg16(input_shape=(224, 224, 3), classes=1000, width=1.0):
    x = images = keras.Input(input_shape)
    for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512)):
        x = vgg_block(x, convolutions, max(1, round(filters * width)))
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(max(1, round(4096 * width)), activation="relu")(x)
    return keras.Model(images, layers.Dense(classes, activation="softmax")(x))


# %% wrong: a block short
# loses: layers, order, width, counts, sizes
# says: 12 convolutions
def vgg16(input_shape=(224, 224, 3), classes=1000, width=1.0):
    x = images = keras.Input(input_shape)
    for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (2, 512)):
        x = vgg_block(x, convolutions, max(1, round(filters * width)))
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(max(1, round(4096 * width)), activation="relu")(x)
    return keras.Model(images, layers.Dense(classes, activation="softmax")(x))


# %% wrong: 1024 at the end
# loses: layers, width, counts, sizes
# says: number of filters
def vgg16(input_shape=(224, 224, 3), classes=1000, width=1.0):
    x = images = keras.Input(input_shape)
    for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 1024)):
        x = vgg_block(x, convolutions, max(1, round(filters * width)))
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(max(1, round(4096 * width)), activation="relu")(x)
    return keras.Model(images, layers.Dense(classes, activation="softmax")(x))


# %% wrong: no Flatten
# loses: layers, order, width, counts, sizes
# says: Is Flatten missing
def vgg16(input_shape=(224, 224, 3), classes=1000, width=1.0):
    x = images = keras.Input(input_shape)
    for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        x = vgg_block(x, convolutions, max(1, round(filters * width)))
    for _ in range(2):
        x = layers.Dense(max(1, round(4096 * width)), activation="relu")(x)
    return keras.Model(images, layers.Dense(classes, activation="softmax")(x))


# %% wrong: a dense layer missing
# loses: layers, order, width, counts, sizes
# says: 2 dense layers
def vgg16(input_shape=(224, 224, 3), classes=1000, width=1.0):
    x = images = keras.Input(input_shape)
    for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        x = vgg_block(x, convolutions, max(1, round(filters * width)))
    x = layers.Flatten()(x)
    for _ in range(1):
        x = layers.Dense(max(1, round(4096 * width)), activation="relu")(x)
    return keras.Model(images, layers.Dense(classes, activation="softmax")(x))


# %% wrong: keras.applications
# loses: layers, width, sizes
# says: and at width
def vgg16(input_shape=(224, 224, 3), classes=1000, width=1.0):
    return keras.applications.VGG16(weights=None, input_shape=input_shape, classes=classes)
