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
# from: as in the text
-     return keras.Model(images, layers.Softmax()(x))
+     x = layers.Activation("softmax")(x)
+     return keras.Model(inputs=images, outputs=x, name="nin")

# %% right: mean by ops
# from: as in the text
-     x = layers.GlobalAveragePooling2D()(x)
-     return keras.Model(images, layers.Softmax()(x))
+     x = keras.ops.mean(x, axis=[1, 2])
+     return keras.Model(images, keras.ops.softmax(x))

# %% right: average pooling over the map, then flatten
# from: as in the text
-     x = layers.GlobalAveragePooling2D()(x)
+     x = layers.Flatten()(layers.AveragePooling2D(x.shape[1:3])(x))

# %% right: pooled before the last layer
# from: as in the text
-     x = layers.Conv2D(classes, 1)(x)
      x = layers.GlobalAveragePooling2D()(x)
-     return keras.Model(images, layers.Softmax()(x))
+     return keras.Model(images, layers.Dense(classes, activation="softmax")(x))

# %% right: dense as 1x1, arguments in brackets
# from: as in the text
-     x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
+     x = layers.MaxPool2D((3, 3), (2, 2), "same")(x)
...
-     x = layers.Conv2D(classes, 1)(x)
+     x = layers.Dense(classes)(x)

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
# from: as in the text
# loses: pooling, formula
# says: the softmax at the end is missing
-     return keras.Model(images, layers.Softmax()(x))
+     return keras.Model(images, x)

# %% wrong: sigmoid
# from: as in the text
# loses: pooling, formula
# says: end in a sigmoid
-     return keras.Model(images, layers.Softmax()(x))
+     return keras.Model(images, keras.ops.sigmoid(x))

# %% wrong: softmax twice
# from: as in the text
# loses: pooling, formula
# says: applied twice
      x = layers.GlobalAveragePooling2D()(x)
+     x = layers.Softmax()(x)

# %% wrong: softmax before the average
# from: softmax missing
# loses: pooling, formula
# says: before the average
-     x = layers.Conv2D(classes, 1)(x)
+     x = layers.Conv2D(classes, 1, activation="softmax")(x)

# %% wrong: global max pooling
# from: as in the text
# loses: pooling, formula
# says: their maximum is taken
-     x = layers.GlobalAveragePooling2D()(x)
+     x = layers.GlobalMaxPooling2D()(x)

# %% wrong: sum instead of mean
# from: as in the text
# loses: pooling, formula
# says: summed over the image
-     x = layers.GlobalAveragePooling2D()(x)
+     x = keras.ops.sum(x, axis=(1, 2))

# %% wrong: ReLU on the class maps
# from: as in the text
# loses: pooling, formula
# says: a ReLU follows the class maps
-     x = layers.Conv2D(classes, 1)(x)
+     x = layers.Conv2D(classes, 1, activation="relu")(x)

# %% wrong: class maps by the last mlpconv
# from: as in the text
# loses: layers, pooling, formula
# says: Expected 10 layers with weights
-     x = mlpconv(x, 3, (48, 32, 32))
-     x = layers.Conv2D(classes, 1)(x)
+     x = mlpconv(x, 3, (48, 32, classes))

# %% wrong: flatten and dense
# from: pooled before the last layer
# loses: layers, pooling, formula
# says: flattened into a dense layer
-     x = layers.GlobalAveragePooling2D()(x)
+     x = layers.Flatten()(x)

# %% wrong: maps, flatten and dense
# from: pooled before the last layer
# loses: layers, pooling, formula
# says: flattened into a dense layer
-     x = layers.GlobalAveragePooling2D()(x)
+     x = layers.Conv2D(classes, 1)(x)
+     x = layers.Flatten()(x)

# %% wrong: a dense layer after the average
# from: as in the text
# loses: layers, formula
# says: Expected 10 layers with weights
-     return keras.Model(images, layers.Softmax()(x))
+     return keras.Model(images, layers.Dense(classes, activation="softmax")(x))

# %% wrong: no pooling over the image
# from: as in the text
# loses: layers, pooling, formula
# says: average them over height and width
-     x = layers.GlobalAveragePooling2D()(x)

# %% wrong: pooling missing
# from: as in the text
# loses: formula
# says: after the first mlpconv layer is missing
-     x = layers.MaxPooling2D(3, strides=2, padding="same")(x)

# %% wrong: average pooling
# from: as in the text
# loses: formula
# says: takes the average
-     x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
+     x = layers.AveragePooling2D(3, 2, "same")(x)

# %% wrong: pooling 4x4
# from: as in the text
# loses: formula
# says: the pooling window is 4x4
-     x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
+     x = layers.MaxPooling2D(4, strides=2, padding="same")(x)

# %% wrong: pooling 2x2
# from: as in the text
# loses: formula
# says: the pooling window is 2x2
-     x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
+     x = layers.MaxPooling2D()(x)

# %% wrong: pooling without same padding
# from: as in the text
# loses: formula
# says: cuts the border off
-     x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
+     x = layers.MaxPooling2D(3, 2)(x)

# %% wrong: pooling without a stride
# from: as in the text
# loses: formula
# says: has stride 3
-     x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
+     x = layers.MaxPooling2D(3, padding="same")(x)

# %% wrong: pooling twice
# from: as in the text
# loses: formula
# says: there is a second max pooling
      x = mlpconv(x, 3, (32, 24, 24))
+     x = layers.MaxPooling2D(3, 2, "same")(x)

# %% wrong: pooling later
# from: as in the text
# loses: formula
# says: it belongs after the first
-     x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
      x = mlpconv(x, 3, (32, 24, 24))
+     x = layers.MaxPooling2D(3, 2, "same")(x)

# %% wrong: 5x5 windows
# from: as in the text
# loses: layers
# says: Look at the window sizes
-     x = mlpconv(images, 3, (24, 16, 16))
+     x = mlpconv(images, 5, (24, 16, 16))

# %% wrong: filters of another table
# from: as in the text
# loses: layers
# says: 3x3 from 1 to 32 channels
-     x = mlpconv(images, 3, (24, 16, 16))
+     x = mlpconv(images, 3, (32, 16, 16))

# %% wrong: one mlpconv short
# from: as in the text
# loses: layers, formula
# says: Expected 10 layers with weights
-     x = mlpconv(x, 3, (32, 24, 24))
-     x = mlpconv(x, 3, (48, 32, 32))
+     x = mlpconv(x, 3, (32, 24, 32))

# %% wrong: ten classes always
# from: as in the text
# loses: layers, pooling, formula
# says: The last convolution has a filter for each class
-     x = layers.Conv2D(classes, 1)(x)
+     x = layers.Conv2D(10, 1)(x)

# %% wrong: image size fixed
# from: as in the text
# loses: layers, pooling, formula
# says: the argument input_shape
-     images = keras.Input(input_shape)
+     images = keras.Input((28, 28, 1))

# %% wrong: batch norm after each
# from: as in the text
# loses: layers, formula
# says: Each convolution has a bias, and no other layer has weights
-     x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
+     x = layers.MaxPooling2D(3, 2, "same")(layers.BatchNormalization()(x))

# %% wrong: a tensor, not a model
# from: as in the text
# loses: layers, pooling, formula
# says: should return a Keras model
-     return keras.Model(images, layers.Softmax()(x))
+     return layers.Softmax()(x)

# %% wrong: no return
# from: as in the text
# loses: layers, pooling, formula
# says: is the return missing
-     return keras.Model(images, layers.Softmax()(x))
+     model = keras.Model(images, layers.Softmax()(x))

# %% wrong: dropout that nobody asked for
# from: as in the text
# loses: layers
# says: a layer that works in training mode alone
-     x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
+     x = layers.Dropout(0.2)(layers.MaxPooling2D(3, strides=2, padding="same")(x))

# %% wrong: frozen class maps
# from: as in the text
# loses: layers
# says: Leave trainable=False out
-     x = layers.Conv2D(classes, 1)(x)
+     x = layers.Conv2D(classes, 1, trainable=False)(x)

# %% wrong: softmax over the batch
# loses: pooling, formula
# says: the softmax runs over the images of the batch
def network_in_network(input_shape, classes):
    inputs = keras.Input(input_shape)
    x = mlpconv(inputs, 3, (24, 16, 16))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = mlpconv(mlpconv(x, 3, (32, 24, 24)), 3, (48, 32, 32))
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(classes, 1)(x))
    return keras.Model(inputs, keras.ops.softmax(x, axis=0))
