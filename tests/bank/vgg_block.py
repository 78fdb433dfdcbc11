"""Answers to `vgg_block` in 02_classic_networks/vgg16.ipynb."""

# %% right: layers
def vgg_block(x, convolutions, filters):
    for _ in range(convolutions):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return layers.MaxPooling2D(2)(x)

# %% right: ReLU layer
# from: layers
-         x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
+         x = layers.ReLU()(layers.Conv2D(filters, (3, 3), padding="same")(x))

# %% right: functions
def vgg_block(x, convolutions, filters):
    for _ in range(convolutions):
        x = keras.ops.relu(layers.Conv2D(filters, 3, padding="same")(x))
    return keras.ops.max_pool(x, 2, strides=2)

# %% right: activation layer
# from: layers
-         x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
+         x = layers.Activation("relu")(layers.Conv2D(filters, 3, 1, "same")(x))

# %% right: ReLU after the maximum
# from: layers
-     return layers.MaxPooling2D(2)(x)
+     return keras.ops.relu(layers.MaxPool2D((2, 2), (2, 2))(x))

# %% right: nested Sequential
def vgg_block(x, convolutions, filters):
    block = keras.Sequential()
    for _ in range(convolutions):
        block.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
    block.add(layers.MaxPooling2D())
    return block(x)

# %% wrong: average
# from: layers
# loses: order, sizes
# says: takes the average
-     return layers.MaxPooling2D(2)(x)
+     return layers.AveragePooling2D(2)(x)

# %% wrong: no pooling
# from: layers
# loses: order, sizes
# says: nothing is pooled
-     return layers.MaxPooling2D(2)(x)
+     return x

# %% wrong: pooled twice
# from: layers
# loses: order, sizes
# says: two poolings after a block, or one of 4x4
-     return layers.MaxPooling2D(2)(x)
+     return layers.MaxPooling2D(2)(layers.MaxPooling2D(2)(x))

# %% wrong: pooled by four
# from: layers
# loses: order, sizes
# says: two poolings after a block, or one of 4x4
-     return layers.MaxPooling2D(2)(x)
+     return layers.MaxPooling2D(4)(x)

# %% wrong: pool same
# from: layers
# loses: sizes
# says: the pooling has padding="same"
-     return layers.MaxPooling2D(2)(x)
+     return layers.MaxPooling2D(2, padding="same")(x)

# %% wrong: pool stride 1
# from: layers
# loses: order, sizes
# says: moves by 1 pixel
-     return layers.MaxPooling2D(2)(x)
+     return layers.MaxPooling2D(2, strides=1)(x)

# %% wrong: pool 3x3
# from: layers
# loses: order, sizes
# says: windows of 3x3
-     return layers.MaxPooling2D(2)(x)
+     return layers.MaxPooling2D(3, strides=2)(x)

# %% wrong: valid
# from: layers
# loses: order, sizes
# says: not padded
-         x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
+         x = layers.Conv2D(filters, 3, padding="valid", activation="relu")(x)

# %% wrong: no ReLU
# from: layers
# loses: order, sizes
# says: no ReLU at all
-         x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
+         x = layers.Conv2D(filters, 3, padding="same")(x)

# %% wrong: ReLU unused
# from: layers
# loses: order, sizes
# says: never used
-         x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
+         x = layers.Conv2D(filters, 3, padding="same")(x)
+         layers.ReLU()(x)

# %% wrong: tanh
# from: layers
# loses: order, sizes
# says: is tanh
-         x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
+         x = layers.Conv2D(filters, 3, padding="same", activation="tanh")(x)

# %% wrong: one convolution too few
# from: layers
# loses: layers, sizes
# says: expected 2 convolutions
-     for _ in range(convolutions):
+     for _ in range(max(1, convolutions - 1)):

# %% wrong: always two
# from: layers
# loses: layers, sizes
# says: expected 3 convolutions
-     for _ in range(convolutions):
+     for _ in range(2):

# %% wrong: fixed filters
# from: layers
# loses: layers, sizes
# says: as many filters as the argument says
-         x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
+         x = layers.Conv2D(64, 3, padding="same", activation="relu")(x)

# %% wrong: 5x5
# from: layers
# loses: layers, sizes
# says: Every window is 3x3
-         x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
+         x = layers.Conv2D(filters, 5, padding="same", activation="relu")(x)

# %% wrong: dropout that nobody asked for
# from: layers
# loses: layers
# says: a layer that works in training mode alone
-     return layers.MaxPooling2D(2)(x)
+     return layers.Dropout(0.3)(layers.MaxPooling2D(2)(x))

# %% wrong: frozen convolutions
# from: layers
# loses: layers
# says: Leave trainable=False out
-         x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
+         x = layers.Conv2D(filters, 3, padding="same", activation="relu", trainable=False)(x)

# %% wrong: filters and window swapped
# from: layers
# loses: layers, sizes
# says: Conv2D takes the filters first, then the window
-         x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
+         x = layers.Conv2D(3, filters, padding="same", activation="relu")(x)
