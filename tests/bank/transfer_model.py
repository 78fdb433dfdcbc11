"""Answers to `transfer_model` in 05_transfer_learning/transfer_learning.ipynb."""

# %% right: as in the guide
def transfer_model(backbone, classes):
    backbone.trainable = False
    inputs = keras.Input(shape=backbone.input_shape[1:])
    x = backbone(inputs, training=False)
    outputs = layers.Dense(classes, activation="softmax", name="head")(x)
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.Adam(1e-2), "sparse_categorical_crossentropy", jit_compile=False)
    return model

# %% right: layer by layer, loss object, metrics, SGD
def transfer_model(backbone, classes):
    for layer in backbone.layers:
        layer.trainable = False
    inputs = keras.Input(batch_shape=backbone.input_shape)
    outputs = layers.Dense(classes)(backbone(inputs, training=False))
    outputs = layers.Softmax()(outputs)
    model = keras.Model(inputs=inputs, outputs=outputs)
    model.compile(
        optimizer=keras.optimizers.SGD(0.05, momentum=0.9),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
        jit_compile=False,
    )
    return model

# %% right: no bias in the head, default jit
def transfer_model(backbone, classes):
    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    x = backbone(inputs, training=False)
    outputs = layers.Dense(classes, activation=keras.activations.softmax, use_bias=False)(x)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy")
    return model

# %% right: frozen after compile, before any training
def transfer_model(backbone, classes):
    inputs = keras.Input(backbone.input_shape[1:])
    outputs = layers.Dense(classes, "softmax")(backbone(inputs, training=False))
    model = keras.Model(inputs, outputs)
    model.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
    model.optimizer.learning_rate = 0.01
    backbone.trainable = False
    return model

# %% right: keras.ops softmax, head as its own Sequential
def transfer_model(backbone, classes):
    backbone.trainable = False
    head = keras.Sequential([keras.Input(backbone.output_shape[1:]), layers.Dense(classes)])
    inputs = keras.Input(backbone.input_shape[1:])
    outputs = keras.ops.softmax(head(backbone(inputs, training=False)))
    model = keras.Model(inputs, outputs, name="transfer")
    model.compile(
        keras.optimizers.RMSprop(0.01), loss="sparse_categorical_crossentropy", jit_compile=False
    )
    return model

# %% right: a frozen copy with the same weights
def transfer_model(backbone, classes):
    copy = keras.models.clone_model(backbone)
    copy.set_weights(backbone.get_weights())
    copy.trainable = False
    inputs = keras.Input(copy.input_shape[1:])
    outputs = layers.Dense(classes, activation="softmax")(copy(inputs, training=False))
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", jit_compile=False)
    return model

# %% right: everything frozen, then the head unfrozen
def transfer_model(backbone, classes):
    inputs = keras.Input(backbone.input_shape[1:])
    x = backbone(inputs, training=False)
    outputs = layers.Dense(classes, activation="softmax")(x)
    model = keras.Model(inputs, outputs)
    model.trainable = True
    for layer in model.layers[:-1]:
        layer.trainable = False
    model.compile(
        optimizer=keras.optimizers.AdamW(learning_rate=0.01),
        loss="sparse_categorical_crossentropy",
        metrics=["sparse_categorical_accuracy"],
        jit_compile=False,
    )
    return model

# %% right: no training argument, a frozen batch norm is in inference mode anyway
def transfer_model(backbone, classes):
    backbone.trainable = False
    model = keras.Sequential(
        [
            keras.Input(backbone.input_shape[1:]),
            backbone,
            layers.Dense(classes, activation="softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", jit_compile=False)
    return model

# %% right: called with training=True, which frozen layers do not heed
def transfer_model(backbone, classes):
    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    outputs = layers.Dense(classes, activation="softmax")(backbone(inputs, training=True))
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", jit_compile=False)
    return model

# %% right: frozen first, no metrics
def transfer_model(backbone, classes):
    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    outputs = layers.Dense(classes, activation="softmax")(backbone(inputs, training=False))
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", jit_compile=False)
    return model

# %% wrong: only training=False, nothing frozen but convolutions
# from: frozen first, no metrics
# loses: norms
# says: has no effect during fit
-     backbone.trainable = False
+     for layer in backbone.layers:
+         layer.trainable = not isinstance(layer, layers.Conv2D)

# %% wrong: frozen up to the last convolution
# from: frozen first, no metrics
# loses: frozen
# says: 1 convolutions of the backbone have other weights
      backbone.trainable = False
+     [layer for layer in backbone.layers if isinstance(layer, layers.Conv2D)][-1].trainable = True

# %% wrong: nothing written
# loses: head, frozen, norms, learns
# says: NotImplementedError
def transfer_model(backbone, classes):
    raise NotImplementedError()

# %% wrong: no return
# loses: head, frozen, norms, learns
# says: is the return missing?
def transfer_model(backbone, classes):
    backbone.trainable = False

# %% wrong: not frozen
# from: frozen first, no metrics
# loses: frozen, norms
# says: Set trainable = False on the backbone
-     backbone.trainable = False

# %% wrong: a copy is frozen, the original trains
# from: frozen first, no metrics
# loses: frozen, norms
# says: and not on a copy
-     backbone.trainable = False
+     frozen = keras.models.clone_model(backbone)
+     frozen.trainable = False

# %% wrong: the head frozen too
# from: frozen first, no metrics
# loses: learns
# says: the head is frozen too
-     backbone.trainable = False
...
      model = keras.Model(inputs, outputs)
+     model.trainable = False

# %% wrong: convolutions frozen, batch norm updating
# from: called with training=True, which frozen layers do not heed
# loses: norms
# says: a frozen batch norm runs in inference mode
-     backbone.trainable = False
+     for layer in backbone.layers:
+         if isinstance(layer, layers.Conv2D):
+             layer.trainable = False
      inputs = keras.Input(backbone.input_shape[1:])
-     outputs = layers.Dense(classes, activation="softmax")(backbone(inputs, training=True))
+     outputs = layers.Dense(classes, activation="softmax")(backbone(inputs))

# %% wrong: no softmax
# from: frozen first, no metrics
# loses: head
# says: the head has no softmax
-     outputs = layers.Dense(classes, activation="softmax")(backbone(inputs, training=False))
+     outputs = layers.Dense(classes)(backbone(inputs, training=False))
      model = keras.Model(inputs, outputs)
-     model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", jit_compile=False)
+     loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
+     model.compile(keras.optimizers.Adam(0.01), loss, jit_compile=False)

# %% wrong: sigmoid
# from: frozen first, no metrics
# loses: head
# says: the head has a sigmoid
-     outputs = layers.Dense(classes, activation="softmax")(backbone(inputs, training=False))
+     outputs = layers.Dense(classes, activation="sigmoid")(backbone(inputs, training=False))

# %% wrong: a fixed number of classes
# from: frozen first, no metrics
# loses: head
# says: a probability for each class
-     outputs = layers.Dense(classes, activation="softmax")(backbone(inputs, training=False))
+     outputs = layers.Dense(2, activation="softmax")(backbone(inputs, training=False))

# %% wrong: a hidden layer
# from: called with training=True, which frozen layers do not heed
# loses: head
# says: expected one dense layer, the new head; found 2
-     outputs = layers.Dense(classes, activation="softmax")(backbone(inputs, training=True))
+     x = layers.Dense(32, activation="relu")(backbone(inputs, training=False))
+     outputs = layers.Dense(classes, activation="softmax")(x)

# %% wrong: not compiled
# loses: frozen, norms, learns
# says: the model is not compiled
def transfer_model(backbone, classes):
    backbone.trainable = False
    inputs = keras.Input(backbone.input_shape[1:])
    outputs = layers.Dense(classes, activation="softmax")(backbone(inputs, training=False))
    return keras.Model(inputs, outputs)

# %% wrong: loss for one-hot labels
# from: frozen first, no metrics
# loses: learns
# says: a loss for labels of another form, such as one-hot ones
-     model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", jit_compile=False)
+     model.compile(keras.optimizers.Adam(0.01), "categorical_crossentropy", jit_compile=False)

# %% wrong: a rate far too small
# from: frozen first, no metrics
# loses: learns
# says: A smaller one takes too long
-     model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", jit_compile=False)
+     model.compile(keras.optimizers.Adam(1e-7), "sparse_categorical_crossentropy", jit_compile=False)

# %% wrong: fresh weights instead of the given ones
# loses: head
# says: clone_model copies layers without their weights
def transfer_model(backbone, classes):
    fresh = keras.models.clone_model(backbone)
    fresh.trainable = False
    inputs = keras.Input(fresh.input_shape[1:])
    outputs = layers.Dense(classes, activation="softmax")(fresh(inputs, training=False))
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", jit_compile=False)
    return model

# %% wrong: head on the pixels
# from: called with training=True, which frozen layers do not heed
# loses: head, frozen, norms, learns
# says: the head's weights have shape
-     outputs = layers.Dense(classes, activation="softmax")(backbone(inputs, training=True))
+     outputs = layers.Dense(classes, activation="softmax")(layers.Flatten()(inputs))

# %% wrong: nothing frozen, and a rate of 0 in the first steps
# loses: frozen
# says: convolutions of the backbone have other weights
def transfer_model(backbone, classes):
    for layer in backbone.layers:
        layer.trainable = not isinstance(layer, layers.BatchNormalization)
    images = keras.Input(backbone.input_shape[1:])
    outputs = layers.Dense(classes, activation="softmax")(backbone(images, training=False))
    model = keras.Model(images, outputs)
    rate = keras.optimizers.schedules.PiecewiseConstantDecay([8], [0.0, 0.01])
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    return model

# %% wrong: dropout that nobody asked for
# from: no bias in the head, default jit
# loses: head
# says: a layer that works in training mode alone
-     x = backbone(inputs, training=False)
+     x = layers.Dropout(0.2)(backbone(inputs, training=False))

# %% wrong: a rate a hundred times too large
# from: as in the guide
# loses: learns
# says: expected one near 0.01
-     model.compile(keras.optimizers.Adam(1e-2), "sparse_categorical_crossentropy", jit_compile=False)
+     model.compile(keras.optimizers.Adam(1.01), "sparse_categorical_crossentropy", jit_compile=False)

# %% wrong: a rate a thousand times too small
# from: as in the guide
# loses: learns
# says: A smaller one takes too long
-     model.compile(keras.optimizers.Adam(1e-2), "sparse_categorical_crossentropy", jit_compile=False)
+     model.compile(keras.optimizers.Adam(1e-5), "sparse_categorical_crossentropy", jit_compile=False)

# %% wrong: the head alone frozen
# from: as in the guide
# loses: learns
# says: the head is frozen too
-     outputs = layers.Dense(classes, activation="softmax", name="head")(x)
+     outputs = layers.Dense(classes, activation="softmax", name="head", trainable=False)(x)

# %% right: a rate that falls from step to step
# from: as in the guide
-     model.compile(keras.optimizers.Adam(1e-2), "sparse_categorical_crossentropy", jit_compile=False)
+     rate = keras.optimizers.schedules.ExponentialDecay(0.02, 10, 0.9)
+     model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", jit_compile=False)

# %% wrong: softmax over the batch
# from: frozen first, no metrics
# loses: head
# says: the softmax runs over the images of the batch
-     outputs = layers.Dense(classes, activation="softmax")(backbone(inputs, training=False))
+     outputs = keras.ops.softmax(layers.Dense(classes)(backbone(inputs, training=False)), axis=0)

# %% wrong: images multiplied inside the model
# from: frozen first, no metrics
# loses: head
# says: the images are multiplied by 255 inside the model
-     outputs = layers.Dense(classes, activation="softmax")(backbone(inputs, training=False))
+     features = backbone(layers.Rescaling(255.0)(inputs), training=False)
+     outputs = layers.Dense(classes, activation="softmax")(features)

# %% wrong: no optimizer given
# from: as in the guide
# loses: learns
# says: the learning rate is 0.001, which Keras takes if none is given
-     model.compile(keras.optimizers.Adam(1e-2), "sparse_categorical_crossentropy", jit_compile=False)
+     model.compile(loss="sparse_categorical_crossentropy", jit_compile=False)

# %% right: a rate of 0.003
# from: as in the guide
-     model.compile(keras.optimizers.Adam(1e-2), "sparse_categorical_crossentropy", jit_compile=False)
+     model.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy", jit_compile=False)

# %% wrong: compiled without a loss
# from: as in the guide
# loses: learns
# says: compile was given no loss
-     model.compile(keras.optimizers.Adam(1e-2), "sparse_categorical_crossentropy", jit_compile=False)
+     model.compile(keras.optimizers.Adam(1e-2), jit_compile=False)

# %% wrong: the name of the loss misspelled
# from: as in the guide
# loses: learns
# says: Keras has no loss of the name
-     model.compile(keras.optimizers.Adam(1e-2), "sparse_categorical_crossentropy", jit_compile=False)
+     model.compile(keras.optimizers.Adam(1e-2), "sparse_crossentropy", jit_compile=False)

# %% wrong: the squared error
# from: as in the guide
# loses: learns
# says: a loss for labels of another form
-     model.compile(keras.optimizers.Adam(1e-2), "sparse_categorical_crossentropy", jit_compile=False)
+     model.compile(keras.optimizers.Adam(1e-2), "mse", jit_compile=False)
