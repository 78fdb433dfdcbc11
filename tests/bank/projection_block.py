"""Answers to `projection_block` in 03_residual_networks/residual_blocks.ipynb."""

# %% right: stride on the first 1x1
def projection_block(x, kernel_size, filters, strides=2):
    f1, f2, f3 = filters
    shortcut = x
    x = layers.Conv2D(f1, (1, 1), strides=(strides, strides))(x)
    x = layers.BatchNormalization(axis=3)(x)
    x = layers.Activation("relu")(x)
    x = layers.Conv2D(f2, (kernel_size, kernel_size), padding="same")(x)
    x = layers.BatchNormalization(axis=3)(x)
    x = layers.Activation("relu")(x)
    x = layers.Conv2D(f3, (1, 1))(x)
    x = layers.BatchNormalization(axis=3)(x)
    shortcut = layers.Conv2D(f3, (1, 1), strides=(strides, strides))(shortcut)
    shortcut = layers.BatchNormalization(axis=3)(shortcut)
    x = layers.Add()([x, shortcut])
    return layers.Activation("relu")(x)

# %% right: stride on the kxk
def projection_block(x, kernel_size, filters, strides=2):
    f1, f2, f3 = filters
    y = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(f1, 1, use_bias=False)(x)))
    y = layers.Conv2D(f2, kernel_size, strides=strides, padding="same", use_bias=False)(y)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.BatchNormalization()(layers.Conv2D(f3, 1, use_bias=False)(y))
    s = layers.BatchNormalization()(layers.Conv2D(f3, 1, strides=strides, use_bias=False)(x))
    return layers.ReLU()(y + s)

# %% right: stride on the kxk, padded by hand on both sides
def projection_block(x, kernel_size, filters, strides=2):
    f1, f2, f3 = filters
    y = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(f1, 1)(x)))
    y = layers.ZeroPadding2D(kernel_size // 2)(y)
    y = layers.Conv2D(f2, kernel_size, strides=strides)(y)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.BatchNormalization()(layers.Conv2D(f3, 1)(y))
    s = layers.BatchNormalization()(layers.Conv2D(f3, 1, strides=strides)(x))
    return keras.ops.relu(keras.ops.add(s, y))

# %% right: shortcut built first, same padding everywhere, other epsilon
def projection_block(x, kernel_size, filters, strides=2):
    f1, f2, f3 = filters
    bn = dict(epsilon=1e-5, momentum=0.9)
    s = layers.Conv2D(f3, 1, strides=strides, padding="same", name="short_conv")(x)
    s = layers.BatchNormalization(name="short_bn", **bn)(s)
    y = layers.Conv2D(f1, 1, strides=strides, padding="same", name="a")(x)
    y = layers.Activation("relu")(layers.BatchNormalization(name="bn_a", **bn)(y))
    y = layers.Conv2D(f2, kernel_size, padding="same", name="b")(y)
    y = layers.Activation("relu")(layers.BatchNormalization(name="bn_b", **bn)(y))
    y = layers.BatchNormalization(name="bn_c", **bn)(layers.Conv2D(f3, 1, name="c")(y))
    return layers.Activation("relu")(layers.add([s, y]))

# %% right: nested Sequential on both paths
def projection_block(x, kernel_size, filters, strides=2):
    f1, f2, f3 = filters
    main = keras.Sequential(
        [
            layers.Conv2D(f1, 1, strides=strides),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Conv2D(f2, kernel_size, padding="same"),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Conv2D(f3, 1),
            layers.BatchNormalization(),
        ]
    )
    side = keras.Sequential([layers.Conv2D(f3, 1, strides=strides), layers.BatchNormalization()])
    return layers.ReLU()(layers.Add()([side(x), main(x)]))

# %% right: stride by slicing
def projection_block(x, kernel_size, filters, strides=2):
    f1, f2, f3 = filters
    x = x[:, ::strides, ::strides, :]
    y = x
    for i, (f, k) in enumerate(zip(filters, (1, kernel_size, 1))):
        y = layers.BatchNormalization()(layers.Conv2D(f, k, padding="same")(y))
        y = keras.ops.relu(y) if i < 2 else y
    s = layers.BatchNormalization()(layers.Dense(f3)(x))
    return keras.ops.relu(y + s)

# %% right: pooling of one pixel as the stride
def projection_block(x, kernel_size, filters, strides=2):
    f1, f2, f3 = filters
    y = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(f1, 1, strides=strides)(x)))
    y = layers.Conv2D(f2, kernel_size, padding="same")(y)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.BatchNormalization()(layers.Conv2D(f3, 1)(y))
    s = layers.Conv2D(f3, 1)(layers.MaxPooling2D(1, strides)(x))
    return layers.ReLU()(y + layers.BatchNormalization()(s))

# %% right: a loop over the three convolutions
def projection_block(x, kernel_size, filters, strides=2):
    y = x
    for i, (f, k) in enumerate(zip(filters, (1, kernel_size, 1))):
        y = layers.Conv2D(f, k, strides=1 if i else strides, padding="same")(y)
        y = layers.BatchNormalization()(y)
        y = layers.ReLU()(y) if i < 2 else y
    s = layers.BatchNormalization()(layers.Conv2D(filters[2], 1, strides=strides)(x))
    return layers.ReLU()(y + s)

# %% wrong: nothing written
# loses: shape, shortcut, formula, training, reference
# says: NotImplementedError
def projection_block(x, kernel_size, filters, strides=2):
    raise NotImplementedError()

# %% wrong: x added without a projection
# from: pooling of one pixel as the stride
# loses: shape, shortcut, formula, training, reference
# says: x is added without a projection
-     s = layers.Conv2D(f3, 1)(layers.MaxPooling2D(1, strides)(x))
-     return layers.ReLU()(y + layers.BatchNormalization()(s))
+     return layers.ReLU()(layers.Add()([y, x]))

# %% wrong: no shortcut
# from: pooling of one pixel as the stride
# loses: shape, shortcut, formula, reference
# says: x is added without a projection, or not at all
-     s = layers.Conv2D(f3, 1)(layers.MaxPooling2D(1, strides)(x))
-     return layers.ReLU()(y + layers.BatchNormalization()(s))
+     return layers.ReLU()(y)

# %% wrong: pooling and zero padding instead of a projection
# from: pooling of one pixel as the stride
# loses: shape, shortcut, formula, reference
# says: x is added without a projection
-     s = layers.Conv2D(f3, 1)(layers.MaxPooling2D(1, strides)(x))
-     return layers.ReLU()(y + layers.BatchNormalization()(s))
+     s = layers.AveragePooling2D(strides, strides, padding="same")(x)
+     s = keras.ops.pad(s, [(0, 0), (0, 0), (0, 0), (0, f3 - x.shape[-1])])
+     return layers.ReLU()(y + s)

# %% wrong: projection without batch norm
# from: pooling of one pixel as the stride
# loses: shape, shortcut, formula, reference
# says: the shortcut has 0 batch norms; expected 1
-     s = layers.Conv2D(f3, 1)(layers.MaxPooling2D(1, strides)(x))
-     return layers.ReLU()(y + layers.BatchNormalization()(s))
+     return layers.ReLU()(y + layers.Conv2D(f3, 1, strides=strides)(x))

# %% wrong: ReLU on the projection
# from: pooling of one pixel as the stride
# loses: shortcut, formula, reference
# says: the shortcut passes through a ReLU
-     s = layers.Conv2D(f3, 1)(layers.MaxPooling2D(1, strides)(x))
-     return layers.ReLU()(y + layers.BatchNormalization()(s))
+     s = layers.BatchNormalization()(layers.Conv2D(f3, 1, strides=strides)(x))
+     return layers.ReLU()(y + layers.ReLU()(s))

# %% wrong: ReLU on both paths before the addition
# from: a loop over the three convolutions
# loses: shortcut, formula, reference
# says: ReLU is applied on the main path
-         y = layers.BatchNormalization()(y)
-         y = layers.ReLU()(y) if i < 2 else y
+         y = layers.ReLU()(layers.BatchNormalization()(y))

# %% wrong: no ReLU after the addition
# from: a loop over the three convolutions
# loses: shortcut, formula, reference
# says: there is no ReLU after the addition
-     return layers.ReLU()(y + s)
+     return y + s

# %% wrong: stride on the main path only
# from: a loop over the three convolutions
# loses: shape, shortcut, formula, training
# says: the main path and the shortcut have different shapes
-     s = layers.BatchNormalization()(layers.Conv2D(filters[2], 1, strides=strides)(x))
+     s = layers.BatchNormalization()(layers.Conv2D(filters[2], 1)(x))

# %% wrong: stride on the shortcut only
# from: a loop over the three convolutions
# loses: shape, shortcut, formula, training
# says: the main path and the shortcut have different shapes
-         y = layers.Conv2D(f, k, strides=1 if i else strides, padding="same")(y)
+         y = layers.Conv2D(f, k, padding="same")(y)

# %% wrong: stride twice
# from: a loop over the three convolutions
# loses: shape, shortcut, formula, training
# says: the main path and the shortcut have different shapes
-         y = layers.Conv2D(f, k, strides=1 if i else strides, padding="same")(y)
+         y = layers.Conv2D(f, k, strides=1 if i == 2 else strides, padding="same")(y)

# %% wrong: stride forgotten
# from: stride on the main path only
# loses: shape, shortcut, formula
# says: expected (5, 4, 10)
-         y = layers.Conv2D(f, k, strides=1 if i else strides, padding="same")(y)
-         y = layers.BatchNormalization()(y)
+         y = layers.BatchNormalization()(layers.Conv2D(f, k, padding="same")(y))

# %% wrong: stride always 2
# from: a loop over the three convolutions
# loses: shape, shortcut, formula, reference
# says: with strides=1 turns
-         y = layers.Conv2D(f, k, strides=1 if i else strides, padding="same")(y)
+         y = layers.Conv2D(f, k, strides=1 if i else 2, padding="same")(y)
...
-     s = layers.BatchNormalization()(layers.Conv2D(filters[2], 1, strides=strides)(x))
+     s = layers.BatchNormalization()(layers.Conv2D(filters[2], 1, strides=2)(x))

# %% wrong: stride on the last 1x1
# from: a loop over the three convolutions
# loses: formula
# says: the stride sits on the last 1x1
-         y = layers.Conv2D(f, k, strides=1 if i else strides, padding="same")(y)
+         y = layers.Conv2D(f, k, strides=strides if i == 2 else 1, padding="same")(y)

# %% wrong: kxk on the shortcut
# from: a loop over the three convolutions
# loses: shape, shortcut, formula, reference
# says: the shortcut has 3x3
-     s = layers.BatchNormalization()(layers.Conv2D(filters[2], 1, strides=strides)(x))
+     s = layers.Conv2D(filters[2], kernel_size, strides=strides, padding="same")(x)
-     return layers.ReLU()(y + s)
+     return layers.ReLU()(y + layers.BatchNormalization()(s))

# %% wrong: average pooling before the projection
# from: a loop over the three convolutions
# loses: shortcut, formula
# says: The text does not ask for an AveragePooling2D
-     s = layers.BatchNormalization()(layers.Conv2D(filters[2], 1, strides=strides)(x))
+     s = layers.AveragePooling2D(strides, strides, padding="same")(x)
+     s = layers.BatchNormalization()(layers.Conv2D(filters[2], 1)(s))

# %% wrong: projection from the wrong tensor
# loses: shape, shortcut, formula, reference
# says: the shortcut does not begin with x, but behind the first convolution
def projection_block(x, kernel_size, filters, strides=2):
    f1, f2, f3 = filters
    x = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(f1, 1)(x)))
    y = layers.Conv2D(f2, kernel_size, strides=strides, padding="same")(x)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.BatchNormalization()(layers.Conv2D(f3, 1)(y))
    s = layers.BatchNormalization()(layers.Conv2D(f3, 1, strides=strides)(x))
    return layers.ReLU()(y + s)

# %% wrong: concatenate
# from: a loop over the three convolutions
# loses: shape, shortcut, formula, reference
# says: a concatenation would have more channels
-     return layers.ReLU()(y + s)
+     return layers.ReLU()(layers.Concatenate()([y, s]))

# %% wrong: first ReLU missing
# from: a loop over the three convolutions
# loses: formula, reference
# says: the ReLU after the first batch norm is missing
-         y = layers.ReLU()(y) if i < 2 else y
+         y = layers.ReLU()(y) if i == 1 else y

# %% wrong: batch norms frozen
# from: a loop over the three convolutions
# loses: training
# says: forced into inference mode
-         y = layers.BatchNormalization()(y)
+         y = layers.BatchNormalization(trainable=False)(y)
          y = layers.ReLU()(y) if i < 2 else y
-     s = layers.BatchNormalization()(layers.Conv2D(filters[2], 1, strides=strides)(x))
+     s = layers.BatchNormalization(trainable=False)(
+         layers.Conv2D(filters[2], 1, strides=strides)(x)
+     )

# %% wrong: no batch norm on the main path
# from: a loop over the three convolutions
# loses: shape, shortcut, formula, reference
# says: the main path has 0 batch norms; expected 3
-         y = layers.BatchNormalization()(y)

# %% wrong: two convolutions
# loses: shape, formula, reference
# says: a bottleneck has three, 1x1, kxk and 1x1
def projection_block(x, kernel_size, filters, strides=2):
    f1, f2, f3 = filters
    y = layers.Conv2D(f1, kernel_size, strides=strides, padding="same")(x)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.BatchNormalization()(layers.Conv2D(f3, kernel_size, padding="same")(y))
    s = layers.BatchNormalization()(layers.Conv2D(f3, 1, strides=strides)(x))
    return layers.ReLU()(y + s)

# %% wrong: main path and projection share the batch norm
# loses: shape, shortcut, formula, reference
# says: used more than once
def projection_block(x, kernel_size, filters, strides=2):
    f1, f2, f3 = filters
    norm = layers.BatchNormalization()
    y = layers.Conv2D(f1, 1, strides=strides)(x)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.Conv2D(f2, kernel_size, padding="same")(y)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = norm(layers.Conv2D(f3, 1)(y))
    s = norm(layers.Conv2D(f3, 1, strides=strides)(x))
    return layers.ReLU()(y + s)

# %% wrong: an epsilon that switches the main path off
# loses: shape, shortcut, formula, training, reference
# says: has epsilon=1e+12
def projection_block(x, kernel_size, filters, strides=2):
    f1, f2, f3 = filters

    def norm(y):
        return layers.BatchNormalization(epsilon=1e12)(y)

    y = norm(layers.Conv2D(f1, 1, strides=strides, activation="tanh")(x))
    y = norm(layers.Conv2D(f2, kernel_size, padding="same")(y))
    y = norm(layers.Conv2D(f3, 1)(y))
    x = layers.BatchNormalization()(layers.Conv2D(f3, 1, strides=strides)(x))
    return layers.ReLU()(layers.Add()([y, x]))

# %% wrong: the projection reads the main path's result
# from: stride on the first 1x1
# loses: shape, shortcut, formula, reference
# says: the shortcut does not begin with x, but behind 3 convolutions of the main path
-     shortcut = layers.Conv2D(f3, (1, 1), strides=(strides, strides))(shortcut)
+     shortcut = layers.Conv2D(f3, (1, 1))(x)

# %% wrong: x overwritten and added to itself
# from: stride on the first 1x1
# loses: shape, shortcut, formula, reference
# says: the main path's result is added to itself
-     x = layers.Add()([x, shortcut])
+     x = layers.Add()([x, x])

# %% wrong: two convolutions that end with f2
# loses: shape, shortcut, formula, training, reference
# says: These are 2 convolutions; a bottleneck has three
def projection_block(x, kernel_size, filters, strides=2):
    f1, f2, f3 = filters
    y = layers.Conv2D(f1, kernel_size, strides=strides, padding="same")(x)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.Conv2D(f2, kernel_size, padding="same")(y)
    y = layers.BatchNormalization()(y)
    s = layers.BatchNormalization()(layers.Conv2D(f3, 1, strides=strides)(x))
    return layers.ReLU()(y + s)

# %% wrong: kernel size fixed at 3
# from: stride on the kxk
# loses: shape, formula
# says: The window of the middle convolution is kernel_size
-     y = layers.Conv2D(f2, kernel_size, strides=strides, padding="same", use_bias=False)(y)
+     y = layers.Conv2D(f2, 3, strides=strides, padding="same", use_bias=False)(y)

# %% wrong: dropout that nobody asked for
# from: stride on the kxk
# loses: shape
# says: a layer that works in training mode alone, which the text does not ask for: SpatialDropout2D
-     return layers.ReLU()(y + s)
+     return layers.ReLU()(layers.SpatialDropout2D(0.3)(y) + s)

# %% wrong: a frozen projection
# from: stride on the kxk
# loses: shape
# says: Leave trainable=False out
-     s = layers.BatchNormalization()(layers.Conv2D(f3, 1, strides=strides, use_bias=False)(x))
+     s = layers.Conv2D(f3, 1, strides=strides, use_bias=False, trainable=False)(x)
+     s = layers.BatchNormalization()(s)

# %% wrong: batch norms fixed in training mode
# from: stride on the kxk
# loses: training
# says: a batch norm is called with training=True
-     y = layers.BatchNormalization()(layers.Conv2D(f3, 1, use_bias=False)(y))
+     y = layers.BatchNormalization()(layers.Conv2D(f3, 1, use_bias=False)(y), training=True)

# %% wrong: a pooling behind the block
# from: stride on the kxk
# loses: shape, shortcut, formula, reference
# says: The text does not ask for a MaxPooling2D
-     return layers.ReLU()(y + s)
+     return layers.MaxPooling2D(2)(layers.ReLU()(y + s))

# %% right: the mode handed on where it is given
# from: stride on the kxk
- def projection_block(x, kernel_size, filters, strides=2):
+ def projection_block(x, kernel_size, filters, strides=2, training=None):
...
-     y = layers.BatchNormalization()(layers.Conv2D(f3, 1, use_bias=False)(y))
+     y = layers.BatchNormalization()(layers.Conv2D(f3, 1, use_bias=False)(y), training=training)

# %% wrong: the course's own block, called
# loses: shape, shortcut, formula, training, reference
# says: uses cnn_casebook.models.blocks.projection_block, which is the course's own code
import cnn_casebook.models.blocks as ready

def projection_block(x, kernel_size, filters, strides=2):
    return ready.projection_block(x, kernel_size, filters, strides)
