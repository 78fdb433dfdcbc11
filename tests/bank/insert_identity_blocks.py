"""Answers to `insert_identity_blocks` in 03_residual_networks/why_resnets_work.ipynb."""

# %% right: pool.input, layers called again
def insert_identity_blocks(model, count):
    pool, dense = model.layers[-2:]
    x = pool.input
    channels = x.shape[-1]
    for _ in range(count):
        y = layers.Conv2D(channels, 3, padding="same")(x)
        y = layers.BatchNormalization()(y)
        y = layers.ReLU()(y)
        y = layers.Conv2D(channels, 3, padding="same")(y)
        y = layers.BatchNormalization(gamma_initializer="zeros")(y)
        x = layers.ReLU()(x + y)
    return keras.Model(model.input, dense(pool(x)))

# %% right: the ready-made unit, gamma set afterwards
def insert_identity_blocks(model, count):
    x = model.layers[-3].output
    for _ in range(count):
        y = unit(unit(x, x.shape[-1]), x.shape[-1], relu=False)
        x = layers.Activation("relu")(layers.add([y, x]))
    x = layers.GlobalAveragePooling2D()(x)
    head = layers.Dense(model.output_shape[-1], activation="softmax")
    grown = keras.Model(model.inputs, head(x))
    head.set_weights(model.layers[-1].get_weights())
    norms = [layer for layer in grown.layers if isinstance(layer, layers.BatchNormalization)]
    for norm in norms[len(norms) - 2 * count :][1::2]:
        norm.gamma.assign(keras.ops.zeros_like(norm.gamma))
    return grown

# %% right: the body as a model
def insert_identity_blocks(model, count):
    body = keras.Model(model.input, model.layers[-2].input)
    inputs = keras.Input(model.input_shape[1:])
    x = body(inputs)
    for _ in range(count):
        f = x.shape[-1]
        block = keras.Sequential(
            [
                layers.Conv2D(f, 3, padding="same", use_bias=False),
                layers.BatchNormalization(),
                layers.ReLU(),
                layers.Conv2D(f, 3, padding="same", use_bias=False),
                layers.BatchNormalization(gamma_initializer=keras.initializers.Zeros()),
            ]
        )
        x = keras.ops.relu(keras.ops.add(x, block(x)))
    for layer in model.layers[-2:]:
        x = layer(x)
    return keras.Model(inputs, x)

# %% right: no batch norm, the last kernel zero
def insert_identity_blocks(model, count):
    pool, dense = model.layers[-2], model.layers[-1]
    x = pool.input
    for _ in range(count):
        f = x.shape[-1]
        y = layers.Conv2D(f, 3, padding="same", activation="relu")(x)
        y = layers.Conv2D(f, 3, padding="same", kernel_initializer="zeros")(y)
        x = layers.ReLU()(layers.Add()([x, y]))
    return keras.Model(model.input, dense(pool(x)))

# %% right: a clone with the old weights
def insert_identity_blocks(model, count):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    pool, dense = copy.layers[-2:]
    x = pool.input
    for i in range(count):
        y = x
        for j in range(2):
            y = layers.Conv2D(x.shape[-1], 3, padding="same")(y)
            y = layers.BatchNormalization(gamma_initializer="zeros" if j else "ones")(y)
            y = y if j else layers.ReLU()(y)
        x = layers.ReLU()(layers.Add()([y, x]))
    return keras.Model(copy.input, dense(pool(x)))

# %% right: bottlenecks, no ReLU at the end
def insert_identity_blocks(model, count):
    pool, dense = model.layers[-2:]
    x = pool.input
    for _ in range(count):
        f = x.shape[-1]
        y = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(max(1, f // 4), 1)(x)))
        y = layers.Conv2D(max(1, f // 4), 3, padding="same")(y)
        y = layers.ReLU()(layers.BatchNormalization()(y))
        y = layers.BatchNormalization(gamma_initializer="zeros")(layers.Conv2D(f, 1)(y))
        x = layers.Add()([x, y])
    return keras.Model(model.input, dense(pool(x)))

# %% right: layers in a loop, gamma zero from the start
def insert_identity_blocks(model, count):
    pool, dense = model.layers[-2:]
    x = pool.input
    for _ in range(count):
        y = layers.Conv2D(x.shape[-1], 3, padding="same")(unit(x, x.shape[-1]))
        y = layers.BatchNormalization(gamma_initializer="zeros")(y)
        x = layers.ReLU()(layers.Add()([y, x]))
    return keras.Model(model.input, dense(pool(x)))

# %% wrong: nothing written
# loses: unchanged, ready, elsewhere
# says: NotImplementedError
def insert_identity_blocks(model, count):
    raise NotImplementedError()

# %% wrong: the model itself
# loses: unchanged, ready, elsewhere
# says: no residual block was inserted
def insert_identity_blocks(model, count):
    return model

# %% wrong: no zero at all
# from: layers in a loop, gamma zero from the start
# loses: unchanged, elsewhere
# says: Give that batch norm gamma_initializer="zeros"
-         y = layers.Conv2D(x.shape[-1], 3, padding="same")(unit(x, x.shape[-1]))
-         y = layers.BatchNormalization(gamma_initializer="zeros")(y)
+         y = unit(unit(x, x.shape[-1]), x.shape[-1], relu=False)

# %% wrong: gamma of the first batch norm zero
# from: layers in a loop, gamma zero from the start
# loses: ready
# says: no gradient reaches a kernel or a gamma of inserted block 1
-         y = layers.Conv2D(x.shape[-1], 3, padding="same")(unit(x, x.shape[-1]))
-         y = layers.BatchNormalization(gamma_initializer="zeros")(y)
+         f = x.shape[-1]
+         y = layers.Conv2D(f, 3, padding="same")(x)
+         y = layers.ReLU()(layers.BatchNormalization(gamma_initializer="zeros")(y))
+         y = layers.BatchNormalization()(layers.Conv2D(f, 3, padding="same")(y))

# %% wrong: every weight zero
# from: layers in a loop, gamma zero from the start
# loses: ready
# says: no gradient reaches a kernel or a gamma of inserted block 1
+     zeros = {"kernel_initializer": "zeros", "padding": "same"}
      for _ in range(count):
-         y = layers.Conv2D(x.shape[-1], 3, padding="same")(unit(x, x.shape[-1]))
+         f = x.shape[-1]
+         y = layers.Conv2D(f, 3, **zeros)(x)
+         y = layers.ReLU()(layers.BatchNormalization(gamma_initializer="zeros")(y))
+         y = layers.Conv2D(f, 3, **zeros)(y)

# %% wrong: frozen blocks
# from: layers in a loop, gamma zero from the start
# loses: ready
# says: it could never learn anything
-         y = layers.Conv2D(x.shape[-1], 3, padding="same")(unit(x, x.shape[-1]))
-         y = layers.BatchNormalization(gamma_initializer="zeros")(y)
+         f = x.shape[-1]
+         y = layers.Conv2D(f, 3, padding="same", trainable=False)(x)
+         y = layers.ReLU()(layers.BatchNormalization(trainable=False)(y))
+         y = layers.Conv2D(f, 3, padding="same", trainable=False)(y)
+         y = layers.BatchNormalization(gamma_initializer="zeros", trainable=False)(y)

# %% wrong: plain blocks
# from: layers in a loop, gamma zero from the start
# loses: unchanged, ready, elsewhere
# says: There is no new addition
-         y = layers.Conv2D(x.shape[-1], 3, padding="same")(unit(x, x.shape[-1]))
-         y = layers.BatchNormalization(gamma_initializer="zeros")(y)
-         x = layers.ReLU()(layers.Add()([y, x]))
+         x = unit(unit(x, x.shape[-1]), x.shape[-1])

# %% wrong: plain blocks with gamma zero
# from: layers in a loop, gamma zero from the start
# loses: unchanged, ready, elsewhere
# says: There is no new addition
-         y = layers.BatchNormalization(gamma_initializer="zeros")(y)
-         x = layers.ReLU()(layers.Add()([y, x]))
+         x = layers.ReLU()(layers.BatchNormalization(gamma_initializer="zeros")(y))

# %% wrong: beta one
# from: layers in a loop, gamma zero from the start
# loses: unchanged, elsewhere
# says: beta of a new block's last batch norm is not zero
-         y = layers.BatchNormalization(gamma_initializer="zeros")(y)
+         y = layers.BatchNormalization(gamma_initializer="zeros", beta_initializer="ones")(y)

# %% wrong: a new dense layer
# from: layers in a loop, gamma zero from the start
# loses: unchanged, elsewhere
# says: the model's own weights are gone
-     return keras.Model(model.input, dense(pool(x)))
+     x = layers.GlobalAveragePooling2D()(x)
+     out = layers.Dense(model.output_shape[-1], activation="softmax")(x)
+     return keras.Model(model.input, out)

# %% wrong: a clone with fresh weights
# from: layers in a loop, gamma zero from the start
# loses: unchanged, elsewhere
# says: the model's own weights are gone
  def insert_identity_blocks(model, count):
+     model = keras.models.clone_model(model)

# %% wrong: always one block
# loses: ready, elsewhere
# says: with count=2 there are 1 new additions
def insert_identity_blocks(model, count):
    pool, dense = model.layers[-2:]
    x = pool.input
    y = layers.Conv2D(x.shape[-1], 3, padding="same")(unit(x, x.shape[-1]))
    y = layers.BatchNormalization(gamma_initializer="zeros")(y)
    x = layers.ReLU()(layers.Add()([y, x]))
    return keras.Model(model.input, dense(pool(x)))

# %% wrong: every block reads the same tensor
# loses: ready, elsewhere
# says: Each block gets what the block before it returned, and adds once
def insert_identity_blocks(model, count):
    pool, dense = model.layers[-2:]
    x = start = pool.input
    for _ in range(count):
        y = layers.Conv2D(start.shape[-1], 3, padding="same")(unit(start, start.shape[-1]))
        y = layers.BatchNormalization(gamma_initializer="zeros")(y)
        x = layers.ReLU()(layers.Add()([y, start]))
    return keras.Model(model.input, dense(pool(x)))

# %% wrong: filters fixed
# from: layers in a loop, gamma zero from the start
# loses: unchanged, ready, elsewhere
# says: an inserted block has to keep the shape
-         y = layers.Conv2D(x.shape[-1], 3, padding="same")(unit(x, x.shape[-1]))
+         y = layers.Conv2D(32, 3, padding="same")(unit(x, 32))

# %% wrong: subtracted
# from: layers in a loop, gamma zero from the start
# loses: unchanged, ready, elsewhere
# says: with count=1 inserted blocks the predictions change
-         x = layers.ReLU()(layers.Add()([y, x]))
+         x = layers.ReLU()(y - x)

# %% wrong: the head is forgotten
# from: layers in a loop, gamma zero from the start
# loses: unchanged, ready, elsewhere
# says: with count=1 inserted blocks
-     pool, dense = model.layers[-2:]
-     x = pool.input
+     x = model.layers[-2].input
...
-     return keras.Model(model.input, dense(pool(x)))
+     return keras.Model(model.input, x)

# %% wrong: one pair of layers for all blocks
# from: layers in a loop, gamma zero from the start
# loses: ready
# says: is used more than once
      x = pool.input
+     conv = layers.Conv2D(x.shape[-1], 3, padding="same")
...
-         y = layers.Conv2D(x.shape[-1], 3, padding="same")(unit(x, x.shape[-1]))
+         y = conv(unit(x, x.shape[-1]))

# %% wrong: no ReLU between the convolutions
# from: layers in a loop, gamma zero from the start
# loses: ready
# says: has no ReLU between its convolutions
-         y = layers.Conv2D(x.shape[-1], 3, padding="same")(unit(x, x.shape[-1]))
+         y = layers.Conv2D(x.shape[-1], 3, padding="same")(unit(x, x.shape[-1], relu=False))

# %% wrong: blocks behind the pooling
# loses: ready
# says: stands behind the pooling
def insert_identity_blocks(model, count):
    pool, dense = model.layers[-2:]
    x = pool.output
    for _ in range(count):
        y = layers.ReLU()(layers.BatchNormalization()(layers.Dense(x.shape[-1])(x)))
        y = layers.BatchNormalization(gamma_initializer="zeros")(layers.Dense(x.shape[-1])(y))
        x = layers.Add()([y, x])
    return keras.Model(model.input, dense(x))

# %% wrong: dropout in the blocks
# from: layers in a loop, gamma zero from the start
# loses: ready
# says: a layer that works in training mode alone
-         x = layers.ReLU()(layers.Add()([y, x]))
+         x = layers.ReLU()(layers.Add()([layers.Dropout(0.5)(y), x]))

# %% wrong: a batch norm fixed in training mode
# from: layers in a loop, gamma zero from the start
# loses: ready
# says: a batch norm is called with training=True
-         y = layers.BatchNormalization(gamma_initializer="zeros")(y)
+         y = layers.BatchNormalization(gamma_initializer="zeros")(y, training=True)

# %% right: three convolutions, other windows, layer norm
def insert_identity_blocks(model, count):
    pool, dense = model.layers[-2:]
    x = pool.input
    for _ in range(count):
        y = layers.Conv2D(2 * x.shape[-1], 5, padding="same")(x)
        y = layers.ReLU()(layers.LayerNormalization()(y))
        y = layers.DepthwiseConv2D(3, padding="same", activation="relu")(y)
        y = layers.Conv2D(x.shape[-1], 1, activation="relu")(y)
        y = layers.Conv2D(x.shape[-1], 3, padding="same", kernel_initializer="zeros")(y)
        x = layers.Add()([y, x])
    return keras.Model(model.input, dense(pool(x)))

# %% wrong: one convolution of each block frozen
# from: pool.input, layers called again
# loses: ready
# says: has layers that training leaves as they are
-         y = layers.Conv2D(channels, 3, padding="same")(x)
+         y = layers.Conv2D(channels, 3, padding="same", trainable=False)(x)

# %% wrong: the head frozen
# from: pool.input, layers called again
# loses: ready
# says: has layers that training leaves as they are
-     return keras.Model(model.input, dense(pool(x)))
+     dense.trainable = False
+     return keras.Model(model.input, dense(pool(x)))

# %% wrong: tanh in the place of ReLU
# from: layers in a loop, gamma zero from the start
# loses: ready
# says: the nonlinearity is tanh; expected ReLU
-         y = layers.Conv2D(x.shape[-1], 3, padding="same")(unit(x, x.shape[-1]))
+         y = layers.Activation("tanh")(unit(x, x.shape[-1], relu=False))
+         y = layers.Conv2D(x.shape[-1], 3, padding="same")(y)

# %% wrong: a leaky ReLU
# from: layers in a loop, gamma zero from the start
# loses: ready
# says: the nonlinearity is LeakyReLU; expected ReLU
-         y = layers.Conv2D(x.shape[-1], 3, padding="same")(unit(x, x.shape[-1]))
+         y = layers.LeakyReLU()(unit(x, x.shape[-1], relu=False))
+         y = layers.Conv2D(x.shape[-1], 3, padding="same")(y)

# %% wrong: GELU inside the convolution
# from: layers in a loop, gamma zero from the start
# loses: ready
# says: the nonlinearity is gelu; expected ReLU
-         y = layers.Conv2D(x.shape[-1], 3, padding="same")(unit(x, x.shape[-1]))
+         y = layers.Conv2D(x.shape[-1], 3, padding="same", activation="gelu")(x)
+         y = layers.Conv2D(x.shape[-1], 3, padding="same")(y)

# %% wrong: a ReLU that ends at 6
# from: layers in a loop, gamma zero from the start
# loses: ready
# says: ReLU with max_value=6
-         y = layers.Conv2D(x.shape[-1], 3, padding="same")(unit(x, x.shape[-1]))
+         y = layers.ReLU(max_value=6)(unit(x, x.shape[-1], relu=False))
+         y = layers.Conv2D(x.shape[-1], 3, padding="same")(y)

# %% wrong: a ReLU before both convolutions alone
# from: layers in a loop, gamma zero from the start
# loses: ready
# says: has no ReLU between its convolutions
-         y = layers.Conv2D(x.shape[-1], 3, padding="same")(unit(x, x.shape[-1]))
+         y = unit(layers.ReLU()(x), x.shape[-1], relu=False)
+         y = layers.Conv2D(x.shape[-1], 3, padding="same")(y)

# %% right: keras.activations.relu in the convolution
# from: layers in a loop, gamma zero from the start
-         y = layers.Conv2D(x.shape[-1], 3, padding="same")(unit(x, x.shape[-1]))
+         y = layers.Conv2D(x.shape[-1], 3, padding="same", activation=keras.activations.relu)(x)
+         y = layers.Conv2D(x.shape[-1], 3, padding="same")(y)

# %% right: the maximum with 0
# from: layers in a loop, gamma zero from the start
-         y = layers.Conv2D(x.shape[-1], 3, padding="same")(unit(x, x.shape[-1]))
+         y = keras.ops.maximum(unit(x, x.shape[-1], relu=False), 0.0)
+         y = layers.Conv2D(x.shape[-1], 3, padding="same")(y)

# %% right: batch norm and ReLU before each convolution
# from: layers in a loop, gamma zero from the start
-         y = layers.Conv2D(x.shape[-1], 3, padding="same")(unit(x, x.shape[-1]))
+         y = layers.ReLU()(layers.BatchNormalization()(x))
+         y = layers.Conv2D(x.shape[-1], 3, padding="same")(y)
+         y = keras.ops.relu(layers.BatchNormalization()(y))
+         y = layers.Conv2D(x.shape[-1], 3, padding="same")(y)

# %% right: tanh and ReLU
# from: layers in a loop, gamma zero from the start
-         y = layers.Conv2D(x.shape[-1], 3, padding="same")(unit(x, x.shape[-1]))
+         y = layers.ReLU()(layers.Activation("tanh")(unit(x, x.shape[-1], relu=False)))
+         y = layers.Conv2D(x.shape[-1], 3, padding="same")(y)

# %% wrong: twice as many blocks as asked for
# from: layers in a loop, gamma zero from the start
# loses: ready, elsewhere
# says: A block adds once, and there are as many blocks as count says
-     for _ in range(count):
+     for _ in range(2 * count):

# %% wrong: the main path added to itself
# from: layers in a loop, gamma zero from the start
# loses: unchanged, ready, elsewhere
# says: A new addition adds a tensor to itself
-         x = layers.ReLU()(layers.Add()([y, x]))
+         x = layers.ReLU()(layers.Add()([y, y]))
