"""Answers to `pointwise_conv2d` in 04_inception/one_by_one_convolutions.ipynb."""

# %% right: ops.conv
def pointwise_conv2d(images, kernel, bias):
    return keras.ops.conv(images, kernel, strides=1, padding="valid") + bias

# %% right: Conv2D layer with weights set
def pointwise_conv2d(images, kernel, bias):
    layer = layers.Conv2D(kernel.shape[-1], (1, 1), padding="same")
    layer.build(images.shape)
    layer.set_weights([kernel, bias])
    return layer(images)

# %% right: Conv2D with constant initialisers, as NumPy
def pointwise_conv2d(images, kernel, bias):
    layer = layers.Conv2D(
        bias.shape[0],
        1,
        kernel_initializer=keras.initializers.Constant(kernel),
        bias_initializer=keras.initializers.Constant(bias),
    )
    return np.array(layer(images))

# %% right: Dense layer
def pointwise_conv2d(images, kernel, bias):
    dense = layers.Dense(len(bias))
    dense.build((None, images.shape[-1]))
    dense.set_weights([np.squeeze(kernel, (0, 1)), bias])
    return dense(images).numpy()

# %% right: Dense on flattened pixels
def pointwise_conv2d(images, kernel, bias):
    batch, height, width, channels = images.shape
    dense = layers.Dense(len(bias), use_bias=False)
    dense.build((None, channels))
    dense.kernel.assign(kernel.reshape(channels, -1))
    flat = keras.ops.reshape(images, (-1, channels))
    return keras.ops.reshape(dense(flat), (batch, height, width, -1)) + bias

# %% right: einsum with four letters
def pointwise_conv2d(images, kernel, bias):
    return keras.ops.einsum("bhwc,xycf->bhwf", images, kernel) + bias

# %% right: einsum with an ellipsis
def pointwise_conv2d(images, kernel, bias):
    return np.einsum("...i,io->...o", images, kernel[0][0]) + bias[None, None, None, :]

# %% right: matmul
def pointwise_conv2d(images, kernel, bias):
    return images @ kernel[0, 0] + bias

# %% right: tensordot
def pointwise_conv2d(images, kernel, bias):
    return np.tensordot(images, kernel[0, 0], axes=([3], [0])) + bias

# %% right: loops over pixels
def pointwise_conv2d(images, kernel, bias):
    out = np.zeros((*images.shape[:3], len(bias)))
    for n in range(images.shape[0]):
        for i in range(images.shape[1]):
            for j in range(images.shape[2]):
                out[n, i, j] = images[n, i, j].dot(kernel[0, 0]) + bias
    return out

# %% right: TensorFlow
def pointwise_conv2d(images, kernel, bias):
    import tensorflow as tf

    return tf.nn.bias_add(tf.nn.conv2d(images, kernel, 1, "SAME"), bias)

# %% wrong: no bias
# loses: sizes
# says: the bias is not added
def pointwise_conv2d(images, kernel, bias):
    return keras.ops.conv(images, kernel)

# %% wrong: bias subtracted
# loses: sizes
# says: the bias is subtracted
def pointwise_conv2d(images, kernel, bias):
    return images @ kernel[0, 0] - bias

# %% wrong: bias twice
# loses: sizes
# says: the bias counts twice
def pointwise_conv2d(images, kernel, bias):
    layer = layers.Conv2D(len(bias), 1)
    layer.build(images.shape)
    layer.set_weights([kernel, bias])
    return layer(images) + bias

# %% wrong: kernel transposed
# loses: sizes
# says: the kernel is transposed
def pointwise_conv2d(images, kernel, bias):
    return np.einsum("bhwc,fc->bhwf", images, kernel[0, 0]) + bias

# %% wrong: height and width swapped
# loses: sizes
# says: height and width are swapped
def pointwise_conv2d(images, kernel, bias):
    return np.einsum("bhwc,cf->bwhf", images, kernel[0, 0]) + bias

# %% wrong: sums over the pixels
# loses: sizes
# says: the sum runs over the pixels too
def pointwise_conv2d(images, kernel, bias):
    return np.einsum("bhwc,cf->bf", images, kernel[0, 0]) + bias

# %% wrong: a ReLU
# loses: sizes
# says: A 1x1 convolution is linear
def pointwise_conv2d(images, kernel, bias):
    return np.maximum(images @ kernel[0, 0] + bias, 0)

# %% wrong: the first image only
# loses: sizes
# says: the batch axis is lost
def pointwise_conv2d(images, kernel, bias):
    return images[0] @ kernel[0, 0] + bias

# %% wrong: random weights
# loses: sizes
# says: a layer draws random weights of its own
def pointwise_conv2d(images, kernel, bias):
    return layers.Conv2D(len(bias), 1)(images)

# %% wrong: stride 2
# loses: sizes
# says: a stride of 2 leaves pixels out
def pointwise_conv2d(images, kernel, bias):
    return keras.ops.conv(images, kernel, strides=2) + bias

# %% wrong: weights in the wrong order
# loses: sizes
# says: shape
def pointwise_conv2d(images, kernel, bias):
    layer = layers.Conv2D(len(bias), 1)
    layer.build(images.shape)
    layer.set_weights([bias, kernel])
    return layer(images)

# %% wrong: filters of the channels
# loses: sizes
# says: of another shape than the weight has
def pointwise_conv2d(images, kernel, bias):
    layer = layers.Dense(images.shape[-1])
    layer.build(images.shape)
    layer.set_weights([kernel[0, 0], bias])
    return layer(images)

# %% wrong: kernel as it is in einsum
# loses: sizes
# says: a letter for each axis
def pointwise_conv2d(images, kernel, bias):
    return np.einsum("bhwc,cf->bhwf", images, kernel) + bias

# %% wrong: symbolic tensor
# loses: sizes
# says: should return an array
def pointwise_conv2d(images, kernel, bias):
    x = keras.Input(images.shape[1:])
    return layers.Conv2D(len(bias), 1)(x)

# %% wrong: the layer, not called
# loses: sizes
# says: should return an array
def pointwise_conv2d(images, kernel, bias):
    return layers.Conv2D(len(bias), 1)

# %% wrong: no return
# loses: sizes
# says: is the return missing
def pointwise_conv2d(images, kernel, bias):
    out = images @ kernel[0, 0] + bias

# %% wrong: images scaled in place
# loses: sizes
# says: changed an array that it was given
def pointwise_conv2d(images, kernel, bias):
    images *= 0.5
    return 2 * images @ kernel[0, 0] + bias

# %% wrong: the bias added to itself in place
# loses: sizes
# says: changed an array that it was given
def pointwise_conv2d(images, kernel, bias):
    out = images @ kernel[0, 0] + bias
    bias -= bias
    return out

# %% wrong: pixels left in a row
# loses: sizes
# says: give the result its height and width back
def pointwise_conv2d(images, kernel, bias):
    return images.reshape(-1, images.shape[-1]) @ kernel[0, 0] + bias

# %% wrong: the mean over the pixels
# loses: sizes
# says: the mean over the pixels is taken
def pointwise_conv2d(images, kernel, bias):
    return images.mean(axis=(1, 2)) @ kernel[0, 0] + bias

# %% wrong: reshaped with the channels first
# loses: sizes
# says: keep the channels as the last axis
def pointwise_conv2d(images, kernel, bias):
    batch, height, width, channels = images.shape
    flat = images.reshape(channels, -1).T
    return (flat @ kernel[0, 0] + bias).reshape(batch, height, width, -1)

# %% wrong: a second row of the kernel
# loses: sizes
# says: a position is beyond the end of an axis
def pointwise_conv2d(images, kernel, bias):
    return images @ kernel[1, 0] + bias

# %% wrong: the bias in place of the kernel
# from: ops.conv
# loses: sizes
# says: a function gets something else here than it takes
-     return keras.ops.conv(images, kernel, strides=1, padding="valid") + bias
+     return keras.ops.conv(images, bias, strides=1, padding="valid") + bias

# %% wrong: the matrix in place of the kernel
# from: ops.conv
# loses: sizes
# says: the kernel of a convolution has four axes
-     return keras.ops.conv(images, kernel, strides=1, padding="valid") + bias
+     return keras.ops.conv(images, kernel[0, 0], strides=1, padding="valid") + bias

# %% wrong: the formula of einsum behind the images
# from: einsum with an ellipsis
# loses: sizes
# says: einsum takes its formula first
-     return np.einsum("...i,io->...o", images, kernel[0][0]) + bias[None, None, None, :]
+     return np.einsum(images, "...i,io->...o", kernel[0][0]) + bias[None, None, None, :]

# %% wrong: a name that is not known
# from: matmul
# loses: sizes
# says: nothing of this name is known here
-     return images @ kernel[0, 0] + bias
+     return images @ shapes[0, 0] + bias

# %% wrong: the dense layer on the bias
# from: Dense layer
# loses: sizes
# says: an array has too few or too many axes here
-     return dense(images).numpy()
+     return dense(bias).numpy()

# %% wrong: the bias doubled in place
# from: matmul
# loses: sizes
# says: the bias counts twice
+     bias *= 2
      return images @ kernel[0, 0] + bias

# %% wrong: two positions in the bias
# from: Conv2D layer with weights set
# loses: sizes
# says: the array has fewer axes than this line asks for
-     layer.set_weights([kernel, bias])
+     layer.set_weights([kernel, bias[0, 0]])

# %% wrong: the convolution on the bias
# from: ops.conv
# loses: sizes
# says: images have four axes here
-     return keras.ops.conv(images, kernel, strides=1, padding="valid") + bias
+     return keras.ops.conv(bias, kernel, strides=1, padding="valid") + bias
