"""Answers to `inception_module` in 04_inception/inception.ipynb."""

# %% right: as in the figure
def inception_module(x, f1, f3_reduce, f3, f5_reduce, f5, pool_projection):
    a = layers.Conv2D(f1, 1, activation="relu")(x)
    b = layers.Conv2D(f3_reduce, 1, activation="relu")(x)
    b = layers.Conv2D(f3, 3, padding="same", activation="relu")(b)
    c = layers.Conv2D(f5_reduce, 1, activation="relu")(x)
    c = layers.Conv2D(f5, 5, padding="same", activation="relu")(c)
    d = layers.MaxPooling2D(3, strides=1, padding="same")(x)
    d = layers.Conv2D(pool_projection, 1, activation="relu")(d)
    return layers.Concatenate()([a, b, c, d])

# %% right: ops and functions
def inception_module(x, f1, f3_reduce, f3, f5_reduce, f5, pool_projection):
    relu = keras.ops.relu
    a = relu(layers.Conv2D(f1, 1)(x))
    b = relu(layers.Conv2D(f3, 3, padding="same")(relu(layers.Conv2D(f3_reduce, 1)(x))))
    c = relu(layers.Conv2D(f5, 5, padding="same")(relu(layers.Conv2D(f5_reduce, 1)(x))))
    d = keras.ops.max_pool(x, 3, strides=1, padding="same")
    d = relu(layers.Conv2D(pool_projection, 1)(d))
    return keras.ops.concatenate([a, b, c, d], axis=-1)

# %% right: one ReLU after the concatenation
def inception_module(x, f1, f3_reduce, f3, f5_reduce, f5, pool_projection):
    a = layers.Conv2D(f1, 1)(x)
    b = layers.Conv2D(f3_reduce, 1, activation="relu")(x)
    b = layers.Conv2D(f3, 3, padding="same")(b)
    c = layers.Conv2D(f5_reduce, 1, activation="relu")(x)
    c = layers.Conv2D(f5, 5, padding="same")(c)
    d = layers.MaxPooling2D(3, strides=1, padding="same")(x)
    d = layers.Conv2D(pool_projection, 1)(d)
    return layers.ReLU()(layers.concatenate([a, b, c, d], axis=3))

# %% right: names, initialisers, regularisers
def inception_module(x, f1, f3_reduce, f3, f5_reduce, f5, pool_projection):
    options = dict(
        padding="same",
        activation="relu",
        kernel_initializer=keras.initializers.GlorotUniform(seed=1),
        bias_initializer=keras.initializers.Constant(0.2),
        kernel_regularizer=keras.regularizers.L2(2e-4),
    )
    conv_1x1 = layers.Conv2D(f1, (1, 1), name="conv_1x1", **options)(x)
    conv_3x3 = layers.Conv2D(f3_reduce, (1, 1), name="conv_3x3_reduce", **options)(x)
    conv_3x3 = layers.Conv2D(f3, (3, 3), name="conv_3x3", **options)(conv_3x3)
    conv_5x5 = layers.Conv2D(f5_reduce, (1, 1), name="conv_5x5_reduce", **options)(x)
    conv_5x5 = layers.Conv2D(f5, (5, 5), name="conv_5x5", **options)(conv_5x5)
    pool_proj = layers.MaxPool2D((3, 3), strides=(1, 1), padding="same")(x)
    pool_proj = layers.Conv2D(pool_projection, (1, 1), name="pool_proj", **options)(pool_proj)
    return layers.concatenate([conv_1x1, conv_3x3, conv_5x5, pool_proj], axis=3)

# %% right: dense layers as 1x1
# from: as in the figure
-     a = layers.Conv2D(f1, 1, activation="relu")(x)
+     a = layers.Dense(f1, activation="relu")(x)
-     b = layers.Conv2D(f3_reduce, 1, activation="relu")(x)
+     b = layers.Dense(f3_reduce, activation="relu")(x)
...
-     d = layers.Conv2D(pool_projection, 1, activation="relu")(d)
+     d = layers.Dense(pool_projection, activation="relu")(d)

# %% right: nested Sequential, last branch first
def inception_module(x, f1, f3_reduce, f3, f5_reduce, f5, pool_projection):
    pool = keras.Sequential(
        [
            layers.MaxPooling2D(3, 1, "same"),
            layers.Conv2D(pool_projection, 1, activation="relu"),
        ]
    )(x)
    five = keras.Sequential(
        [
            layers.Conv2D(f5_reduce, 1, activation="relu"),
            layers.Conv2D(f5, 5, padding="same", activation="relu"),
        ]
    )(x)
    three = keras.Sequential(
        [
            layers.Conv2D(f3_reduce, 1, activation="relu"),
            layers.Conv2D(f3, 3, padding="same", activation="relu"),
        ]
    )(x)
    return layers.Concatenate()([layers.Conv2D(f1, 1, activation="relu")(x), three, five, pool])

# %% right: zero padding by hand
# from: as in the figure
-     b = layers.Conv2D(f3, 3, padding="same", activation="relu")(b)
+     b = layers.Conv2D(f3, 3, activation="relu")(layers.ZeroPadding2D(1)(b))
      c = layers.Conv2D(f5_reduce, 1, activation="relu")(x)
-     c = layers.Conv2D(f5, 5, padding="same", activation="relu")(c)
+     c = layers.Conv2D(f5, 5, activation="relu")(layers.ZeroPadding2D(2)(c))
-     d = layers.MaxPooling2D(3, strides=1, padding="same")(x)
+     d = layers.MaxPooling2D(3, strides=1)(layers.ZeroPadding2D(1)(x))

# %% right: concatenated two by two
# from: as in the figure
-     return layers.Concatenate()([a, b, c, d])
+     return layers.Concatenate()([layers.Concatenate()([a, b]), layers.Concatenate()([c, d])])

# %% right: a nested functional model
def inception_module(x, f1, f3_reduce, f3, f5_reduce, f5, pool_projection):
    inside = keras.Input(x.shape[1:])
    towers = [layers.Conv2D(f1, 1, activation="relu")(inside)]
    for reduce, filters, size in ((f3_reduce, f3, 3), (f5_reduce, f5, 5)):
        y = layers.Activation("relu")(layers.Conv2D(reduce, 1)(inside))
        y = layers.Activation("relu")(layers.Conv2D(filters, size, padding="same")(y))
        towers.append(y)
    y = layers.MaxPooling2D(3, 1, padding="same")(inside)
    towers.append(layers.Activation("relu")(layers.Conv2D(pool_projection, 1)(y)))
    return keras.Model(inside, layers.Concatenate()(towers))(x)

# %% right: layers made first
def inception_module(x, f1, f3_reduce, f3, f5_reduce, f5, pool_projection):
    pool, project = layers.MaxPooling2D(3, 1, "same"), layers.Conv2D(pool_projection, 1)
    five, five_reduce = layers.Conv2D(f5, 5, padding="same"), layers.Conv2D(f5_reduce, 1)
    three, three_reduce = layers.Conv2D(f3, 3, padding="same"), layers.Conv2D(f3_reduce, 1)
    one = layers.Conv2D(f1, 1)
    relu = keras.activations.relu
    return layers.concatenate(
        [
            relu(one(x)),
            relu(three(relu(three_reduce(x)))),
            relu(five(relu(five_reduce(x)))),
            relu(project(pool(x))),
        ]
    )

# %% wrong: no 1x1 reductions
# loses: branches, counts
# says: A 1x1 reduction is missing
def inception_module(x, f1, f3_reduce, f3, f5_reduce, f5, pool_projection):
    a = layers.Conv2D(f1, 1, activation="relu")(x)
    b = layers.Conv2D(f3, 3, padding="same", activation="relu")(x)
    c = layers.Conv2D(f5, 5, padding="same", activation="relu")(x)
    d = layers.MaxPooling2D(3, strides=1, padding="same")(x)
    d = layers.Conv2D(pool_projection, 1, activation="relu")(d)
    return layers.Concatenate()([a, b, c, d])

# %% wrong: reduction missing in front of 5x5
# from: as in the figure
# loses: branches, counts
# says: A 1x1 reduction is missing
-     c = layers.Conv2D(f5_reduce, 1, activation="relu")(x)
-     c = layers.Conv2D(f5, 5, padding="same", activation="relu")(c)
+     c = layers.Conv2D(f5, 5, padding="same", activation="relu")(x)

# %% wrong: 3x3 in the 5x5 branch
# from: as in the figure
# loses: branches, counts
# says: There is no 5x5 convolution
-     c = layers.Conv2D(f5, 5, padding="same", activation="relu")(c)
+     c = layers.Conv2D(f5, 3, padding="same", activation="relu")(c)

# %% wrong: 5x5 in the 3x3 branch
# from: as in the figure
# loses: branches, counts
# says: There is no 3x3 convolution
-     b = layers.Conv2D(f3, 3, padding="same", activation="relu")(b)
+     b = layers.Conv2D(f3, 5, padding="same", activation="relu")(b)

# %% wrong: windows exchanged
# from: as in the figure
# loses: branches, counts
# says: Compare the filters with the arguments
-     b = layers.Conv2D(f3, 3, padding="same", activation="relu")(b)
+     b = layers.Conv2D(f3, 5, padding="same", activation="relu")(b)
      c = layers.Conv2D(f5_reduce, 1, activation="relu")(x)
-     c = layers.Conv2D(f5, 5, padding="same", activation="relu")(c)
+     c = layers.Conv2D(f5, 3, padding="same", activation="relu")(c)

# %% wrong: pool without projection
# from: as in the figure
# loses: branches, order, values, counts
# says: has no 1x1 projection
-     d = layers.Conv2D(pool_projection, 1, activation="relu")(d)

# %% wrong: pool with stride 2
# from: as in the figure
# loses: branches, order, values, counts
# says: stride 1 and padding
-     d = layers.MaxPooling2D(3, strides=1, padding="same")(x)
+     d = layers.MaxPooling2D(3, strides=2, padding="same")(x)

# %% wrong: pool without a stride
# from: as in the figure
# loses: branches, order, values, counts
# says: stride 1 and padding
-     d = layers.MaxPooling2D(3, strides=1, padding="same")(x)
+     d = layers.MaxPooling2D(3, padding="same")(x)

# %% wrong: pool without padding
# from: as in the figure
# loses: branches, order, values, counts
# says: different heights or widths
-     d = layers.MaxPooling2D(3, strides=1, padding="same")(x)
+     d = layers.MaxPooling2D(3, strides=1)(x)

# %% wrong: pool after the projection
# from: as in the figure
# loses: branches, values
# says: it belongs in front of it
-     d = layers.MaxPooling2D(3, strides=1, padding="same")(x)
-     d = layers.Conv2D(pool_projection, 1, activation="relu")(d)
+     d = layers.Conv2D(pool_projection, 1, activation="relu")(x)
+     d = layers.MaxPooling2D(3, strides=1, padding="same")(d)

# %% wrong: average pool
# from: as in the figure
# loses: values
# says: the pooling takes the average
-     d = layers.MaxPooling2D(3, strides=1, padding="same")(x)
+     d = layers.AveragePooling2D(3, strides=1, padding="same")(x)

# %% wrong: pool of 2x2
# from: as in the figure
# loses: values
# says: the pooling window is 2x2
-     d = layers.MaxPooling2D(3, strides=1, padding="same")(x)
+     d = layers.MaxPooling2D(2, strides=1, padding="same")(x)

# %% wrong: no pooling
# from: as in the figure
# loses: branches, values
# says: There is no pooling
-     d = layers.MaxPooling2D(3, strides=1, padding="same")(x)
+     d = x

# %% wrong: concatenated along height
# from: as in the figure
# loses: branches, order, values, counts
# says: along the height
-     return layers.Concatenate()([a, b, c, d])
+     return layers.Concatenate(axis=1)([a, b, c, d])

# %% wrong: concatenated along width, by ops
# from: as in the figure
# loses: branches, order, values, counts
# says: along the width
-     return layers.Concatenate()([a, b, c, d])
+     return keras.ops.concatenate([a, b, c, d], axis=2)

# %% wrong: added
# from: as in the figure
# loses: branches, order, values, counts
# says: added or averaged
-     return layers.Concatenate()([a, b, c, d])
+     return layers.Add()([a, b, c, d])

# %% wrong: added by plus
# from: as in the figure
# loses: branches, order, values, counts
# says: added or averaged
-     return layers.Concatenate()([a, b, c, d])
+     return a + b + c + d

# %% wrong: order: pool before 5x5
# from: as in the figure
# loses: order, values
# says: The order of the concatenation
-     return layers.Concatenate()([a, b, c, d])
+     return layers.Concatenate()([a, b, d, c])

# %% wrong: order: pool first
# from: as in the figure
# loses: order, values
# says: The order of the concatenation
-     return layers.Concatenate()([a, b, c, d])
+     return layers.Concatenate()([d, a, b, c])

# %% wrong: order: 5x5 before 3x3
# from: as in the figure
# loses: order, values
# says: The order of the concatenation
-     return layers.Concatenate()([a, b, c, d])
+     return layers.Concatenate()([a, c, b, d])

# %% wrong: a branch forgotten
# from: as in the figure
# loses: branches, order, values, counts
# says: The branches are [
-     return layers.Concatenate()([a, b, c, d])
+     return layers.Concatenate()([a, b, c])

# %% wrong: a branch twice
# from: as in the figure
# loses: branches, order, values, counts
# says: turns (9, 8, 7) into
-     return layers.Concatenate()([a, b, c, d])
+     return layers.Concatenate()([a, b, b, d])

# %% wrong: 3x3 reads x
# from: as in the figure
# loses: branches, counts
# says: A 1x1 reduction is missing
-     b = layers.Conv2D(f3, 3, padding="same", activation="relu")(b)
+     b = layers.Conv2D(f3, 3, padding="same", activation="relu")(x)

# %% wrong: 5x5 branch reads the 3x3 reduction
# from: as in the figure
# loses: branches, counts
# says: Compare the filters with the arguments
      b = layers.Conv2D(f3_reduce, 1, activation="relu")(x)
+     keep = b
...
-     c = layers.Conv2D(f5, 5, padding="same", activation="relu")(c)
+     c = layers.Conv2D(f5, 5, padding="same", activation="relu")(keep)

# %% wrong: 5x5 branch continues the 3x3 branch
# from: as in the figure
# loses: branches, order, values, counts
# says: A branch reads another branch
-     c = layers.Conv2D(f5_reduce, 1, activation="relu")(x)
+     c = layers.Conv2D(f5_reduce, 1, activation="relu")(b)

# %% wrong: no ReLU
# loses: values
# says: there is no ReLU anywhere
def inception_module(x, f1, f3_reduce, f3, f5_reduce, f5, pool_projection):
    a = layers.Conv2D(f1, 1)(x)
    b = layers.Conv2D(f3_reduce, 1)(x)
    b = layers.Conv2D(f3, 3, padding="same")(b)
    c = layers.Conv2D(f5_reduce, 1)(x)
    c = layers.Conv2D(f5, 5, padding="same")(c)
    d = layers.MaxPooling2D(3, strides=1, padding="same")(x)
    d = layers.Conv2D(pool_projection, 1)(d)
    return layers.Concatenate()([a, b, c, d])

# %% wrong: no ReLU after the reductions
# from: as in the figure
# loses: values
# says: after the two reductions
-     b = layers.Conv2D(f3_reduce, 1, activation="relu")(x)
+     b = layers.Conv2D(f3_reduce, 1)(x)
      b = layers.Conv2D(f3, 3, padding="same", activation="relu")(b)
-     c = layers.Conv2D(f5_reduce, 1, activation="relu")(x)
+     c = layers.Conv2D(f5_reduce, 1)(x)

# %% wrong: no ReLU after the projection
# from: as in the figure
# loses: values
# says: after the projection
-     d = layers.Conv2D(pool_projection, 1, activation="relu")(d)
+     d = layers.Conv2D(pool_projection, 1)(d)

# %% wrong: ReLU only at the ends forgotten
# from: one ReLU after the concatenation
# loses: values
# says: at the ends of the branches
-     return layers.ReLU()(layers.concatenate([a, b, c, d], axis=3))
+     return layers.Concatenate()([a, b, c, d])

# %% wrong: tanh
# loses: values
# says: the nonlinearity is tanh
def inception_module(x, f1, f3_reduce, f3, f5_reduce, f5, pool_projection):
    a = layers.Conv2D(f1, 1, activation="tanh")(x)
    b = layers.Conv2D(f3_reduce, 1, activation="tanh")(x)
    b = layers.Conv2D(f3, 3, padding="same", activation="tanh")(b)
    c = layers.Conv2D(f5_reduce, 1, activation="tanh")(x)
    c = layers.Conv2D(f5, 5, padding="same", activation="tanh")(c)
    d = layers.MaxPooling2D(3, strides=1, padding="same")(x)
    d = layers.Conv2D(pool_projection, 1, activation="tanh")(d)
    return layers.Concatenate()([a, b, c, d])

# %% wrong: batch norm
# from: as in the figure
# loses: values, counts
# says: The text does not ask for a BatchNormalization
-     d = layers.Conv2D(pool_projection, 1, activation="relu")(d)
+     d = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(pool_projection, 1)(d)))

# %% wrong: no biases
# loses: counts
# says: have no biases
def inception_module(x, f1, f3_reduce, f3, f5_reduce, f5, pool_projection):
    a = layers.Conv2D(f1, 1, use_bias=False, activation="relu")(x)
    b = layers.Conv2D(f3_reduce, 1, use_bias=False, activation="relu")(x)
    b = layers.Conv2D(f3, 3, padding="same", use_bias=False, activation="relu")(b)
    c = layers.Conv2D(f5_reduce, 1, use_bias=False, activation="relu")(x)
    c = layers.Conv2D(f5, 5, padding="same", use_bias=False, activation="relu")(c)
    d = layers.MaxPooling2D(3, strides=1, padding="same")(x)
    d = layers.Conv2D(pool_projection, 1, use_bias=False, activation="relu")(d)
    return layers.Concatenate()([a, b, c, d])

# %% wrong: valid padding
# from: as in the figure
# loses: branches, order, values, counts
# says: stride 1 and padding
-     b = layers.Conv2D(f3, 3, padding="same", activation="relu")(b)
+     b = layers.Conv2D(f3, 3, activation="relu")(b)
      c = layers.Conv2D(f5_reduce, 1, activation="relu")(x)
-     c = layers.Conv2D(f5, 5, padding="same", activation="relu")(c)
+     c = layers.Conv2D(f5, 5, activation="relu")(c)

# %% wrong: reduction counts exchanged
# from: as in the figure
# loses: branches, counts
# says: Compare the filters with the arguments
-     b = layers.Conv2D(f3_reduce, 1, activation="relu")(x)
+     b = layers.Conv2D(f5_reduce, 1, activation="relu")(x)
      b = layers.Conv2D(f3, 3, padding="same", activation="relu")(b)
-     c = layers.Conv2D(f5_reduce, 1, activation="relu")(x)
+     c = layers.Conv2D(f3_reduce, 1, activation="relu")(x)

# %% wrong: filters of reduction and window exchanged
# from: as in the figure
# loses: branches, order, values, counts
# says: turns (9, 8, 7) into
-     b = layers.Conv2D(f3_reduce, 1, activation="relu")(x)
+     b = layers.Conv2D(f3, 1, activation="relu")(x)
-     b = layers.Conv2D(f3, 3, padding="same", activation="relu")(b)
+     b = layers.Conv2D(f3_reduce, 3, padding="same", activation="relu")(b)

# %% wrong: arguments in another order
# from: as in the figure
# loses: branches, order, values, counts
# says: turns (9, 8, 7) into
- def inception_module(x, f1, f3_reduce, f3, f5_reduce, f5, pool_projection):
+ def inception_module(x, f1, f3, f3_reduce, f5, f5_reduce, pool_projection):

# %% wrong: input scaled and added to the branches
# from: as in the figure
# loses: order, values
# says: still depend on the image
-     return layers.Concatenate()([a, b, c, d])
+     return layers.Concatenate()([a, b, c, d]) + keras.ops.mean(x, axis=-1, keepdims=True)

# %% wrong: one reduction shared
# loses: branches, counts
# says: used more than once
def inception_module(x, f1, f3_reduce, f3, f5_reduce, f5, pool_projection):
    reduce = layers.Conv2D(f3_reduce, 1, activation="relu")
    a = layers.Conv2D(f1, 1, activation="relu")(x)
    b = layers.Conv2D(f3, 3, padding="same", activation="relu")(reduce(x))
    c = layers.Conv2D(f5, 5, padding="same", activation="relu")(reduce(x))
    d = layers.MaxPooling2D(3, strides=1, padding="same")(x)
    d = layers.Conv2D(pool_projection, 1, activation="relu")(d)
    return layers.Concatenate()([a, b, c, d])

# %% wrong: tf.concat
# from: as in the figure
# loses: branches, order, values, counts
# says: keras.ops
-     return layers.Concatenate()([a, b, c, d])
+     return __import__("tensorflow").concat([a, b, c, d], axis=-1)

# %% wrong: a list of branches
# from: as in the figure
# loses: branches, order, values, counts
# says: should return one tensor
-     return layers.Concatenate()([a, b, c, d])
+     return [a, b, c, d]

# %% wrong: no return
# from: as in the figure
# loses: branches, order, values, counts
# says: is the return missing
-     return layers.Concatenate()([a, b, c, d])
+     y = layers.Concatenate()([a, b, c, d])

# %% wrong: dropout that nobody asked for
# from: as in the figure
# loses: branches
# says: a layer that works in training mode alone
-     return layers.Concatenate()([a, b, c, d])
+     return layers.Dropout(0.2)(layers.Concatenate()([a, b, c, d]))

# %% wrong: a frozen reduction
# from: as in the figure
# loses: branches
# says: Leave trainable=False out
-     c = layers.Conv2D(f5_reduce, 1, activation="relu")(x)
+     c = layers.Conv2D(f5_reduce, 1, activation="relu", trainable=False)(x)

# %% wrong: a window with gaps
# from: as in the figure
# loses: values
# says: The text does not ask for dilation_rate=(2, 2)
-     b = layers.Conv2D(f3, 3, padding="same", activation="relu")(b)
+     b = layers.Conv2D(f3, 3, padding="same", activation="relu", dilation_rate=2)(b)

# %% wrong: the 3x3 convolution missing behind its reduction
# from: as in the figure
# loses: branches, order, values, counts
# says: The branches are [1x1 from 7 to 5; 1x1 from 7 to 4;
-     b = layers.Conv2D(f3, 3, padding="same", activation="relu")(b)
