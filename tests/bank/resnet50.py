"""Answers to `resnet50` in 03_residual_networks/resnet50.ipynb.

# %% right: zero padding, names, average pooling 2 x 2 and Flatten
def resnet50(input_shape=(64, 64, 3), classes=6):
    X_input = keras.Input(input_shape)
    X = layers.ZeroPadding2D((3, 3))(X_input)
    X = layers.Conv2D(64, (7, 7), strides=(2, 2), name="conv1")(X)
    X = layers.BatchNormalization(axis=3, name="bn_conv1")(X)
    X = layers.Activation("relu")(X)
    X = layers.MaxPooling2D((3, 3), strides=(2, 2))(X)
    X = stage(X, 3, [64, 64, 256], 3, 1)
    X = stage(X, 3, [128, 128, 512], 4, 2)
    X = stage(X, 3, [256, 256, 1024], 6, 2)
    X = stage(X, 3, [512, 512, 2048], 3, 2)
    X = layers.AveragePooling2D(pool_size=(2, 2), padding="same")(X)
    X = layers.Flatten()(X)
    X = layers.Dense(classes, activation="softmax", name="fc" + str(classes))(X)
    return keras.Model(inputs=X_input, outputs=X, name="ResNet50")

# %% right: same padding, a loop over stages, softmax as a layer, no bias in the stem
def resnet50(input_shape=(64, 64, 3), classes=6):
    inputs = layers.Input(shape=input_shape)
    x = layers.Conv2D(64, 7, strides=2, padding="same", use_bias=False)(inputs)
    x = keras.ops.relu(layers.BatchNormalization(epsilon=1e-5)(x))
    x = layers.MaxPool2D(3, 2, padding="same")(x)
    for i, n in enumerate([3, 4, 6, 3]):
        f = 64 * 2**i
        x = stage(x, 3, (f, f, 4 * f), n, 1 if i == 0 else 2)
    x = layers.GlobalAvgPool2D(keepdims=True)(x)
    x = layers.Dense(classes)(layers.Flatten()(x))
    return keras.Model(inputs, layers.Softmax()(x))

# %% right: own blocks with the stride on the 3x3, no bias, mean as a function, nested models
def unit(x, filters, k=1, strides=1, relu=True):
    x = layers.Conv2D(filters, k, strides, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(epsilon=1e-5, momentum=0.9)(x)
    return layers.ReLU()(x) if relu else x


def block(x, filters, strides, project):
    y = unit(unit(x, filters), filters, 3, strides)
    y = unit(y, 4 * filters, relu=False)
    x = unit(x, 4 * filters, 1, strides, relu=False) if project else x
    return keras.ops.relu(keras.ops.add(x, y))


def resnet50(input_shape=(64, 64, 3), classes=6):
    start = keras.Input(tuple(input_shape))
    stem = keras.Sequential(
        [
            layers.ZeroPadding2D(3),
            layers.Conv2D(64, 7, 2, use_bias=False, kernel_initializer="he_normal"),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.ZeroPadding2D(1),
            layers.MaxPooling2D(3, 2),
        ]
    )
    x = stem(start)
    for filters, count, strides in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        inside = keras.Input(x.shape[1:])
        y = block(inside, filters, strides, True)
        for _ in range(count - 1):
            y = block(y, filters, 1, False)
        x = keras.Model(inside, y)(x)
    x = keras.ops.mean(x, axis=(1, 2))
    return keras.Model(start, layers.Dense(classes, "softmax")(x))

# %% wrong: nothing written
# loses: volumes, blocks, head, parameters, reference
# says: NotImplementedError
def resnet50(input_shape=(64, 64, 3), classes=6):
    raise NotImplementedError()

# %% wrong: returns the tensor
# loses: volumes, blocks, head, parameters, reference
# says: Return keras.Model(inputs, outputs)
def resnet50(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(64, 7, strides=2, padding="same")(inputs)
    x = layers.GlobalAveragePooling2D()(x)
    return layers.Dense(classes, activation="softmax")(x)

# %% wrong: identity block after the pool
# from: returns the tensor
# loses: volumes, blocks, head, parameters, reference
# says: an identity block stands where a projection belongs
+     x = layers.ReLU()(layers.BatchNormalization()(x))
+     x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
+     x = identity_block(x, 3, (64, 64, 256))
      x = layers.GlobalAveragePooling2D()(x)
-     return layers.Dense(classes, activation="softmax")(x)
+     return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))

# %% wrong: average pooling without a size
# loses: volumes, blocks, head, parameters, reference
# says: pool_size
def resnet50(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    x = layers.ZeroPadding2D(3)(inputs)
    x = layers.AveragePooling2D()(x)
    return keras.Model(inputs, x)

# %% wrong: the network that comes with Keras
# loses: volumes, blocks, head, parameters, reference
# says: this is keras.applications.ResNet50
def resnet50(input_shape=(64, 64, 3), classes=6):
    return keras.applications.ResNet50(weights=None, input_shape=input_shape, classes=classes)

# %% wrong: the network that comes with Keras, below an own head
# loses: volumes, blocks, head, parameters, reference
# says: this is keras.applications.ResNet50
def resnet50(input_shape=(64, 64, 3), classes=6):
    base = keras.applications.ResNet50(weights=None, include_top=False, input_shape=input_shape)
    x = layers.GlobalAveragePooling2D()(base.output)
    return keras.Model(base.input, layers.Dense(classes, activation="softmax")(x))

# %% wrong: ResNet-18
# from: identity block after the pool
# loses: blocks, parameters, reference
# says: found 8 additions, in stages of 2, 2, 2, 2 blocks; expected 16, in stages of 3, 4, 6, 3
-     x = identity_block(x, 3, (64, 64, 256))
+     for f, s in ((64, 1), (128, 2), (256, 2), (512, 2)):
+         x = stage(x, 3, (f, f, 4 * f), 2, s)

# %% wrong: stages of 3, 4, 5 and 3 blocks
# from: identity block after the pool
# loses: blocks, parameters, reference
# says: found 15 additions, in stages of 3, 4, 5, 3 blocks
-     x = identity_block(x, 3, (64, 64, 256))
+     for f, n, s in ((64, 3, 1), (128, 4, 2), (256, 5, 2), (512, 3, 2)):
+         x = stage(x, 3, (f, f, 4 * f), n, s)

# %% wrong: stage 6 before stage 4, sigmoid
# from: identity block after the pool
# loses: blocks, head, parameters, reference
# says: in stages of 3, 6, 4, 3 blocks
-     x = identity_block(x, 3, (64, 64, 256))
+     for f, n, s in ((64, 3, 1), (128, 6, 2), (256, 4, 2), (512, 3, 2)):
+         x = stage(x, 3, (f, f, 4 * f), n, s)
      x = layers.GlobalAveragePooling2D()(x)
-     return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))
+     return keras.Model(inputs, layers.Dense(classes, activation="sigmoid")(x))

# %% wrong: stem without padding, no softmax
# loses: volumes, head, reference
# says: the 7x7 convolution makes 29x29x64; expected 32x32x64
def resnet50(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(64, 7, strides=2)(inputs)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.MaxPooling2D(3, strides=2)(x)
    for f, n, s in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        x = stage(x, 3, (f, f, 4 * f), n, s)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes)(x))

# %% wrong: the max pool without strides
# loses: volumes, reference
# says: The first comes from the stem's max pool
def resnet50(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    x = layers.ZeroPadding2D(3)(inputs)
    x = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(64, 7, strides=2)(x)))
    x = layers.MaxPooling2D(3, padding="same")(x)
    for f, n, s in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        x = stage(x, 3, (f, f, 4 * f), n, s)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))

# %% wrong: no pool, maximum at the end
# loses: volumes, head, reference
# says: The max pool after the stem's convolution is missing
def resnet50(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    x = layers.ZeroPadding2D(3)(inputs)
    x = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(64, 7, strides=2)(x)))
    for f, n, s in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        x = stage(x, 3, (f, f, 4 * f), n, s)
    x = layers.GlobalMaxPooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))

# %% wrong: stride 2 in the first stage, no average pooling
# loses: volumes, head, parameters, reference
# says: The first stage has stride 1
def resnet50(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    x = layers.ZeroPadding2D(3)(inputs)
    x = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(64, 7, strides=2)(x)))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    for f, n, s in ((64, 3, 2), (128, 4, 2), (256, 6, 1), (512, 3, 1)):
        x = stage(x, 3, (f, f, 4 * f), n, s)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(layers.Flatten()(x)))

# %% wrong: average pooling in the stem, softmax twice
# from: no pool, maximum at the end
# loses: head, reference
# says: softmax is applied twice
      x = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(64, 7, strides=2)(x)))
+     x = layers.AveragePooling2D(3, strides=2, padding="same")(x)
...
-     x = layers.GlobalMaxPooling2D()(x)
-     return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))
+     x = layers.GlobalAveragePooling2D()(x)
+     x = layers.Dense(classes, activation="softmax")(x)
+     return keras.Model(inputs, layers.Softmax()(x))

# %% wrong: shape and classes fixed, 5x5 in conv3
# loses: blocks, parameters, reference
# says: in block 4 of 16, the main path has
def resnet50(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input((64, 64, 3))
    x = layers.ZeroPadding2D(3)(inputs)
    x = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(64, 7, strides=2)(x)))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = stage(x, 3, (64, 64, 256), 3, 1)
    x = stage(x, 5, (128, 128, 512), 4, 2)
    x = stage(x, 3, (256, 256, 1024), 6, 2)
    x = stage(x, 3, (512, 512, 2048), 3, 2)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(6, activation="softmax")(x))

# %% wrong: the projection reads the main path's result
# from: own blocks with the stride on the 3x3, no bias, mean as a function, nested models
# loses: volumes, blocks, parameters, reference
# says: the shortcut of block 1 does not begin with what enters the block
-     x = unit(x, 4 * filters, 1, strides, relu=False) if project else x
+     x = unit(y, 4 * filters, 1, 1, relu=False) if project else x

# %% wrong: the main path added to itself
# from: own blocks with the stride on the 3x3, no bias, mean as a function, nested models
# loses: volumes, blocks, head, parameters, reference
# says: a tensor is added to itself
-     return keras.ops.relu(keras.ops.add(x, y))
+     return keras.ops.relu(keras.ops.add(y, y))

# %% wrong: ReLU before the addition in own blocks
# from: own blocks with the stride on the 3x3, no bias, mean as a function, nested models
# loses: reference
# says: in block 1 of 16, ReLU is applied on the main path before the addition
-     y = unit(y, 4 * filters, relu=False)
+     y = unit(y, 4 * filters, relu=True)

# %% wrong: the first batch norm fixed in training mode
# from: zero padding, names, average pooling 2 x 2 and Flatten
# loses: reference
# says: a batch norm is called with training=True
-     X = layers.BatchNormalization(axis=3, name="bn_conv1")(X)
+     X = layers.BatchNormalization(axis=3, name="bn_conv1")(X, training=True)

# %% wrong: dropout that nobody asked for
# from: same padding, a loop over stages, softmax as a layer, no bias in the stem
# loses: blocks
# says: a layer that works in training mode alone
-     x = layers.Dense(classes)(layers.Flatten()(x))
+     x = layers.Dense(classes)(layers.Dropout(0.5)(layers.Flatten()(x)))
