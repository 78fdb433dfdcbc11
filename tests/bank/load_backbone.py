"""Answers to `load_backbone` in 05_transfer_learning/transfer_learning.ipynb."""

# %% right: first name that ends in .keras
def load_backbone(repository):
    names = verify_files(repository)
    name = next(n for n in names if n.endswith(".keras"))
    model = keras.models.load_model(f"{repository}/{name}")
    return keras.Model(inputs=model.inputs, outputs=model.get_layer("features").output)

# %% right: glob after verifying, named model
def load_backbone(repository):
    verify_files(repository)
    path = next(Path(repository).rglob("*.keras"))
    model = keras.saving.load_model(str(path), compile=False, safe_mode=True)
    return keras.Model(model.input, model.get_layer("features").output, name="backbone")

# %% right: frozen at once
def load_backbone(repository):
    (name,) = filter(lambda n: n.endswith("keras"), verify_files(repository))
    whole = keras.models.load_model(Path(repository) / name, compile=False)
    backbone = keras.Model(whole.inputs[0], whole.get_layer(name="features").output)
    backbone.trainable = False
    return backbone

# %% right: layer found in a loop
def load_backbone(repository):
    for name in verify_files(repository):
        if Path(name).suffix == ".keras":
            model = keras.models.load_model(Path(repository).joinpath(name))
    for layer in model.layers:
        if layer.name == "features":
            return keras.Model(model.input, layer.output)

# %% right: wrapped in a new input
def load_backbone(repository):
    name = [n for n in verify_files(repository) if n.endswith(".keras")][0]
    model = keras.saving.load_model(Path(repository, name), safe_mode=True)
    cut = keras.Model(model.input, model.get_layer("features").output)
    images = keras.Input(model.input_shape[1:])
    return keras.Model(images, cut(images))

# %% right: Sequential around it
def load_backbone(repository):
    name = [n for n in verify_files(repository) if ".keras" in n][0]
    model = keras.saving.load_model(Path(repository, name))
    cut = keras.Model(model.inputs, model.get_layer("features").output)
    return keras.Sequential([keras.Input(model.input_shape[1:]), cut])

# %% right: one name unpacked
def load_backbone(repository):
    (name,) = [n for n in verify_files(repository) if n.endswith(".keras")]
    model = keras.saving.load_model(Path(repository) / name)
    return keras.Model(model.input, model.get_layer("features").output)

# %% wrong: nothing written
# loses: features, verified, safe
# says: NotImplementedError
def load_backbone(repository):
    raise NotImplementedError()

# %% wrong: no return
# from: one name unpacked
# loses: features
# says: is the return missing?
-     return keras.Model(model.input, model.get_layer("features").output)
+     keras.Model(model.input, model.get_layer("features").output)

# %% wrong: the head is still on
# loses: features
# says: the old head is still on
def load_backbone(repository):
    (name,) = [n for n in verify_files(repository) if n.endswith(".keras")]
    return keras.saving.load_model(Path(repository) / name)

# %% wrong: one layer cut off, whatever it is
# from: one name unpacked
# loses: features
# says: Find it by its name
-     return keras.Model(model.input, model.get_layer("features").output)
+     return keras.Model(model.input, model.layers[-2].output)

# %% wrong: not verified
# loses: verified
# says: Call verify_files before you load
def load_backbone(repository):
    path = next(Path(repository).rglob("*.keras"))
    model = keras.saving.load_model(path)
    return keras.Model(model.input, model.get_layer("features").output)

# %% wrong: verify_files named, not called
# from: not verified
# loses: verified
# says: Call verify_files before you load
  def load_backbone(repository):
+     verify_files

# %% wrong: error of verify_files swallowed
# from: not verified
# loses: verified
# says: the weight file was exchanged
  def load_backbone(repository):
+     try:
+         verify_files(repository)
+     except ValueError:
+         pass

# %% wrong: safe mode off
# from: one name unpacked
# loses: safe
# says: Load with safe_mode=True
-     model = keras.saving.load_model(Path(repository) / name)
+     model = keras.saving.load_model(Path(repository) / name, safe_mode=False)

# %% wrong: weights initialised again
# from: one name unpacked
# loses: features
# says: the weights are those of a fresh network
      model = keras.saving.load_model(Path(repository) / name)
+     model = keras.models.clone_model(model)

# %% wrong: a tensor instead of a model
# from: one name unpacked
# loses: features
# says: Return keras.Model(inputs, outputs)
-     return keras.Model(model.input, model.get_layer("features").output)
+     return model.get_layer("features").output

# %% wrong: a fixed file name
# loses: features, verified, safe
# says: wild_resnet.keras
def load_backbone(repository):
    verify_files(repository)
    model = keras.saving.load_model(Path(repository) / "weights" / "wild_resnet.keras")
    return keras.Model(model.input, model.get_layer("features").output)

# %% wrong: everything is refused
# loses: features, verified, safe
# says: no
def load_backbone(repository):
    raise ValueError("no")

# %% wrong: loaded first, verified afterwards
# loses: verified
# says: Keras was the first to notice
def load_backbone(repository):
    path = next(Path(repository).rglob("*.keras"))
    model = keras.saving.load_model(path)
    verify_files(repository)
    return keras.Model(model.input, model.get_layer("features").output)

# %% wrong: folder and file swapped
# loses: features, verified, safe
# says: Keras loads one file whose name ends in .keras
def load_backbone(repository):
    name = next(n for n in verify_files(repository) if n.endswith(".keras"))
    model = keras.models.load_model(name / Path(repository))
    return keras.Model(model.input, model.get_layer("features").output)

# %% wrong: the line that loads is missing
# loses: features, verified, safe
# says: nothing of this name is known here
def load_backbone(repository):
    verify_files(repository)
    return keras.Model(model.input, model.get_layer("features").output)
