"""Answers to `prepare_images` in 05_transfer_learning/transfer_learning.ipynb."""

# %% right: multiply
def prepare_images(images):
    return images * 255.0

# %% right: whole numbers, as in an image file
def prepare_images(images):
    return np.round(images * 255).astype("uint8")

# %% right: cut to whole numbers
def prepare_images(images):
    return (255 * images).astype("uint8").astype("float32")

# %% right: a Keras layer
def prepare_images(images):
    return layers.Rescaling(255)(images)

# %% right: keras.ops, float32
def prepare_images(images):
    x = keras.ops.cast(images, "float32")
    return keras.ops.convert_to_numpy(keras.ops.multiply(x, 255.0))

# %% right: a copy, then in place
def prepare_images(images):
    out = np.array(images, dtype="float64", copy=True)
    out *= 255
    return out

# %% wrong: nothing written
# loses: range
# says: NotImplementedError
def prepare_images(images):
    raise NotImplementedError()

# %% wrong: no return
# loses: range
# says: is the return missing?
def prepare_images(images):
    images = images * 255

# %% wrong: unchanged
# loses: range
# says: the images are unchanged
def prepare_images(images):
    return images

# %% wrong: divided once more
# loses: range
# says: the values were divided by 255
def prepare_images(images):
    return images.astype("float32") / 255.0

# %% wrong: minus one to one
# loses: range
# says: between -1 and 1
def prepare_images(images):
    return images * 2.0 - 1.0

# %% wrong: standardised
# loses: range
# says: mean 0 and deviation 1
def prepare_images(images):
    return (images - images.mean()) / images.std()

# %% wrong: negative
# loses: range
# says: turned around
def prepare_images(images):
    return 255 * (1 - images)

# %% wrong: in place
# loses: range
# says: changed an array
def prepare_images(images):
    images *= 255
    return images

# %% wrong: extra axis
# loses: range
# says: expected the same shape
def prepare_images(images):
    return (255 * images)[None]

# %% wrong: times 256
# loses: range
# says: up to 256
def prepare_images(images):
    return images * 256.0

# %% wrong: times 256 and a shift
# loses: range
# says: not what the definition gives
def prepare_images(images):
    return images * 256 + 3

# %% wrong: times 256, cut to whole numbers
# loses: range
# says: white became black
def prepare_images(images):
    return (256 * images).astype("uint8").astype("float32")
