"""Answers to `identity_block` in 03_residual_networks/residual_blocks.ipynb."""

# %% right: layer objects and Add
def identity_block(x, kernel_size, filters):
    f1, f2, f3 = filters
    shortcut = x
    x = layers.Conv2D(f1, (1, 1), strides=(1, 1), padding="valid")(x)
    x = layers.BatchNormalization(axis=3)(x)
    x = layers.Activation("relu")(x)
    x = layers.Conv2D(f2, (kernel_size, kernel_size), padding="same")(x)
    x = layers.BatchNormalization(axis=3)(x)
    x = layers.Activation("relu")(x)
    x = layers.Conv2D(f3, (1, 1))(x)
    x = layers.BatchNormalization(axis=3)(x)
    x = layers.Add()([x, shortcut])
    return layers.Activation("relu")(x)

# %% right: functions instead of layers, shortcut first
def identity_block(x, kernel_size, filters):
    y = x
    for i, (f, k) in enumerate(zip(filters, (1, kernel_size, 1))):
        y = layers.Conv2D(f, k, padding="same")(y)
        y = layers.BatchNormalization()(y)
        if i < 2:
            y = keras.ops.relu(y)
    return keras.activations.relu(keras.ops.add(x, y))

# %% right: plus sign, no bias, names, He initialiser, regulariser
def identity_block(x, kernel_size, filters):
    common = dict(
        use_bias=False,
        padding="same",
        kernel_initializer=keras.initializers.HeNormal(seed=0),
        kernel_regularizer=keras.regularizers.L2(1e-4),
    )
    y = layers.Conv2D(filters[0], 1, name="res2a_branch2a", **common)(x)
    y = layers.BatchNormalization(name="bn2a_branch2a", epsilon=1.001e-5, momentum=0.9)(y)
    y = layers.ReLU()(y)
    y = layers.Conv2D(filters[1], kernel_size, name="res2a_branch2b", **common)(y)
    y = layers.BatchNormalization(name="bn2a_branch2b", epsilon=1.001e-5, momentum=0.9)(y)
    y = layers.ReLU()(y)
    y = layers.Conv2D(filters[2], 1, name="res2a_branch2c", **common)(y)
    y = layers.BatchNormalization(name="bn2a_branch2c", epsilon=1.001e-5, momentum=0.9)(y)
    return layers.ReLU()(y + x)

# %% right: nested Sequential
def identity_block(x, kernel_size, filters):
    f1, f2, f3 = filters

    def unit(f, k):
        return [layers.Conv2D(f, k, padding="same", use_bias=False), layers.BatchNormalization()]

    main = keras.Sequential(
        [*unit(f1, 1), layers.ReLU(), *unit(f2, kernel_size), layers.ReLU(), *unit(f3, 1)]
    )
    return layers.ReLU()(layers.add([main(x), x]))

# %% right: nested functional models
def identity_block(x, kernel_size, filters):
    f1, f2, f3 = filters
    inside = keras.Input(x.shape[1:])
    y = keras.Sequential([layers.Conv2D(f1, 1), layers.BatchNormalization(), layers.ReLU()])(inside)
    y = layers.Conv2D(f2, kernel_size, padding="same")(y)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.BatchNormalization()(layers.Conv2D(f3, 1)(y))
    body = keras.Model(inside, layers.Add()([inside, y]))
    return layers.ReLU()(body(x))

# %% right: all layers made first, last one first
def identity_block(x, kernel_size, filters):
    out = layers.ReLU()
    bn3, bn2, bn1 = (layers.BatchNormalization() for _ in range(3))
    conv3 = layers.Conv2D(filters[2], 1)
    conv2 = layers.Conv2D(filters[1], kernel_size, padding="same")
    conv1 = layers.Conv2D(filters[0], 1)
    relu = layers.ReLU()
    y = relu(bn1(conv1(x)))
    y = relu(bn2(conv2(y)))
    return out(layers.Add()([x, bn3(conv3(y))]))

# %% right: one function for both blocks with a switch, extra arguments
def residual_block(x, kernel_size, filters, strides=1, project=False, training=None):
    f1, f2, f3 = filters
    y = layers.Conv2D(f1, 1, strides=strides)(x)
    y = layers.BatchNormalization()(y, training=training)
    y = layers.ReLU()(y)
    y = layers.Conv2D(f2, kernel_size, padding="same")(y)
    y = layers.BatchNormalization()(y, training=training)
    y = layers.ReLU()(y)
    y = layers.Conv2D(f3, 1)(y)
    y = layers.BatchNormalization()(y, training=training)
    if project:
        x = layers.BatchNormalization()(layers.Conv2D(f3, 1, strides=strides)(x))
    return layers.ReLU()(y + x)


def identity_block(x, kernel_size, filters, strides=1, initializer="random_uniform"):
    return residual_block(x, kernel_size, filters, strides)

# %% right: curried
def bottleneck(kernel_size, filters):
    def block(x):
        y = x
        for f, k, act in zip(filters, [1, kernel_size, 1], ["relu", "relu", "linear"]):
            y = layers.Conv2D(f, k, padding="same")(y)
            y = layers.BatchNormalization()(y)
            y = layers.Activation(act)(y)
        y += x
        return layers.Activation("relu")(y)

    return block


def identity_block(x, kernel_size, filters):
    return bottleneck(kernel_size, tuple(filters))(x)

# %% right: maximum with zero as ReLU, zero padding by hand
def identity_block(x, kernel_size, filters):
    f1, f2, f3 = filters
    p = kernel_size // 2
    y = keras.ops.maximum(layers.BatchNormalization()(layers.Conv2D(f1, 1)(x)), 0)
    y = layers.Conv2D(f2, kernel_size)(layers.ZeroPadding2D(p)(y))
    y = keras.ops.maximum(layers.BatchNormalization()(y), 0)
    y = layers.BatchNormalization()(layers.Conv2D(f3, 1)(y))
    return keras.ops.maximum(x + y, 0)

# %% right: dense layers as 1x1 convolutions
def identity_block(x, kernel_size, filters):
    f1, f2, f3 = filters
    y = layers.ReLU()(layers.BatchNormalization()(layers.Dense(f1)(x)))
    y = layers.Conv2D(f2, kernel_size, padding="same")(y)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.BatchNormalization()(layers.Dense(f3)(y))
    return layers.ReLU()(y + x)

# %% right: calls within calls
def identity_block(x, kernel_size, filters):
    f1, f2, f3 = filters
    y = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(f1, 1)(x)))
    y = layers.Conv2D(f2, kernel_size, padding="same")(y)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.BatchNormalization()(layers.Conv2D(f3, 1)(y))
    return layers.ReLU()(y + x)

# %% right: a loop over the three convolutions
def identity_block(x, kernel_size, filters):
    y = x
    for i, (f, k) in enumerate(zip(filters, (1, kernel_size, 1))):
        y = layers.Conv2D(f, k, padding="same")(y)
        y = layers.BatchNormalization()(y)
        if i < 2:
            y = layers.ReLU()(y)
    return layers.ReLU()(y + x)

# %% wrong: nothing written
# loses: layers, shortcut, order, sizes, training, reference
# says: NotImplementedError
def identity_block(x, kernel_size, filters):
    raise NotImplementedError()

# %% wrong: no return
# loses: layers, shortcut, order, sizes, training, reference
# says: found None (is the return missing?)
def identity_block(x, kernel_size, filters):
    y = layers.Conv2D(filters[0], 1)(x)

# %% wrong: another name
# loses: layers, shortcut, order, sizes, training, reference
# says: name 'identity_block' is not defined
def block(x, kernel_size, filters):
    return x

# %% wrong: indentation
# loses: layers, shortcut, order, sizes, training, reference
# says: IndentationError
def identity_block(x, kernel_size, filters):
    f1, f2, f3 = filters
      y = x
    return y

# %% wrong: returns a layer, not called
# loses: layers, shortcut, order, sizes, training, reference
# says: not called
def identity_block(x, kernel_size, filters):
    return layers.ReLU()

# %% wrong: x itself
# loses: layers, shortcut, order, sizes, training, reference
# says: no convolution
def identity_block(x, kernel_size, filters):
    return layers.ReLU()(x)

# %% wrong: no shortcut
# loses: shortcut, order, sizes, reference
# says: the shortcut is not added
def identity_block(x, kernel_size, filters):
    f1, f2, f3 = filters
    x = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(f1, 1)(x)))
    x = layers.Conv2D(f2, kernel_size, padding="same")(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.BatchNormalization()(layers.Conv2D(f3, 1)(x))
    return layers.ReLU()(x)

# %% wrong: shortcut computed and never used
# from: calls within calls
# loses: shortcut, order, sizes, reference
# says: the shortcut is not added
-     return layers.ReLU()(y + x)
+     layers.Add()([x, y])
+     return layers.ReLU()(y)

# %% wrong: add after ReLU
# from: calls within calls
# loses: shortcut, order, sizes, reference
# says: the addition comes after the last ReLU
-     y = layers.BatchNormalization()(layers.Conv2D(f3, 1)(y))
+     y = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(f3, 1)(y)))
-     return layers.ReLU()(y + x)
+     return y + x

# %% wrong: ReLU before and after the addition
# loses: shortcut, order, sizes, reference
# says: ReLU is applied on the main path before the addition
def identity_block(x, kernel_size, filters):
    y = x
    for f, k in zip(filters, (1, kernel_size, 1)):
        y = layers.Conv2D(f, k, padding="same")(y)
        y = layers.BatchNormalization()(y)
        y = layers.ReLU()(y)
    return layers.ReLU()(y + x)

# %% wrong: concatenate
# from: calls within calls
# loses: layers, shortcut, order, sizes, reference
# says: a concatenation would have more channels
-     return layers.ReLU()(y + x)
+     return layers.ReLU()(layers.Concatenate()([y, x]))

# %% wrong: no ReLU after the addition
# from: calls within calls
# loses: shortcut, order, sizes, reference
# says: there is no ReLU after the addition
-     return layers.ReLU()(y + x)
+     return y + x

# %% wrong: last ReLU's result never used
# from: calls within calls
# loses: shortcut, order, sizes, reference
# says: there is no ReLU after the addition
-     return layers.ReLU()(y + x)
+     y = layers.Add()([x, y])
+     layers.ReLU()(y)
+     return y

# %% wrong: first ReLU missing
# from: calls within calls
# loses: order, sizes, reference
# says: the ReLU after the first batch norm is missing
-     y = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(f1, 1)(x)))
+     y = layers.BatchNormalization()(layers.Conv2D(f1, 1)(x))

# %% wrong: second ReLU missing
# from: calls within calls
# loses: order, sizes, reference
# says: the ReLU after the second batch norm is missing
-     y = layers.ReLU()(layers.BatchNormalization()(y))
+     y = layers.BatchNormalization()(y)

# %% wrong: no ReLU on the main path
# loses: order, sizes, reference
# says: both ReLUs on the main path are missing
def identity_block(x, kernel_size, filters):
    y = x
    for f, k in zip(filters, (1, kernel_size, 1)):
        y = layers.BatchNormalization()(layers.Conv2D(f, k, padding="same")(y))
    return layers.ReLU()(y + x)

# %% wrong: ReLU inside the convolutions, before batch norm
# loses: order, sizes, reference
# says: ReLU stands before batch norm
def identity_block(x, kernel_size, filters):
    f1, f2, f3 = filters
    y = layers.BatchNormalization()(layers.Conv2D(f1, 1, activation="relu")(x))
    y = layers.Conv2D(f2, kernel_size, padding="same", activation="relu")(y)
    y = layers.BatchNormalization()(y)
    y = layers.BatchNormalization()(layers.Conv2D(f3, 1)(y))
    return layers.ReLU()(y + x)

# %% wrong: tanh instead of ReLU
# loses: shortcut, order, sizes, reference
# says: the nonlinearity is tanh
def identity_block(x, kernel_size, filters):
    f1, f2, f3 = filters
    y = layers.Activation("tanh")(layers.BatchNormalization()(layers.Conv2D(f1, 1)(x)))
    y = layers.Conv2D(f2, kernel_size, padding="same")(y)
    y = layers.Activation("tanh")(layers.BatchNormalization()(y))
    y = layers.BatchNormalization()(layers.Conv2D(f3, 1)(y))
    return layers.Activation("tanh")(y + x)

# %% wrong: first batch norm missing
# from: calls within calls
# loses: layers, order, sizes, reference
# says: the main path has 2 batch norms; expected 3
-     y = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(f1, 1)(x)))
+     y = layers.ReLU()(layers.Conv2D(f1, 1)(x))

# %% wrong: last batch norm missing
# from: calls within calls
# loses: layers, shortcut, order, sizes, reference
# says: the main path has 2 batch norms; expected 3
-     y = layers.BatchNormalization()(layers.Conv2D(f3, 1)(y))
+     y = layers.Conv2D(f3, 1)(y)

# %% wrong: no batch norm at all
# loses: layers, shortcut, order, sizes, training, reference
# says: the main path has 0 batch norms; expected 3
def identity_block(x, kernel_size, filters):
    f1, f2, f3 = filters
    y = layers.Conv2D(f1, 1, activation="relu")(x)
    y = layers.Conv2D(f2, kernel_size, padding="same", activation="relu")(y)
    y = layers.Conv2D(f3, 1)(y)
    return layers.ReLU()(y + x)

# %% wrong: batch norm after the addition
# from: calls within calls
# loses: layers, shortcut, order, sizes, reference
# says: there is a convolution or a batch norm after the addition
-     return layers.ReLU()(y + x)
+     return layers.ReLU()(layers.BatchNormalization()(y + x))

# %% wrong: batch norm on the wrong axis
# from: a loop over the three convolutions
# loses: layers, shortcut, order, sizes, training, reference
# says: Use axis=-1
-         y = layers.BatchNormalization()(y)
+         y = layers.BatchNormalization(axis=1)(y)

# %% wrong: batch norm frozen in inference mode
# from: a loop over the three convolutions
# loses: training
# says: forced into inference mode
-         y = layers.BatchNormalization()(y)
+         y = layers.BatchNormalization(trainable=False)(y)

# %% wrong: one batch norm frozen
# from: a loop over the three convolutions
# loses: training
# says: frozen by trainable=False
-         y = layers.BatchNormalization()(y)
+         y = layers.BatchNormalization(trainable=i != 1)(y)

# %% wrong: batch statistics in both modes, by hand
# loses: layers, shortcut, order, sizes, training, reference
# says: the main path has 0 batch norms; expected 3
def identity_block(x, kernel_size, filters):
    def norm(y):
        mean, variance = keras.ops.moments(y, axes=[0, 1, 2], keepdims=True)
        return (y - mean) / keras.ops.sqrt(variance + 1e-3)

    f1, f2, f3 = filters
    y = layers.ReLU()(norm(layers.Conv2D(f1, 1)(x)))
    y = layers.ReLU()(norm(layers.Conv2D(f2, kernel_size, padding="same")(y)))
    y = norm(layers.Conv2D(f3, 1)(y))
    return layers.ReLU()(y + x)

# %% wrong: layer norm instead of batch norm
# from: a loop over the three convolutions
# loses: layers, shortcut, order, sizes, training, reference
# says: the main path has 0 batch norms; expected 3
-         y = layers.Conv2D(f, k, padding="same")(y)
-         y = layers.BatchNormalization()(y)
+         y = layers.LayerNormalization()(layers.Conv2D(f, k, padding="same")(y))

# %% wrong: two convolutions
# loses: layers, order, sizes, reference
# says: a bottleneck has three, 1x1, kxk and 1x1
def identity_block(x, kernel_size, filters):
    f1, f2, f3 = filters
    y = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(f1, 1)(x)))
    y = layers.Conv2D(f3, kernel_size, padding="same")(y)
    y = layers.BatchNormalization()(y)
    return layers.ReLU()(y + x)

# %% wrong: kxk three times
# from: a loop over the three convolutions
# loses: layers, order, sizes, reference
# says: the kxk window belongs to the middle convolution alone
-     for i, (f, k) in enumerate(zip(filters, (1, kernel_size, 1))):
-         y = layers.Conv2D(f, k, padding="same")(y)
-         y = layers.BatchNormalization()(y)
+     for i, f in enumerate(filters):
+         y = layers.BatchNormalization()(layers.Conv2D(f, kernel_size, padding="same")(y))

# %% wrong: kxk first
# from: a loop over the three convolutions
# loses: layers, order, sizes, reference
# says: the kxk window belongs to the middle convolution alone
-     for i, (f, k) in enumerate(zip(filters, (1, kernel_size, 1))):
-         y = layers.Conv2D(f, k, padding="same")(y)
-         y = layers.BatchNormalization()(y)
+     for i, (f, k) in enumerate(zip(filters, (kernel_size, 1, 1))):
+         y = layers.BatchNormalization()(layers.Conv2D(f, k, padding="same")(y))

# %% wrong: kernel size fixed at 3
# from: kxk first
# loses: layers, sizes
# says: The window of the middle convolution is kernel_size
-     for i, (f, k) in enumerate(zip(filters, (kernel_size, 1, 1))):
+     for i, (f, k) in enumerate(zip(filters, (1, 3, 1))):

# %% wrong: valid padding
# from: a loop over the three convolutions
# loses: layers, shortcut, order, sizes, training, reference
# says: padding="same"
-         y = layers.Conv2D(f, k, padding="same")(y)
-         y = layers.BatchNormalization()(y)
+         y = layers.BatchNormalization()(layers.Conv2D(f, k)(y))

# %% wrong: stride 2
# loses: layers, shortcut, order, sizes, training, reference
# says: stride 1
def identity_block(x, kernel_size, filters):
    y = x
    for i, (f, k, s) in enumerate(zip(filters, (1, kernel_size, 1), (2, 1, 1))):
        y = layers.BatchNormalization()(layers.Conv2D(f, k, strides=s, padding="same")(y))
        if i < 2:
            y = layers.ReLU()(y)
    return layers.ReLU()(layers.Add()([y, x]))

# %% wrong: dilation
# from: calls within calls
# loses: order, sizes, reference
# says: is not what the definition gives
-     y = layers.Conv2D(f2, kernel_size, padding="same")(y)
+     y = layers.Conv2D(f2, kernel_size, padding="same", dilation_rate=2)(y)

# %% wrong: first two filter counts swapped
# from: calls within calls
# loses: layers, order, sizes
# says: Look at the filter counts
-     f1, f2, f3 = filters
+     f2, f1, f3 = filters

# %% wrong: filters in reverse
# from: calls within calls
# loses: layers, shortcut, order, sizes, training, reference
# says: the main path and the shortcut have different shapes
-     f1, f2, f3 = filters
+     f3, f2, f1 = filters

# %% wrong: projection on the shortcut
# from: calls within calls
# loses: layers, shortcut, order, sizes, reference
# says: In an identity block x itself is added
-     return layers.ReLU()(y + x)
+     s = layers.BatchNormalization()(layers.Conv2D(f3, 1)(x))
+     return layers.ReLU()(y + s)

# %% wrong: batch norm on the shortcut
# from: calls within calls
# loses: layers, shortcut, order, sizes, reference
# says: the shortcut has 1 batch norms; expected 0
-     return layers.ReLU()(y + x)
+     return layers.ReLU()(y + layers.BatchNormalization()(x))

# %% wrong: ReLU on the shortcut
# from: calls within calls
# loses: shortcut, order, sizes, reference
# says: the shortcut passes through a ReLU
-     return layers.ReLU()(y + x)
+     return layers.ReLU()(y + layers.ReLU()(x))

# %% wrong: identity added twice
# from: calls within calls
# loses: shortcut, order, sizes, reference
# says: the shortcut is added twice
-     return layers.ReLU()(y + x)
+     y = layers.Add()([y, x])
+     return layers.ReLU()(layers.Add()([y, x]))

# %% wrong: subtracted
# from: calls within calls
# loses: shortcut, order, sizes, reference
# says: the shortcut is subtracted
-     return layers.ReLU()(y + x)
+     return layers.ReLU()(y - x)

# %% wrong: multiplied
# from: calls within calls
# loses: shortcut, order, sizes, reference
# says: the shortcut is multiplied
-     return layers.ReLU()(y + x)
+     return layers.ReLU()(layers.Multiply()([y, x]))

# %% wrong: average of the two paths
# from: calls within calls
# loses: shortcut, order, sizes, reference
# says: the shortcut is averaged with the main path
-     return layers.ReLU()(y + x)
+     return layers.ReLU()(layers.Average()([y, x]))

# %% wrong: shortcut saved after the first convolution
# from: no shortcut
# loses: layers, shortcut, order, sizes, training, reference
# says: the shortcut does not begin with x, but behind the first convolution
      x = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(f1, 1)(x)))
+     shortcut = x
...
-     return layers.ReLU()(x)
+     return layers.ReLU()(layers.Add()([x, shortcut]))

# %% wrong: empties the list of filters
# loses: layers, shortcut, order, sizes, training, reference
# says: 'tuple' object has no attribute 'pop'
def identity_block(x, kernel_size, filters):
    y = x
    for k in (1, kernel_size, 1):
        y = layers.Conv2D(filters.pop(0), k, padding="same")(y)
        y = layers.BatchNormalization()(y)
        y = layers.ReLU()(y) if filters else y
    return layers.ReLU()(y + x)

# %% wrong: shared layers
# loses: sizes, reference
# says: used more than once
def identity_block(x, kernel_size, filters):
    f1, f2, f3 = filters
    norms = {f: layers.BatchNormalization() for f in filters}
    y = layers.ReLU()(norms[f1](layers.Conv2D(f1, 1)(x)))
    y = layers.ReLU()(norms[f2](layers.Conv2D(f2, kernel_size, padding="same")(y)))
    return layers.ReLU()(norms[f3](layers.Conv2D(f3, 1)(y)) + x)

# %% wrong: Lambda layer
# from: calls within calls
# loses: layers, shortcut, order, sizes, training, reference
# says: which is not a layer or operation that comes with Keras
-     return layers.ReLU()(y + x)
+     return layers.ReLU()(layers.Lambda(lambda pair: pair[0] + pair[1])([y, x]))

# %% wrong: tf on symbolic tensors
# from: calls within calls
# loses: layers, shortcut, order, sizes, training, reference
# says: keras.ops
  def identity_block(x, kernel_size, filters):
+     import tensorflow as tf
+
...
-     return layers.ReLU()(y + x)
+     return tf.nn.relu(tf.add(y, x))

# %% wrong: a block of its own weights from outside
# loses: layers, shortcut, order, sizes, training, reference
# says: not computed from its argument x
def identity_block(x, kernel_size, filters):
    other = keras.Input(x.shape[1:])
    y = other
    for i, (f, k) in enumerate(zip(filters, (1, kernel_size, 1))):
        y = layers.BatchNormalization()(layers.Conv2D(f, k, padding="same")(y))
        if i < 2:
            y = layers.ReLU()(y)
    return layers.ReLU()(y + other)

# %% wrong: leaky ReLU
# loses: shortcut, order, sizes, reference
# says: the nonlinearity is leaky_relu
def identity_block(x, kernel_size, filters):
    f1, f2, f3 = filters
    y = layers.LeakyReLU(0.2)(layers.BatchNormalization()(layers.Conv2D(f1, 1)(x)))
    y = layers.Conv2D(f2, kernel_size, padding="same")(y)
    y = layers.LeakyReLU(0.2)(layers.BatchNormalization()(y))
    y = layers.BatchNormalization()(layers.Conv2D(f3, 1)(y))
    return layers.LeakyReLU(0.2)(y + x)

# %% wrong: batch norm without beta
# from: calls within calls
# loses: shortcut, reference
# says: scale or center switched off
-     y = layers.BatchNormalization()(layers.Conv2D(f3, 1)(y))
+     y = layers.BatchNormalization(center=False, scale=False)(layers.Conv2D(f3, 1)(y))

# %% wrong: arguments in another order
# from: calls within calls
# loses: layers, shortcut, order, sizes, training, reference
# says: Raised by identity_block
- def identity_block(x, kernel_size, filters):
+ def identity_block(x, filters, kernel_size):

# %% wrong: an import missing
# loses: layers, shortcut, order, sizes, training, reference
# says: name 'Conv2D' is not defined
def identity_block(x, kernel_size, filters):
    y = Conv2D(filters[0], 1)(x)
    return y

# %% wrong: an epsilon that switches the main path off
# loses: layers, shortcut, order, sizes, training, reference
# says: has epsilon=1e+12
def identity_block(x, kernel_size, filters):
    f1, f2, f3 = filters

    def norm(y):
        return layers.BatchNormalization(epsilon=1e12)(y)

    y = norm(layers.Conv2D(f1, 1, activation="tanh")(x))
    y = norm(layers.Conv2D(f2, kernel_size, padding="same")(y))
    y = norm(layers.Conv2D(f3, 1)(y))
    return layers.ReLU()(layers.Add()([y, x]))

# %% wrong: x overwritten and added to itself
# from: no shortcut
# loses: shortcut, order, sizes, reference
# says: the main path's result is added to itself
-     return layers.ReLU()(x)
+     return layers.ReLU()(layers.Add()([x, x]))

# %% wrong: shortcut made from the end of the main path
# from: calls within calls
# loses: layers, shortcut, order, sizes, reference
# says: the shortcut does not begin with x, but behind 3 convolutions of the main path
-     return layers.ReLU()(y + x)
+     x = layers.BatchNormalization()(layers.Conv2D(f3, 1)(y))
+     return layers.ReLU()(y + x)

# %% wrong: x overwritten by a first unit of f3 filters
# from: calls within calls
# loses: layers, shortcut, order, sizes, reference
# says: the shortcut does not begin with x
-     y = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(f1, 1)(x)))
-     y = layers.Conv2D(f2, kernel_size, padding="same")(y)
+     x = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(f3, 1)(x)))
+     y = layers.Conv2D(f2, kernel_size, padding="same")(x)

# %% wrong: ReLU on both paths
# from: calls within calls
# loses: shortcut, order, sizes, reference
# says: both the main path and the shortcut pass through a ReLU
-     return layers.ReLU()(y + x)
+     return layers.ReLU()(layers.ReLU()(y) + layers.ReLU()(x))

# %% wrong: ReLU on both paths and none behind
# from: calls within calls
# loses: shortcut, order, sizes, reference
# says: both the main path and the shortcut pass through a ReLU
-     return layers.ReLU()(y + x)
+     return layers.ReLU()(y) + layers.ReLU()(x)

# %% wrong: two convolutions that end with f2
# loses: layers, shortcut, order, sizes, training, reference
# says: These are 2 convolutions; a bottleneck has three
def identity_block(x, kernel_size, filters):
    f1, f2, f3 = filters
    y = layers.Conv2D(f1, kernel_size, padding="same")(x)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.Conv2D(f2, kernel_size, padding="same")(y)
    y = layers.BatchNormalization()(y)
    return layers.ReLU()(y + x)

# %% wrong: the kxk convolution reads x
# from: calls within calls
# loses: layers, order, sizes, reference
# says: each of which reads what the one before it made
-     y = layers.Conv2D(f2, kernel_size, padding="same")(y)
+     y = layers.Conv2D(f2, kernel_size, padding="same")(x)

# %% wrong: a pooling behind the block
# from: calls within calls
# loses: layers, shortcut, order, sizes, reference
# says: The text does not ask for a MaxPooling2D
-     return layers.ReLU()(y + x)
+     return layers.MaxPooling2D(2)(layers.ReLU()(y + x))

# %% wrong: a pooling of stride 1 behind the block
# from: calls within calls
# loses: shortcut, order, sizes, reference
# says: The text does not ask for a MaxPooling2D
-     return layers.ReLU()(y + x)
+     return layers.MaxPooling2D(3, strides=1, padding="same")(layers.ReLU()(y + x))

# %% wrong: a window with gaps
# from: calls within calls
# loses: order, sizes, reference
# says: The text does not ask for dilation_rate=(2, 2)
-     y = layers.Conv2D(f2, kernel_size, padding="same")(y)
+     y = layers.Conv2D(f2, kernel_size, padding="same", dilation_rate=2)(y)

# %% wrong: another nonlinearity after the addition
# from: calls within calls
# loses: shortcut, order, sizes, reference
# says: is leaky_relu; this block uses ReLU
-     return layers.ReLU()(y + x)
+     return layers.LeakyReLU(negative_slope=0.2)(y + x)

# %% wrong: ReLU that ends at 6
# from: calls within calls
# loses: layers, order, sizes, reference
# says: a ReLU with max_value=6
-     return layers.ReLU()(y + x)
+     return layers.ReLU(6)(y + x)

# %% wrong: dropout that nobody asked for
# from: calls within calls
# loses: layers
# says: a layer that works in training mode alone, which the text does not ask for: Dropout
-     return layers.ReLU()(y + x)
+     return layers.ReLU()(layers.Dropout(0.3)(y) + x)

# %% wrong: noise that nobody asked for
# from: calls within calls
# loses: layers
# says: GaussianNoise
-     return layers.ReLU()(y + x)
+     return layers.GaussianNoise(0.1)(layers.ReLU()(y + x))

# %% right: a dropout of nothing
# from: calls within calls
-     return layers.ReLU()(y + x)
+     return layers.ReLU()(layers.Dropout(0.0)(y) + x)

# %% wrong: a frozen convolution
# from: calls within calls
# loses: layers
# says: Leave trainable=False out
-     y = layers.Conv2D(f2, kernel_size, padding="same")(y)
+     y = layers.Conv2D(f2, kernel_size, padding="same", trainable=False)(y)

# %% wrong: batch norms fixed in training mode
# from: calls within calls
# loses: training
# says: a batch norm is called with training=True
-     y = layers.BatchNormalization()(layers.Conv2D(f3, 1)(y))
+     y = layers.BatchNormalization()(layers.Conv2D(f3, 1)(y), training=True)

# %% wrong: a convolution with the tensor as its setting
# from: calls within calls
# loses: layers, shortcut, order, sizes, training, reference
# says: a layer gets a tensor where a setting belongs
-     y = layers.BatchNormalization()(layers.Conv2D(f3, 1)(y))
+     y = layers.BatchNormalization()(layers.Conv2D(y, f3, 1))

# %% wrong: a batch norm with the tensor as its setting
# from: calls within calls
# loses: layers, shortcut, order, sizes, training, reference
# says: a layer gets a tensor where a setting belongs
-     y = layers.BatchNormalization()(layers.Conv2D(f3, 1)(y))
+     y = layers.BatchNormalization(layers.Conv2D(f3, 1)(y))

# %% wrong: a convolution that is never called
# from: calls within calls
# loses: layers, shortcut, order, sizes, training, reference
# says: A layer is made, and then called
-     y = layers.Conv2D(f2, kernel_size, padding="same")(y)
+     y = layers.Conv2D(f2, kernel_size, padding="same")

# %% wrong: Add without a list
# from: calls within calls
# loses: layers, shortcut, order, sizes, training, reference
# says: layers that put tensors together take one list
-     return layers.ReLU()(y + x)
+     return layers.ReLU()(layers.Add()(y, x))

# %% wrong: Add made of tensors
# from: calls within calls
# loses: layers, shortcut, order, sizes, training, reference
# says: the tensors stand where settings belong
-     return layers.ReLU()(y + x)
+     return layers.ReLU()(layers.Add([y, x]))

# %% wrong: a plain list in place of a sum
# from: calls within calls
# loses: layers, shortcut, order, sizes, training, reference
# says: Add or concatenate what belongs together
-     return layers.ReLU()(y + x)
+     return layers.ReLU()([y, x])

# %% wrong: a function of NumPy
# from: calls within calls
# loses: layers, shortcut, order, sizes, training, reference
# says: a function of NumPy gets a symbolic tensor
-     return layers.ReLU()(y + x)
+     return np.maximum(y + x, 0)

# %% right: an activation that changes nothing in front, shortcut under its own name
def identity_block(x, kernel_size, filters):
    shortcut = layers.Activation("linear")(x)
    y = layers.Identity()(x)
    for number, (size, count) in enumerate(zip((1, kernel_size, 1), filters, strict=True)):
        y = layers.Conv2D(count, size, padding="same")(y)
        y = layers.BatchNormalization()(y)
        y = layers.Activation("relu" if number < 2 else "linear")(y)
    return layers.Activation("relu")(layers.Add()([shortcut, y]))

# %% wrong: the course's own block under the answer's name
# loses: layers, shortcut, order, sizes, training, reference
# says: uses cnn_casebook.models.blocks.identity_block, which is the course's own code
from cnn_casebook.models import blocks

identity_block = blocks.identity_block

# %% wrong: the course's own block, called
# loses: layers, shortcut, order, sizes, training, reference
# says: uses cnn_casebook.models.blocks.identity_block, which is the course's own code
def identity_block(x, kernel_size, filters):
    from cnn_casebook.models.blocks import identity_block as ready

    return ready(x, kernel_size, filters)

# %% wrong: a layer called with a number
# from: calls within calls
# loses: layers, shortcut, order, sizes, training, reference
# says: a number or a text stands where a tensor belongs
-     y = layers.Conv2D(f2, kernel_size, padding="same")(y)
+     y = layers.Conv2D(f2, kernel_size, padding="same")(kernel_size)
