"""Answers to `mlpconv` in 04_inception/one_by_one_convolutions.ipynb."""

# %% right: activation arguments
def mlpconv(x, kernel_size, filters):
    f1, f2, f3 = filters
    x = layers.Conv2D(f1, kernel_size, padding="same", activation="relu")(x)
    x = layers.Conv2D(f2, (1, 1), activation="relu")(x)
    return layers.Conv2D(f3, (1, 1), activation="relu")(x)

# %% right: layers of their own, He initialiser
def mlpconv(x, kernel_size, filters):
    for k, f in zip((kernel_size, 1, 1), filters):
        x = layers.Conv2D(f, k, padding="same", kernel_initializer="he_normal")(x)
        x = layers.ReLU()(x)
    return x

# %% right: ops
def mlpconv(x, kernel_size, filters):
    x = keras.ops.relu(layers.Conv2D(filters[0], kernel_size, padding="same")(x))
    x = keras.activations.relu(layers.Conv2D(filters[1], 1)(x))
    return keras.ops.maximum(layers.Conv2D(filters[2], 1)(x), 0)

# %% right: dense layers as 1x1
def mlpconv(x, kernel_size, filters):
    f1, f2, f3 = filters
    x = layers.Conv2D(f1, (kernel_size, kernel_size), padding="same", activation="relu")(x)
    x = layers.Dense(f2, activation="relu")(x)
    return layers.Dense(f3, activation=keras.ops.relu)(x)

# %% right: nested Sequential
def mlpconv(x, kernel_size, filters):
    f1, f2, f3 = filters
    body = keras.Sequential(
        [
            keras.Input(x.shape[1:]),
            layers.Conv2D(f1, kernel_size, padding="same", activation="relu", name="spatial"),
            layers.Conv2D(f2, 1, activation="relu", name="cccp1"),
            layers.Conv2D(f3, 1, activation="relu", name="cccp2"),
        ]
    )
    return body(x)

# %% right: zero padding by hand, no bias in the first
def mlpconv(x, kernel_size, filters):
    f1, f2, f3 = filters
    x = layers.ZeroPadding2D(kernel_size // 2)(x)
    x = layers.Conv2D(f1, kernel_size, use_bias=False)(x)
    x = layers.Activation("relu")(x)
    x = layers.Activation("relu")(layers.Conv2D(f2, 1)(x))
    return layers.Activation("relu")(layers.Conv2D(f3, 1)(x))

# %% right: layers made first, regulariser
def mlpconv(x, kernel_size, filters):
    last = layers.Conv2D(filters[2], 1, activation="relu")
    middle = layers.Conv2D(filters[1], 1, activation="relu", kernel_regularizer="l2")
    first = layers.Conv2D(filters[0], kernel_size, padding="same", activation="relu")
    return last(middle(first(x)))

# %% right: a loop, activation arguments
def mlpconv(x, kernel_size, filters):
    for k, f in zip((kernel_size, 1, 1), filters):
        x = layers.Conv2D(f, k, padding="same", activation="relu")(x)
    return x

# %% right: calls one below the other, numbers for the windows
def mlpconv(x, kernel_size, filters):
    f1, f2, f3 = filters
    x = layers.Conv2D(f1, kernel_size, padding="same", activation="relu")(x)
    x = layers.Conv2D(f2, 1, activation="relu")(x)
    return layers.Conv2D(f3, 1, activation="relu")(x)

# %% wrong: no ReLU at all
# loses: formula
# says: so the three layers collapse
def mlpconv(x, kernel_size, filters):
    f1, f2, f3 = filters
    x = layers.Conv2D(f1, kernel_size, padding="same")(x)
    return layers.Conv2D(f3, 1)(layers.Conv2D(f2, 1)(x))

# %% wrong: ReLU after the first only
# loses: formula
# says: the only ReLU is the one after the kxk convolution
def mlpconv(x, kernel_size, filters):
    f1, f2, f3 = filters
    x = layers.Conv2D(f1, kernel_size, padding="same", activation="relu")(x)
    return layers.Conv2D(f3, 1)(layers.Conv2D(f2, 1)(x))

# %% wrong: ReLU at the end only
# from: no ReLU at all
# loses: formula
# says: the only ReLU is the one after the second 1x1 convolution
-     return layers.Conv2D(f3, 1)(layers.Conv2D(f2, 1)(x))
+     return layers.Conv2D(f3, 1, activation="relu")(layers.Conv2D(f2, 1)(x))

# %% wrong: last ReLU missing
# from: calls one below the other, numbers for the windows
# loses: formula
# says: the ReLU after the second 1x1 convolution is missing
-     return layers.Conv2D(f3, 1, activation="relu")(x)
+     return layers.Conv2D(f3, 1)(x)

# %% wrong: a ReLU never used
# from: calls one below the other, numbers for the windows
# loses: formula
# says: the ReLU after the first 1x1 convolution is missing
-     x = layers.Conv2D(f2, 1, activation="relu")(x)
+     x = layers.Conv2D(f2, 1)(x)
+     layers.ReLU()(x)

# %% wrong: first ReLU missing
# from: calls one below the other, numbers for the windows
# loses: formula
# says: the ReLU after the kxk convolution is missing
-     x = layers.Conv2D(f1, kernel_size, padding="same", activation="relu")(x)
+     x = layers.Conv2D(f1, kernel_size, padding="same")(x)

# %% wrong: tanh
# from: a loop, activation arguments
# loses: formula
# says: the nonlinearity is tanh
-         x = layers.Conv2D(f, k, padding="same", activation="relu")(x)
+         x = layers.Conv2D(f, k, padding="same", activation="tanh")(x)

# %% wrong: kxk three times
# loses: layers
# says: only the first convolution
def mlpconv(x, kernel_size, filters):
    for f in filters:
        x = layers.Conv2D(f, kernel_size, padding="same", activation="relu")(x)
    return x

# %% wrong: 1x1 first
# from: a loop, activation arguments
# loses: layers
# says: only the first convolution
-     for k, f in zip((kernel_size, 1, 1), filters):
+     for k, f in zip((1, 1, kernel_size), filters):

# %% wrong: two convolutions
# from: calls one below the other, numbers for the windows
# loses: layers, formula
# says: Expected 3 layers with weights
-     x = layers.Conv2D(f2, 1, activation="relu")(x)

# %% wrong: valid padding
# from: a loop, activation arguments
# loses: layers, formula
# says: Height and width are kept
-         x = layers.Conv2D(f, k, padding="same", activation="relu")(x)
+         x = layers.Conv2D(f, k, activation="relu")(x)

# %% wrong: kernel size fixed at 3
# from: a loop, activation arguments
# loses: layers
# says: 5x5 from 4
-     for k, f in zip((kernel_size, 1, 1), filters):
+     for k, f in zip((3, 1, 1), filters):

# %% wrong: filters and window swapped
# from: activation arguments
# loses: layers
# says: Two arguments are swapped: Conv2D takes the filters first
-     x = layers.Conv2D(f1, kernel_size, padding="same", activation="relu")(x)
+     x = layers.Conv2D(kernel_size, f1, padding="same", activation="relu")(x)

# %% wrong: filters swapped
# from: calls one below the other, numbers for the windows
# loses: layers
# says: from 3 to 8
-     f1, f2, f3 = filters
+     f2, f1, f3 = filters

# %% wrong: filters in reverse
# from: a loop, activation arguments
# loses: layers, formula
# says: The last filter count
-     for k, f in zip((kernel_size, 1, 1), filters):
+     for k, f in zip((kernel_size, 1, 1), filters[::-1]):

# %% wrong: filters all the first
# loses: layers, formula
# says: The last filter count
def mlpconv(x, kernel_size, filters):
    for k in (kernel_size, 1, 1):
        x = layers.Conv2D(filters[0], k, padding="same", activation="relu")(x)
    return x

# %% wrong: batch norm as well
# from: a loop, activation arguments
# loses: formula
# says: The text does not ask for a BatchNormalization
-         x = layers.Conv2D(f, k, padding="same", activation="relu")(x)
+         x = layers.Conv2D(f, k, padding="same")(x)
+         x = layers.ReLU()(layers.BatchNormalization()(x))

# %% wrong: stride 2
# loses: layers, formula
# says: stride 1
def mlpconv(x, kernel_size, filters):
    for k, s, f in zip((kernel_size, 1, 1), (2, 1, 1), filters):
        x = layers.Conv2D(f, k, s, padding="same", activation="relu")(x)
    return x

# %% wrong: returns a model
# loses: layers, formula
# says: should return a tensor
def mlpconv(x, kernel_size, filters):
    y = x
    for k, f in zip((kernel_size, 1, 1), filters):
        y = layers.Conv2D(f, k, padding="same", activation="relu")(y)
    return keras.Model(x, y)

# %% wrong: one layer twice
# from: calls one below the other, numbers for the windows
# loses: layers, formula
# says: used more than once
-     return layers.Conv2D(f3, 1, activation="relu")(x)
+     again = layers.Conv2D(f3, 1, activation="relu")
+     x = again(x)
+     back = layers.Conv2D(f2, 1)(x)
+     return again(back)

# %% wrong: dropout that nobody asked for
# from: layers of their own, He initialiser
# loses: layers
# says: a layer that works in training mode alone
-         x = layers.ReLU()(x)
+         x = layers.Dropout(0.1)(layers.ReLU()(x))

# %% wrong: frozen convolutions
# from: layers of their own, He initialiser
# loses: layers
# says: Leave trainable=False out
-         x = layers.Conv2D(f, k, padding="same", kernel_initializer="he_normal")(x)
+         x = layers.Conv2D(f, k, padding="same", trainable=False)(x)
