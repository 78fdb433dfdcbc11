"""Answers to `alexnet` in 02_classic_networks/alexnet.ipynb."""

# %% right: layer by layer
def alexnet(input_shape=(227, 227, 3), classes=1000, groups=2, width=1.0):
    c1 = networks.scaled(96, width)
    c2 = networks.scaled(256, width)
    c3 = networks.scaled(384, width)
    c4 = networks.scaled(384, width)
    c5 = networks.scaled(256, width)
    hidden = networks.scaled(4096, width)
    x = inputs = keras.Input(input_shape)
    x = layers.Conv2D(c1, 11, strides=4, activation="relu")(x)
    x = local_response_norm(x)
    x = layers.MaxPooling2D(3, 2)(x)
    x = layers.Conv2D(c2, 5, padding="same", groups=groups, activation="relu")(x)
    x = local_response_norm(x)
    x = layers.MaxPooling2D(3, 2)(x)
    x = layers.Conv2D(c3, 3, padding="same", activation="relu")(x)
    x = layers.Conv2D(c4, 3, padding="same", groups=groups, activation="relu")(x)
    x = layers.Conv2D(c5, 3, padding="same", groups=groups, activation="relu")(x)
    x = layers.MaxPooling2D(3, 2)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(hidden, activation="relu")(x)
    x = layers.Dropout(0.5)(x)
    x = layers.Dense(hidden, activation="relu")(x)
    x = layers.Dropout(0.5)(x)
    x = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(inputs, x)

# %% right: split and concatenate
# from: layer by layer
+ def half_conv(x, filters, kernel, groups):
+     if groups == 1:
+         return layers.Conv2D(filters, kernel, padding="same", activation="relu")(x)
+     parts = ops.split(x, groups, axis=-1)
+     convs = [layers.Conv2D(filters // groups, kernel, padding="same", activation="relu")(p) for p in parts]
+     return layers.Concatenate()(convs)
+
+
  def alexnet(input_shape=(227, 227, 3), classes=1000, groups=2, width=1.0):
...
-     x = layers.Conv2D(c2, 5, padding="same", groups=groups, activation="relu")(x)
+     x = half_conv(x, c2, 5, groups)
...
-     x = layers.Conv2D(c4, 3, padding="same", groups=groups, activation="relu")(x)
-     x = layers.Conv2D(c5, 3, padding="same", groups=groups, activation="relu")(x)
+     x = half_conv(x, c4, 3, groups)
+     x = half_conv(x, c5, 3, groups)

# %% right: slices, two towers from conv4 to conv5
def alexnet(input_shape=(227, 227, 3), classes=1000, groups=2, width=1.0):
    def f(n):
        return max(2, 2 * round(n * width / 2))

    def conv(x, n, k, **more):
        return ops.relu(layers.Conv2D(f(n) // more.pop("share", 1), k, padding=more.pop("padding", "same"), **more)(x))

    def part(x, i):
        n = x.shape[-1] // groups
        return x[..., i * n : (i + 1) * n]

    def join(xs):
        return ops.concatenate(xs, axis=-1) if len(xs) > 1 else xs[0]

    i = keras.Input(input_shape)
    x = conv(i, 96, 11, strides=4, padding="valid")
    x = layers.MaxPool2D(3, 2)(local_response_norm(x))
    x = join([conv(part(x, g), 256, 5, share=groups) for g in range(groups)])
    x = layers.MaxPool2D(3, 2)(local_response_norm(x))
    x = conv(x, 384, 3)
    towers = []
    for g in range(groups):
        y = conv(part(x, g), 384, 3, share=groups)
        towers.append(conv(y, 256, 3, share=groups))
    x = layers.MaxPool2D(3, 2)(join(towers))
    x = layers.Flatten()(x)
    x = layers.Dropout(0.5)(ops.relu(layers.Dense(f(4096))(x)))
    x = layers.Dropout(0.5)(ops.relu(layers.Dense(f(4096))(x)))
    return keras.Model(i, ops.softmax(layers.Dense(classes)(x)))

# %% right: Sequential parts, nested
def alexnet(input_shape=(227, 227, 3), classes=1000, groups=2, width=1.0):
    s = lambda n: networks.scaled(n, width)
    inputs = keras.Input(shape=input_shape, name="images")
    conv1 = keras.Sequential([layers.Conv2D(s(96), 11, 4, name="conv1"), layers.ReLU()])
    x = local_response_norm(conv1(inputs))
    block2 = keras.Sequential([layers.MaxPooling2D(3, 2), layers.Conv2D(s(256), 5, padding="same", groups=groups), layers.Activation("relu")])
    x = local_response_norm(block2(x))
    rest = keras.Sequential([layers.MaxPooling2D(3, 2, padding="valid")])
    for filters, g in ((384, 1), (384, groups), (256, groups)):
        rest.add(layers.Conv2D(s(filters), (3, 3), padding="same", groups=g, activation="relu"))
    rest.add(layers.MaxPooling2D((3, 3), strides=(2, 2)))
    rest.add(layers.Flatten())
    head = keras.Sequential([layers.Dense(s(4096), "relu"), layers.Dropout(0.5), layers.Dense(s(4096), "relu"), layers.Dropout(0.5), layers.Dense(classes), layers.Softmax()])
    return keras.Model(inputs, head(rest(x)), name="alexnet")

# %% right: dropout before the ReLU, initialisers, regularisers, names
# from: layer by layer
-     x = layers.Conv2D(c1, 11, strides=4, activation="relu")(x)
+     x = layers.Conv2D(c1, 11, 4, activation="relu", kernel_initializer=keras.initializers.RandomNormal(0, 0.01), kernel_regularizer="l2", name="conv1")(x)
...
-     x = layers.Conv2D(c3, 3, padding="same", activation="relu")(x)
+     x = layers.Conv2D(c3, 3, padding="same", activation="relu", bias_initializer="ones")(x)
...
      x = layers.Flatten()(x)
-     x = layers.Dense(hidden, activation="relu")(x)
+     x = layers.Dense(hidden)(x)
-     x = layers.Dropout(0.5)(x)
+     x = ops.relu(layers.Dropout(0.5)(x))

# %% right: dense layers as convolutions
# from: layer by layer
-     x = layers.Flatten()(x)
-     x = layers.Dense(hidden, activation="relu")(x)
+     x = layers.Conv2D(hidden, x.shape[1:3], activation="relu")(x)
      x = layers.Dropout(0.5)(x)
-     x = layers.Dense(hidden, activation="relu")(x)
+     x = layers.Conv2D(hidden, 1, activation="relu")(x)
      x = layers.Dropout(0.5)(x)
-     x = layers.Dense(classes, activation="softmax")(x)
-     return keras.Model(inputs, x)
+     x = layers.Flatten()(layers.Conv2D(classes, 1)(x))
+     return keras.Model(inputs, layers.Softmax()(x))

# %% right: zero padding and valid, Reshape
# from: layer by layer
-     x = layers.Conv2D(c2, 5, padding="same", groups=groups, activation="relu")(x)
+     x = layers.Conv2D(c2, 5, groups=groups, activation="relu")(layers.ZeroPadding2D(2)(x))
...
-     x = layers.Conv2D(c3, 3, padding="same", activation="relu")(x)
+     x = layers.Conv2D(c3, 3, activation="relu")(ops.pad(x, [(0, 0), (1, 1), (1, 1), (0, 0)]))
...
-     x = layers.MaxPooling2D(3, 2)(x)
+     x = ops.max_pool(x, 3, 2)
-     x = layers.Flatten()(x)
+     x = layers.Reshape((-1,))(x)

# %% right: a loop over a table
def alexnet(input_shape=(227, 227, 3), classes=1000, groups=2, width=1.0):
    table = [(96, 11, 4, "valid", 1, "np"), (256, 5, 1, "same", groups, "np"), (384, 3, 1, "same", 1, ""), (384, 3, 1, "same", groups, ""), (256, 3, 1, "same", groups, "p")]
    x = inputs = keras.Input(tuple(input_shape))
    for filters, k, s, padding, g, then in table:
        x = layers.Conv2D(networks.scaled(filters, width), k, s, padding, groups=g)(x)
        x = layers.ReLU()(x)
        if "n" in then:
            x = local_response_norm(x, 2, 2.0, 1e-4, 0.75)
        if "p" in then:
            x = layers.MaxPooling2D(pool_size=3, strides=2)(x)
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dropout(0.5)(layers.Dense(networks.scaled(4096, width), activation="relu")(x))
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))

# %% right: its own normalisation inside
# from: layer by layer
+ def lrn(x):
+     c = x.shape[-1]
+     band = sum(np.eye(c, k=d, dtype="float32") for d in range(-2, 3))
+     return x * (2 + 1e-4 * ops.matmul(x * x, band)) ** -0.75
+
+
  def alexnet(input_shape=(227, 227, 3), classes=1000, groups=2, width=1.0):
...
      x = layers.Conv2D(c1, 11, strides=4, activation="relu")(x)
-     x = local_response_norm(x)
+     x = lrn(x)
...
-     x = local_response_norm(x)
+     x = lrn(x)

# %% right: ReLU again after pooling
# from: layer by layer
-     x = layers.MaxPooling2D(3, 2)(x)
+     x = layers.MaxPooling2D(3, 2)(layers.ReLU()(x))
      x = layers.Conv2D(c2, 5, padding="same", groups=groups, activation="relu")(x)
      x = local_response_norm(x)
-     x = layers.MaxPooling2D(3, 2)(x)
+     x = layers.MaxPooling2D(3, 2)(layers.ReLU()(x))
...
-     x = layers.MaxPooling2D(3, 2)(x)
+     x = layers.MaxPooling2D(3, 2)(layers.ReLU()(x))

# %% wrong: dropout that a model called without a mode does not leave out
# from: layer by layer
# loses: dropout
# says: a Dropout is called with training=True, so that it drops values in predictions too
-     x = layers.Dropout(0.5)(x)
+     x = layers.Dropout(0.5)(x, training=True)
      x = layers.Dense(hidden, activation="relu")(x)
-     x = layers.Dropout(0.5)(x)
+     x = layers.Dropout(0.5)(x, training=True)

# %% wrong: groups ignored
# from: layer by layer
# loses: counts, halves
# says: groups are ignored here
-     x = layers.Conv2D(c2, 5, padding="same", groups=groups, activation="relu")(x)
+     x = layers.Conv2D(c2, 5, padding="same", activation="relu")(x)
...
-     x = layers.Conv2D(c4, 3, padding="same", groups=groups, activation="relu")(x)
+     x = layers.Conv2D(c4, 3, padding="same", activation="relu")(x)
-     x = layers.Conv2D(c5, 3, padding="same", groups=groups, activation="relu")(x)
+     x = layers.Conv2D(c5, 3, padding="same", activation="relu")(x)

# %% wrong: groups on conv3 too
# from: layer by layer
# loses: counts, halves
# says: Only conv2, conv4 and conv5
-     x = layers.Conv2D(c3, 3, padding="same", activation="relu")(x)
+     x = layers.Conv2D(c3, 3, padding="same", groups=groups, activation="relu")(x)

# %% wrong: groups on conv3 instead of conv4
# from: layer by layer
# loses: counts, halves
# says: There are two groups here
-     x = layers.Conv2D(c3, 3, padding="same", activation="relu")(x)
+     x = layers.Conv2D(c3, 3, padding="same", groups=groups, activation="relu")(x)
-     x = layers.Conv2D(c4, 3, padding="same", groups=groups, activation="relu")(x)
+     x = layers.Conv2D(c4, 3, padding="same", activation="relu")(x)

# %% wrong: as many groups as channels
# from: layer by layer
# loses: layers, counts, halves
# says: With groups=1 each filter reads all channels
-     x = layers.Conv2D(c4, 3, padding="same", groups=groups, activation="relu")(x)
+     x = layers.Conv2D(c4, 3, padding="same", groups=c3, activation="relu")(x)

# %% wrong: always two groups
# from: layer by layer
# loses: layers, counts, halves
# says: With groups=1 each filter reads all channels
-     x = layers.Conv2D(c2, 5, padding="same", groups=groups, activation="relu")(x)
+     x = layers.Conv2D(c2, 5, padding="same", groups=2, activation="relu")(x)
...
-     x = layers.Conv2D(c4, 3, padding="same", groups=groups, activation="relu")(x)
+     x = layers.Conv2D(c4, 3, padding="same", groups=2, activation="relu")(x)
-     x = layers.Conv2D(c5, 3, padding="same", groups=groups, activation="relu")(x)
+     x = layers.Conv2D(c5, 3, padding="same", groups=2, activation="relu")(x)

# %% wrong: both halves read the first half
# from: split and concatenate
# loses: halves, sizes
# says: sees the other half
-     convs = [layers.Conv2D(filters // groups, kernel, padding="same", activation="relu")(p) for p in parts]
+     convs = [layers.Conv2D(filters // groups, kernel, padding="same", activation="relu")(parts[0]) for p in parts]

# %% wrong: halves crossed
# from: split and concatenate
# loses: halves, sizes
# says: sees the other half
-     return layers.Concatenate()(convs)
+     return layers.Concatenate()(convs[::-1])

# %% wrong: one half kept
# from: split and concatenate
# loses: counts, halves, sizes
# says: Look at the number of filters
-     return layers.Concatenate()(convs)
+     return convs[0]

# %% wrong: halves added
# from: split and concatenate
# loses: counts, halves, sizes
# says: There are two groups here
-     return layers.Concatenate()(convs)
+     return layers.Add()(convs)

# %% wrong: shared weights in both halves
# from: split and concatenate
# loses: counts, sizes
# says: used more than once
-     convs = [layers.Conv2D(filters // groups, kernel, padding="same", activation="relu")(p) for p in parts]
+     conv = layers.Conv2D(filters // groups, kernel, padding="same", activation="relu")
+     convs = [conv(p) for p in parts]

# %% wrong: depthwise convolution
# from: layer by layer
# loses: layers, order, dropout, counts, sizes
# says: is none of them: use Conv2D
-     x = layers.Conv2D(c3, 3, padding="same", activation="relu")(x)
+     x = layers.SeparableConv2D(c3, 3, padding="same", activation="relu")(x)

# %% wrong: stride 2 in conv1
# from: layer by layer
# loses: order, counts, sizes
# says: conv1 has stride 2; expected 4
-     x = layers.Conv2D(c1, 11, strides=4, activation="relu")(x)
+     x = layers.Conv2D(c1, 11, strides=2, activation="relu")(x)

# %% wrong: stride forgotten in conv1
# from: layer by layer
# loses: order, counts, sizes
# says: conv1 has stride 1; expected 4
-     x = layers.Conv2D(c1, 11, strides=4, activation="relu")(x)
+     x = layers.Conv2D(c1, 11, activation="relu")(x)

# %% wrong: conv1 padded
# from: layer by layer
# loses: order, sizes
# says: conv1 is padded
-     x = layers.Conv2D(c1, 11, strides=4, activation="relu")(x)
+     x = layers.Conv2D(c1, 11, 4, "same", activation="relu")(x)

# %% wrong: conv2 not padded
# from: layer by layer
# loses: order, counts, sizes
# says: conv2 is not padded
-     x = layers.Conv2D(c2, 5, padding="same", groups=groups, activation="relu")(x)
+     x = layers.Conv2D(c2, 5, groups=groups, activation="relu")(x)

# %% wrong: padding with 224 in mind
# from: layer by layer
# loses: order, sizes
# says: the image is padded before conv1, by 1 on each side
-     x = layers.Conv2D(c1, 11, strides=4, activation="relu")(x)
+     x = layers.Conv2D(c1, 11, 4, activation="relu")(layers.ZeroPadding2D(1)(x))

# %% wrong: kernel of conv1 7
# from: layer by layer
# loses: layers, counts
# says: Look at the kernel size
-     x = layers.Conv2D(c1, 11, strides=4, activation="relu")(x)
+     x = layers.Conv2D(c1, 7, strides=4, activation="relu")(layers.Cropping2D(((0, 4), (0, 4)))(x))

# %% wrong: kernel of conv2 3
# from: layer by layer
# loses: layers, counts
# says: Look at the kernel size
-     x = layers.Conv2D(c2, 5, padding="same", groups=groups, activation="relu")(x)
+     x = layers.Conv2D(c2, 3, padding="same", groups=groups, activation="relu")(x)

# %% wrong: conv5 with 384 filters
# from: layer by layer
# loses: layers, counts
# says: Look at the number of filters
-     c5 = networks.scaled(256, width)
+     c5 = networks.scaled(384, width)

# %% wrong: conv3 missing
# from: layer by layer
# loses: layers, counts
# says: 4 convolutions and 3 dense layers
-     x = layers.Conv2D(c3, 3, padding="same", activation="relu")(x)

# %% wrong: one convolution more
# from: layer by layer
# loses: layers, counts
# says: 6 convolutions and 3 dense layers
-     x = layers.Conv2D(c5, 3, padding="same", groups=groups, activation="relu")(x)
+     x = layers.Conv2D(c5, 3, padding="same", groups=groups, activation="relu")(layers.Conv2D(c5, 3, padding="same", activation="relu")(x))

# %% wrong: LRN missing
# from: layer by layer
# loses: order, sizes
# says: local response normalisation is missing
      x = layers.Conv2D(c1, 11, strides=4, activation="relu")(x)
-     x = local_response_norm(x)
...
-     x = local_response_norm(x)

# %% wrong: LRN after conv1 alone
# from: layer by layer
# loses: order, sizes
# says: the normalisation after conv2 is missing
      x = layers.Conv2D(c2, 5, padding="same", groups=groups, activation="relu")(x)
-     x = local_response_norm(x)

# %% wrong: LRN after conv2 alone
# from: layer by layer
# loses: order, sizes
# says: the normalisation after conv1 is missing
      x = layers.Conv2D(c1, 11, strides=4, activation="relu")(x)
-     x = local_response_norm(x)

# %% wrong: LRN after the pool
# from: layer by layer
# loses: order, sizes
# says: stands after the pooling layer
+     x = layers.MaxPooling2D(3, 2)(x)
      x = local_response_norm(x)
+     x = layers.Conv2D(c2, 5, padding="same", groups=groups, activation="relu")(x)
      x = layers.MaxPooling2D(3, 2)(x)
-     x = layers.Conv2D(c2, 5, padding="same", groups=groups, activation="relu")(x)
      x = local_response_norm(x)
-     x = layers.MaxPooling2D(3, 2)(x)

# %% wrong: LRN before ReLU
# from: layer by layer
# loses: order, sizes
# says: stands before ReLU
-     x = layers.Conv2D(c1, 11, strides=4, activation="relu")(x)
+     x = layers.Conv2D(c1, 11, 4)(x)
-     x = local_response_norm(x)
+     x = ops.relu(local_response_norm(x))
      x = layers.MaxPooling2D(3, 2)(x)
-     x = layers.Conv2D(c2, 5, padding="same", groups=groups, activation="relu")(x)
+     x = layers.Conv2D(c2, 5, padding="same", groups=groups)(x)
-     x = local_response_norm(x)
+     x = ops.relu(local_response_norm(x))

# %% wrong: LRN everywhere
# from: layer by layer
# loses: order, sizes
# says: every convolution is normalised
-     x = layers.Conv2D(c3, 3, padding="same", activation="relu")(x)
+     x = local_response_norm(layers.Conv2D(c3, 3, padding="same", activation="relu")(x))
-     x = layers.Conv2D(c4, 3, padding="same", groups=groups, activation="relu")(x)
+     x = local_response_norm(layers.Conv2D(c4, 3, padding="same", groups=groups, activation="relu")(x))
-     x = layers.Conv2D(c5, 3, padding="same", groups=groups, activation="relu")(x)
+     x = local_response_norm(layers.Conv2D(c5, 3, padding="same", groups=groups, activation="relu")(x))

# %% wrong: LRN over each half
# from: layer by layer
# loses: sizes
# says: each half of the channels is normalised on its own
      x = layers.Conv2D(c1, 11, strides=4, activation="relu")(x)
-     x = local_response_norm(x)
+     x = ops.concatenate([local_response_norm(h) for h in ops.split(x, groups, axis=-1)], axis=-1)
...
-     x = local_response_norm(x)
+     x = ops.concatenate([local_response_norm(h) for h in ops.split(x, groups, axis=-1)], axis=-1)

# %% wrong: LRN result not used
# from: layer by layer
# loses: order, sizes
# says: local response normalisation is missing
      x = layers.Conv2D(c1, 11, strides=4, activation="relu")(x)
-     x = local_response_norm(x)
+     x = x; y = local_response_norm(x)
...
-     x = local_response_norm(x)
+     x = x; y = local_response_norm(x)

# %% wrong: LRN with a window of five to each side
# from: layer by layer
# loses: order, halves, sizes
# says: has a depth_radius of 5
      x = layers.Conv2D(c1, 11, strides=4, activation="relu")(x)
-     x = local_response_norm(x)
+     x = local_response_norm(x, 5)
...
-     x = local_response_norm(x)
+     x = local_response_norm(x, 5)

# %% wrong: batch norm instead of LRN
# from: layer by layer
# loses: order, dropout, counts, sizes
# says: There is a batch norm, which AlexNet does not have
      x = layers.Conv2D(c1, 11, strides=4, activation="relu")(x)
-     x = local_response_norm(x)
+     x = layers.BatchNormalization()(x)
...
-     x = local_response_norm(x)
+     x = layers.BatchNormalization()(x)

# %% wrong: average pooling
# from: layer by layer
# loses: order, sizes
# says: the pooling layers take means
-     x = layers.MaxPooling2D(3, 2)(x)
+     x = layers.AveragePooling2D(3, 2)(x)
      x = layers.Conv2D(c2, 5, padding="same", groups=groups, activation="relu")(x)
      x = local_response_norm(x)
-     x = layers.MaxPooling2D(3, 2)(x)
+     x = layers.AveragePooling2D(3, 2)(x)
...
-     x = layers.MaxPooling2D(3, 2)(x)
+     x = layers.AveragePooling2D(3, 2)(x)

# %% wrong: pooling of 2x2
# from: layer by layer
# loses: order, sizes
# says: windows of 2x2
-     x = layers.MaxPooling2D(3, 2)(x)
+     x = layers.MaxPooling2D(2, 2)(x)
      x = layers.Conv2D(c2, 5, padding="same", groups=groups, activation="relu")(x)
      x = local_response_norm(x)
-     x = layers.MaxPooling2D(3, 2)(x)
+     x = layers.MaxPooling2D(2, 2)(x)
...
-     x = layers.MaxPooling2D(3, 2)(x)
+     x = layers.MaxPooling2D(2, 2)(x)

# %% wrong: stride 2 in conv4
# from: layer by layer
# loses: order, counts, sizes
# says: conv4 has stride 2; expected 1
-     x = layers.Conv2D(c4, 3, padding="same", groups=groups, activation="relu")(x)
+     x = layers.Conv2D(c4, 3, 2, padding="same", groups=groups, activation="relu")(x)

# %% wrong: conv5 not padded
# from: layer by layer
# loses: order, counts, sizes
# says: conv5 is not padded
-     x = layers.Conv2D(c5, 3, padding="same", groups=groups, activation="relu")(x)
+     x = layers.Conv2D(c5, 3, groups=groups, activation="relu")(x)

# %% wrong: one pooling of 2x2
# from: layer by layer
# loses: order, sizes
# says: the pooling layer after conv1 has a window of 2x2
-     x = layers.MaxPooling2D(3, 2)(x)
+     x = layers.MaxPooling2D(2, 2)(x)
      x = layers.Conv2D(c2, 5, padding="same", groups=groups, activation="relu")(x)

# %% wrong: one average pooling
# from: layer by layer
# loses: order, sizes
# says: the pooling layer after conv1 takes means
-     x = layers.MaxPooling2D(3, 2)(x)
+     x = layers.AveragePooling2D(3, 2)(x)
      x = layers.Conv2D(c2, 5, padding="same", groups=groups, activation="relu")(x)

# %% wrong: pooling without strides
# from: layer by layer
# loses: order, counts, sizes
# says: windows of 3x3 with stride 3
-     x = layers.MaxPooling2D(3, 2)(x)
+     x = layers.MaxPooling2D(3)(x)
      x = layers.Conv2D(c2, 5, padding="same", groups=groups, activation="relu")(x)
      x = local_response_norm(x)
-     x = layers.MaxPooling2D(3, 2)(x)
+     x = layers.MaxPooling2D(3)(x)
...
-     x = layers.MaxPooling2D(3, 2)(x)
+     x = layers.MaxPooling2D(3)(x)

# %% wrong: pooling padded
# from: layer by layer
# loses: order, counts, sizes
# says: the pooling layers are padded
-     x = layers.MaxPooling2D(3, 2)(x)
+     x = layers.MaxPooling2D(3, 2, padding="same")(x)
      x = layers.Conv2D(c2, 5, padding="same", groups=groups, activation="relu")(x)
      x = local_response_norm(x)
-     x = layers.MaxPooling2D(3, 2)(x)
+     x = layers.MaxPooling2D(3, 2, padding="same")(x)
...
-     x = layers.MaxPooling2D(3, 2)(x)
+     x = layers.MaxPooling2D(3, 2, padding="same")(x)

# %% wrong: no pool after conv5
# from: layer by layer
# loses: order, counts, sizes
# says: the pooling layer after conv5 is missing
      x = layers.Conv2D(c5, 3, padding="same", groups=groups, activation="relu")(x)
-     x = layers.MaxPooling2D(3, 2)(x)

# %% wrong: no Flatten
# from: layer by layer
# loses: layers, order, dropout, counts, sizes
# says: Flatten comes before the dense layers
-     x = layers.Flatten()(x)

# %% wrong: global pooling instead of Flatten
# from: layer by layer
# loses: order, counts, sizes
# says: GlobalAveragePooling2D -> 32
-     x = layers.Flatten()(x)
+     x = layers.GlobalAveragePooling2D()(x)

# %% wrong: fc7 missing
# from: layer by layer
# loses: layers, counts
# says: 5 convolutions and 2 dense layers
      x = layers.Flatten()(x)
-     x = layers.Dense(hidden, activation="relu")(x)
-     x = layers.Dropout(0.5)(x)

# %% wrong: one dense layer more
# from: layer by layer
# loses: layers, counts
# says: 5 convolutions and 4 dense layers
-     x = layers.Dropout(0.5)(x)
+     x = layers.Dense(hidden, activation="relu")(layers.Dropout(0.5)(x))
      x = layers.Dense(classes, activation="softmax")(x)

# %% wrong: ReLU missing in all convolutions
# from: layer by layer
# loses: order, sizes
# says: the ReLUs after the convolutions are missing
-     x = layers.Conv2D(c1, 11, strides=4, activation="relu")(x)
+     x = layers.Conv2D(c1, 11, strides=4)(x)
...
-     x = layers.Conv2D(c2, 5, padding="same", groups=groups, activation="relu")(x)
+     x = layers.Conv2D(c2, 5, padding="same", groups=groups)(x)
...
-     x = layers.Conv2D(c3, 3, padding="same", activation="relu")(x)
+     x = layers.Conv2D(c3, 3, padding="same")(x)
-     x = layers.Conv2D(c4, 3, padding="same", groups=groups, activation="relu")(x)
+     x = layers.Conv2D(c4, 3, padding="same", groups=groups)(x)
-     x = layers.Conv2D(c5, 3, padding="same", groups=groups, activation="relu")(x)
+     x = layers.Conv2D(c5, 3, padding="same", groups=groups)(x)

# %% wrong: ReLU missing after conv4
# from: layer by layer
# loses: order, sizes
# says: the ReLU after conv4 is missing
-     x = layers.Conv2D(c4, 3, padding="same", groups=groups, activation="relu")(x)
+     x = layers.Conv2D(c4, 3, padding="same", groups=groups)(x)

# %% wrong: ReLU missing after fc7
# from: layer by layer
# loses: order, sizes
# says: the ReLU after fc7 is missing
      x = layers.Dropout(0.5)(x)
-     x = layers.Dense(hidden, activation="relu")(x)
+     x = layers.Dense(hidden)(x)

# %% wrong: tanh
# from: layer by layer
# loses: order, sizes
# says: the nonlinearity is tanh
-     x = layers.Conv2D(c1, 11, strides=4, activation="relu")(x)
+     x = layers.Conv2D(c1, 11, strides=4, activation="tanh")(x)
...
-     x = layers.Conv2D(c2, 5, padding="same", groups=groups, activation="relu")(x)
+     x = layers.Conv2D(c2, 5, padding="same", groups=groups, activation="tanh")(x)
...
-     x = layers.Conv2D(c3, 3, padding="same", activation="relu")(x)
+     x = layers.Conv2D(c3, 3, padding="same", activation="tanh")(x)
-     x = layers.Conv2D(c4, 3, padding="same", groups=groups, activation="relu")(x)
+     x = layers.Conv2D(c4, 3, padding="same", groups=groups, activation="tanh")(x)
-     x = layers.Conv2D(c5, 3, padding="same", groups=groups, activation="relu")(x)
+     x = layers.Conv2D(c5, 3, padding="same", groups=groups, activation="tanh")(x)
...
-     x = layers.Dense(hidden, activation="relu")(x)
+     x = layers.Dense(hidden, activation="tanh")(x)
      x = layers.Dropout(0.5)(x)
-     x = layers.Dense(hidden, activation="relu")(x)
+     x = layers.Dense(hidden, activation="tanh")(x)

# %% wrong: softmax missing
# from: layer by layer
# loses: order, sizes
# says: the softmax at the end is missing
-     x = layers.Dense(classes, activation="softmax")(x)
+     x = layers.Dense(classes)(x)

# %% wrong: sigmoid at the end
# from: layer by layer
# loses: order, sizes
# says: the last nonlinearity is a sigmoid
-     x = layers.Dense(classes, activation="softmax")(x)
+     x = layers.Dense(classes, activation="sigmoid")(x)

# %% wrong: ReLU before softmax
# from: layer by layer
# loses: order, sizes
# says: a ReLU stands before the softmax
-     x = layers.Dense(classes, activation="softmax")(x)
+     x = layers.Softmax()(layers.Dense(classes, activation="relu")(x))

# %% wrong: softmax over the batch
# from: layer by layer
# loses: order, sizes
# says: the softmax runs over the images of the batch
-     x = layers.Dense(classes, activation="softmax")(x)
+     x = ops.softmax(layers.Dense(classes)(x), axis=0)

# %% wrong: classes fixed
# from: layer by layer
# loses: sizes
# says: the output has shape (1000,)
-     x = layers.Dense(classes, activation="softmax")(x)
+     x = layers.Dense(1000, activation="softmax")(x)

# %% wrong: classes scaled
# from: layer by layer
# loses: layers, order, counts, sizes
# says: the output has shape (124,)
-     x = layers.Dense(classes, activation="softmax")(x)
+     x = layers.Dense(networks.scaled(classes, width), activation="softmax")(x)

# %% wrong: input shape fixed
# from: layer by layer
# loses: sizes
# says: the model takes
-     x = inputs = keras.Input(input_shape)
+     x = inputs = keras.Input((227, 227, 3))

# %% wrong: dense layers not scaled
# from: layer by layer
# loses: layers, counts, sizes
# says: Look at the number of filters or units
-     hidden = networks.scaled(4096, width)
+     hidden = 4096

# %% wrong: width rounded down
# from: layer by layer
# loses: sizes
# says: outputs; expected
-     c1 = networks.scaled(96, width)
-     c2 = networks.scaled(256, width)
-     c3 = networks.scaled(384, width)
-     c4 = networks.scaled(384, width)
-     c5 = networks.scaled(256, width)
-     hidden = networks.scaled(4096, width)
+     c1 = 2 * max(1, int(96 * width) // 2)
+     c2 = 2 * max(1, int(256 * width) // 2)
+     c3 = 2 * max(1, int(384 * width) // 2)
+     c4 = 2 * max(1, int(384 * width) // 2)
+     c5 = 2 * max(1, int(256 * width) // 2)
+     hidden = 2 * max(1, int(4096 * width) // 2)

# %% wrong: width ignored in conv1
# from: layer by layer
# loses: layers, counts, sizes
# says: scaled with networks.scaled
-     c1 = networks.scaled(96, width)
+     c1 = 96

# %% wrong: no dropout
# from: layer by layer
# loses: dropout
# says: nothing is dropped after fc6
-     x = layers.Dropout(0.5)(x)
      x = layers.Dense(hidden, activation="relu")(x)
-     x = layers.Dropout(0.5)(x)

# %% wrong: no dropout after fc7
# from: layer by layer
# loses: dropout
# says: nothing is dropped after fc7
-     x = layers.Dropout(0.5)(x)
      x = layers.Dense(classes, activation="softmax")(x)

# %% wrong: dropout before the dense layers
# from: no dropout after fc7
# loses: dropout
# says: something changes before fc6
-     x = layers.Flatten()(x)
+     x = layers.Dropout(0.5)(layers.Flatten()(x))

# %% wrong: dropout of a fifth
# from: layer by layer
# loses: dropout
# says: drops
-     x = layers.Dropout(0.5)(x)
+     x = layers.Dropout(0.2)(x)
      x = layers.Dense(hidden, activation="relu")(x)
-     x = layers.Dropout(0.5)(x)
+     x = layers.Dropout(0.2)(x)

# %% wrong: dropout in the convolutions
# from: layer by layer
# loses: dropout
# says: something changes before fc6
-     x = layers.MaxPooling2D(3, 2)(x)
+     x = layers.Dropout(0.25)(layers.MaxPooling2D(3, 2)(x))
      x = layers.Conv2D(c2, 5, padding="same", groups=groups, activation="relu")(x)
      x = local_response_norm(x)
-     x = layers.MaxPooling2D(3, 2)(x)
+     x = layers.Dropout(0.25)(layers.MaxPooling2D(3, 2)(x))
...
-     x = layers.MaxPooling2D(3, 2)(x)
+     x = layers.Dropout(0.25)(layers.MaxPooling2D(3, 2)(x))

# %% wrong: noise instead of dropout
# from: layer by layer
# loses: dropout
# says: drops 0%
-     x = layers.Dropout(0.5)(x)
+     x = layers.GaussianDropout(0.5)(x)
      x = layers.Dense(hidden, activation="relu")(x)
-     x = layers.Dropout(0.5)(x)
+     x = layers.GaussianDropout(0.5)(x)

# %% wrong: dropout after the softmax
# from: layer by layer
# loses: dropout
# says: something changes after fc8
-     x = layers.Dense(classes, activation="softmax")(x)
+     x = layers.Dropout(0.5)(layers.Dense(classes, activation="softmax")(x))

# %% wrong: no biases
# from: layer by layer
# loses: counts
# says: There is a bias for each output
-     x = layers.Conv2D(c1, 11, strides=4, activation="relu")(x)
+     x = layers.Conv2D(c1, 11, strides=4, use_bias=False, activation="relu")(x)
...
-     x = layers.Conv2D(c2, 5, padding="same", groups=groups, activation="relu")(x)
+     x = layers.Conv2D(c2, 5, padding="same", groups=groups, use_bias=False, activation="relu")(x)
...
-     x = layers.Conv2D(c3, 3, padding="same", activation="relu")(x)
+     x = layers.Conv2D(c3, 3, padding="same", use_bias=False, activation="relu")(x)
-     x = layers.Conv2D(c4, 3, padding="same", groups=groups, activation="relu")(x)
+     x = layers.Conv2D(c4, 3, padding="same", groups=groups, use_bias=False, activation="relu")(x)
-     x = layers.Conv2D(c5, 3, padding="same", groups=groups, activation="relu")(x)
+     x = layers.Conv2D(c5, 3, padding="same", groups=groups, use_bias=False, activation="relu")(x)
...
-     x = layers.Dense(hidden, activation="relu")(x)
+     x = layers.Dense(hidden, use_bias=False, activation="relu")(x)
      x = layers.Dropout(0.5)(x)
-     x = layers.Dense(hidden, activation="relu")(x)
+     x = layers.Dense(hidden, use_bias=False, activation="relu")(x)

# %% wrong: a tensor returned
# from: layer by layer
# loses: layers, order, dropout, counts, halves, sizes
# says: should return a Keras model
-     return keras.Model(inputs, x)
+     return x

# %% wrong: nothing returned
# from: layer by layer
# loses: layers, order, dropout, counts, halves, sizes
# says: should return a Keras model
-     return keras.Model(inputs, x)
+     model = keras.Model(inputs, x)

# %% wrong: NumPy on a symbolic tensor
# from: layer by layer
# loses: layers, order, dropout, counts, halves, sizes
# says: Use a layer or a function of keras.ops
-     x = layers.Dense(classes, activation="softmax")(x)
+     x = layers.Dense(classes, activation="softmax")(np.maximum(x, 0))

# %% wrong: VGG16 of Keras
# loses: layers, order, dropout, counts, halves, sizes
# says: the output has shape (7, 7, 512)
def alexnet(input_shape=(227, 227, 3), classes=1000, groups=2, width=1.0):
    inputs = keras.Input(input_shape)
    return keras.applications.VGG16(weights=None, input_tensor=inputs, include_top=False)

# %% wrong: argument order changed
# from: layer by layer
# loses: layers, order, dropout, counts, halves, sizes
# says: Raised by alexnet
- def alexnet(input_shape=(227, 227, 3), classes=1000, groups=2, width=1.0):
+ def alexnet(input_shape=(227, 227, 3), classes=1000, groups=2, scale=1.0):
-     c1 = networks.scaled(96, width)
+     c1 = networks.scaled(96, scale)
-     c2 = networks.scaled(256, width)
+     c2 = networks.scaled(256, scale)
-     c3 = networks.scaled(384, width)
+     c3 = networks.scaled(384, scale)
-     c4 = networks.scaled(384, width)
+     c4 = networks.scaled(384, scale)
-     c5 = networks.scaled(256, width)
+     c5 = networks.scaled(256, scale)
-     hidden = networks.scaled(4096, width)
+     hidden = networks.scaled(4096, scale)

# %% wrong: not written yet
# loses: layers, order, dropout, counts, halves, sizes
# says: NotImplementedError
def alexnet(input_shape=(227, 227, 3), classes=1000, groups=2, width=1.0):
    raise NotImplementedError()

# %% wrong: 4095 units in the dense layers
# from: layer by layer
# loses: sizes
# says: with width=0.09986 the layers have
-     hidden = networks.scaled(4096, width)
+     hidden = networks.scaled(4095, width)

# %% wrong: 4097 units in the dense layers
# from: layer by layer
# loses: sizes
# says: with width=0.015867 the layers have
-     hidden = networks.scaled(4096, width)
+     hidden = networks.scaled(4097, width)

# %% wrong: conv3 missing, and a ReLU of fc6
# from: layer by layer
# loses: layers, order, counts, sizes
# says: 4 convolutions and 3 dense layers
-     x = layers.Conv2D(c3, 3, padding="same", activation="relu")(x)
...
      x = layers.Flatten()(x)
-     x = layers.Dense(hidden, activation="relu")(x)
+     x = layers.Dense(hidden)(x)

# %% wrong: one dense layer more, and no dropout after fc6 and fc7
# from: layer by layer
# loses: layers, dropout, counts
# says: 5 convolutions and 4 dense layers
-     x = layers.Dense(hidden, activation="relu")(x)
-     x = layers.Dropout(0.5)(x)
-     x = layers.Dense(hidden, activation="relu")(x)
-     x = layers.Dropout(0.5)(x)
+     for _ in range(3):
+         x = layers.Dense(hidden, activation="relu")(x)

# %% wrong: conv3 missing, and the groups ignored
# from: groups ignored
# loses: layers, counts, halves
# says: 4 convolutions and 3 dense layers
-     x = layers.Conv2D(c3, 3, padding="same", activation="relu")(x)
