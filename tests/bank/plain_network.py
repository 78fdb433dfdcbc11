"""Answers to `plain_network` in 03_residual_networks/why_resnets_work.ipynb."""

# %% right: two nested loops, layers one by one
def plain_network(
    depth, input_shape=(14, 14, 1), classes=10, widths=(8, 16, 32), strides=1, batch_norm=True
):
    n = (depth - 2) // 6
    inp = keras.Input(shape=input_shape)
    x = layers.Conv2D(widths[0], (3, 3), strides=strides, padding="same")(inp)
    if batch_norm:
        x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    for i in range(3):
        for j in range(2 * n):
            s = 2 if (i > 0 and j == 0) else 1
            x = layers.Conv2D(widths[i], (3, 3), strides=s, padding="same")(x)
            if batch_norm:
                x = layers.BatchNormalization()(x)
            x = layers.Activation("relu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    out = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(inp, out)

# %% right: Sequential, no bias
def plain_network(
    depth, input_shape=(14, 14, 1), classes=10, widths=(8, 16, 32), strides=1, batch_norm=True
):
    def conv(f, s=1):
        found = [layers.Conv2D(f, 3, s, padding="same", use_bias=False)]
        if batch_norm:
            found.append(layers.BatchNormalization(momentum=0.9, epsilon=1e-5))
        return [*found, layers.ReLU()]

    stack = [keras.Input(input_shape), *conv(widths[0], strides)]
    n = depth // 6
    for i, f in enumerate(widths):
        for j in range(2 * n):
            stack += conv(f, 2 if i and not j else 1)
    stack += [layers.GlobalAveragePooling2D(), layers.Dense(classes), layers.Softmax()]
    return keras.Sequential(stack)

# %% right: functions, zero padding by hand, He initialiser and regulariser
def plain_network(
    depth, input_shape=(14, 14, 1), classes=10, widths=(8, 16, 32), strides=1, batch_norm=True
):
    def step(x, f, s):
        if s > 1:
            x = layers.ZeroPadding2D(1)(x)
        x = layers.Conv2D(
            f,
            3,
            s,
            padding="valid" if s > 1 else "same",
            kernel_initializer=keras.initializers.HeNormal(),
            kernel_regularizer=keras.regularizers.L2(1e-4),
        )(x)
        if batch_norm:
            x = layers.BatchNormalization()(x)
        return keras.ops.relu(x)

    inputs = keras.Input(tuple(input_shape))
    x = step(inputs, widths[0], strides)
    for f in (0, 1, 2):
        for k in range((depth - 2) // 3):
            x = step(x, widths[f], 1 + (f > 0) * (k == 0))
    x = keras.ops.mean(x, axis=(1, 2))
    return keras.Model(inputs, layers.Dense(classes, activation=keras.activations.softmax)(x))

# %% right: each stage a model of its own
def plain_network(
    depth, input_shape=(14, 14, 1), classes=10, widths=(8, 16, 32), strides=1, batch_norm=True
):
    def body(shape, filters, count, first):
        stage = keras.Sequential([keras.Input(shape)])
        for number in range(count):
            step = first if number == 0 else 1
            stage.add(layers.Conv2D(filters, 3, strides=step, padding="same"))
            if batch_norm:
                stage.add(layers.BatchNormalization())
            stage.add(layers.ReLU())
        return stage

    n = (depth - 2) // 6
    x = inputs = keras.Input(input_shape)
    for filters, count, first in zip(
        (widths[0], *widths), (1, 2 * n, 2 * n, 2 * n), (strides, 1, 2, 2)
    ):
        x = body(x.shape[1:], filters, count, first)(x)
    x = layers.GlobalAvgPool2D()(x)
    return keras.Model(inputs, layers.Dense(classes, "softmax")(x))

# %% right: a list of strides, n in pairs
def plain_network(
    depth, input_shape=(14, 14, 1), classes=10, widths=(8, 16, 32), strides=1, batch_norm=True
):
    inputs = keras.Input(input_shape)
    pairs = (depth - 2) // 6
    plan = [(widths[0], strides)]
    for number, filters in enumerate(widths):
        plan += [(filters, 1 if number == 0 else 2), (filters, 1)]
        plan += [(filters, 1)] * (2 * pairs - 2)
    x = inputs
    for filters, step in plan:
        x = layers.Conv2D(filters, 3, step, "same", use_bias=not batch_norm)(x)
        x = layers.BatchNormalization()(x) if batch_norm else x
        x = keras.ops.maximum(x, 0)
    x = layers.AveragePooling2D(x.shape[1:3])(x)
    return keras.Model(inputs, layers.Dense(classes, "softmax")(layers.Flatten()(x)))

# %% right: recursion over stages
def _stage(x, widths, count, step, batch_norm):
    if not widths:
        return x
    for _ in range(count):
        x = layers.Conv2D(widths[0], 3, strides=step, padding="same")(x)
        x = layers.ReLU()(layers.BatchNormalization()(x) if batch_norm else x)
        step = 1
    return _stage(x, widths[1:], count, 2, batch_norm)


def plain_network(
    depth, input_shape=(14, 14, 1), classes=10, widths=(8, 16, 32), strides=1, batch_norm=True
):
    inputs = keras.Input(input_shape)
    x = _stage(inputs, list(widths)[:1], 1, strides, batch_norm)
    x = _stage(x, list(widths), (depth - 2) // 3, 1, batch_norm)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))

# %% right: the ready-made unit in two loops
def plain_network(
    depth, input_shape=(14, 14, 1), classes=10, widths=(8, 16, 32), strides=1, batch_norm=True
):
    x = inputs = keras.Input(input_shape)
    x = unit(x, widths[0], strides, batch_norm)
    for stage, filters in enumerate(widths):
        for number in range((depth - 2) // 3):
            x = unit(x, filters, 2 if stage and not number else 1, batch_norm)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))

# %% wrong: nothing written
# loses: layers, formula, parameters
# says: NotImplementedError
def plain_network(
    depth, input_shape=(14, 14, 1), classes=10, widths=(8, 16, 32), strides=1, batch_norm=True
):
    raise NotImplementedError()

# %% wrong: returns the tensor
# loses: layers, formula, parameters
# says: Return keras.Model(inputs, outputs)
def plain_network(
    depth, input_shape=(14, 14, 1), classes=10, widths=(8, 16, 32), strides=1, batch_norm=True
):
    inputs = keras.Input(input_shape)
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(widths[0], 3)(inputs))
    return layers.Dense(classes, activation="softmax")(x)

# %% wrong: n convolutions in each stage
# from: the ready-made unit in two loops
# loses: layers, parameters
# says: has 4 convolutions of more than one pixel; expected 7
-         for number in range((depth - 2) // 3):
+         for number in range((depth - 2) // 6):

# %% wrong: the first convolution is missing
# from: the ready-made unit in two loops
# loses: layers, parameters
# says: has 6 convolutions of more than one pixel; expected 7
-     x = unit(x, widths[0], strides, batch_norm)
...
-             x = unit(x, filters, 2 if stage and not number else 1, batch_norm)
+             step = strides if stage == 0 and number == 0 else 1
+             x = unit(x, filters, 2 if stage and not number else step, batch_norm)

# %% wrong: stride 2 in every convolution of a stage
# from: the ready-made unit in two loops
# loses: layers
# says: only the first convolution of a stage has one
-             x = unit(x, filters, 2 if stage and not number else 1, batch_norm)
+             x = unit(x, filters, 2 if stage else 1, batch_norm)

# %% wrong: stride 2 in the first stage too
# from: the ready-made unit in two loops
# loses: layers
# says: only the first convolution of a stage has one
-     for stage, filters in enumerate(widths):
+     for filters in widths:
          for number in range((depth - 2) // 3):
-             x = unit(x, filters, 2 if stage and not number else 1, batch_norm)
+             x = unit(x, filters, 1 if number else 2, batch_norm)

# %% wrong: no stride between stages
# from: the ready-made unit in two loops
# loses: layers
# says: The first convolution of the second and third stage has stride 2
-     for stage, filters in enumerate(widths):
+     for filters in widths:
-         for number in range((depth - 2) // 3):
+         for _ in range((depth - 2) // 3):
-             x = unit(x, filters, 2 if stage and not number else 1, batch_norm)
+             x = unit(x, filters, 1, batch_norm)

# %% wrong: strides not used
# from: the ready-made unit in two loops
# loses: layers
# says: The first convolution has the stride `strides`
-     x = unit(x, widths[0], strides, batch_norm)
+     x = unit(x, widths[0], 1, batch_norm)

# %% wrong: stride in the last convolution of a stage
# from: the ready-made unit in two loops
# loses: layers
# says: convolution 3 of 7 makes
+     count = (depth - 2) // 3
      for stage, filters in enumerate(widths):
-         for number in range((depth - 2) // 3):
+         for number in range(count):
-             x = unit(x, filters, 2 if stage and not number else 1, batch_norm)
+             x = unit(x, filters, 2 if stage < 2 and number == count - 1 else 1, batch_norm)

# %% wrong: max pooling instead of strides
# from: the ready-made unit in two loops
# loses: layers, formula, parameters
# says: The first convolution of the second and third stage has stride 2
-             x = unit(x, filters, 2 if stage and not number else 1, batch_norm)
+             x = unit(x, filters, 1, batch_norm)
+             if stage and not number:
+                 x = layers.MaxPooling2D(2, padding="same")(x)

# %% wrong: valid padding
# from: the ready-made unit in two loops
# loses: layers, formula, parameters
# says: Use padding="same"
-     x = unit(x, widths[0], strides, batch_norm)
+     x = layers.Conv2D(widths[0], 3, strides=strides)(x)
+     x = layers.ReLU()(layers.BatchNormalization()(x))

# %% wrong: widths not used
# from: the ready-made unit in two loops
# loses: layers, parameters
# says: The widths are (3, 4, 6), one for each stage
-     x = unit(x, widths[0], strides, batch_norm)
+     x = unit(x, 8, strides, batch_norm)
-     for stage, filters in enumerate(widths):
+     for stage, filters in enumerate((8, 16, 32)):

# %% wrong: no ReLU
# from: the ready-made unit in two loops
# loses: formula, parameters
# says: there is no ReLU at all
-     x = unit(x, widths[0], strides, batch_norm)
+     x = unit(x, widths[0], strides, batch_norm, relu=False)
...
-             x = unit(x, filters, 2 if stage and not number else 1, batch_norm)
+             x = unit(x, filters, 2 if stage and not number else 1, batch_norm, relu=False)

# %% wrong: ReLU only with batch norm
# from: the ready-made unit in two loops
# loses: parameters
# says: with batch_norm=False, the ReLUs are gone too
-     x = unit(x, widths[0], strides, batch_norm)
+     x = unit(x, widths[0], strides, batch_norm, relu=batch_norm)
...
-             x = unit(x, filters, 2 if stage and not number else 1, batch_norm)
+             step = 2 if stage and not number else 1
+             x = unit(x, filters, step, batch_norm, relu=batch_norm)

# %% wrong: ReLU inside the convolutions
# from: the ready-made unit in two loops
# loses: formula
# says: ReLU stands before batch norm
-     x = inputs = keras.Input(input_shape)
-     x = unit(x, widths[0], strides, batch_norm)
+     def conv(x, f, s):
+         x = layers.Conv2D(f, 3, strides=s, padding="same", activation="relu")(x)
+         return layers.BatchNormalization()(x) if batch_norm else x
+
+     inputs = keras.Input(input_shape)
+     x = conv(inputs, widths[0], strides)
...
-             x = unit(x, filters, 2 if stage and not number else 1, batch_norm)
+             x = conv(x, filters, 2 if stage and not number else 1)

# %% wrong: batch_norm not used
# from: the ready-made unit in two loops
# loses: parameters
# says: with batch_norm=False the network has 7 batch norms
-     x = unit(x, widths[0], strides, batch_norm)
+     x = unit(x, widths[0], strides)
...
-             x = unit(x, filters, 2 if stage and not number else 1, batch_norm)
+             x = unit(x, filters, 2 if stage and not number else 1)

# %% wrong: no batch norm
# from: the ready-made unit in two loops
# loses: layers, formula, parameters
# says: 7 of 7 convolutions are not followed by a batch norm
-     x = unit(x, widths[0], strides, batch_norm)
+     x = unit(x, widths[0], strides, False)
...
-             x = unit(x, filters, 2 if stage and not number else 1, batch_norm)
+             x = unit(x, filters, 2 if stage and not number else 1, False)

# %% wrong: a shortcut
# from: the ready-made unit in two loops
# loses: layers, formula
# says: a plain network has no shortcuts
-             x = unit(x, filters, 2 if stage and not number else 1, batch_norm)
+             y = unit(x, filters, 2 if stage and not number else 1, batch_norm)
+             x = y + x if stage == 0 and batch_norm else y

# %% wrong: sigmoid
# from: the ready-made unit in two loops
# loses: layers
# says: the last activation is a sigmoid
-     return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))
+     return keras.Model(inputs, layers.Dense(classes, activation="sigmoid")(x))

# %% wrong: no pooling
# from: the ready-made unit in two loops
# loses: layers, parameters
# says: Pool over height and width first
-     x = layers.GlobalAveragePooling2D()(x)
-     return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))
+     return keras.Model(inputs, layers.Dense(classes, activation="softmax")(layers.Flatten()(x)))

# %% wrong: one layer used for all of a stage
# from: the ready-made unit in two loops
# loses: layers, parameters
# says: share one set of weights
-         for number in range((depth - 2) // 3):
-             x = unit(x, filters, 2 if stage and not number else 1, batch_norm)
+         x = unit(x, filters, 2 if stage else 1, batch_norm)
+         conv = layers.Conv2D(filters, 3, padding="same")
+         for _ in range((depth - 2) // 3 - 1):
+             x = conv(x)
+             x = layers.ReLU()(layers.BatchNormalization()(x) if batch_norm else x)

# %% wrong: an epsilon that hides everything, and no ReLU
# loses: layers, formula
# says: has epsilon=1e+12
def plain_network(
    depth, input_shape=(14, 14, 1), classes=10, widths=(8, 16, 32), strides=1, batch_norm=True
):
    inputs = x = keras.Input(input_shape)
    n = (depth - 2) // 6
    steps = [(w, 2 if k and not j else 1) for k, w in enumerate(widths) for j in range(2 * n)]
    for width, step in [(widths[0], strides), *steps]:
        x = layers.Conv2D(width, 3, strides=step, padding="same")(x)
        x = layers.BatchNormalization(epsilon=1e12)(x) if batch_norm else layers.ReLU()(x)
    x = layers.GlobalAveragePooling2D()(layers.ReLU()(x))
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))

# %% wrong: dropout that nobody asked for
# from: two nested loops, layers one by one
# loses: layers
# says: a layer that works in training mode alone
-     x = layers.GlobalAveragePooling2D()(x)
+     x = layers.Dropout(0.2)(layers.GlobalAveragePooling2D()(x))

# %% wrong: a frozen batch norm
# from: two nested loops, layers one by one
# loses: layers, parameters
# says: Leave trainable=False out
-         x = layers.BatchNormalization()(x)
-     x = layers.Activation("relu")(x)
-     for i in range(3):
+         x = layers.BatchNormalization(trainable=False)(x)
+     x = layers.Activation("relu")(x)
+     for i in range(3):

# %% wrong: another nonlinearity
# from: two nested loops, layers one by one
# loses: formula, parameters
# says: the nonlinearity is elu
-     x = layers.Activation("relu")(x)
-     for i in range(3):
+     x = layers.Activation("elu")(x)
+     for i in range(3):
...
-             x = layers.Activation("relu")(x)
+             x = layers.Activation("elu")(x)

# %% wrong: the stride is lost without batch norm
# from: two nested loops, layers one by one
# loses: parameters
# says: expected the same as with batch norms
-             s = 2 if (i > 0 and j == 0) else 1
+             s = 2 if (i > 0 and j == 0 and batch_norm) else 1
