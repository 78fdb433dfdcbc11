"""Answers to `unfreeze_from` in 05_transfer_learning/transfer_learning.ipynb."""

# %% right: a switch in the loop
def unfreeze_from(model, layer_name, learning_rate):
    backbone = next(l for l in model.layers if isinstance(l, keras.Model))
    if layer_name not in [l.name for l in backbone.layers]:
        raise ValueError(layer_name)
    reached = False
    for layer in backbone.layers:
        reached = reached or layer.name == layer_name
        layer.trainable = reached and not isinstance(layer, layers.BatchNormalization)
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,
    )
    return model

# %% right: get_layer raises by itself, batch norms stay frozen
def unfreeze_from(model, layer_name, learning_rate):
    backbone = model.layers[1]
    start = backbone.layers.index(backbone.get_layer(layer_name))
    backbone.trainable = True
    for i, layer in enumerate(backbone.layers):
        if i < start or isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
    model.compile(
        keras.optimizers.Adam(learning_rate), "sparse_categorical_crossentropy", jit_compile=False
    )
    return model

# %% right: index raises by itself
def unfreeze_from(model, layer_name, learning_rate):
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            names = [inner.name for inner in layer.layers]
            first = names.index(layer_name)
            layer.trainable = True
            for inner in layer.layers[:first]:
                inner.trainable = False
            for inner in layer.layers[first:]:
                if "BatchNorm" in type(inner).__name__:
                    inner.trainable = False
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate, momentum=0.9),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        jit_compile=False,
    )
    return model

# %% right: compiled with a name, then the rate set
def unfreeze_from(model, layer_name, learning_rate):
    backbones = [l for l in model.layers if hasattr(l, "layers")]
    backbone = backbones[0]
    if not any(l.name == layer_name for l in backbone.layers):
        raise ValueError(f"no layer {layer_name}")
    backbone.trainable = False
    inner = list(backbone.layers)
    while inner[0].name != layer_name:
        inner.pop(0)
    for layer in inner:
        if not isinstance(layer, layers.BatchNormalization):
            layer.trainable = True
    model.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
    model.optimizer.learning_rate = learning_rate
    return model

# %% right: default jit, the last functional layer found backwards
def unfreeze_from(model, layer_name, learning_rate):
    (backbone,) = (l for l in reversed(model.layers) if type(l).__name__ == "Functional")
    place = {layer.name: i for i, layer in enumerate(backbone.layers)}
    if layer_name not in place:
        raise ValueError("unknown layer: " + layer_name)
    for name, i in place.items():
        norm = isinstance(backbone.get_layer(name), keras.layers.BatchNormalization)
        backbone.get_layer(name).trainable = False if norm else i >= place[layer_name]
    model.compile(keras.optimizers.Adam(learning_rate), loss="sparse_categorical_crossentropy")
    return model

# %% right: a copy with all weights, frozen likewise
def unfreeze_from(model, layer_name, learning_rate):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    (backbone,) = [l for l in copy.layers if isinstance(l, keras.Model)]
    names = [l.name for l in backbone.layers]
    if names.count(layer_name) != 1:
        raise ValueError(names)
    for name in names:
        backbone.get_layer(name).trainable = names.index(name) >= names.index(layer_name)
    for layer in backbone.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
    copy.compile(
        keras.optimizers.Adam(learning_rate), "sparse_categorical_crossentropy", jit_compile=False
    )
    return copy

# %% right: one condition for every layer
def unfreeze_from(model, layer_name, learning_rate):
    backbone = model.layers[1]
    start = backbone.layers.index(backbone.get_layer(layer_name))
    for i, layer in enumerate(backbone.layers):
        layer.trainable = i >= start and not isinstance(layer, layers.BatchNormalization)
    model.compile(
        keras.optimizers.Adam(learning_rate), "sparse_categorical_crossentropy", jit_compile=False
    )
    return model

# %% wrong: nothing written
# loses: moves, rate, norms, head, names
# says: NotImplementedError
def unfreeze_from(model, layer_name, learning_rate):
    raise NotImplementedError()

# %% wrong: no return
# loses: moves, rate, norms, head, names
# says: is the return missing?
def unfreeze_from(model, layer_name, learning_rate):
    model.trainable = True

# %% wrong: not compiled again
# from: one condition for every layer
# loses: rate
# says: Compile the model again
-     model.compile(
-         keras.optimizers.Adam(learning_rate), "sparse_categorical_crossentropy", jit_compile=False
-     )

# %% wrong: the whole network, at the big rate
# loses: moves, rate, norms, names
# says: They stay frozen; backbone.trainable = True unfreezes every layer.
def unfreeze_from(model, layer_name, learning_rate):
    backbone = model.layers[1]
    backbone.get_layer(layer_name)
    backbone.trainable = True
    model.compile(
        keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", jit_compile=False
    )
    return model

# %% wrong: the model is unfrozen, where trainable is True already
# from: one condition for every layer
# loses: moves, norms, head, names
# says: On the model itself it has no effect
-     start = backbone.layers.index(backbone.get_layer(layer_name))
-     for i, layer in enumerate(backbone.layers):
-         layer.trainable = i >= start and not isinstance(layer, layers.BatchNormalization)
+     backbone.get_layer(layer_name)
+     model.trainable = True

# %% wrong: the whole backbone unfrozen
# from: the whole network, at the big rate
# loses: moves, norms, names
# says: They stay frozen; backbone.trainable = True unfreezes every layer.
-         keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", jit_compile=False
+         keras.optimizers.Adam(learning_rate), "sparse_categorical_crossentropy", jit_compile=False

# %% wrong: the optimizer's default rate
# from: one condition for every layer
# loses: rate
# says: This is an optimizer's default
-     model.compile(
-         keras.optimizers.Adam(learning_rate), "sparse_categorical_crossentropy", jit_compile=False
-     )
+     model.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)

# %% wrong: no optimizer
# from: one condition for every layer
# loses: rate
# says: This is an optimizer's default
-         keras.optimizers.Adam(learning_rate), "sparse_categorical_crossentropy", jit_compile=False
+         loss="sparse_categorical_crossentropy", jit_compile=False

# %% wrong: starts after the named layer
# from: one condition for every layer
# loses: moves, names
# says: The named layer itself belongs
-     start = backbone.layers.index(backbone.get_layer(layer_name))
-     for i, layer in enumerate(backbone.layers):
-         layer.trainable = i >= start and not isinstance(layer, layers.BatchNormalization)
+     backbone.get_layer(layer_name)
+     reached = False
+     for layer in backbone.layers:
+         layer.trainable = reached and not isinstance(layer, layers.BatchNormalization)
+         if layer.name == layer_name:
+             reached = True

# %% wrong: only the named layer
# from: one condition for every layer
# loses: moves, names
# says: Only the named layer trains
-     start = backbone.layers.index(backbone.get_layer(layer_name))
-     for i, layer in enumerate(backbone.layers):
-         layer.trainable = i >= start and not isinstance(layer, layers.BatchNormalization)
+     backbone.trainable = False
+     backbone.get_layer(layer_name).trainable = True

# %% wrong: the wrong way round
# from: one condition for every layer
# loses: moves, names
# says: The named layer and all after it are to move, and of these stayed
-         layer.trainable = i >= start and not isinstance(layer, layers.BatchNormalization)
+         layer.trainable = i < start and not isinstance(layer, layers.BatchNormalization)

# %% wrong: starts one convolution too early
# from: one condition for every layer
# loses: moves
# says: They stay frozen.
-         layer.trainable = i >= start and not isinstance(layer, layers.BatchNormalization)
+         layer.trainable = i >= start - 3 and not isinstance(layer, layers.BatchNormalization)

# %% wrong: layers of a copy are unfrozen
# from: one condition for every layer
# loses: moves, norms, head, names
# says: no layer of the backbone moved
-     backbone = model.layers[1]
+     backbone = keras.models.clone_model(model.layers[1])

# %% wrong: a copy without the weights
# from: one condition for every layer
# loses: head
# says: weights were initialised again
  def unfreeze_from(model, layer_name, learning_rate):
+     model = keras.models.clone_model(model)

# %% wrong: the head frozen
# from: one condition for every layer
# loses: head
# says: the head does not move any more
          layer.trainable = i >= start and not isinstance(layer, layers.BatchNormalization)
+     model.layers[-1].trainable = False

# %% wrong: an unknown name is passed over
# loses: names
# says: A slip in the name would otherwise
def unfreeze_from(model, layer_name, learning_rate):
    reached = False
    for layer in model.layers[1].layers:
        reached = reached or layer.name == layer_name
        layer.trainable = reached and not isinstance(layer, layers.BatchNormalization)
    model.compile(
        keras.optimizers.Adam(learning_rate), "sparse_categorical_crossentropy", jit_compile=False
    )
    return model

# %% wrong: looks among the model's own layers
# from: one condition for every layer
# loses: moves, rate, norms, head, names
# says: the backbone is one layer of the model
-     backbone = model.layers[1]
-     start = backbone.layers.index(backbone.get_layer(layer_name))
-     for i, layer in enumerate(backbone.layers):
+     start = model.layers.index(model.get_layer(layer_name))
+     for i, layer in enumerate(model.layers):

# %% wrong: batch norms unfrozen with the rest
# from: get_layer raises by itself, batch norms stay frozen
# loses: norms
# says: leave each BatchNormalization frozen
-     for i, layer in enumerate(backbone.layers):
-         if i < start or isinstance(layer, layers.BatchNormalization):
-             layer.trainable = False
+     for layer in backbone.layers[:start]:
+         layer.trainable = False

# %% wrong: batch norms before the named layer unfrozen
# from: get_layer raises by itself, batch norms stay frozen
# loses: norms
# says: leave each BatchNormalization frozen
-         if i < start or isinstance(layer, layers.BatchNormalization):
+         if isinstance(layer, layers.Conv2D) and i < start:

# %% wrong: the backbone alone comes back
# from: one condition for every layer
# loses: moves, rate, norms, head, names
# says: and not its backbone
-     model.compile(
+     backbone.compile(
...
-     return model
+     return backbone

# %% wrong: the model as it was given
# loses: moves, rate, norms, head, names
# says: no layer of the backbone moved
def unfreeze_from(model, layer_name, learning_rate):
    return model

# %% wrong: another error than the text promises
# from: a switch in the loop
# loses: names
# says: refused with RuntimeError; the text promises ValueError
-         raise ValueError(layer_name)
+         raise RuntimeError(layer_name)

# %% wrong: compiled without a loss
# from: a switch in the loop
# loses: moves, norms, head, names
# says: compile was given no loss
-         loss="sparse_categorical_crossentropy",
