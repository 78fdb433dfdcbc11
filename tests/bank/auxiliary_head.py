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
# from: as in the text
-     y = layers.Conv2D(128, 1, activation="relu")(y)
+     y = layers.Dense(128, activation="relu")(y)

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
# from: as in the text
# loses: values
# says: its window is (min(5, height)
-     y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
+     y = layers.AveragePooling2D(5, strides=3)(x)

# %% wrong: same padding
# from: as in the text
# loses: layers, values
# says: AveragePooling2D(5x5, strides=3, same) -> 5x5
-     y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
+     y = layers.AveragePooling2D(5, strides=3, padding="same")(x)

# %% wrong: max pooling
# from: as in the text
# loses: values
# says: the pooling takes the maximum
-     y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
+     y = layers.MaxPooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)

# %% wrong: no stride
# from: as in the text
# loses: layers, values
# says: AveragePooling2D(5x5, strides=5, valid) -> 2x2
-     y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
+     y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])))(x)

# %% wrong: stride 2 in the convolution
# from: as in the text
# loses: layers, values
# says: Conv2D(1x1, strides=2, valid) -> 2x2
-     y = layers.Conv2D(128, 1, activation="relu")(y)
+     y = layers.Conv2D(128, 1, 2, activation="relu")(y)

# %% wrong: two poolings
# from: as in the text
# loses: layers, values
# says: There is one pooling, and its window is (min(5, height)
-     y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
+     pool = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)
+     y = pool(pool(x))

# %% wrong: half of the dropout
# from: as in the text
# loses: values
# says: expected 70%
-     y = layers.Dropout(0.7)(y)
+     y = layers.Dropout(0.35)(y)

# %% wrong: stride 1
# from: as in the text
# loses: layers, values
# says: AveragePooling2D(5x5, strides=1, valid) -> 10x10
-     y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
+     y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), 1)(x)

# %% wrong: no pooling
# from: as in the text
# loses: layers, values
# says: Here: 14x14 -> Flatten
-     y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
+     y = x

# %% wrong: window and stride exchanged
# from: as in the text
# loses: layers, values
# says: AveragePooling2D(3x3, strides=5, valid)
-     y = layers.AveragePooling2D((min(5, x.shape[1]), min(5, x.shape[2])), strides=3)(x)
+     y = layers.AveragePooling2D((min(3, x.shape[1]), min(3, x.shape[2])), strides=5)(x)

# %% wrong: global average pooling
# from: as in the text
# loses: layers, values
# says: GlobalAveragePooling2D -> 128
-     y = layers.Flatten()(y)
+     y = layers.GlobalAveragePooling2D()(y)

# %% wrong: no 1x1 convolution
# from: as in the text
# loses: layers, values
# says: The 1x1 convolution to 128 channels is missing
-     y = layers.Conv2D(128, 1, activation="relu")(y)

# %% wrong: 3x3 convolution
# from: as in the text
# loses: layers, values
# says: windows of 3x3; expected 1x1
-     y = layers.Conv2D(128, 1, activation="relu")(y)
+     y = layers.Conv2D(128, 3, padding="same", activation="relu")(y)

# %% wrong: dense layer missing
# from: as in the text
# loses: layers, values
# says: The dense layer of 1024 is missing
-     y = layers.Dense(1024, activation="relu")(y)

# %% wrong: dense of 128
# from: as in the text
# loses: layers, values
# says: The hidden dense layer has 128 units
-     y = layers.Dense(1024, activation="relu")(y)
+     y = layers.Dense(128, activation="relu")(y)

# %% wrong: no flatten
# from: as in the text
# loses: layers, values
# says: Flatten comes before the dense layers
-     y = layers.Flatten()(y)

# %% wrong: no ReLU after the 1x1
# from: as in the text
# loses: values
# says: there is no ReLU after the 1x1 convolution
-     y = layers.Conv2D(128, 1, activation="relu")(y)
+     y = layers.Conv2D(128, 1)(y)

# %% wrong: no ReLU after the dense layer
# from: as in the text
# loses: values
# says: after the dense layer of 1024
-     y = layers.Dense(1024, activation="relu")(y)
+     y = layers.Dense(1024)(y)

# %% wrong: no ReLU
# from: no ReLU after the 1x1
# loses: values
# says: there is no ReLU in the head
-     y = layers.Dense(1024, activation="relu")(y)
+     y = layers.Dense(1024)(y)

# %% wrong: tanh
# from: as in the text
# loses: values
# says: the nonlinearity is tanh
-     y = layers.Conv2D(128, 1, activation="relu")(y)
+     y = layers.Conv2D(128, 1, activation="tanh")(y)
      y = layers.Flatten()(y)
-     y = layers.Dense(1024, activation="relu")(y)
+     y = layers.Dense(1024, activation="tanh")(y)

# %% wrong: no softmax
# from: as in the text
# loses: values
# says: the softmax at the end is missing
-     return layers.Dense(classes, activation="softmax")(y)
+     return layers.Dense(classes)(y)

# %% wrong: sigmoid
# from: as in the text
# loses: values
# says: ends in a sigmoid
-     return layers.Dense(classes, activation="softmax")(y)
+     return layers.Dense(classes, activation="sigmoid")(y)

# %% wrong: dropout of 30 %
# from: as in the text
# loses: values
# says: the share to drop, not the share to keep
-     y = layers.Dropout(0.7)(y)
+     y = layers.Dropout(0.3)(y)

# %% wrong: dropout of 75 %
# from: as in the text
# loses: values
# says: 75% of the values
-     y = layers.Dropout(0.7)(y)
+     y = layers.Dropout(0.75)(y)

# %% wrong: no dropout
# from: as in the text
# loses: values
# says: Dropout is missing
-     y = layers.Dropout(0.7)(y)

# %% wrong: dropout in predictions too
# from: as in the text
# loses: values
# says: a Dropout is called with training=True
-     y = layers.Dropout(0.7)(y)
+     y = layers.Dropout(0.7)(y, training=True)

# %% wrong: dropout in front of the dense layer
# from: as in the text
# loses: values
# says: dropout stands elsewhere
-     y = layers.Flatten()(y)
+     y = layers.Dropout(0.7)(layers.Flatten()(y))
      y = layers.Dense(1024, activation="relu")(y)
-     y = layers.Dropout(0.7)(y)

# %% wrong: ten classes
# from: as in the text
# loses: layers, values
# says: The last layer has a unit for each class
-     return layers.Dense(classes, activation="softmax")(y)
+     return layers.Dense(10, activation="softmax")(y)

# %% wrong: no bias
# from: as in the text
# loses: layers
# says: Here a bias is missing
-     y = layers.Conv2D(128, 1, activation="relu")(y)
+     y = layers.Conv2D(128, 1, use_bias=False, activation="relu")(y)

# %% wrong: batch norm
# from: as in the text
# loses: layers, values
# says: a batch norm was added
-     y = layers.Conv2D(128, 1, activation="relu")(y)
+     y = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(128, 1)(y)))

# %% wrong: a model
# from: as in the text
# loses: layers, values
# says: should return a tensor
-     return layers.Dense(classes, activation="softmax")(y)
+     return keras.Model(x, layers.Dense(classes, activation="softmax")(y))

# %% wrong: no return
# from: as in the text
# loses: layers, values
# says: is the return missing
-     return layers.Dense(classes, activation="softmax")(y)
+     y = layers.Dense(classes, activation="softmax")(y)

# %% wrong: dropout behind the probabilities too
# from: as in the text
# loses: values
# says: a Dropout follows the last layer with weights
-     return layers.Dense(classes, activation="softmax")(y)
+     return layers.Dropout(0.7)(layers.Dense(classes, activation="softmax")(y))

# %% wrong: a frozen dense layer
# from: as in the text
# loses: layers
# says: Leave trainable=False out
-     y = layers.Dense(1024, activation="relu")(y)
+     y = layers.Dense(1024, activation="relu", trainable=False)(y)

# %% wrong: window fixed, by ops
# from: ops
# loses: values
# says: its window is (min(5, height)
-     y = keras.ops.average_pool(x, (min(height, 5), min(width, 5)), strides=3, padding="valid")
+     y = keras.ops.average_pool(x, 5, strides=3, padding="valid")

# %% wrong: softmax over the batch
# from: as in the text
# loses: values
# says: the softmax runs over the images of the batch
-     return layers.Dense(classes, activation="softmax")(y)
+     return keras.ops.softmax(layers.Dense(classes)(y), axis=0)

# %% wrong: batch norm behind the pooling
# from: as in the text
# loses: layers, values
# says: no batch norm
-     y = layers.Conv2D(128, 1, activation="relu")(y)
+     y = layers.Conv2D(128, 1, activation="relu")(layers.BatchNormalization()(y))

# %% wrong: 64 channels
# from: as in the text
# loses: layers, values
# says: The 1x1 convolution makes 64 channels
-     y = layers.Conv2D(128, 1, activation="relu")(y)
+     y = layers.Conv2D(64, 1, activation="relu")(y)

# %% wrong: the convolution reads x
# from: as in the text
# loses: layers, values
# says: Here: 14x14 -> Flatten
-     y = layers.Conv2D(128, 1, activation="relu")(y)
+     y = layers.Conv2D(128, 1, activation="relu")(x)
