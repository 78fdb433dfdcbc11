"""Answers to `residual_network` in 03_residual_networks/why_resnets_work.ipynb."""

# %% right: slice and pad, layer objects
def residual_network(
    depth, input_shape=(14, 14, 1), classes=10, widths=(8, 16, 32), strides=1, option="A"
):
    n = (depth - 2) // 6
    inputs = keras.Input(shape=input_shape)
    x = layers.Conv2D(widths[0], 3, strides=strides, padding="same")(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    for i in range(3):
        for j in range(n):
            s = 2 if i > 0 and j == 0 else 1
            shortcut = x
            y = layers.Conv2D(widths[i], 3, strides=s, padding="same")(x)
            y = layers.BatchNormalization()(y)
            y = layers.Activation("relu")(y)
            y = layers.Conv2D(widths[i], 3, padding="same")(y)
            y = layers.BatchNormalization()(y)
            if s == 2:
                if option == "A":
                    missing = widths[i] - shortcut.shape[-1]
                    shortcut = shortcut[:, ::2, ::2, :]
                    shortcut = keras.ops.pad(shortcut, [[0, 0], [0, 0], [0, 0], [0, missing]])
                else:
                    shortcut = layers.Conv2D(widths[i], 1, strides=2)(shortcut)
                    shortcut = layers.BatchNormalization()(shortcut)
            x = layers.Add()([y, shortcut])
            x = layers.Activation("relu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))

# %% right: pooling of one pixel, zeros on both sides, plus sign, functions
def residual_network(
    depth, input_shape=(14, 14, 1), classes=10, widths=(8, 16, 32), strides=1, option="A"
):
    def norm(x):
        return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)

    def conv(x, f, s=1, k=3):
        return norm(layers.Conv2D(f, k, s, padding="same", use_bias=False)(x))

    def side(x, f, s):
        if s == 1:
            return x
        if option == "B":
            return conv(x, f, s, 1)
        x = layers.MaxPooling2D(1, strides=2)(x)
        more = f - x.shape[-1]
        return keras.ops.pad(x, ((0, 0), (0, 0), (0, 0), (more // 2, more - more // 2)))

    inputs = keras.Input(input_shape)
    x = keras.ops.relu(conv(inputs, widths[0], strides))
    for f in widths:
        for pair in range(depth // 6):
            s = 2 if f != widths[0] and pair == 0 else 1
            y = conv(keras.ops.relu(conv(x, f, s)), f)
            x = keras.ops.relu(side(x, f, s) + y)
    x = keras.ops.mean(x, axis=[1, 2])
    return keras.Model(inputs, layers.Dense(classes, "softmax")(x))

# %% right: zeros by concatenation, average of one pixel, blocks as models
def residual_network(
    depth, input_shape=(14, 14, 1), classes=10, widths=(8, 16, 32), strides=1, option="A"
):
    def block(shape, f, s):
        x = keras.Input(shape)
        y = unit(unit(x, f, s), f, relu=False)
        short = x
        if s > 1 and option == "A":
            short = layers.AveragePooling2D(1, s)(x)
            zeros = keras.ops.zeros_like(short)
            while short.shape[-1] < f:
                short = layers.Concatenate()([short, zeros[..., : f - short.shape[-1]]])
        elif s > 1:
            short = layers.BatchNormalization()(layers.Conv2D(f, 1, s)(x))
        return keras.Model(x, layers.ReLU()(layers.Add()([short, y])))

    inputs = keras.Input(input_shape)
    x = unit(inputs, widths[0], strides)
    for i, f in enumerate(widths):
        for j in range((depth - 2) // 6):
            x = block(x.shape[1:], f, 2 if i and not j else 1)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))

# %% right: zero padding by hand before strided convolutions, dense layer as projection
def residual_network(
    depth, input_shape=(14, 14, 1), classes=10, widths=(8, 16, 32), strides=1, option="A"
):
    def conv(x, f, s):
        if s > 1:
            x = layers.ZeroPadding2D(1)(x)
        x = layers.Conv2D(f, 3, s, padding="valid" if s > 1 else "same")(x)
        return layers.BatchNormalization()(x)

    inputs = keras.Input(input_shape)
    x = layers.ReLU()(conv(inputs, widths[0], strides))
    for i, f in enumerate(widths):
        for j in range((depth - 2) // 6):
            s = 2 if i > 0 and j == 0 else 1
            y = conv(layers.ReLU()(conv(x, f, s)), f, 1)
            if s == 2:
                x = x[:, ::2, ::2]
                if option == "A":
                    x = keras.ops.pad(x, [(0, 0)] * 3 + [(f - x.shape[-1], 0)])
                else:
                    x = layers.BatchNormalization()(layers.Dense(f)(x))
            x = layers.ReLU()(keras.ops.add(x, y))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))

# %% right: shortcut decided by shapes
def residual_network(
    depth, input_shape=(14, 14, 1), classes=10, widths=(8, 16, 32), strides=1, option="A"
):
    def match(x, y):
        if x.shape[1:] == y.shape[1:]:
            return x
        if option == "A":
            x = x[:, ::2, ::2]
            return keras.ops.pad(x, [(0, 0), (0, 0), (0, 0), (0, y.shape[-1] - x.shape[-1])])
        return layers.BatchNormalization()(layers.Conv2D(y.shape[-1], 1, 2, padding="same")(x))

    x = inputs = keras.Input(input_shape)
    x = unit(x, widths[0], strides)
    for filters, first in zip(widths, (1, 2, 2)):
        for step in [first] + [1] * ((depth - 2) // 6 - 1):
            y = unit(unit(x, filters, step), filters, relu=False)
            x = keras.activations.relu(y + match(x, y))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))

# %% right: all layers made first
def residual_network(
    depth, input_shape=(14, 14, 1), classes=10, widths=(8, 16, 32), strides=1, option="A"
):
    n = (depth - 2) // 6
    out = layers.Dense(classes, activation="softmax")
    pool = layers.GlobalAveragePooling2D()
    stack = []
    for i, f in enumerate(widths):
        for j in range(n):
            first = i > 0 and j == 0
            add, relu = layers.Add(), layers.ReLU()
            bn2, bn1 = layers.BatchNormalization(), layers.BatchNormalization()
            conv2 = layers.Conv2D(f, 3, padding="same")
            conv1 = layers.Conv2D(f, 3, strides=2 if first else 1, padding="same")
            stack.append((f, first, conv1, bn1, conv2, bn2, add, relu))
    inputs = keras.Input(input_shape)
    x = unit(inputs, widths[0], strides)
    for f, first, conv1, bn1, conv2, bn2, add, relu in stack:
        y = bn2(conv2(layers.ReLU()(bn1(conv1(x)))))
        if first:
            if option == "A":
                x = keras.ops.pad(x[:, ::2, ::2], [(0, 0)] * 3 + [(0, f - x.shape[-1])])
            if option == "B":
                x = layers.BatchNormalization()(layers.Conv2D(f, 1, strides=2)(x))
        x = relu(add([x, y]))
    return keras.Model(inputs, out(pool(x)))

# %% right: the ready-made unit, pairs counted
def residual_network(
    depth, input_shape=(14, 14, 1), classes=10, widths=(8, 16, 32), strides=1, option="A"
):
    x = inputs = keras.Input(input_shape)
    x = unit(x, widths[0], strides)
    for stage, filters in enumerate(widths):
        for pair in range((depth - 2) // 6):
            first = stage > 0 and pair == 0
            y = unit(x, filters, 2 if first else 1)
            y = unit(y, filters, relu=False)
            if first and option == "A":
                x = keras.ops.pad(x[:, ::2, ::2], [(0, 0)] * 3 + [(0, filters - x.shape[-1])])
            elif first:
                x = layers.Conv2D(filters, 1, strides=2)(x)
                x = layers.BatchNormalization()(x)
            x = layers.ReLU()(x + y)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))

# %% wrong: nothing written
# loses: shortcuts, formula, zeros, projection, parameters
# says: NotImplementedError
def residual_network(
    depth, input_shape=(14, 14, 1), classes=10, widths=(8, 16, 32), strides=1, option="A"
):
    raise NotImplementedError()

# %% wrong: no shortcuts
# from: the ready-made unit, pairs counted
# loses: shortcuts, formula, zeros, projection, parameters
# says: has 0 additions; expected 3
-             x = layers.ReLU()(x + y)
+             x = layers.ReLU()(y)

# %% wrong: shortcuts only where the shape stays
# from: the ready-made unit, pairs counted
# loses: shortcuts, formula, zeros, projection, parameters
# says: The blocks that change the shape
-             x = layers.ReLU()(x + y)
+             x = layers.ReLU()(y if first else x + y)

# %% wrong: x added where the shapes differ
# from: the ready-made unit, pairs counted
# loses: shortcuts, formula, zeros, projection, parameters
# says: every second pixel and more channels
-             if first and option == "A":
-                 x = keras.ops.pad(x[:, ::2, ::2], [(0, 0)] * 3 + [(0, filters - x.shape[-1])])
-             elif first:
-                 x = layers.Conv2D(filters, 1, strides=2)(x)
-                 x = layers.BatchNormalization()(x)

# %% wrong: one shortcut around each convolution
# from: the ready-made unit, pairs counted
# loses: shortcuts, formula, zeros, projection
# says: not around one
-             y = unit(x, filters, 2 if first else 1)
-             y = unit(y, filters, relu=False)
+             y = unit(x, filters, 2 if first else 1, relu=False)
...
              x = layers.ReLU()(x + y)
+             x = layers.ReLU()(x + unit(x, filters, relu=False))

# %% wrong: ReLU before the addition
# from: the ready-made unit, pairs counted
# loses: formula, zeros, projection
# says: ReLU is applied on the main path before the addition
-             y = unit(y, filters, relu=False)
+             y = unit(y, filters, relu=True)

# %% wrong: ReLU before the addition only
# from: the ready-made unit, pairs counted
# loses: formula, zeros, projection
# says: ReLU is applied on the main path before the addition
-             y = unit(y, filters, relu=False)
+             y = unit(y, filters, relu=True)
...
-             x = layers.ReLU()(x + y)
+             x = x + y

# %% wrong: no ReLU after the addition
# from: the ready-made unit, pairs counted
# loses: formula, zeros, projection
# says: there is no ReLU after the addition
-             x = layers.ReLU()(x + y)
+             x = x + y

# %% wrong: no ReLU between the convolutions
# from: the ready-made unit, pairs counted
# loses: formula, zeros, projection
# says: the ReLU between the two convolutions is missing
-             y = unit(x, filters, 2 if first else 1)
+             y = unit(x, filters, 2 if first else 1, relu=False)

# %% wrong: multiplied
# from: the ready-made unit, pairs counted
# loses: formula, zeros, projection
# says: the shortcut is multiplied
-             x = layers.ReLU()(x + y)
+             x = layers.ReLU()(x * y)

# %% wrong: projection with option A
# from: the ready-made unit, pairs counted
# loses: shortcuts, zeros, parameters
# says: shortcuts have no weights
-             if first and option == "A":
+             if first and option == "a":

# %% wrong: option not used
# from: the ready-made unit, pairs counted
# loses: projection, parameters
# says: Option B projects where the shape changes
-             if first and option == "A":
+             if first:

# %% wrong: projection in every block with option B
# from: the ready-made unit, pairs counted
# loses: projection, parameters
# says: Option B projects where the shape changes, and nowhere else
-             elif first:
+             elif option == "B":
-                 x = layers.Conv2D(filters, 1, strides=2)(x)
+                 x = layers.Conv2D(filters, 1, strides=2 if first else 1)(x)

# %% wrong: projection without batch norm
# from: the ready-made unit, pairs counted
# loses: projection, parameters
# says: batch norms; expected 1
-                 x = layers.BatchNormalization()(x)

# %% wrong: ReLU on the projection
# from: the ready-made unit, pairs counted
# loses: projection
# says: a ReLU follows the projection
-                 x = layers.BatchNormalization()(x)
+                 x = layers.ReLU()(layers.BatchNormalization()(x))

# %% wrong: max pooling in option A
# from: the ready-made unit, pairs counted
# loses: zeros
# says: the image is halved by max pooling
-                 x = keras.ops.pad(x[:, ::2, ::2], [(0, 0)] * 3 + [(0, filters - x.shape[-1])])
+                 x = keras.ops.pad(layers.MaxPooling2D(2, padding="same")(x), [(0, 0)] * 3 + [(0, filters - x.shape[-1])])

# %% wrong: average pooling in option A
# from: the ready-made unit, pairs counted
# loses: zeros
# says: the image is halved by average pooling
-                 x = keras.ops.pad(x[:, ::2, ::2], [(0, 0)] * 3 + [(0, filters - x.shape[-1])])
+                 x = keras.ops.pad(layers.AveragePooling2D(2, padding="same")(x), [(0, 0)] * 3 + [(0, filters - x.shape[-1])])

# %% wrong: channels repeated in option A
# from: the ready-made unit, pairs counted
# loses: zeros
# says: the channels are repeated
-                 x = keras.ops.pad(x[:, ::2, ::2], [(0, 0)] * 3 + [(0, filters - x.shape[-1])])
+                 x = keras.ops.tile(x[:, ::2, ::2], (1, 1, 1, -(-filters // x.shape[-1])))[..., :filters]

# %% wrong: stride on the second convolution
# from: the ready-made unit, pairs counted
# loses: shortcuts, zeros, projection
# says: The first convolution of the second and third stage has stride 2
-             y = unit(x, filters, 2 if first else 1)
+             y = unit(x, filters)
-             y = unit(y, filters, relu=False)
+             y = unit(y, filters, 2 if first else 1, relu=False)

# %% wrong: twice as many blocks
# from: the ready-made unit, pairs counted
# loses: shortcuts, parameters
# says: of more than one pixel; expected 7
-         for pair in range((depth - 2) // 6):
+         for pair in range((depth - 2) // 3):

# %% wrong: bottlenecks
# from: the ready-made unit, pairs counted
# loses: shortcuts, formula, zeros, projection, parameters
# says: has a kernel of shape
-             y = unit(x, filters, 2 if first else 1)
+             y = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(filters, 1)(x)))
+             y = unit(y, filters, 2 if first else 1)

# %% wrong: sigmoid
# from: the ready-made unit, pairs counted
# loses: shortcuts
# says: the last activation is a sigmoid
-     return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))
+     return keras.Model(inputs, layers.Dense(classes, activation="sigmoid")(x))

# %% wrong: widths not used
# from: the ready-made unit, pairs counted
# loses: shortcuts, parameters
# says: The widths are (3, 4, 6)
-     x = unit(x, widths[0], strides)
+     x = unit(x, 8, strides)
-     for stage, filters in enumerate(widths):
+     for stage, filters in enumerate((8, 16, 32)):

# %% wrong: one block for the whole first stage
# from: the ready-made unit, pairs counted
# loses: shortcuts, parameters
# says: share one set of weights
      x = unit(x, widths[0], strides)
+     inside = keras.Input(x.shape[1:])
+     same = keras.Model(inside, unit(unit(inside, widths[0]), widths[0], relu=False))
...
-             y = unit(x, filters, 2 if first else 1)
-             y = unit(y, filters, relu=False)
+             if stage == 0:
+                 y = same(x)
+             else:
+                 y = unit(unit(x, filters, 2 if first else 1), filters, relu=False)
...
-                 x = layers.Conv2D(filters, 1, strides=2)(x)
-                 x = layers.BatchNormalization()(x)
+                 x = layers.BatchNormalization()(layers.Conv2D(filters, 1, strides=2)(x))

# %% wrong: an epsilon that switches the main paths off
# loses: formula, zeros, projection
# says: has epsilon=1e+12
def residual_network(
    depth, input_shape=(14, 14, 1), classes=10, widths=(8, 16, 32), strides=1, option="A"
):
    def norm(x):
        return layers.BatchNormalization(epsilon=1e12)(x)

    inputs = keras.Input(input_shape)
    x = layers.Conv2D(widths[0], 3, strides=strides, padding="same")(inputs)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    for stage, width in enumerate(widths):
        for number in range((depth - 2) // 6):
            step = 2 if stage and not number else 1
            y = layers.Conv2D(width, 3, strides=step, padding="same", activation="tanh")(x)
            y = norm(layers.Conv2D(width, 3, padding="same", activation="sigmoid")(norm(y)))
            side = x
            if step == 2 and option == "A":
                more = width - x.shape[-1]
                side = keras.ops.pad(x[:, ::2, ::2, :], [[0, 0], [0, 0], [0, 0], [0, more]])
            elif step == 2:
                side = layers.BatchNormalization()(layers.Conv2D(width, 1, strides=2)(x))
            x = layers.ReLU()(layers.Add()([y, side]))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))

# %% wrong: the main path added to itself
# from: the ready-made unit, pairs counted
# loses: shortcuts, formula, zeros, projection, parameters
# says: a tensor is added to itself
-             x = layers.ReLU()(x + y)
+             x = layers.ReLU()(y + y)

# %% wrong: x overwritten by the first convolution of a pair
# from: the ready-made unit, pairs counted
# loses: shortcuts, formula, zeros, projection, parameters
# says: the shortcut of block 1 does not begin with what enters the block
-             y = unit(x, filters, 2 if first else 1)
-             y = unit(y, filters, relu=False)
-             if first and option == "A":
-                 x = keras.ops.pad(x[:, ::2, ::2], [(0, 0)] * 3 + [(0, filters - x.shape[-1])])
-             elif first:
-                 x = layers.Conv2D(filters, 1, strides=2)(x)
-                 x = layers.BatchNormalization()(x)
+             x = unit(x, filters, 2 if first else 1)
+             y = unit(x, filters, relu=False)

# %% wrong: dropout that nobody asked for
# from: the ready-made unit, pairs counted
# loses: shortcuts
# says: a layer that works in training mode alone
-             x = layers.ReLU()(x + y)
+             x = layers.ReLU()(x + layers.Dropout(0.1)(y))

# %% wrong: frozen projections
# from: the ready-made unit, pairs counted
# loses: parameters
# says: Leave trainable=False out
-                 x = layers.Conv2D(filters, 1, strides=2)(x)
+                 x = layers.Conv2D(filters, 1, strides=2, trainable=False)(x)

# %% wrong: the projection's batch norm fixed in training mode
# from: the ready-made unit, pairs counted
# loses: parameters
# says: a batch norm is called with training=True
-                 x = layers.BatchNormalization()(x)
+                 x = layers.BatchNormalization()(x, training=True)

# %% wrong: dropout on the projection
# from: the ready-made unit, pairs counted
# loses: projection
# says: a layer that works in training mode alone
-                 x = layers.BatchNormalization()(x)
+                 x = layers.Dropout(0.5)(layers.BatchNormalization()(x))

# %% wrong: the upper left quarter in option A
# from: the ready-made unit, pairs counted
# loses: zeros
# says: the upper left quarter of the image
-                 x = keras.ops.pad(x[:, ::2, ::2], [(0, 0)] * 3 + [(0, filters - x.shape[-1])])
+                 x = keras.ops.pad(x[:, : y.shape[1], : y.shape[2]], [(0, 0)] * 3 + [(0, filters - x.shape[-1])])

# %% wrong: pooled, then projected
# from: the ready-made unit, pairs counted
# loses: projection
# says: the shortcut is halved by average pooling
-                 x = layers.Conv2D(filters, 1, strides=2)(x)
+                 x = layers.Conv2D(filters, 1)(layers.AveragePooling2D(2, padding="same")(x))

# %% wrong: batch norm before the projection
# from: the ready-made unit, pairs counted
# loses: projection, parameters
# says: the batch norm stands before the convolution
-                 x = layers.Conv2D(filters, 1, strides=2)(x)
-                 x = layers.BatchNormalization()(x)
+                 x = layers.BatchNormalization()(x)
+                 x = layers.Conv2D(filters, 1, strides=2)(x)

# %% wrong: each block begins with the input
# from: slice and pad, layer objects
# loses: shortcuts, formula, zeros, projection, parameters
# says: In a block both begin with the same x
-             y = layers.Conv2D(widths[i], 3, strides=s, padding="same")(x)
+             y = layers.Conv2D(widths[i], 3, padding="same")(inputs)

# %% wrong: an image of zeros added to the batch
# from: slice and pad, layer objects
# loses: formula, zeros
# says: The number of images differs
-                     shortcut = keras.ops.pad(shortcut, [[0, 0], [0, 0], [0, 0], [0, missing]])
+                     shortcut = keras.ops.pad(shortcut, [[0, 1], [0, 0], [0, 0], [0, missing]])
