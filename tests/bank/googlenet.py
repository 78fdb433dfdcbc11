"""Answers to `googlenet` in 04_inception/inception.ipynb."""

# %% right: as in the text
def googlenet(input_shape=(224, 224, 3), classes=1000, width=1.0):
    def scaled(filters):
        return max(1, round(filters * width))

    images = keras.Input(input_shape)
    x = layers.Conv2D(scaled(64), 7, strides=2, padding="same", activation="relu")(images)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = layers.Conv2D(scaled(64), 1, activation="relu")(x)
    x = layers.Conv2D(scaled(192), 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)

    heads = []
    for name, widths in MODULES.items():
        x = inception_module(x, *map(scaled, widths))
        if name in ("4a", "4d"):
            heads.append(auxiliary_head(x, classes))
        if name in ("3b", "4e"):
            x = layers.MaxPooling2D(3, strides=2, padding="same")(x)

    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.4)(x)
    main = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)

# %% right: inference model from the training model's ends
# from: as in the text
-     return keras.Model(images, [main, *heads]), keras.Model(images, main)
+     training = keras.Model(images, [main, *heads], name="training")
+     return [training, keras.Model(training.inputs[0], training.outputs[0], name="googlenet")]

# %% right: PyTorch's padding
# from: as in the text
-     x = layers.Conv2D(scaled(64), 7, strides=2, padding="same", activation="relu")(images)
-     x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
+     x = layers.Conv2D(scaled(64), 7, strides=2, activation="relu")(
+         layers.ZeroPadding2D(3)(images)
+     )
+     x = layers.MaxPooling2D(3, strides=2)(layers.ZeroPadding2D(1)(x))
...
-     x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
+     x = layers.MaxPooling2D(3, strides=2)(layers.ZeroPadding2D(1)(x))
...
-             x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
+             x = layers.MaxPooling2D(3, strides=2)(layers.ZeroPadding2D(1)(x))

# %% right: written out, ops, numbers in the cell
def googlenet(input_shape=(224, 224, 3), classes=1000, width=1.0):
    def n(filters):
        return int(max(1, np.round(filters * width)))

    def pool(x):
        return keras.ops.max_pool(x, 3, 2, "same")

    def module(x, *filters):
        return inception_module(x, *[n(f) for f in filters])

    inputs = keras.Input(shape=input_shape)
    x = layers.ReLU()(layers.Conv2D(n(64), (7, 7), (2, 2), padding="same", name="conv1")(inputs))
    x = pool(x)
    x = layers.ReLU()(layers.Conv2D(n(64), (1, 1), name="conv2_reduce")(x))
    x = layers.ReLU()(layers.Conv2D(n(192), (3, 3), padding="same", name="conv2")(x))
    x = pool(x)
    x = module(x, 64, 96, 128, 16, 32, 32)
    x = module(x, 128, 128, 192, 32, 96, 64)
    x = pool(x)
    x = module(x, 192, 96, 208, 16, 48, 64)
    x1 = auxiliary_head(x, classes)
    x = module(x, 160, 112, 224, 24, 64, 64)
    x = module(x, 128, 128, 256, 24, 64, 64)
    x = module(x, 112, 144, 288, 32, 64, 64)
    x2 = auxiliary_head(x, classes)
    x = module(x, 256, 160, 320, 32, 128, 128)
    x = pool(x)
    x = module(x, 256, 160, 320, 32, 128, 128)
    x = module(x, 384, 192, 384, 48, 128, 128)
    x = keras.ops.mean(x, axis=(1, 2))
    x = layers.Dropout(0.4)(x)
    x = keras.ops.softmax(layers.Dense(classes)(x))
    return keras.Model(inputs, [x, x1, x2]), keras.Model(inputs, x)

# %% right: average pooling of the whole image, flatten
# from: as in the text
-     x = layers.GlobalAveragePooling2D()(x)
+     x = layers.AveragePooling2D(x.shape[1:3])(x)
+     x = layers.Flatten()(x)

# %% right: a module of its own inside, dropout in front of the flatten
def googlenet(input_shape=(224, 224, 3), classes=1000, width=1.0):
    def scaled(filters):
        return max(1, round(filters * width))

    images = keras.Input(input_shape)
    x = layers.Conv2D(scaled(64), 7, strides=2, padding="same", activation="relu")(images)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = layers.Conv2D(scaled(64), 1, activation="relu")(x)
    x = layers.Conv2D(scaled(192), 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)

    from functools import partial

    def inception(x, widths):
        f1, r3, f3, r5, f5, pp = (scaled(f) for f in widths)
        conv = partial(layers.Conv2D, padding="same", activation="relu")
        pooled = layers.MaxPooling2D(3, 1, "same")(x)
        return layers.concatenate(
            [
                conv(f1, 1)(x),
                conv(f3, 3)(conv(r3, 1)(x)),
                conv(f5, 5)(conv(r5, 1)(x)),
                conv(pp, 1)(pooled),
            ]
        )

    outs = {}
    for name in MODULES:
        if name in ("4a", "5a"):
            x = layers.MaxPool2D((3, 3), (2, 2), "same")(x)
        x = outs[name] = inception(x, MODULES[name])
    heads = [auxiliary_head(outs["4a"], classes), auxiliary_head(outs["4d"], classes)]

    x = layers.GlobalAveragePooling2D(keepdims=True)(x)
    x = layers.Flatten()(layers.Dropout(0.4)(x))
    main = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)

# %% right: one ReLU after each concatenation
# from: as in the text
+
+     def inception(x, f1, r3, f3, r5, f5, pp):
+         one = layers.Conv2D(f1, 1)(x)
+         three = layers.Conv2D(f3, 3, padding="same")(layers.Conv2D(r3, 1, activation="relu")(x))
+         five = layers.Conv2D(f5, 5, padding="same")(layers.Conv2D(r5, 1, activation="relu")(x))
+         pool = layers.Conv2D(pp, 1)(layers.MaxPooling2D(3, 1, "same")(x))
+         return layers.ReLU()(layers.Concatenate()([one, three, five, pool]))
+
      for name, widths in MODULES.items():
-         x = inception_module(x, *map(scaled, widths))
+         x = inception(x, *map(scaled, widths))

# %% right: stem as a Sequential, a model in the model
# from: as in the text
-     x = layers.Conv2D(scaled(64), 7, strides=2, padding="same", activation="relu")(images)
-     x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
-     x = layers.Conv2D(scaled(64), 1, activation="relu")(x)
-     x = layers.Conv2D(scaled(192), 3, padding="same", activation="relu")(x)
-     x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
+     stem = keras.Sequential(
+         [
+             keras.Input(input_shape),
+             layers.Conv2D(scaled(64), 7, 2, "same", activation="relu"),
+             layers.MaxPooling2D(3, 2, "same"),
+             layers.Conv2D(scaled(64), 1, activation="relu"),
+             layers.Conv2D(scaled(192), 3, padding="same", activation="relu"),
+             layers.MaxPooling2D(3, 2, "same"),
+         ],
+         name="stem",
+     )
+     x = stem(images)

# %% right: the last layer as a 1x1 convolution
# from: as in the text
-     x = layers.GlobalAveragePooling2D()(x)
+     x = layers.GlobalAveragePooling2D(keepdims=True)(x)
      x = layers.Dropout(0.4)(x)
-     main = layers.Dense(classes, activation="softmax")(x)
+     x = layers.Conv2D(classes, 1)(x)
+     main = layers.Softmax()(layers.Reshape((classes,))(x))

# %% wrong: inference model through the training model
# from: as in the text
# loses: counts, export
# says: It carries the heads
-     return keras.Model(images, [main, *heads]), keras.Model(images, main)
+     training = keras.Model(images, [main, *heads])
+     again = keras.Input(input_shape)
+     return training, keras.Model(again, training(again)[0])

# %% wrong: two separate networks
# loses: shared
# says: the two models have different weights
def googlenet(input_shape=(224, 224, 3), classes=1000, width=1.0):
    def build():
        def scaled(filters):
            return max(1, round(filters * width))

        images = keras.Input(input_shape)
        x = layers.Conv2D(scaled(64), 7, strides=2, padding="same", activation="relu")(images)
        x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
        x = layers.Conv2D(scaled(64), 1, activation="relu")(x)
        x = layers.Conv2D(scaled(192), 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(3, strides=2, padding="same")(x)

        heads = []
        for name, widths in MODULES.items():
            x = inception_module(x, *map(scaled, widths))
            if name in ("4a", "4d"):
                heads.append(auxiliary_head(x, classes))
            if name in ("3b", "4e"):
                x = layers.MaxPooling2D(3, strides=2, padding="same")(x)

        x = layers.GlobalAveragePooling2D()(x)
        x = layers.Dropout(0.4)(x)
        main = layers.Dense(classes, activation="softmax")(x)
        return images, main, heads

    images, main, heads = build()
    training = keras.Model(images, [main, *heads])
    images, main, heads = build()
    return training, keras.Model(images, main)

# %% wrong: cloned inference model
# from: as in the text
# loses: shared
# says: the two models have different weights
-     return keras.Model(images, [main, *heads]), keras.Model(images, main)
+     training = keras.Model(images, [main, *heads])
+     return training, keras.models.clone_model(keras.Model(images, main))

# %% wrong: models exchanged
# from: as in the text
# loses: models
# says: exchange the two
-     return keras.Model(images, [main, *heads]), keras.Model(images, main)
+     return keras.Model(images, main), keras.Model(images, [main, *heads])

# %% wrong: the training model alone
# from: as in the text
# loses: models, shared, table, counts, steps, heads, export
# says: should return two Keras models
-     return keras.Model(images, [main, *heads]), keras.Model(images, main)
+     return keras.Model(images, [main, *heads])

# %% wrong: heads first
# from: as in the text
# loses: heads
# says: the main output is number 3
-     return keras.Model(images, [main, *heads]), keras.Model(images, main)
+     return keras.Model(images, [*heads, main]), keras.Model(images, main)

# %% wrong: heads exchanged
# from: as in the text
# loses: heads
# says: should be a head on the output of 4a; it reads 4d
-     return keras.Model(images, [main, *heads]), keras.Model(images, main)
+     return keras.Model(images, [main, heads[1], heads[0]]), keras.Model(images, main)

# %% wrong: heads on 4b and 4e
# from: as in the text
# loses: counts, heads
# says: than the expected 13,378,280
-         if name in ("4a", "4d"):
+         if name in ("4b", "4e"):

# %% wrong: head on 4c instead of 4d
# from: as in the text
# loses: counts, heads
# says: than the expected 13,378,280
-         if name in ("4a", "4d"):
+         if name in ("4a", "4c"):

# %% wrong: both heads on 4a
# from: as in the text
# loses: counts, heads
# says: Both heads are attached to 4a
-         if name in ("4a", "4d"):
+         if name == "4a":
-             heads.append(auxiliary_head(x, classes))
+             heads = [auxiliary_head(x, classes), auxiliary_head(x, classes)]

# %% wrong: one head
# from: as in the text
# loses: models, shared, table, counts, steps, heads, export
# says: outputs; expected 3
-         if name in ("4a", "4d"):
+         if name in ("4a",):

# %% wrong: no heads
# from: as in the text
# loses: models, shared, table, counts, steps, heads, export
# says: outputs; expected 3
-     return keras.Model(images, [main, *heads]), keras.Model(images, main)
+     return keras.Model(images, main), keras.Model(images, main)

# %% wrong: gradient stopped in front of the heads
# from: as in the text
# loses: heads
# says: no gradient reaches the stem from the head on 4a; a head trains
-             heads.append(auxiliary_head(x, classes))
+             heads.append(auxiliary_head(keras.ops.stop_gradient(x), classes))

# %% wrong: width not used
# from: as in the text
# loses: table
# says: The width is not used
-         return max(1, round(filters * width))
+         return filters

# %% wrong: width cut instead of rounded
# from: as in the text
# loses: models, table
# says: Raised by googlenet
-         return max(1, round(filters * width))
+         return int(filters * width)

# %% wrong: width cut, at least 1
# from: as in the text
# loses: table
# says: int() cuts instead of rounding
-         return max(1, round(filters * width))
+         return max(1, int(filters * width))

# %% wrong: width rounded up
# from: as in the text
# loses: table
# says: Each filter count is
-         return max(1, round(filters * width))
+         return int(np.ceil(filters * width))

# %% wrong: width on the modules only
# from: as in the text
# loses: table
# says: with width=0.1, the stem
-     x = layers.Conv2D(scaled(64), 7, strides=2, padding="same", activation="relu")(images)
+     x = layers.Conv2D(64, 7, strides=2, padding="same", activation="relu")(images)
      x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
-     x = layers.Conv2D(scaled(64), 1, activation="relu")(x)
+     x = layers.Conv2D(64, 1, activation="relu")(x)
-     x = layers.Conv2D(scaled(192), 3, padding="same", activation="relu")(x)
+     x = layers.Conv2D(192, 3, padding="same", activation="relu")(x)

# %% wrong: width on the classes too
# from: as in the text
# loses: models, shared, table, steps, heads, export
# says: expected (None, 7)
-     main = layers.Dense(classes, activation="softmax")(x)
+     main = layers.Dense(scaled(classes), activation="softmax")(x)

# %% wrong: a module missing
# from: as in the text
# loses: table, counts, steps, heads
# says: there are 8 concatenations
      for name, widths in MODULES.items():
+         if name == "4c":
+             continue

# %% wrong: a module of another table
# from: as in the text
# loses: table, counts
# says: module 4b has kernels
      for name, widths in MODULES.items():
+         if name == "4b":
+             widths = MODULES["4a"]

# %% wrong: stem: 3x3 twice
# from: as in the text
# loses: table, counts, steps
# says: the stem has kernels
-     x = layers.Conv2D(scaled(64), 1, activation="relu")(x)
+     x = layers.Conv2D(scaled(64), 3, padding="same", activation="relu")(x)

# %% wrong: stem: reduction missing
# from: as in the text
# loses: table, counts, steps
# says: the stem has kernels
-     x = layers.Conv2D(scaled(64), 1, activation="relu")(x)

# %% wrong: stem: no ReLU at the 1x1
# from: as in the text
# loses: steps
# says: after the 1x1 convolution of the stem
-     x = layers.Conv2D(scaled(64), 1, activation="relu")(x)
+     x = layers.Conv2D(scaled(64), 1)(x)

# %% wrong: stem: no ReLU
# from: as in the text
# loses: steps
# says: there is no ReLU in the stem
-     x = layers.Conv2D(scaled(64), 7, strides=2, padding="same", activation="relu")(images)
+     x = layers.Conv2D(scaled(64), 7, strides=2, padding="same")(images)
      x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
-     x = layers.Conv2D(scaled(64), 1, activation="relu")(x)
+     x = layers.Conv2D(scaled(64), 1)(x)
-     x = layers.Conv2D(scaled(192), 3, padding="same", activation="relu")(x)
+     x = layers.Conv2D(scaled(192), 3, padding="same")(x)

# %% wrong: stem: stride forgotten
# from: as in the text
# loses: counts, steps
# says: a stride or a pooling differs
-     x = layers.Conv2D(scaled(64), 7, strides=2, padding="same", activation="relu")(images)
+     x = layers.Conv2D(scaled(64), 7, padding="same", activation="relu")(images)

# %% wrong: stem: first pooling missing
# from: as in the text
# loses: counts, steps
# says: a stride or a pooling differs
      x = layers.Conv2D(scaled(64), 7, strides=2, padding="same", activation="relu")(images)
-     x = layers.MaxPooling2D(3, strides=2, padding="same")(x)

# %% wrong: stem: second pooling missing
# from: as in the text
# loses: counts, steps
# says: a stride or a pooling differs
      x = layers.Conv2D(scaled(192), 3, padding="same", activation="relu")(x)
-     x = layers.MaxPooling2D(3, strides=2, padding="same")(x)

# %% wrong: stem: valid padding
# from: as in the text
# loses: steps
# says: cuts the border off
-     x = layers.Conv2D(scaled(64), 7, strides=2, padding="same", activation="relu")(images)
+     x = layers.Conv2D(scaled(64), 7, strides=2, activation="relu")(images)

# %% wrong: stem: average pooling
# from: as in the text
# loses: steps
# says: take the average
      x = layers.Conv2D(scaled(64), 7, strides=2, padding="same", activation="relu")(images)
-     x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
+     x = layers.AveragePooling2D(3, strides=2, padding="same")(x)
...
-     x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
+     x = layers.AveragePooling2D(3, strides=2, padding="same")(x)

# %% wrong: pooling after 3b missing
# from: as in the text
# loses: counts, steps
# says: a stride or a pooling differs
-         if name in ("3b", "4e"):
+         if name in ("4e",):

# %% wrong: pooling after 3a too
# from: as in the text
# loses: counts, steps
# says: a stride or a pooling differs
-         if name in ("3b", "4e"):
+         if name in ("3a", "3b", "4e"):

# %% wrong: pooling after 4a instead of 3b
# from: as in the text
# loses: counts, steps
# says: a stride or a pooling differs
-         if name in ("3b", "4e"):
+         if name in ("4a", "4e"):

# %% wrong: pooling 4x4
# from: as in the text
# loses: steps
# says: between 3b and 4a the pooling window is 4x4
-             x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
+             x = layers.MaxPooling2D(4, strides=2, padding="same")(x)

# %% wrong: pooling 2x2
# from: as in the text
# loses: steps
# says: between 3b and 4a the pooling window is 2x2
-             x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
+             x = layers.MaxPooling2D(2, padding="same")(x)

# %% wrong: pooling without a stride
# from: as in the text
# loses: counts, steps
# says: a stride or a pooling differs
-             x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
+             x = layers.MaxPooling2D(3, padding="same")(x)

# %% wrong: pooling by average between the groups
# from: as in the text
# loses: steps
# says: takes the average
-             x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
+             x = layers.AveragePooling2D(3, strides=2, padding="same")(x)

# %% wrong: flatten instead of the mean
# from: average pooling of the whole image, flatten
# loses: counts, steps
# says: the inference model of googlenet() has 56,150,552
-     x = layers.AveragePooling2D(x.shape[1:3])(x)

# %% wrong: global max pooling
# from: as in the text
# loses: steps
# says: the maximum over the image
-     x = layers.GlobalAveragePooling2D()(x)
+     x = layers.GlobalMaxPooling2D()(x)

# %% wrong: average pooling fixed at 7x7
# from: average pooling of the whole image, flatten
# loses: models, shared, table, steps, heads, export
# says: 
-     x = layers.AveragePooling2D(x.shape[1:3])(x)
+     x = layers.AveragePooling2D(7)(x)

# %% wrong: no softmax
# from: as in the text
# loses: models, steps
# says: gives no probabilities
-     main = layers.Dense(classes, activation="softmax")(x)
+     main = layers.Dense(classes)(x)

# %% wrong: sigmoid at the end
# from: as in the text
# loses: models, steps
# says: gives no probabilities
-     main = layers.Dense(classes, activation="softmax")(x)
+     main = layers.Dense(classes, activation="sigmoid")(x)

# %% wrong: dropout of 60 %
# from: as in the text
# loses: steps
# says: the share to drop, not the share to keep
-     x = layers.Dropout(0.4)(x)
+     x = layers.Dropout(0.6)(x)

# %% wrong: dropout of 45 %
# from: as in the text
# loses: steps
# says: 45% of the values between the global average pooling and the dense layer are dropped
-     x = layers.Dropout(0.4)(x)
+     x = layers.Dropout(0.45)(x)

# %% wrong: no dropout
# from: as in the text
# loses: steps
# says: Dropout is missing
-     x = layers.Dropout(0.4)(x)

# %% wrong: a dense layer more
# from: as in the text
# loses: table, counts, steps
# says: There are 2 layers with weights here
      x = layers.Dropout(0.4)(x)
+     x = layers.Dense(64, activation="relu")(x)

# %% wrong: image size fixed
# from: as in the text
# loses: models, shared, table, steps, heads, export
# says: takes images of shape (224, 224, 3)
-     images = keras.Input(input_shape)
+     images = keras.Input((224, 224, 3))

# %% wrong: classes fixed
# from: as in the text
# loses: models, shared, table, steps, heads, export
# says: expected (None, 7)
-     main = layers.Dense(classes, activation="softmax")(x)
+     main = layers.Dense(1000, activation="softmax")(x)

# %% wrong: keras.applications
# loses: models, shared, table, counts, steps, heads, export
# says: outputs; expected 3
def googlenet(input_shape=(224, 224, 3), classes=1000, width=1.0):
    model = keras.applications.InceptionV3(weights=None, classes=10, input_shape=(96, 96, 3))
    return model, model

# %% wrong: tensors instead of models
# from: as in the text
# loses: models, shared, table, counts, steps, heads, export
# says: should return two Keras models
-     return keras.Model(images, [main, *heads]), keras.Model(images, main)
+     return [main, *heads], main

# %% wrong: no return
# from: as in the text
# loses: models, shared, table, counts, steps, heads, export
# says: should return two Keras models
-     return keras.Model(images, [main, *heads]), keras.Model(images, main)
+     training, inference = keras.Model(images, [main, *heads]), keras.Model(images, main)

# %% wrong: modules 4e and 5a exchanged in size
# from: as in the text
# loses: table, counts
# says: module 5b has kernels
      for name, widths in MODULES.items():
+         if name == "5b":
+             widths = MODULES["5a"]

# %% wrong: a frozen convolution in the stem
# from: as in the text
# loses: table
# says: Leave trainable=False out
-     x = layers.Conv2D(scaled(64), 1, activation="relu")(x)
+     x = layers.Conv2D(scaled(64), 1, activation="relu", trainable=False)(x)

# %% wrong: the heads' window fixed at 5x5
# from: as in the text
# loses: models, shared, table, steps, heads, export
# says: Clip it: (min(5, height)
+
+     def auxiliary_head(x, classes):
+         y = layers.AveragePooling2D(5, strides=3)(x)
+         y = layers.Conv2D(128, 1, activation="relu")(y)
+         y = layers.Dense(1024, activation="relu")(layers.Flatten()(y))
+         return layers.Dense(classes, activation="softmax")(layers.Dropout(0.7)(y))
+
      images = keras.Input(input_shape)

# %% wrong: batch norm in the stem
# from: as in the text
# loses: counts, steps
# says: There is a batch norm
      x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
+     x = layers.BatchNormalization()(x)
      x = layers.Conv2D(scaled(64), 1, activation="relu")(x)

# %% wrong: softmax over the batch
# from: as in the text
# loses: models, steps
# says: the main output gives no probabilities
-     main = layers.Dense(classes, activation="softmax")(x)
+     main = keras.ops.softmax(layers.Dense(classes)(x), axis=0)

# %% wrong: the result of the dropout is not used
# from: as in the text
# loses: steps
# says: its result is never used
-     x = layers.Dropout(0.4)(x)
+     y = layers.Dropout(0.4)(x)

# %% wrong: at least two filters
# from: as in the text
# loses: table
# says: Each filter count is max(1, round(filters * width)).
-         return max(1, round(filters * width))
+         return max(2, round(filters * width))

# %% wrong: the number of filters is not returned
# from: as in the text
# loses: models, shared, table, counts, steps, heads, export
# says: what a function gives whose return is missing
-         return max(1, round(filters * width))
+         max(1, round(filters * width))
