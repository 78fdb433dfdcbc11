"""Answers to `pointwise_dense` in 04_inception/one_by_one_convolutions.ipynb."""

# %% same as: pointwise_conv2d

# %% wrong: it calls another answer
# loses: sizes
# says: uses pointwise_conv2d, which is the answer to another exercise
def pointwise_dense(images, kernel, bias):
    return pointwise_conv2d(images, kernel, bias)

# %% wrong: another answer under a new name
# loses: sizes
# says: uses pointwise_conv2d, which is the answer to another exercise
pointwise_dense = pointwise_conv2d

# %% wrong: a function in between calls another answer
# loses: sizes
# says: uses pointwise_conv2d, which is the answer to another exercise
def on_channels(*arrays):
    return pointwise_conv2d(*arrays)

def pointwise_dense(images, kernel, bias):
    return on_channels(images, kernel, bias)

# %% right: a function of its own beside it
def on_channels(images, matrix):
    return images @ matrix

def pointwise_dense(images, kernel, bias):
    return on_channels(images, kernel[0, 0]) + bias
