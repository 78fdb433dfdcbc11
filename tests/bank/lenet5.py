"""Answers to `lenet5` in 02_classic_networks/lenet5.ipynb."""

# %% right: Sequential
def lenet5(input_shape=(32, 32, 1), classes=10):
    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(6, 5, activation="relu"),
            layers.AveragePooling2D(2),
            layers.Conv2D(16, 5, activation="relu"),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(120, activation="relu"),
            layers.Dense(84, activation="relu"),
            layers.Dense(classes, activation="softmax"),
        ],
        name="LeNet-5",
    )

# %% right: functional, every step its own layer, names
def lenet5(input_shape=(32, 32, 1), classes=10):
    inputs = keras.Input(shape=input_shape)
    x = layers.Conv2D(6, (5, 5), strides=(1, 1), padding="valid", name="C1")(inputs)
    x = layers.Activation("relu", name="C1_relu")(x)
    x = layers.AveragePooling2D(pool_size=(2, 2), strides=(2, 2), name="S2")(x)
    x = layers.Conv2D(16, (5, 5), name="C3")(x)
    x = layers.Activation("relu", name="C3_relu")(x)
    x = layers.AveragePooling2D(pool_size=(2, 2), strides=(2, 2), padding="same", name="S4")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(120, name="C5")(x)
    x = layers.ReLU()(x)
    x = layers.Dense(84, name="F6")(x)
    x = layers.ReLU()(x)
    x = layers.Dense(classes, name="OUTPUT")(x)
    x = layers.Softmax()(x)
    return keras.Model(inputs, x)

# %% right: C5 as a convolution
def lenet5(input_shape=(32, 32, 1), classes=10):
    model = keras.Sequential()
    model.add(keras.Input(shape=input_shape))
    model.add(layers.Conv2D(6, kernel_size=5, activation="relu"))
    model.add(layers.AvgPool2D(pool_size=2))
    model.add(layers.Conv2D(16, kernel_size=5, activation="relu"))
    model.add(layers.AvgPool2D(pool_size=2))
    model.add(layers.Conv2D(120, kernel_size=5, activation="relu"))
    model.add(layers.Flatten())
    model.add(layers.Dense(84, activation="relu"))
    model.add(layers.Dense(classes, activation="softmax"))
    return model

# %% right: C5 as a convolution as large as its input, then 1x1 convolutions
def lenet5(input_shape=(32, 32, 1), classes=10):
    inputs = keras.Input(input_shape)
    x = inputs
    for filters in (6, 16):
        x = keras.ops.relu(layers.Conv2D(filters, 5)(x))
        x = keras.ops.average_pool(x, 2, strides=2)
    x = keras.ops.relu(layers.Conv2D(120, tuple(x.shape[1:3]))(x))
    x = keras.ops.relu(layers.Conv2D(84, 1)(x))
    x = layers.Conv2D(classes, 1)(x)
    return keras.Model(inputs, keras.ops.softmax(keras.ops.squeeze(x, axis=(1, 2))))

# %% right: functions, a reshape, other initialisers and a regulariser
def lenet5(input_shape=(32, 32, 1), classes=10):
    kw = dict(kernel_initializer="he_normal", kernel_regularizer=keras.regularizers.L2(1e-4))
    inputs = layers.Input(input_shape)
    x = keras.activations.relu(layers.Conv2D(6, 5, **kw)(inputs))
    x = layers.AveragePooling2D(2)(x)
    x = keras.activations.relu(layers.Conv2D(16, 5, **kw)(x))
    x = layers.AveragePooling2D(2)(x)
    x = layers.Reshape((-1,))(x)
    for units in (120, 84):
        x = layers.Dense(units, **kw)(x)
        x = keras.activations.relu(x)
    x = layers.Dense(classes, kernel_initializer="random_uniform")(x)
    return keras.Model(inputs, keras.activations.softmax(x), name="lenet5")

# %% right: nested models, compiled
def lenet5(input_shape=(32, 32, 1), classes=10):
    def part(filters):
        return keras.Sequential(
            [layers.Conv2D(filters, 5), layers.ReLU(), layers.AveragePooling2D((2, 2))]
        )

    head = keras.Sequential(
        [
            layers.Flatten(),
            layers.Dense(120, "relu"),
            layers.Dense(84, "relu"),
            layers.Dense(classes, "softmax"),
        ]
    )
    inputs = keras.Input(input_shape)
    model = keras.Model(inputs, head(part(16)(part(6)(inputs))))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model

# %% right: all layers made first
def lenet5(input_shape=(32, 32, 1), classes=10):
    out = layers.Dense(classes, activation=keras.ops.softmax)
    f6 = layers.Dense(84, activation=keras.ops.relu)
    c5 = layers.Dense(120, activation=keras.ops.relu)
    c3 = layers.Conv2D(16, 5, activation=keras.ops.relu)
    c1 = layers.Conv2D(6, 5, activation=keras.ops.relu)
    s2, s4 = layers.AveragePooling2D(2), layers.AveragePooling2D(2)
    x = keras.Input(input_shape)
    return keras.Model(x, out(f6(c5(layers.Flatten()(s4(c3(s2(c1(x)))))))))

# %% right: pooling as a mean over a reshaped tensor
def lenet5(input_shape=(32, 32, 1), classes=10):
    def pool(x):
        _, height, width, channels = x.shape
        x = keras.ops.reshape(x, (-1, height // 2, 2, width // 2, 2, channels))
        return keras.ops.mean(x, axis=(2, 4))

    inputs = keras.Input(input_shape)
    x = pool(layers.Conv2D(6, 5, activation="relu")(inputs))
    x = pool(layers.Conv2D(16, 5, activation="relu")(x))
    x = layers.Dense(120, activation="relu")(layers.Flatten()(x))
    x = layers.Dense(84, activation="relu")(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))

# %% right: Keras 2 style, which warns
def lenet5(input_shape=(32, 32, 1), classes=10):
    model = keras.Sequential()
    model.add(layers.Conv2D(6, 5, activation="relu", input_shape=input_shape))
    model.add(layers.AveragePooling2D(2))
    model.add(layers.Conv2D(16, 5, activation="relu"))
    model.add(layers.AveragePooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dense(120, activation="relu"))
    model.add(layers.Dense(84, activation="relu"))
    model.add(layers.Dense(classes, activation="softmax"))
    return model

# %% right: functional, a loop over the convolutions
def lenet5(input_shape=(32, 32, 1), classes=10):
    x = inputs = keras.Input(input_shape)
    for filters in (6, 16):
        x = layers.AveragePooling2D(2)(layers.Conv2D(filters, 5, activation="relu")(x))
    x = layers.Dense(120, activation="relu")(layers.Flatten()(x))
    x = layers.Dense(84, activation="relu")(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))

# %% wrong: maximum pooling
# from: Sequential
# loses: order, sizes
# says: the poolings take the maximum
-             layers.AveragePooling2D(2),
+             layers.MaxPooling2D(2),
              layers.Conv2D(16, 5, activation="relu"),
-             layers.AveragePooling2D(2),
+             layers.MaxPooling2D(2),
...
-         ],
-         name="LeNet-5",
+         ]

# %% wrong: tanh
# loses: order, sizes
# says: the nonlinearity is tanh
def lenet5(input_shape=(32, 32, 1), classes=10):
    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(6, 5, activation="tanh"),
            layers.AveragePooling2D(2),
            layers.Conv2D(16, 5, activation="tanh"),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(120, activation="tanh"),
            layers.Dense(84, activation="tanh"),
            layers.Dense(classes, activation="softmax"),
        ]
    )

# %% wrong: ReLU after pooling
# from: functional, a loop over the convolutions
# loses: order, sizes
# says: ReLU comes after the pooling
-         x = layers.AveragePooling2D(2)(layers.Conv2D(filters, 5, activation="relu")(x))
+         x = layers.ReLU()(layers.AveragePooling2D(2)(layers.Conv2D(filters, 5)(x)))

# %% wrong: no ReLU after C3
# from: Sequential
# loses: order, sizes
# says: the ReLU after C3 is missing
-             layers.Conv2D(16, 5, activation="relu"),
+             layers.Conv2D(16, 5),
...
-         ],
-         name="LeNet-5",
+         ]

# %% wrong: a ReLU whose result is never used
# from: functional, a loop over the convolutions
# loses: order, sizes
# says: the ReLU after F6 is missing (or its result is never used)
-     x = layers.Dense(84, activation="relu")(x)
+     x = layers.Dense(84)(x)
+     layers.ReLU()(x)

# %% wrong: dense layers without ReLU
# from: functional, a loop over the convolutions
# loses: order, sizes
# says: the dense layers C5 and F6 lack their ReLU
-     x = layers.Dense(120, activation="relu")(layers.Flatten()(x))
-     x = layers.Dense(84, activation="relu")(x)
+     x = layers.Dense(84)(layers.Dense(120)(layers.Flatten()(x)))

# %% wrong: no nonlinearity at all
# from: dense layers without ReLU
# loses: order, sizes
# says: there is no ReLU at all
-         x = layers.AveragePooling2D(2)(layers.Conv2D(filters, 5, activation="relu")(x))
+         x = layers.AveragePooling2D(2)(layers.Conv2D(filters, 5)(x))

# %% wrong: no softmax
# from: functional, a loop over the convolutions
# loses: probabilities
# says: The last layer needs a softmax
-     return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))
+     return keras.Model(inputs, layers.Dense(classes)(x))

# %% wrong: sigmoid for softmax
# from: functional, a loop over the convolutions
# loses: probabilities
# says: as behind a sigmoid; expected softmax
-     return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))
+     return keras.Model(inputs, layers.Dense(classes, activation="sigmoid")(x))

# %% wrong: logarithm of softmax
# from: functional, a loop over the convolutions
# loses: probabilities
# says: the logarithms of probabilities
-     return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))
+     return keras.Model(inputs, layers.Dense(classes, activation="log_softmax")(x))

# %% wrong: softmax over the batch
# from: functional, a loop over the convolutions
# loses: probabilities
# says: The softmax runs over the images of the batch
-     return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))
+     return keras.Model(inputs, keras.ops.softmax(layers.Dense(classes)(x), axis=0))

# %% wrong: softmax twice
# from: functional, a loop over the convolutions
# loses: order, sizes
# says: softmax is applied twice
-     return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))
+     x = layers.Dense(classes, activation="softmax")(x)
+     return keras.Model(inputs, layers.Softmax()(x))

# %% wrong: ReLU before the softmax
# loses: order, sizes
# says: a ReLU stands before the softmax
def lenet5(input_shape=(32, 32, 1), classes=10):
    x = inputs = keras.Input(input_shape)
    for filters in (6, 16):
        x = layers.AveragePooling2D(2)(layers.Conv2D(filters, 5, activation="relu")(x))
    for units in (120, 84, classes):
        x = layers.Dense(units, activation="relu")(layers.Flatten()(x))
    return keras.Model(inputs, layers.Softmax()(x))

# %% wrong: same padding in both convolutions
# from: functional, a loop over the convolutions
# loses: layers, order, sizes
# says: Here: 32x32 -> Conv2D(5x5, strides=1, same) -> 32x32
-         x = layers.AveragePooling2D(2)(layers.Conv2D(filters, 5, activation="relu")(x))
+         x = layers.Conv2D(filters, 5, padding="same", activation="relu")(x)
+         x = layers.AveragePooling2D(2)(x)

# %% wrong: same padding in C3
# from: functional, a loop over the convolutions
# loses: layers, order, sizes
# says: 14x14 -> Conv2D(5x5, strides=1, same) -> 14x14
-     for filters in (6, 16):
-         x = layers.AveragePooling2D(2)(layers.Conv2D(filters, 5, activation="relu")(x))
+     for filters, padding in ((6, "valid"), (16, "same")):
+         x = layers.Conv2D(filters, 5, padding=padding, activation="relu")(x)
+         x = layers.AveragePooling2D(2)(x)

# %% wrong: stride 2 in the convolutions
# from: functional, a loop over the convolutions
# loses: layers, order, sizes
# says: Conv2D(5x5, strides=2, valid) -> 14x14
-         x = layers.AveragePooling2D(2)(layers.Conv2D(filters, 5, activation="relu")(x))
+         x = layers.Conv2D(filters, 5, strides=2, activation="relu")(x)
+         x = layers.AveragePooling2D(2)(x)

# %% wrong: pooling with stride 1
# from: functional, a loop over the convolutions
# loses: layers, order, sizes
# says: AveragePooling2D(2x2, strides=1, valid) -> 27x27
-         x = layers.AveragePooling2D(2)(layers.Conv2D(filters, 5, activation="relu")(x))
+         x = layers.Conv2D(filters, 5, activation="relu")(x)
+         x = layers.AveragePooling2D(2, strides=1)(x)

# %% wrong: flattened before the last pooling
# loses: layers, order, sizes
# says: 10x10 -> Flatten
def lenet5(input_shape=(32, 32, 1), classes=10):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(6, 5, activation="relu")(inputs)
    x = layers.AveragePooling2D(2)(x)
    x = layers.Conv2D(16, 5, activation="relu")(x)
    features = layers.Flatten()(x)
    x = layers.AveragePooling2D(2)(x)
    x = layers.Dense(120, activation="relu")(features)
    x = layers.Dense(84, activation="relu")(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))

# %% wrong: no Flatten
# from: functional, a loop over the convolutions
# loses: layers, order, probabilities, sizes
# says: Flatten comes before the dense layers
-     x = layers.Dense(120, activation="relu")(layers.Flatten()(x))
+     x = layers.Dense(120, activation="relu")(x)

# %% wrong: Flatten at the end, so that larger images give more outputs
# from: functional, a loop over the convolutions
# loses: sizes
# says: Flatten comes before the dense layers
-     x = layers.Dense(120, activation="relu")(layers.Flatten()(x))
+     x = layers.Conv2D(120, 5, activation="relu")(x)
      x = layers.Dense(84, activation="relu")(x)
-     return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))
+     x = layers.Dense(classes, activation="softmax")(x)
+     return keras.Model(inputs, layers.Flatten()(x))

# %% wrong: F6 missing
# from: functional, a loop over the convolutions
# loses: layers, sizes
# says: The layer with 84 outputs is missing
-     x = layers.Dense(84, activation="relu")(x)

# %% wrong: a dense layer too many
# from: functional, a loop over the convolutions
# loses: layers, sizes
# says: There is a layer too many
-     x = layers.Dense(120, activation="relu")(layers.Flatten()(x))
-     x = layers.Dense(84, activation="relu")(x)
+     x = layers.Flatten()(x)
+     for units in (400, 120, 84):
+         x = layers.Dense(units, activation="relu")(x)

# %% wrong: filters swapped
# from: functional, a loop over the convolutions
# loses: layers, sizes
# says: The filter counts of the two convolutions are swapped
-     for filters in (6, 16):
+     for filters in (16, 6):

# %% wrong: other filter counts and kernels
# from: functional, a loop over the convolutions
# loses: layers, sizes
# says: Look at the numbers of filters and units
-     for filters in (6, 16):
+     for filters in (32, 64):
-         x = layers.AveragePooling2D(2)(layers.Conv2D(filters, 5, activation="relu")(x))
+         x = layers.AveragePooling2D(2)(layers.Conv2D(filters, 3, activation="relu")(x))

# %% wrong: 3x3 windows
# from: functional, a loop over the convolutions
# loses: layers, sizes
# says: Both convolutions have a window of 5x5
-         x = layers.AveragePooling2D(2)(layers.Conv2D(filters, 5, activation="relu")(x))
+         x = layers.AveragePooling2D(2)(layers.Conv2D(filters, 3, activation="relu")(x))

# %% wrong: no biases
# from: functional, a loop over the convolutions
# loses: layers, sizes
# says: no bias in the layer
-         x = layers.AveragePooling2D(2)(layers.Conv2D(filters, 5, activation="relu")(x))
+         x = layers.Conv2D(filters, 5, activation="relu", use_bias=False)(x)
+         x = layers.AveragePooling2D(2)(x)

# %% wrong: batch norm added
# from: functional, a loop over the convolutions
# loses: layers, order, sizes
# says: these layers have weights: BatchNormalization
-         x = layers.AveragePooling2D(2)(layers.Conv2D(filters, 5, activation="relu")(x))
+         x = layers.BatchNormalization()(layers.Conv2D(filters, 5)(x))
+         x = layers.AveragePooling2D(2)(layers.ReLU()(x))

# %% wrong: number of classes written in
# from: functional, a loop over the convolutions
# loses: sizes
# says: The number of classes is an argument
-     return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))
+     return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))

# %% wrong: input shape written in
# from: functional, a loop over the convolutions
# loses: sizes
# says: the argument input_shape
-     x = inputs = keras.Input(input_shape)
+     x = inputs = keras.Input((32, 32, 1))

# %% wrong: 400 written into a reshape
# from: functional, a loop over the convolutions
# loses: sizes
# says: Raised by lenet5((36, 44, 3), 7)
-     x = layers.Dense(120, activation="relu")(layers.Flatten()(x))
+     x = layers.Dense(120, activation="relu")(layers.Reshape((400,))(x))

# %% wrong: a tensor is returned
# from: functional, a loop over the convolutions
# loses: layers, order, probabilities, sizes
# says: Return keras.Model(inputs, outputs)
-     x = inputs = keras.Input(input_shape)
+     x = keras.Input(input_shape)
...
-     return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))
+     return layers.Dense(classes, activation="softmax")(x)

# %% wrong: Sequential without an input
# from: Sequential
# loses: layers, order, probabilities, sizes
# says: Make keras.Input(shape) its first entry
-             keras.Input(input_shape),
...
-         ],
-         name="LeNet-5",
+         ]

# %% wrong: pooling without a size
# from: functional, a loop over the convolutions
# loses: layers, order, probabilities, sizes
# says: missing 1 required positional argument: 'pool_size'
-         x = layers.AveragePooling2D(2)(layers.Conv2D(filters, 5, activation="relu")(x))
+         x = layers.AveragePooling2D()(layers.Conv2D(filters, 5, activation="relu")(x))

# %% wrong: nothing returned
# loses: layers, order, probabilities, sizes
# says: is the return missing
def lenet5(input_shape=(32, 32, 1), classes=10):
    inputs = keras.Input(input_shape)
    model = keras.Sequential([inputs, layers.Flatten(), layers.Dense(classes)])

# %% wrong: dropout that nobody asked for
# from: functions, a reshape, other initialisers and a regulariser
# loses: layers
# says: a layer that works in training mode alone
          x = keras.activations.relu(x)
+         x = layers.Dropout(0.5)(x)

# %% wrong: a frozen convolution
# from: functions, a reshape, other initialisers and a regulariser
# loses: layers
# says: Leave trainable=False out
-     x = keras.activations.relu(layers.Conv2D(6, 5, **kw)(inputs))
+     x = keras.activations.relu(layers.Conv2D(6, 5, trainable=False, **kw)(inputs))

# %% wrong: a list of layers
# from: Sequential
# loses: layers, order, probabilities, sizes
# says: A list of layers is no network yet
-     return keras.Sequential(
+     return list(
...
-         name="LeNet-5",

# %% wrong: the first pooling with windows of 4
# from: Sequential
# loses: layers, order, sizes
# says: AveragePooling2D(4x4, strides=4, valid) -> 7x7
              layers.Conv2D(6, 5, activation="relu"),
-             layers.AveragePooling2D(2),
+             layers.AveragePooling2D(4),

# %% wrong: the first pooling with windows of 3
# from: Sequential
# loses: layers, order, sizes
# says: AveragePooling2D(3x3, strides=3, valid) -> 9x9
              layers.Conv2D(6, 5, activation="relu"),
-             layers.AveragePooling2D(2),
+             layers.AveragePooling2D(3),
