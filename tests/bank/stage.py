"""Answers to `stage` in 03_residual_networks/resnet50.ipynb."""

# %% right: one projection, then a loop
def stage(x, kernel_size, filters, blocks, strides):
    x = projection_block(x, kernel_size, filters, strides)
    for i in range(1, blocks):
        x = identity_block(x, kernel_size, filters)
    return x

# %% right: a switch inside the loop
def stage(x, kernel_size, filters, blocks, strides):
    for i in range(blocks):
        if i == 0:
            x = projection_block(x, kernel_size, filters, strides=strides)
        else:
            x = identity_block(x, kernel_size=kernel_size, filters=filters)
    return x

# %% right: a projection only where shapes differ
def stage(x, kernel_size, filters, blocks, strides):
    for i in range(blocks):
        step = strides if i == 0 else 1
        if step != 1 or x.shape[-1] != filters[-1]:
            x = projection_block(x, kernel_size, filters, step)
        else:
            x = identity_block(x, kernel_size, filters)
    return x

# %% right: recursion
def stage(x, kernel_size, filters, blocks, strides):
    if blocks == 1:
        return projection_block(x, kernel_size, filters, strides)
    return identity_block(
        stage(x, kernel_size, filters, blocks - 1, strides), kernel_size, filters
    )

# %% right: own blocks, stride on the middle convolution, no bias
def bottleneck(x, kernel_size, filters, strides=1, project=False):
    f1, f2, f3 = filters
    y = layers.Conv2D(f1, 1, use_bias=False, name=None)(x)
    y = layers.ReLU()(layers.BatchNormalization(epsilon=1e-5, momentum=0.9)(y))
    y = layers.Conv2D(f2, kernel_size, strides=strides, padding="same", use_bias=False)(y)
    y = layers.ReLU()(layers.BatchNormalization(epsilon=1e-5, momentum=0.9)(y))
    y = layers.Conv2D(f3, 1, use_bias=False)(y)
    y = layers.BatchNormalization(epsilon=1e-5, momentum=0.9)(y)
    if project:
        x = layers.Conv2D(f3, 1, strides=strides, use_bias=False)(x)
        x = layers.BatchNormalization(epsilon=1e-5, momentum=0.9)(x)
    return layers.ReLU()(x + y)


def stage(x, kernel_size, filters, blocks, strides):
    x = bottleneck(x, kernel_size, filters, strides, project=True)
    for _ in range(blocks - 1):
        x = bottleneck(x, kernel_size, filters)
    return x

# %% right: own blocks, stride on the zero-padded middle convolution, named layers
def unit(x, filters, k, strides=1, relu=True, name="u"):
    if strides > 1 and k > 1:
        x = layers.ZeroPadding2D(k // 2, name=name + "_pad")(x)
        x = layers.Conv2D(filters, k, strides, "valid", name=name + "_conv")(x)
    else:
        x = layers.Conv2D(filters, k, strides, "same", name=name + "_conv")(x)
    x = layers.BatchNormalization(axis=3, name=name + "_bn")(x)
    return layers.Activation("relu", name=name + "_relu")(x) if relu else x


def stage(x, kernel_size, filters, blocks, strides):
    f1, f2, f3 = filters
    for b in range(blocks):
        name = f"res{b}_"
        s = strides if b == 0 else 1
        y = unit(x, f1, 1, name=name + "a")
        y = unit(y, f2, kernel_size, s, name=name + "b")
        y = unit(y, f3, 1, relu=False, name=name + "c")
        if b == 0:
            x = unit(x, f3, 1, s, relu=False, name=name + "short")
        x = keras.ops.relu(keras.ops.add(y, x))
    return x

# %% right: each block a model of its own
def stage(x, kernel_size, filters, blocks, strides):
    for b in range(blocks):
        inside = keras.Input(x.shape[1:])
        if b:
            block = keras.Model(inside, identity_block(inside, kernel_size, filters))
        else:
            block = keras.Model(inside, projection_block(inside, kernel_size, filters, strides))
        x = block(x)
    return x

# %% right: a loop over the identity blocks
def stage(x, kernel_size, filters, blocks, strides):
    x = projection_block(x, kernel_size, filters, strides)
    for _ in range(blocks - 1):
        x = identity_block(x, kernel_size, filters)
    return x

# %% wrong: nothing written
# loses: shape, blocks, formula, reference
# says: NotImplementedError
def stage(x, kernel_size, filters, blocks, strides):
    raise NotImplementedError()

# %% wrong: no return
# from: a loop over the identity blocks
# loses: shape, blocks, formula, reference
# says: found None (is the return missing?)
-     return x

# %% wrong: one block too many
# from: a loop over the identity blocks
# loses: blocks, formula, reference
# says: stage with blocks=4 has 5 additions
-     for _ in range(blocks - 1):
+     for _ in range(blocks):

# %% wrong: one block too few
# from: a loop over the identity blocks
# loses: blocks, formula, reference
# says: stage with blocks=4 has 3 additions
-     for _ in range(blocks - 1):
+     for _ in range(blocks - 2):

# %% wrong: always three blocks
# loses: blocks, formula, reference
# says: stage with blocks=4 has 3 additions
def stage(x, kernel_size, filters, blocks, strides):
    x = projection_block(x, kernel_size, filters, strides)
    x = identity_block(x, kernel_size, filters)
    return identity_block(x, kernel_size, filters)

# %% wrong: stride in every block
# loses: shape, blocks, formula, reference
# says: The stride is applied in every block
def stage(x, kernel_size, filters, blocks, strides):
    for _ in range(blocks):
        x = projection_block(x, kernel_size, filters, strides)
    return x

# %% wrong: projection blocks only
# from: a loop over the identity blocks
# loses: blocks, formula, reference
# says: block 2 of 4 adds a projection on its shortcut; expected x itself
-         x = identity_block(x, kernel_size, filters)
+         x = projection_block(x, kernel_size, filters, 1)

# %% wrong: stride not passed on
# from: a loop over the identity blocks
# loses: shape, formula
# says: The first block has its default stride of 2
-     x = projection_block(x, kernel_size, filters, strides)
+     x = projection_block(x, kernel_size, filters)

# %% wrong: stride of 1
# from: a loop over the identity blocks
# loses: shape, formula, reference
# says: The stride is not passed on
-     x = projection_block(x, kernel_size, filters, strides)
+     x = projection_block(x, kernel_size, filters, 1)

# %% wrong: identity blocks only
# loses: shape, blocks, formula, reference
# says: an identity block stands where a projection belongs
def stage(x, kernel_size, filters, blocks, strides):
    for _ in range(blocks):
        x = identity_block(x, kernel_size, filters)
    return x

# %% wrong: projection at the end
# loses: shape, blocks, formula, reference
# says: an identity block stands where a projection belongs
def stage(x, kernel_size, filters, blocks, strides):
    for _ in range(blocks - 1):
        x = identity_block(x, kernel_size, filters)
    return projection_block(x, kernel_size, filters, strides)

# %% wrong: every block reads the first one's output
# loses: blocks, formula, reference
# says: Every block gets what the block before it returned
def stage(x, kernel_size, filters, blocks, strides):
    first = projection_block(x, kernel_size, filters, strides)
    for _ in range(blocks - 1):
        y = identity_block(first, kernel_size, filters)
    return y if blocks > 1 else first

# %% wrong: the results are thrown away
# from: a loop over the identity blocks
# loses: blocks, formula, reference
# says: Every block gets what the block before it returned
-         x = identity_block(x, kernel_size, filters)
+         identity_block(x, kernel_size, filters)

# %% wrong: one block used again and again
# from: a loop over the identity blocks
# loses: blocks, reference
# says: share one set of weights
+     inside = keras.Input(x.shape[1:])
+     block = keras.Model(inside, identity_block(inside, kernel_size, filters))
      for _ in range(blocks - 1):
-         x = identity_block(x, kernel_size, filters)
+         x = block(x)

# %% wrong: kernel size fixed at 3
# loses: blocks, formula
# says: The window of the middle convolution is kernel_size
def stage(x, kernel_size, filters, blocks, strides):
    x = projection_block(x, 3, filters, strides)
    for _ in range(blocks - 1):
        x = identity_block(x, 3, filters)
    return x

# %% wrong: filters reversed in the identity blocks
# from: a loop over the identity blocks
# loses: shape, blocks, formula, reference
# says: an identity block stands where a projection belongs
-         x = identity_block(x, kernel_size, filters)
+         x = identity_block(x, kernel_size, filters[::-1])

# %% wrong: middle filters equal to the first ones
# loses: blocks, formula
# says: Look at the filter counts
def stage(x, kernel_size, filters, blocks, strides):
    f1, _, f3 = filters
    x = projection_block(x, kernel_size, (f1, f1, f3), strides)
    for _ in range(blocks - 1):
        x = identity_block(x, kernel_size, (f1, f1, f3))
    return x

# %% wrong: pooling instead of the stride
# from: a loop over the identity blocks
# loses: formula, reference
# says: in block 1 of 3, its output has shape
-     x = projection_block(x, kernel_size, filters, strides)
+     if strides > 1:
+         x = layers.MaxPooling2D(strides, padding="same")(x)
+     x = projection_block(x, kernel_size, filters, 1)

# %% wrong: own blocks without the last ReLU
# loses: formula, reference
# says: there is no ReLU after the addition
def block(x, k, filters, s, project):
    f1, f2, f3 = filters
    y = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(f1, 1, strides=s)(x)))
    y = layers.Conv2D(f2, k, padding="same")(y)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.BatchNormalization()(layers.Conv2D(f3, 1)(y))
    if project:
        x = layers.BatchNormalization()(layers.Conv2D(f3, 1, strides=s)(x))
    return y + x


def stage(x, kernel_size, filters, blocks, strides):
    for b in range(blocks):
        x = block(x, kernel_size, filters, 1 if b else strides, b == 0)
    return x

# %% wrong: own blocks without shortcuts
# loses: blocks, formula, reference
# says: stage with blocks=4 has 0 additions
def unit(y, f, k, s=1):
    y = layers.Conv2D(f, k, strides=s, padding="same")(y)
    return layers.ReLU()(layers.BatchNormalization()(y))


def stage(x, kernel_size, filters, blocks, strides):
    for b in range(blocks):
        x = unit(x, filters[0], 1, 1 if b else strides)
        x = unit(x, filters[1], kernel_size)
        x = unit(x, filters[2], 1)
    return x

# %% wrong: a name used twice
# loses: shape, blocks, formula, reference
# says: Leave the names of layers out
def named(x, kernel_size, filters, strides, project):
    f1, f2, f3 = filters
    y = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(f1, 1, strides, name="a")(x)))
    y = layers.Conv2D(f2, kernel_size, padding="same", name="b")(y)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.BatchNormalization()(layers.Conv2D(f3, 1, name="c")(y))
    if project:
        x = layers.BatchNormalization()(layers.Conv2D(f3, 1, strides, name="d")(x))
    return layers.ReLU()(x + y)


def stage(x, kernel_size, filters, blocks, strides):
    for b in range(blocks):
        x = named(x, kernel_size, filters, 1 if b else strides, b == 0)
    return x

# %% right: own blocks, a main path as a function
def main(x, kernel_size, filters, strides=1):
    f1, f2, f3 = filters
    y = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(f1, 1, strides=strides)(x)))
    y = layers.Conv2D(f2, kernel_size, padding="same")(y)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    return layers.BatchNormalization()(layers.Conv2D(f3, 1)(y))


def stage(x, kernel_size, filters, blocks, strides):
    y = main(x, kernel_size, filters, strides)
    s = layers.BatchNormalization()(layers.Conv2D(filters[2], 1, strides=strides)(x))
    x = layers.ReLU()(y + s)
    for _ in range(blocks - 1):
        y = main(x, kernel_size, filters)
        x = layers.ReLU()(y + x)
    return x

# %% wrong: the projection reads the main path's result
# from: own blocks, a main path as a function
# loses: blocks, formula, reference
# says: the shortcut of block 1 does not begin with what enters the block
-     s = layers.BatchNormalization()(layers.Conv2D(filters[2], 1, strides=strides)(x))
+     s = layers.BatchNormalization()(layers.Conv2D(filters[2], 1)(y))

# %% wrong: main paths added to themselves
# from: own blocks, a main path as a function
# loses: blocks, formula, reference
# says: a tensor is added to itself
-         x = layers.ReLU()(y + x)
+         x = layers.ReLU()(y + y)

# %% wrong: shortcuts of the identity blocks forgotten
# from: own blocks, a main path as a function
# loses: blocks, formula, reference
# says: each block adds its input to what its main path makes
-         x = layers.ReLU()(y + x)
+         x = layers.ReLU()(y)

# %% wrong: a pooling behind the blocks
# from: one projection, then a loop
# loses: shape, formula, reference
# says: The text does not ask for a MaxPooling2D
-     return x
+     return layers.MaxPooling2D(2)(x)

# %% wrong: dropout that nobody asked for
# from: one projection, then a loop
# loses: blocks
# says: a layer that works in training mode alone
-     return x
+     return layers.Dropout(0.2)(x)

# %% wrong: ReLU before the addition in own blocks
# from: own blocks, a main path as a function
# loses: formula, reference
# says: in block 2 of 3, ReLU is applied on the main path before the addition
-         x = layers.ReLU()(y + x)
+         x = layers.ReLU()(layers.ReLU()(y) + x)
