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
    training = keras.Model(images, [main, *heads], name="training")
    return [training, keras.Model(training.inputs[0], training.outputs[0], name="googlenet")]


# %% right: PyTorch's padding
def googlenet(input_shape=(224, 224, 3), classes=1000, width=1.0):
    def scaled(filters):
        return max(1, round(filters * width))

    images = keras.Input(input_shape)
    x = layers.Conv2D(scaled(64), 7, strides=2, activation="relu")(
        layers.ZeroPadding2D(3)(images)
    )
    x = layers.MaxPooling2D(3, strides=2)(layers.ZeroPadding2D(1)(x))
    x = layers.Conv2D(scaled(64), 1, activation="relu")(x)
    x = layers.Conv2D(scaled(192), 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D(3, strides=2)(layers.ZeroPadding2D(1)(x))

    heads = []
    for name, widths in MODULES.items():
        x = inception_module(x, *map(scaled, widths))
        if name in ("4a", "4d"):
            heads.append(auxiliary_head(x, classes))
        if name in ("3b", "4e"):
            x = layers.MaxPooling2D(3, strides=2)(layers.ZeroPadding2D(1)(x))

    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.4)(x)
    main = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)


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

    x = layers.AveragePooling2D(x.shape[1:3])(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(0.4)(x)
    main = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)


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

    def inception(x, f1, r3, f3, r5, f5, pp):
        one = layers.Conv2D(f1, 1)(x)
        three = layers.Conv2D(f3, 3, padding="same")(layers.Conv2D(r3, 1, activation="relu")(x))
        five = layers.Conv2D(f5, 5, padding="same")(layers.Conv2D(r5, 1, activation="relu")(x))
        pool = layers.Conv2D(pp, 1)(layers.MaxPooling2D(3, 1, "same")(x))
        return layers.ReLU()(layers.Concatenate()([one, three, five, pool]))

    for name, widths in MODULES.items():
        x = inception(x, *map(scaled, widths))
        if name in ("4a", "4d"):
            heads.append(auxiliary_head(x, classes))
        if name in ("3b", "4e"):
            x = layers.MaxPooling2D(3, strides=2, padding="same")(x)

    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.4)(x)
    main = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)


# %% right: stem as a Sequential, a model in the model
def googlenet(input_shape=(224, 224, 3), classes=1000, width=1.0):
    def scaled(filters):
        return max(1, round(filters * width))

    images = keras.Input(input_shape)
    stem = keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(scaled(64), 7, 2, "same", activation="relu"),
            layers.MaxPooling2D(3, 2, "same"),
            layers.Conv2D(scaled(64), 1, activation="relu"),
            layers.Conv2D(scaled(192), 3, padding="same", activation="relu"),
            layers.MaxPooling2D(3, 2, "same"),
        ],
        name="stem",
    )
    x = stem(images)

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


# %% right: the last layer as a 1x1 convolution
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

    x = layers.GlobalAveragePooling2D(keepdims=True)(x)
    x = layers.Dropout(0.4)(x)
    x = layers.Conv2D(classes, 1)(x)
    main = layers.Softmax()(layers.Reshape((classes,))(x))
    return keras.Model(images, [main, *heads]), keras.Model(images, main)


# %% wrong: inference model through the training model
# loses: counts, export
# says: It carries the heads
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
    training = keras.Model(images, [main, *heads])
    again = keras.Input(input_shape)
    return training, keras.Model(again, training(again)[0])


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
# loses: shared
# says: the two models have different weights
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
    training = keras.Model(images, [main, *heads])
    return training, keras.models.clone_model(keras.Model(images, main))


# %% wrong: models exchanged
# loses: models, shared, table, counts, steps, heads, export
# says: exchange the two
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
    return keras.Model(images, main), keras.Model(images, [main, *heads])


# %% wrong: the training model alone
# loses: models, shared, table, counts, steps, heads, export
# says: should return two Keras models
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
    return keras.Model(images, [main, *heads])


# %% wrong: heads first
# loses: shared, table, steps, heads
# says: layers with weights
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
    return keras.Model(images, [*heads, main]), keras.Model(images, main)


# %% wrong: heads exchanged
# loses: heads
# says: should be a head on the output of 4a; it reads 4d
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
    return keras.Model(images, [main, heads[1], heads[0]]), keras.Model(images, main)


# %% wrong: heads on 4b and 4e
# loses: counts, heads
# says: parameters; expected 13,378,280
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
        if name in ("4b", "4e"):
            heads.append(auxiliary_head(x, classes))
        if name in ("3b", "4e"):
            x = layers.MaxPooling2D(3, strides=2, padding="same")(x)

    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.4)(x)
    main = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)


# %% wrong: head on 4c instead of 4d
# loses: counts, heads
# says: parameters; expected 13,378,280
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
        if name in ("4a", "4c"):
            heads.append(auxiliary_head(x, classes))
        if name in ("3b", "4e"):
            x = layers.MaxPooling2D(3, strides=2, padding="same")(x)

    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.4)(x)
    main = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)


# %% wrong: both heads on 4a
# loses: counts, heads
# says: Both heads are attached to 4a
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
        if name == "4a":
            heads = [auxiliary_head(x, classes), auxiliary_head(x, classes)]
        if name in ("3b", "4e"):
            x = layers.MaxPooling2D(3, strides=2, padding="same")(x)

    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.4)(x)
    main = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)


# %% wrong: one head
# loses: models, shared, table, counts, steps, heads, export
# says: outputs; expected 3
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
        if name in ("4a",):
            heads.append(auxiliary_head(x, classes))
        if name in ("3b", "4e"):
            x = layers.MaxPooling2D(3, strides=2, padding="same")(x)

    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.4)(x)
    main = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)


# %% wrong: no heads
# loses: models, shared, table, counts, steps, heads, export
# says: outputs; expected 3
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
    return keras.Model(images, main), keras.Model(images, main)


# %% wrong: gradient stopped in front of the heads
# loses: heads
# says: cut off by stop_gradient
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
            heads.append(auxiliary_head(keras.ops.stop_gradient(x), classes))
        if name in ("3b", "4e"):
            x = layers.MaxPooling2D(3, strides=2, padding="same")(x)

    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.4)(x)
    main = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)


# %% wrong: width not used
# loses: table
# says: The width is not used
def googlenet(input_shape=(224, 224, 3), classes=1000, width=1.0):
    def scaled(filters):
        return filters

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


# %% wrong: width cut instead of rounded
# loses: models, table
# says: Raised by googlenet
def googlenet(input_shape=(224, 224, 3), classes=1000, width=1.0):
    def scaled(filters):
        return int(filters * width)

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


# %% wrong: width cut, at least 1
# loses: table
# says: int() cuts instead of rounding
def googlenet(input_shape=(224, 224, 3), classes=1000, width=1.0):
    def scaled(filters):
        return max(1, int(filters * width))

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


# %% wrong: width rounded up
# loses: table
# says: Each filter count is
def googlenet(input_shape=(224, 224, 3), classes=1000, width=1.0):
    def scaled(filters):
        return int(np.ceil(filters * width))

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


# %% wrong: width on the modules only
# loses: table
# says: with width=0.1, the stem
def googlenet(input_shape=(224, 224, 3), classes=1000, width=1.0):
    def scaled(filters):
        return max(1, round(filters * width))

    images = keras.Input(input_shape)
    x = layers.Conv2D(64, 7, strides=2, padding="same", activation="relu")(images)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = layers.Conv2D(64, 1, activation="relu")(x)
    x = layers.Conv2D(192, 3, padding="same", activation="relu")(x)
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


# %% wrong: width on the classes too
# loses: models, shared, table, steps, heads, export
# says: expected (None, 7)
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
    main = layers.Dense(scaled(classes), activation="softmax")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)


# %% wrong: a module missing
# loses: table, counts, steps, heads
# says: there are 8 concatenations
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
        if name == "4c":
            continue
        x = inception_module(x, *map(scaled, widths))
        if name in ("4a", "4d"):
            heads.append(auxiliary_head(x, classes))
        if name in ("3b", "4e"):
            x = layers.MaxPooling2D(3, strides=2, padding="same")(x)

    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.4)(x)
    main = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)


# %% wrong: a module of another table
# loses: table, counts
# says: module 4b has kernels
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
        if name == "4b":
            widths = MODULES["4a"]
        x = inception_module(x, *map(scaled, widths))
        if name in ("4a", "4d"):
            heads.append(auxiliary_head(x, classes))
        if name in ("3b", "4e"):
            x = layers.MaxPooling2D(3, strides=2, padding="same")(x)

    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.4)(x)
    main = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)


# %% wrong: stem: 3x3 twice
# loses: table, counts, steps
# says: the stem has kernels
def googlenet(input_shape=(224, 224, 3), classes=1000, width=1.0):
    def scaled(filters):
        return max(1, round(filters * width))

    images = keras.Input(input_shape)
    x = layers.Conv2D(scaled(64), 7, strides=2, padding="same", activation="relu")(images)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = layers.Conv2D(scaled(64), 3, padding="same", activation="relu")(x)
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


# %% wrong: stem: reduction missing
# loses: table, counts, steps
# says: the stem has kernels
def googlenet(input_shape=(224, 224, 3), classes=1000, width=1.0):
    def scaled(filters):
        return max(1, round(filters * width))

    images = keras.Input(input_shape)
    x = layers.Conv2D(scaled(64), 7, strides=2, padding="same", activation="relu")(images)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
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


# %% wrong: stem: no ReLU at the 1x1
# loses: steps
# says: after the 1x1 convolution of the stem
def googlenet(input_shape=(224, 224, 3), classes=1000, width=1.0):
    def scaled(filters):
        return max(1, round(filters * width))

    images = keras.Input(input_shape)
    x = layers.Conv2D(scaled(64), 7, strides=2, padding="same", activation="relu")(images)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = layers.Conv2D(scaled(64), 1)(x)
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


# %% wrong: stem: no ReLU
# loses: steps
# says: there is no ReLU in the stem
def googlenet(input_shape=(224, 224, 3), classes=1000, width=1.0):
    def scaled(filters):
        return max(1, round(filters * width))

    images = keras.Input(input_shape)
    x = layers.Conv2D(scaled(64), 7, strides=2, padding="same")(images)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = layers.Conv2D(scaled(64), 1)(x)
    x = layers.Conv2D(scaled(192), 3, padding="same")(x)
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


# %% wrong: stem: stride forgotten
# loses: counts, steps
# says: a stride or a pooling differs
def googlenet(input_shape=(224, 224, 3), classes=1000, width=1.0):
    def scaled(filters):
        return max(1, round(filters * width))

    images = keras.Input(input_shape)
    x = layers.Conv2D(scaled(64), 7, padding="same", activation="relu")(images)
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


# %% wrong: stem: first pooling missing
# loses: counts, steps
# says: a stride or a pooling differs
def googlenet(input_shape=(224, 224, 3), classes=1000, width=1.0):
    def scaled(filters):
        return max(1, round(filters * width))

    images = keras.Input(input_shape)
    x = layers.Conv2D(scaled(64), 7, strides=2, padding="same", activation="relu")(images)
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


# %% wrong: stem: second pooling missing
# loses: counts, steps
# says: a stride or a pooling differs
def googlenet(input_shape=(224, 224, 3), classes=1000, width=1.0):
    def scaled(filters):
        return max(1, round(filters * width))

    images = keras.Input(input_shape)
    x = layers.Conv2D(scaled(64), 7, strides=2, padding="same", activation="relu")(images)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = layers.Conv2D(scaled(64), 1, activation="relu")(x)
    x = layers.Conv2D(scaled(192), 3, padding="same", activation="relu")(x)

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


# %% wrong: stem: valid padding
# loses: steps
# says: cuts the border off
def googlenet(input_shape=(224, 224, 3), classes=1000, width=1.0):
    def scaled(filters):
        return max(1, round(filters * width))

    images = keras.Input(input_shape)
    x = layers.Conv2D(scaled(64), 7, strides=2, activation="relu")(images)
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


# %% wrong: stem: average pooling
# loses: steps
# says: take the average
def googlenet(input_shape=(224, 224, 3), classes=1000, width=1.0):
    def scaled(filters):
        return max(1, round(filters * width))

    images = keras.Input(input_shape)
    x = layers.Conv2D(scaled(64), 7, strides=2, padding="same", activation="relu")(images)
    x = layers.AveragePooling2D(3, strides=2, padding="same")(x)
    x = layers.Conv2D(scaled(64), 1, activation="relu")(x)
    x = layers.Conv2D(scaled(192), 3, padding="same", activation="relu")(x)
    x = layers.AveragePooling2D(3, strides=2, padding="same")(x)

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


# %% wrong: pooling after 3b missing
# loses: counts, steps
# says: a stride or a pooling differs
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
        if name in ("4e",):
            x = layers.MaxPooling2D(3, strides=2, padding="same")(x)

    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.4)(x)
    main = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)


# %% wrong: pooling after 3a too
# loses: counts, steps
# says: a stride or a pooling differs
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
        if name in ("3a", "3b", "4e"):
            x = layers.MaxPooling2D(3, strides=2, padding="same")(x)

    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.4)(x)
    main = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)


# %% wrong: pooling after 4a instead of 3b
# loses: counts, steps
# says: a stride or a pooling differs
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
        if name in ("4a", "4e"):
            x = layers.MaxPooling2D(3, strides=2, padding="same")(x)

    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.4)(x)
    main = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)


# %% wrong: pooling 2x2
# loses: steps
# says: between 3b and 4a the pooling window is 2x2
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
            x = layers.MaxPooling2D(2, padding="same")(x)

    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.4)(x)
    main = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)


# %% wrong: pooling without a stride
# loses: counts, steps
# says: a stride or a pooling differs
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
            x = layers.MaxPooling2D(3, padding="same")(x)

    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.4)(x)
    main = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)


# %% wrong: pooling by average between the groups
# loses: steps
# says: takes the average
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
            x = layers.AveragePooling2D(3, strides=2, padding="same")(x)

    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.4)(x)
    main = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)


# %% wrong: flatten instead of the mean
# loses: counts, steps
# says: the inference model of googlenet() has 56,150,552
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

    x = layers.Flatten()(x)
    x = layers.Dropout(0.4)(x)
    main = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)


# %% wrong: global max pooling
# loses: steps
# says: the maximum over the image
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

    x = layers.GlobalMaxPooling2D()(x)
    x = layers.Dropout(0.4)(x)
    main = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)


# %% wrong: average pooling fixed at 7x7
# loses: models, shared, table, steps, heads, export
# says: 
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

    x = layers.AveragePooling2D(7)(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(0.4)(x)
    main = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)


# %% wrong: no softmax
# loses: models, steps
# says: gives no probabilities
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
    main = layers.Dense(classes)(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)


# %% wrong: sigmoid at the end
# loses: models, steps
# says: gives no probabilities
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
    main = layers.Dense(classes, activation="sigmoid")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)


# %% wrong: dropout of 60 %
# loses: steps
# says: the share to drop, not the share to keep
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
    x = layers.Dropout(0.6)(x)
    main = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)


# %% wrong: no dropout
# loses: steps
# says: Dropout is missing
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
    main = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)


# %% wrong: a dense layer more
# loses: table, counts, steps
# says: There are 2 layers with weights here
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
    x = layers.Dense(64, activation="relu")(x)
    main = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)


# %% wrong: image size fixed
# loses: models, shared, table, steps, heads, export
# says: takes images of shape (224, 224, 3)
def googlenet(input_shape=(224, 224, 3), classes=1000, width=1.0):
    def scaled(filters):
        return max(1, round(filters * width))

    images = keras.Input((224, 224, 3))
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


# %% wrong: classes fixed
# loses: models, shared, table, steps, heads, export
# says: expected (None, 7)
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
    main = layers.Dense(1000, activation="softmax")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)


# %% wrong: keras.applications
# loses: models, shared, table, counts, steps, heads, export
# says: outputs; expected 3
def googlenet(input_shape=(224, 224, 3), classes=1000, width=1.0):
    model = keras.applications.InceptionV3(weights=None, classes=10, input_shape=(96, 96, 3))
    return model, model


# %% wrong: tensors instead of models
# loses: models, shared, table, counts, steps, heads, export
# says: should return two Keras models
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
    return [main, *heads], main


# %% wrong: no return
# loses: models, shared, table, counts, steps, heads, export
# says: should return two Keras models
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
    training, inference = keras.Model(images, [main, *heads]), keras.Model(images, main)


# %% wrong: modules 4e and 5a exchanged in size
# loses: table, counts
# says: module 5b has kernels
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
        if name == "5b":
            widths = MODULES["5a"]
        x = inception_module(x, *map(scaled, widths))
        if name in ("4a", "4d"):
            heads.append(auxiliary_head(x, classes))
        if name in ("3b", "4e"):
            x = layers.MaxPooling2D(3, strides=2, padding="same")(x)

    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.4)(x)
    main = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(images, [main, *heads]), keras.Model(images, main)
