"""Answers to `network_in_network` in 04_inception/one_by_one_convolutions.ipynb."""


# %% right: as in the text
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(classes, 1)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(images, layers.Softmax()(x))


# %% right: softmax as activation of a layer
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(classes, 1)(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Activation("softmax")(x)
    return keras.Model(inputs=images, outputs=x, name="nin")


# %% right: mean by ops
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(classes, 1)(x)
    x = keras.ops.mean(x, axis=[1, 2])
    return keras.Model(images, keras.ops.softmax(x))


# %% right: average pooling over the map, then flatten
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(classes, 1)(x)
    x = layers.Flatten()(layers.AveragePooling2D(x.shape[1:3])(x))
    return keras.Model(images, layers.Softmax()(x))


# %% right: pooled before the last layer
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(images, layers.Dense(classes, activation="softmax")(x))


# %% right: dense as 1x1, dropout between
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.Dropout(0.2)(layers.MaxPool2D((3, 3), (2, 2), "same")(x))
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Dense(classes)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(images, layers.Softmax()(x))


# %% right: layers written out
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = images
    for place, (f1, f2, f3) in enumerate([(24, 16, 16), (32, 24, 24), (48, 32, 32)]):
        x = layers.Conv2D(f1, 3, padding="same", activation="relu")(x)
        x = layers.Conv2D(f2, 1, padding="same", activation="relu")(x)
        x = layers.Conv2D(f3, 1, padding="same", activation="relu")(x)
        if place == 0:
            x = layers.MaxPooling2D((3, 3), strides=2, padding="same")(x)
    x = layers.Conv2D(classes, 1, name="class_maps")(x)
    x = layers.GlobalAvgPool2D(keepdims=True)(x)
    return keras.Model(images, layers.Softmax()(layers.Reshape((classes,))(x)))


# %% right: Sequential
def network_in_network(input_shape, classes):
    def mlp(f1, f2, f3):
        return [
            layers.Conv2D(f1, 3, padding="same", activation="relu"),
            layers.Conv2D(f2, 1, activation="relu"),
            layers.Conv2D(f3, 1, activation="relu"),
        ]

    return keras.Sequential(
        [
            keras.Input(input_shape),
            *mlp(24, 16, 16),
            layers.MaxPooling2D(3, 2, padding="same"),
            keras.Sequential(mlp(32, 24, 24)),
            keras.Sequential(mlp(48, 32, 32)),
            layers.Conv2D(classes, 1),
            layers.GlobalAveragePooling2D(),
            layers.Softmax(),
        ]
    )


# %% wrong: softmax missing
# loses: pooling, formula
# says: the softmax at the end is missing
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(classes, 1)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(images, x)


# %% wrong: sigmoid
# loses: pooling, formula
# says: end in a sigmoid
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(classes, 1)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(images, keras.ops.sigmoid(x))


# %% wrong: softmax twice
# loses: pooling, formula
# says: applied twice
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(classes, 1)(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Softmax()(x)
    return keras.Model(images, layers.Softmax()(x))


# %% wrong: softmax before the average
# loses: pooling, formula
# says: before the average
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(classes, 1, activation="softmax")(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(images, x)


# %% wrong: global max pooling
# loses: pooling, formula
# says: their maximum is taken
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(classes, 1)(x)
    x = layers.GlobalMaxPooling2D()(x)
    return keras.Model(images, layers.Softmax()(x))


# %% wrong: sum instead of mean
# loses: pooling, formula
# says: summed over the image
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(classes, 1)(x)
    x = keras.ops.sum(x, axis=(1, 2))
    return keras.Model(images, layers.Softmax()(x))


# %% wrong: ReLU on the class maps
# loses: pooling, formula
# says: a ReLU follows the class maps
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(classes, 1, activation="relu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(images, layers.Softmax()(x))


# %% wrong: class maps by the last mlpconv
# loses: layers, pooling, formula
# says: Expected 10 layers with weights
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, classes))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(images, layers.Softmax()(x))


# %% wrong: flatten and dense
# loses: layers, pooling, formula
# says: flattened into a dense layer
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Flatten()(x)
    return keras.Model(images, layers.Dense(classes, activation="softmax")(x))


# %% wrong: maps, flatten and dense
# loses: layers, pooling, formula
# says: flattened into a dense layer
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(classes, 1)(x)
    x = layers.Flatten()(x)
    return keras.Model(images, layers.Dense(classes, activation="softmax")(x))


# %% wrong: a dense layer after the average
# loses: layers, formula
# says: Expected 10 layers with weights
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(classes, 1)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(images, layers.Dense(classes, activation="softmax")(x))


# %% wrong: no pooling over the image
# loses: layers, pooling, formula
# says: average them over height and width
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(classes, 1)(x)
    return keras.Model(images, layers.Softmax()(x))


# %% wrong: pooling missing
# loses: formula
# says: after the first mlpconv layer is missing
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(classes, 1)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(images, layers.Softmax()(x))


# %% wrong: average pooling
# loses: formula
# says: takes the average
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.AveragePooling2D(3, 2, "same")(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(classes, 1)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(images, layers.Softmax()(x))


# %% wrong: pooling 2x2
# loses: formula
# says: the pooling window is 2x2
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.MaxPooling2D()(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(classes, 1)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(images, layers.Softmax()(x))


# %% wrong: pooling without same padding
# loses: formula
# says: cuts the border off
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.MaxPooling2D(3, 2)(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(classes, 1)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(images, layers.Softmax()(x))


# %% wrong: pooling without a stride
# loses: formula
# says: has stride 3
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.MaxPooling2D(3, padding="same")(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(classes, 1)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(images, layers.Softmax()(x))


# %% wrong: pooling twice
# loses: formula
# says: there is a second max pooling
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = layers.MaxPooling2D(3, 2, "same")(x)
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(classes, 1)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(images, layers.Softmax()(x))


# %% wrong: pooling later
# loses: formula
# says: it belongs after the first
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = mlpconv(x, 3, (32, 24, 24))
    x = layers.MaxPooling2D(3, 2, "same")(x)
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(classes, 1)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(images, layers.Softmax()(x))


# %% wrong: 5x5 windows
# loses: layers
# says: Look at the window sizes
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 5, (24, 16, 16))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(classes, 1)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(images, layers.Softmax()(x))


# %% wrong: filters of another table
# loses: layers
# says: 3x3 from 1 to 32 channels
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (32, 16, 16))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(classes, 1)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(images, layers.Softmax()(x))


# %% wrong: one mlpconv short
# loses: layers, formula
# says: Expected 10 layers with weights
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = mlpconv(x, 3, (32, 24, 32))
    x = layers.Conv2D(classes, 1)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(images, layers.Softmax()(x))


# %% wrong: ten classes always
# loses: layers, pooling, formula
# says: for 4 classes
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(10, 1)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(images, layers.Softmax()(x))


# %% wrong: image size fixed
# loses: layers, pooling, formula
# says: the network takes images of shape (28, 28, 1)
def network_in_network(input_shape, classes):
    images = keras.Input((28, 28, 1))
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(classes, 1)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(images, layers.Softmax()(x))


# %% wrong: batch norm after each
# loses: layers, formula
# says: Is there another layer with weights
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.MaxPooling2D(3, 2, "same")(layers.BatchNormalization()(x))
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(classes, 1)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(images, layers.Softmax()(x))


# %% wrong: a tensor, not a model
# loses: layers, pooling, formula
# says: should return a Keras model
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(classes, 1)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return layers.Softmax()(x)


# %% wrong: no return
# loses: layers, pooling, formula
# says: is the return missing
def network_in_network(input_shape, classes):
    images = keras.Input(input_shape)
    x = mlpconv(images, 3, (24, 16, 16))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = mlpconv(x, 3, (32, 24, 24))
    x = mlpconv(x, 3, (48, 32, 32))
    x = layers.Conv2D(classes, 1)(x)
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(images, layers.Softmax()(x))
