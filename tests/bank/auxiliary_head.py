"""Answers to `auxiliary_head` in 04_inception/inception.ipynb."""


# %% right: as in the text
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
    y = layers.Conv2D(128, 1, activation="relu")(y)
    y = layers.Flatten()(y)
    y = layers.Dense(1024, activation="relu")(y)
    y = layers.Dropout(0.7)(y)
    return layers.Dense(classes, activation="softmax")(y)


# %% right: ops
def auxiliary_head(x, classes):
    height, width = x.shape[1:3]
    y = keras.ops.average_pool(x, (min(height, 5), min(width, 5)), strides=3, padding="valid")
    y = keras.ops.relu(layers.Conv2D(128, 1)(y))
    y = keras.ops.reshape(y, (-1, y.shape[1] * y.shape[2] * 128))
    y = layers.Dropout(0.7)(keras.ops.relu(layers.Dense(1024)(y)))
    return keras.ops.softmax(layers.Dense(classes)(y))


# %% right: a nested Sequential
def auxiliary_head(x, classes):
    window = [min(5, size) for size in x.shape[1:3]]
    return keras.Sequential(
        [
            layers.AveragePooling2D(window, 3),
            layers.Conv2D(128, 1, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dense(1024, activation="relu"),
            layers.Dropout(0.7),
            layers.Dense(classes, activation="softmax"),
        ]
    )(x)


# %% right: dense as the 1x1 convolution
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
    y = layers.Dense(128, activation="relu")(y)
    y = layers.Flatten()(y)
    y = layers.Dense(1024, activation="relu")(y)
    y = layers.Dropout(0.7)(y)
    return layers.Dense(classes, activation="softmax")(y)


# %% right: activation layers, dropout in front of the ReLU
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
    y = layers.ReLU()(layers.Conv2D(128, (1, 1), (1, 1))(y))
    y = layers.Flatten()(y)
    y = layers.Dense(1024)(y)
    y = layers.Activation("relu")(layers.Dropout(0.7)(y))
    return layers.Softmax()(layers.Dense(classes)(y))


# %% right: window chosen by an if
def auxiliary_head(x, classes):
    if min(x.shape[1], x.shape[2]) >= 5:
        y = layers.AvgPool2D(5, 3, "valid")(x)
    else:
        y = layers.AvgPool2D((min(5, x.shape[1]), min(5, x.shape[2])), 3)(x)
    y = layers.Conv2D(128, 1, activation="relu", kernel_initializer="he_normal")(y)
    y = layers.Reshape((-1,))(y)
    y = layers.Dense(1024, activation="relu")(y)
    y = layers.Dropout(rate=0.7, seed=3)(y)
    return layers.Dense(classes, activation=keras.activations.softmax)(y)


# %% wrong: padding to 5x5 on small images forgotten
# loses: values
# says: Clip it: min(5, height)
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D(5, strides=3)(x)
    y = layers.Conv2D(128, 1, activation="relu")(y)
    y = layers.Flatten()(y)
    y = layers.Dense(1024, activation="relu")(y)
    y = layers.Dropout(0.7)(y)
    return layers.Dense(classes, activation="softmax")(y)


# %% wrong: same padding
# loses: layers, values
# says: The pooling pads the border
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D(5, strides=3, padding="same")(x)
    y = layers.Conv2D(128, 1, activation="relu")(y)
    y = layers.Flatten()(y)
    y = layers.Dense(1024, activation="relu")(y)
    y = layers.Dropout(0.7)(y)
    return layers.Dense(classes, activation="softmax")(y)


# %% wrong: max pooling
# loses: values
# says: the pooling takes the maximum
def auxiliary_head(x, classes):
    y = layers.MaxPooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
    y = layers.Conv2D(128, 1, activation="relu")(y)
    y = layers.Flatten()(y)
    y = layers.Dense(1024, activation="relu")(y)
    y = layers.Dropout(0.7)(y)
    return layers.Dense(classes, activation="softmax")(y)


# %% wrong: no stride
# loses: layers, values
# says: The pooling has stride 5
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])))(x)
    y = layers.Conv2D(128, 1, activation="relu")(y)
    y = layers.Flatten()(y)
    y = layers.Dense(1024, activation="relu")(y)
    y = layers.Dropout(0.7)(y)
    return layers.Dense(classes, activation="softmax")(y)


# %% wrong: stride 1
# loses: layers, values
# says: The pooling has stride 1
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), 1)(x)
    y = layers.Conv2D(128, 1, activation="relu")(y)
    y = layers.Flatten()(y)
    y = layers.Dense(1024, activation="relu")(y)
    y = layers.Dropout(0.7)(y)
    return layers.Dense(classes, activation="softmax")(y)


# %% wrong: no pooling
# loses: layers, values
# says: The average pooling is missing
def auxiliary_head(x, classes):
    y = x
    y = layers.Conv2D(128, 1, activation="relu")(y)
    y = layers.Flatten()(y)
    y = layers.Dense(1024, activation="relu")(y)
    y = layers.Dropout(0.7)(y)
    return layers.Dense(classes, activation="softmax")(y)


# %% wrong: window and stride exchanged
# loses: layers, values
# says: shapes [(1, 1, 512, 128), (1152, 1024)
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D((min(3, x.shape[1]), min(3, x.shape[2])), strides=5)(x)
    y = layers.Conv2D(128, 1, activation="relu")(y)
    y = layers.Flatten()(y)
    y = layers.Dense(1024, activation="relu")(y)
    y = layers.Dropout(0.7)(y)
    return layers.Dense(classes, activation="softmax")(y)


# %% wrong: global average pooling
# loses: layers, values
# says: All pixels are averaged into one
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
    y = layers.Conv2D(128, 1, activation="relu")(y)
    y = layers.GlobalAveragePooling2D()(y)
    y = layers.Dense(1024, activation="relu")(y)
    y = layers.Dropout(0.7)(y)
    return layers.Dense(classes, activation="softmax")(y)


# %% wrong: no 1x1 convolution
# loses: layers, values
# says: has weights of the shapes [(8192, 1024)
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
    y = layers.Flatten()(y)
    y = layers.Dense(1024, activation="relu")(y)
    y = layers.Dropout(0.7)(y)
    return layers.Dense(classes, activation="softmax")(y)


# %% wrong: 3x3 convolution
# loses: layers, values
# says: has weights of the shapes [(3, 3, 512, 128)
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
    y = layers.Conv2D(128, 3, padding="same", activation="relu")(y)
    y = layers.Flatten()(y)
    y = layers.Dense(1024, activation="relu")(y)
    y = layers.Dropout(0.7)(y)
    return layers.Dense(classes, activation="softmax")(y)


# %% wrong: dense layer missing
# loses: layers, values
# says: has weights of the shapes [(1, 1, 512, 128), (2048, 1000)]
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
    y = layers.Conv2D(128, 1, activation="relu")(y)
    y = layers.Flatten()(y)
    y = layers.Dropout(0.7)(y)
    return layers.Dense(classes, activation="softmax")(y)


# %% wrong: dense of 128
# loses: layers, values
# says: (2048, 128)
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
    y = layers.Conv2D(128, 1, activation="relu")(y)
    y = layers.Flatten()(y)
    y = layers.Dense(128, activation="relu")(y)
    y = layers.Dropout(0.7)(y)
    return layers.Dense(classes, activation="softmax")(y)


# %% wrong: no flatten
# loses: layers, values
# says: has the output shape
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
    y = layers.Conv2D(128, 1, activation="relu")(y)
    y = layers.Dense(1024, activation="relu")(y)
    y = layers.Dropout(0.7)(y)
    return layers.Dense(classes, activation="softmax")(y)


# %% wrong: no ReLU after the 1x1
# loses: values
# says: there is no ReLU after the 1x1 convolution
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
    y = layers.Conv2D(128, 1)(y)
    y = layers.Flatten()(y)
    y = layers.Dense(1024, activation="relu")(y)
    y = layers.Dropout(0.7)(y)
    return layers.Dense(classes, activation="softmax")(y)


# %% wrong: no ReLU after the dense layer
# loses: values
# says: after the dense layer of 1024
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
    y = layers.Conv2D(128, 1, activation="relu")(y)
    y = layers.Flatten()(y)
    y = layers.Dense(1024)(y)
    y = layers.Dropout(0.7)(y)
    return layers.Dense(classes, activation="softmax")(y)


# %% wrong: no ReLU
# loses: values
# says: there is no ReLU in the head
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
    y = layers.Conv2D(128, 1)(y)
    y = layers.Flatten()(y)
    y = layers.Dense(1024)(y)
    y = layers.Dropout(0.7)(y)
    return layers.Dense(classes, activation="softmax")(y)


# %% wrong: tanh
# loses: values
# says: the nonlinearity is tanh
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
    y = layers.Conv2D(128, 1, activation="tanh")(y)
    y = layers.Flatten()(y)
    y = layers.Dense(1024, activation="tanh")(y)
    y = layers.Dropout(0.7)(y)
    return layers.Dense(classes, activation="softmax")(y)


# %% wrong: no softmax
# loses: values
# says: the softmax at the end is missing
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
    y = layers.Conv2D(128, 1, activation="relu")(y)
    y = layers.Flatten()(y)
    y = layers.Dense(1024, activation="relu")(y)
    y = layers.Dropout(0.7)(y)
    return layers.Dense(classes)(y)


# %% wrong: sigmoid
# loses: values
# says: ends in a sigmoid
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
    y = layers.Conv2D(128, 1, activation="relu")(y)
    y = layers.Flatten()(y)
    y = layers.Dense(1024, activation="relu")(y)
    y = layers.Dropout(0.7)(y)
    return layers.Dense(classes, activation="sigmoid")(y)


# %% wrong: dropout of 30 %
# loses: values
# says: the share to drop, not the share to keep
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
    y = layers.Conv2D(128, 1, activation="relu")(y)
    y = layers.Flatten()(y)
    y = layers.Dense(1024, activation="relu")(y)
    y = layers.Dropout(0.3)(y)
    return layers.Dense(classes, activation="softmax")(y)


# %% wrong: no dropout
# loses: values
# says: Dropout is missing
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
    y = layers.Conv2D(128, 1, activation="relu")(y)
    y = layers.Flatten()(y)
    y = layers.Dense(1024, activation="relu")(y)
    return layers.Dense(classes, activation="softmax")(y)


# %% wrong: dropout in front of the dense layer
# loses: values
# says: dropout stands elsewhere
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
    y = layers.Conv2D(128, 1, activation="relu")(y)
    y = layers.Dropout(0.7)(layers.Flatten()(y))
    y = layers.Dense(1024, activation="relu")(y)
    return layers.Dense(classes, activation="softmax")(y)


# %% wrong: ten classes
# loses: layers, values
# says: expected (None, 1000)
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
    y = layers.Conv2D(128, 1, activation="relu")(y)
    y = layers.Flatten()(y)
    y = layers.Dense(1024, activation="relu")(y)
    y = layers.Dropout(0.7)(y)
    return layers.Dense(10, activation="softmax")(y)


# %% wrong: no bias
# loses: layers
# says: Here a bias is missing
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
    y = layers.Conv2D(128, 1, use_bias=False, activation="relu")(y)
    y = layers.Flatten()(y)
    y = layers.Dense(1024, activation="relu")(y)
    y = layers.Dropout(0.7)(y)
    return layers.Dense(classes, activation="softmax")(y)


# %% wrong: batch norm
# loses: layers, values
# says: a batch norm was added
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
    y = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(128, 1)(y)))
    y = layers.Flatten()(y)
    y = layers.Dense(1024, activation="relu")(y)
    y = layers.Dropout(0.7)(y)
    return layers.Dense(classes, activation="softmax")(y)


# %% wrong: a model
# loses: layers, values
# says: should return a tensor
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
    y = layers.Conv2D(128, 1, activation="relu")(y)
    y = layers.Flatten()(y)
    y = layers.Dense(1024, activation="relu")(y)
    y = layers.Dropout(0.7)(y)
    return keras.Model(x, layers.Dense(classes, activation="softmax")(y))


# %% wrong: no return
# loses: layers, values
# says: is the return missing
def auxiliary_head(x, classes):
    y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
    y = layers.Conv2D(128, 1, activation="relu")(y)
    y = layers.Flatten()(y)
    y = layers.Dense(1024, activation="relu")(y)
    y = layers.Dropout(0.7)(y)
    y = layers.Dense(classes, activation="softmax")(y)
