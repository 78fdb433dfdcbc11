"""Answers to `local_response_norm` in 02_classic_networks/alexnet.ipynb."""

# %% right: slices of padded squares
def local_response_norm(x, depth_radius=2, k=2.0, alpha=1e-4, beta=0.75):
    pad = depth_radius
    squares = ops.pad(ops.square(x), [(0, 0), (0, 0), (0, 0), (pad, pad)])
    total = 0
    for i in range(2 * depth_radius + 1):
        total = total + squares[..., i : i + x.shape[-1]]
    return x / (k + alpha * total) ** beta

# %% right: a band matrix
def local_response_norm(x, depth_radius=2, k=2.0, alpha=1e-4, beta=0.75):
    channels = x.shape[-1]
    distance = np.abs(np.arange(channels)[:, None] - np.arange(channels)[None, :])
    band = (distance <= depth_radius).astype("float32")
    return x / ops.power(k + alpha * ops.matmul(ops.square(x), band), beta)

# %% right: a list of channels and stack
def local_response_norm(x, depth_radius=2, k=2.0, alpha=1e-4, beta=0.75):
    c = x.shape[-1]
    sq = x * x
    sums = [
        ops.sum(sq[..., max(0, i - depth_radius) : min(c - 1, i + depth_radius) + 1], axis=-1)
        for i in range(c)
    ]
    return x * ops.power(k + alpha * ops.stack(sums, axis=-1), -beta)

# %% right: a 1x1 convolution with a band
def local_response_norm(x, depth_radius=2, k=2.0, alpha=1e-4, beta=0.75):
    c = x.shape[-1]
    band = np.zeros((1, 1, c, c), "float32")
    for i in range(c):
        band[0, 0, max(0, i - depth_radius) : i + depth_radius + 1, i] = alpha
    return x / (k + ops.conv(ops.square(x), band)) ** beta

# %% right: average pooling over channels
def local_response_norm(x, depth_radius=2, k=2.0, alpha=1e-4, beta=0.75):
    n = 2 * depth_radius + 1
    x = ops.convert_to_tensor(x) if isinstance(x, np.ndarray) else x
    h, w, c = x.shape[1:]
    flat = ops.reshape(ops.square(x), (-1, c, 1))
    flat = ops.pad(flat, [(0, 0), (depth_radius, depth_radius), (0, 0)])
    total = n * ops.average_pool(flat, n, strides=1, padding="valid")
    return x / (k + alpha * ops.reshape(total, (-1, h, w, c))) ** beta

# %% right: zeros concatenated
def local_response_norm(x, depth_radius=2, k=2.0, alpha=1e-4, beta=0.75):
    s = ops.square(x)
    c = x.shape[-1]
    total = s
    for d in range(1, min(depth_radius, c - 1) + 1):
        zeros = ops.zeros_like(s[..., :d])
        total += ops.concatenate([s[..., d:], zeros], axis=-1)
        total += ops.concatenate([zeros, s[..., :-d]], axis=-1)
    return x / (k + alpha * total) ** beta

# %% right: a cumulative sum
def local_response_norm(x, depth_radius=2, k=2.0, alpha=1e-4, beta=0.75):
    r, c = depth_radius, x.shape[-1]
    s = ops.cumsum(ops.pad(ops.square(x), [(0, 0)] * 3 + [(r + 1, r)]), axis=-1)
    return x / (k + alpha * (s[..., 2 * r + 1 :] - s[..., :c])) ** beta

# %% right: exponential and logarithm
def local_response_norm(x, depth_radius=2, k=2.0, alpha=1e-4, beta=0.75):
    squares = ops.pad(ops.square(x), [(0, 0), (0, 0), (0, 0), (depth_radius, depth_radius)])
    total = ops.sum(ops.stack([squares[..., i : i + x.shape[-1]] for i in range(2 * depth_radius + 1)]), axis=0)
    return ops.exp(-beta * ops.log(k + alpha * total)) * x

# %% right: a sum for each channel, cut at the ends
def local_response_norm(x, depth_radius=2, k=2.0, alpha=1e-4, beta=0.75):
    c = x.shape[-1]
    r = depth_radius
    sums = [ops.sum(ops.square(x)[..., max(0, i - r) : i + r + 1], axis=-1) for i in range(c)]
    return x / (k + alpha * ops.stack(sums, axis=-1)) ** beta

# %% wrong: alpha divided by n
# from: slices of padded squares
# loses: formula, tensorflow
# says: alpha is divided by the number
-     return x / (k + alpha * total) ** beta
+     return x / (k + alpha / (2 * depth_radius + 1) * total) ** beta

# %% wrong: the mean of the squares
# loses: formula, tensorflow
# says: the mean of the squares
def local_response_norm(x, depth_radius=2, k=2.0, alpha=1e-4, beta=0.75):
    c = x.shape[-1]
    r = depth_radius
    means = [ops.mean(ops.square(x)[..., max(0, i - r) : i + r + 1], axis=-1) for i in range(c)]
    return x / (k + alpha * ops.stack(means, axis=-1)) ** beta

# %% wrong: squares missing
# from: slices of padded squares
# loses: formula, tensorflow
# says: the squares are missing
-     squares = ops.pad(ops.square(x), [(0, 0), (0, 0), (0, 0), (pad, pad)])
+     squares = ops.pad(x, [(0, 0), (0, 0), (0, 0), (pad, pad)])

# %% wrong: range ends too early
# from: slices of padded squares
# loses: formula, tensorflow
# says: misses its last channel
-     for i in range(2 * depth_radius + 1):
+     for i in range(2 * depth_radius):

# %% wrong: slice ends too early
# from: a sum for each channel, cut at the ends
# loses: formula, tensorflow
# says: misses its last channel
-     sums = [ops.sum(ops.square(x)[..., max(0, i - r) : i + r + 1], axis=-1) for i in range(c)]
+     sums = [ops.sum(ops.square(x)[..., max(0, i - r) : min(c, i + r)], axis=-1) for i in range(c)]

# %% wrong: negative slice starts
# from: a sum for each channel, cut at the ends
# loses: formula, tensorflow
# says: a negative start counts from the end
-     sums = [ops.sum(ops.square(x)[..., max(0, i - r) : i + r + 1], axis=-1) for i in range(c)]
+     sums = [ops.sum(ops.square(x)[..., i - r : i + r + 1], axis=-1) for i in range(c)]

# %% wrong: radius taken for the window
# from: slices of padded squares
# loses: formula, tensorflow
# says: the window is too small
-     pad = depth_radius
+     pad = depth_radius // 2
...
-     for i in range(2 * depth_radius + 1):
+     for i in range(2 * pad + 1):

# %% wrong: itself left out
# from: slices of padded squares
# loses: formula, tensorflow
# says: left out of its window
-     total = 0
+     total = -ops.square(x)

# %% wrong: itself alone
# loses: formula, tensorflow
# says: only the channel itself
def local_response_norm(x, depth_radius=2, k=2.0, alpha=1e-4, beta=0.75):
    return x / (k + alpha * ops.square(x)) ** beta

# %% wrong: all channels
# loses: formula, tensorflow
# says: runs over all channels
def local_response_norm(x, depth_radius=2, k=2.0, alpha=1e-4, beta=0.75):
    return x / (k + alpha * ops.sum(ops.square(x), axis=-1, keepdims=True)) ** beta

# %% wrong: around the ends
# loses: formula, tensorflow
# says: goes around from the last channel
def local_response_norm(x, depth_radius=2, k=2.0, alpha=1e-4, beta=0.75):
    total = sum(ops.roll(ops.square(x), d, axis=-1) for d in range(-depth_radius, depth_radius + 1))
    return x / (k + alpha * total) ** beta

# %% wrong: over the width
# loses: formula, tensorflow
# says: the window runs over width
def local_response_norm(x, depth_radius=2, k=2.0, alpha=1e-4, beta=0.75):
    r = depth_radius
    squares = ops.pad(ops.square(x), [(0, 0), (0, 0), (r, r), (0, 0)])
    total = sum(squares[:, :, i : i + x.shape[2]] for i in range(2 * r + 1))
    return x / (k + alpha * total) ** beta

# %% wrong: channels first
# loses: formula, tensorflow
# says: the window runs over height
def local_response_norm(x, depth_radius=2, k=2.0, alpha=1e-4, beta=0.75):
    r = depth_radius
    squares = ops.pad(ops.square(x), [(0, 0), (r, r), (0, 0), (0, 0)])
    total = sum(squares[:, i : i + x.shape[1]] for i in range(2 * r + 1))
    return x / (k + alpha * total) ** beta

# %% wrong: k forgotten
# from: slices of padded squares
# loses: formula, tensorflow
# says: k is missing
-     return x / (k + alpha * total) ** beta
+     return x / (alpha * total) ** beta

# %% wrong: k fixed at one
# from: slices of padded squares
# loses: formula, tensorflow
# says: k is 1
-     return x / (k + alpha * total) ** beta
+     return x / (1 + alpha * total) ** beta

# %% wrong: alpha forgotten
# from: slices of padded squares
# loses: formula, tensorflow
# says: alpha is missing
-     return x / (k + alpha * total) ** beta
+     return x / (k + total) ** beta

# %% wrong: beta forgotten
# from: slices of padded squares
# loses: formula, tensorflow
# says: beta is missing
-     return x / (k + alpha * total) ** beta
+     return x / (k + alpha * total)

# %% wrong: square root
# from: slices of padded squares
# loses: formula, tensorflow
# says: a square root is taken
-     return x / (k + alpha * total) ** beta
+     return x / ops.sqrt(k + alpha * total)

# %% wrong: multiplied
# from: slices of padded squares
# loses: formula, tensorflow
# says: x is multiplied
-     return x / (k + alpha * total) ** beta
+     return x * (k + alpha * total) ** beta

# %% wrong: the denominator
# from: slices of padded squares
# loses: formula, tensorflow
# says: this is the denominator
-     return x / (k + alpha * total) ** beta
+     return (k + alpha * total) ** beta

# %% wrong: the square divided
# from: slices of padded squares
# loses: formula, tensorflow
# says: the square of x is divided
-     return x / (k + alpha * total) ** beta
+     return ops.square(x) / (k + alpha * total) ** beta

# %% wrong: alpha times the bracket
# from: slices of padded squares
# loses: formula, tensorflow
# says: or multiplied by alpha too
-     return x / (k + alpha * total) ** beta
+     return x / (alpha * (k + total)) ** beta

# %% wrong: arguments not used
# from: slices of padded squares
# loses: formula, tensorflow
# says: are fixed
-     return x / (k + alpha * total) ** beta
+     return x / (2 + 1e-4 * total) ** 0.75

# %% wrong: beta not used
# from: slices of padded squares
# loses: formula, tensorflow
# says: beta is fixed
-     return x / (k + alpha * total) ** beta
+     return x / (k + alpha * total) ** 0.75

# %% wrong: radius fixed at two
# from: slices of padded squares
# loses: tensorflow
# says: depth_radius is fixed
-     pad = depth_radius
+     pad = 2
...
-     for i in range(2 * depth_radius + 1):
+     for i in range(5):

# %% wrong: x unchanged
# loses: formula, symbolic, tensorflow
# says: x comes back unchanged
def local_response_norm(x, depth_radius=2, k=2.0, alpha=1e-4, beta=0.75):
    return x

# %% wrong: layer norm
# loses: formula, tensorflow
# says: this is layer normalisation
def local_response_norm(x, depth_radius=2, k=2.0, alpha=1e-4, beta=0.75):
    return layers.LayerNormalization()(x)

# %% wrong: TensorFlow itself
# loses: symbolic
# says: Use a layer or 
def local_response_norm(x, depth_radius=2, k=2.0, alpha=1e-4, beta=0.75):
    import tensorflow as tf

    return tf.nn.local_response_normalization(x, depth_radius, k, alpha, beta)

# %% wrong: TensorFlow with its own defaults
# from: TensorFlow itself
# loses: formula, symbolic, tensorflow
# says: the settings that TensorFlow takes
-     return tf.nn.local_response_normalization(x, depth_radius, k, alpha, beta)
+     return tf.nn.local_response_normalization(x)

# %% wrong: numpy
# loses: symbolic
# says: Use a layer or 
def local_response_norm(x, depth_radius=2, k=2.0, alpha=1e-4, beta=0.75):
    x = np.asarray(x)
    squares = np.pad(x**2, [(0, 0), (0, 0), (0, 0), (depth_radius, depth_radius)])
    total = sum(squares[..., i : i + x.shape[-1]] for i in range(2 * depth_radius + 1))
    return x / (k + alpha * total) ** beta

# %% wrong: a Lambda layer
# from: TensorFlow itself
# loses: symbolic
# says: hides what it computes
-     return tf.nn.local_response_normalization(x, depth_radius, k, alpha, beta)
+     return layers.Lambda(lambda t: tf.nn.local_response_normalization(t, depth_radius, k, alpha, beta))(x)

# %% wrong: windows without padding
# loses: formula, symbolic, tensorflow
# says: has shape
def local_response_norm(x, depth_radius=2, k=2.0, alpha=1e-4, beta=0.75):
    c, r = x.shape[-1], depth_radius
    total = sum(ops.square(x)[..., i : c - 2 * r + i] for i in range(2 * r + 1))
    return x[..., r : c - r] / (k + alpha * total) ** beta

# %% wrong: the layer, not called
# loses: formula, symbolic, tensorflow
# says: expected an array or a tensor
def local_response_norm(x, depth_radius=2, k=2.0, alpha=1e-4, beta=0.75):
    return layers.LayerNormalization()

# %% wrong: nothing returned
# from: slices of padded squares
# loses: formula, symbolic, tensorflow
# says: is the return missing
-     return x / (k + alpha * total) ** beta
+     x = x / (k + alpha * total) ** beta

# %% wrong: not written yet
# loses: formula, symbolic, tensorflow
# says: NotImplementedError
def local_response_norm(x, depth_radius=2, k=2.0, alpha=1e-4, beta=0.75):
    raise NotImplementedError()

# %% wrong: the argument changed instead of a result
# loses: formula, symbolic, tensorflow
# says: is not what the definition gives
def local_response_norm(x, depth_radius=2, k=2, alpha=1e-4, beta=0.75):
    if isinstance(x, np.ndarray):
        x[...] = 0
    return x

# %% wrong: arrays divided in place
# from: slices of padded squares
# loses: formula
# says: changed an array that it was given
-     return x / (k + alpha * total) ** beta
+     if isinstance(x, np.ndarray):
+         x /= np.asarray((k + alpha * total) ** beta)
+         return x
+     return x / (k + alpha * total) ** beta

# %% wrong: the checks' own formula
# loses: formula, symbolic, tensorflow
# says: which is the course's own code
from cnn_casebook.checks.parts.local_response_norm import lrn

def local_response_norm(x, depth_radius=2, k=2.0, alpha=1e-4, beta=0.75):
    return lrn(x, depth_radius=depth_radius, k=k, alpha=alpha, beta=beta)

# %% wrong: one side only
# from: slices of padded squares
# loses: formula, tensorflow
# says: the window reaches to one side only
-     for i in range(2 * depth_radius + 1):
+     for i in range(depth_radius + 1):

# %% wrong: the power of the sum alone
# from: slices of padded squares
# loses: formula, tensorflow
# says: the power covers the sum alone
-     return x / (k + alpha * total) ** beta
+     return x / (k + alpha * total**beta)

# %% wrong: the power of alpha times the sum
# from: slices of padded squares
# loses: formula, tensorflow
# says: the power covers the sum alone
-     return x / (k + alpha * total) ** beta
+     return x / (k + (alpha * total) ** beta)

# %% wrong: no brackets
# from: slices of padded squares
# loses: formula, tensorflow
# says: the denominator needs brackets
-     return x / (k + alpha * total) ** beta
+     return x / k + alpha * total**beta

# %% wrong: beta as a factor
# from: slices of padded squares
# loses: formula, tensorflow
# says: beta is a factor
-     return x / (k + alpha * total) ** beta
+     return x / ((k + alpha * total) * beta)

# %% wrong: k in every round
# from: slices of padded squares
# loses: formula, tensorflow
# says: k is added once for each channel of the window
-     return x / (k + alpha * total) ** beta
+     return x / (k * (2 * depth_radius + 1) + alpha * total) ** beta

# %% wrong: the square of the sum
# loses: formula, tensorflow
# says: the sum is squared
def local_response_norm(x, depth_radius=2, k=2.0, alpha=1e-4, beta=0.75):
    r, channels = depth_radius, x.shape[-1]
    padded = ops.pad(x, [(0, 0), (0, 0), (0, 0), (r, r)])
    total = sum(padded[..., i : i + channels] for i in range(2 * r + 1))
    return x / (k + alpha * total**2) ** beta

# %% wrong: alpha inside the square
# loses: formula, tensorflow
# says: alpha is squared with the channel
def local_response_norm(x, depth_radius=2, k=2.0, alpha=1e-4, beta=0.75):
    r, channels = depth_radius, x.shape[-1]
    squares = ops.pad(ops.square(alpha * x), [(0, 0), (0, 0), (0, 0), (r, r)])
    total = sum(squares[..., i : i + channels] for i in range(2 * r + 1))
    return x / (k + total) ** beta
