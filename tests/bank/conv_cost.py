"""Answers to `conv_cost` in 01_reading_networks/reading_networks.ipynb."""

# %% right: step by step
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = conv_output_size(width, kernel, stride, padding)
    window = kernel * kernel * in_channels // groups
    parameters = window * filters + filters * use_bias
    multiplications = out_height * out_width * filters * window
    return out_height, out_width, parameters, multiplications

# %% right: one expression, list
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    h, w = [conv_output_size(n, kernel, stride, padding) for n in (height, width)]
    weights = kernel**2 * in_channels * filters // groups
    return [h, w, weights + (filters if use_bias else 0), weights * h * w]

# %% wrong: the channels of a group as a float
# loses: keras
# says: expected an integer
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    h = conv_output_size(height, kernel, stride, padding)
    w = conv_output_size(width, kernel, stride, padding)
    per_filter = kernel * kernel * (in_channels / groups)
    params = per_filter * filters
    if use_bias:
        params += filters
    return h, w, params, h * w * filters * per_filter

# %% right: group by group
import math


def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out = tuple(conv_output_size(n, kernel, stride, padding) for n in (height, width))
    parameters = multiplications = 0
    for _ in range(groups):
        weights = kernel * kernel * (in_channels // groups) * (filters // groups)
        parameters += weights
        multiplications += weights * math.prod(out)
        if use_bias:
            parameters += filters // groups
    return *out, parameters, multiplications

# %% right: a keras layer counts
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    layer = keras.layers.Conv2D(filters, kernel, stride, padding, groups=groups, use_bias=use_bias)
    layer.build((None, height, width, in_channels))
    _, h, w, _ = layer.compute_output_shape((None, height, width, in_channels))
    return h, w, layer.count_params(), h * w * layer.kernel.shape.num_elements() if hasattr(layer.kernel.shape, "num_elements") else h * w * int(np.prod(layer.kernel.shape))

# %% right: numpy array
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    h = conv_output_size(height, kernel, stride, padding)
    w = conv_output_size(width, kernel, stride, padding)
    weights = filters * (in_channels // groups) * kernel ** 2
    return np.array([h, w, weights + int(use_bias) * filters, h * w * weights])

# %% right: the sizes by hand
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    if padding == "same":
        h, w = -(-height // stride), -(-width // stride)
    elif padding == "valid" and kernel <= min(height, width):
        h, w = 1 + (height - kernel) // stride, 1 + (width - kernel) // stride
    else:
        raise ValueError
    weights = filters * (in_channels // groups) * kernel ** 2
    return h, w, weights + filters * bool(use_bias), h * w * weights

# %% wrong: bias forgotten
# from: step by step
# loses: keras
# says: this is without the biases
-     parameters = window * filters + filters * use_bias
+     parameters = window * filters

# %% wrong: use_bias off by default
# from: step by step
# loses: keras
# says: the default should be use_bias=True
- def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
+ def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=False):

# %% wrong: use_bias the wrong way round
# from: step by step
# loses: keras
# says: this is without the biases
-     parameters = window * filters + filters * use_bias
+     parameters = window * filters + filters * (1 - use_bias)

# %% wrong: always a bias
# from: step by step
# loses: keras
# says: with use_bias=False there are no biases
-     parameters = window * filters + filters * use_bias
+     parameters = window * filters + filters

# %% wrong: one bias in all
# from: step by step
# loses: keras, groups
# says: each filter has one bias, not the whole layer
-     parameters = window * filters + filters * use_bias
+     parameters = window * filters + use_bias

# %% wrong: a bias for each input channel
# from: step by step
# loses: keras, groups
# says: not one for each input channel
-     parameters = window * filters + filters * use_bias
+     parameters = (window + in_channels * use_bias) * filters

# %% wrong: in and out channels swapped
# loses: keras
# says: in_channels and filters are swapped
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = conv_output_size(width, kernel, stride, padding)
    window = kernel * kernel * filters // groups
    parameters = window * in_channels + in_channels * use_bias
    multiplications = out_height * out_width * in_channels * window
    return out_height, out_width, parameters, multiplications

# %% wrong: groups ignored
# from: step by step
# loses: groups
# says: groups are ignored
-     window = kernel * kernel * in_channels // groups
+     window = kernel * kernel * in_channels

# %% wrong: groups divide twice
# from: step by step
# loses: groups
# says: divided by groups twice
-     parameters = window * filters + filters * use_bias
+     parameters = window * filters // groups + filters * use_bias
-     multiplications = out_height * out_width * filters * window
+     multiplications = out_height * out_width * window * filters // groups

# %% wrong: biases divided by groups
# from: step by step
# loses: groups
# says: the biases are divided by groups
-     parameters = window * filters + filters * use_bias
+     parameters = window * filters + filters // groups * use_bias

# %% wrong: groups ignored in the multiplications
# from: step by step
# loses: groups
# says: groups are ignored
-     multiplications = out_height * out_width * filters * window
+     multiplications = out_height * out_width * filters * kernel * kernel * in_channels

# %% wrong: kernel not squared
# from: step by step
# loses: keras, counted
# says: kernel times kernel
-     window = kernel * kernel * in_channels // groups
+     window = kernel * in_channels // groups

# %% wrong: in_channels forgotten
# from: step by step
# loses: keras, counted
# says: a filter reads all input channels
-     window = kernel * kernel * in_channels // groups
+     window = kernel * kernel

# %% wrong: stride not passed on
# from: step by step
# loses: keras, counted
# says: the stride is not passed on
-     out_height = conv_output_size(height, kernel, stride, padding)
+     out_height = conv_output_size(height, kernel, padding=padding)
-     out_width = conv_output_size(width, kernel, stride, padding)
+     out_width = conv_output_size(width, kernel, padding=padding)

# %% wrong: padding not passed on
# from: step by step
# loses: keras, counted
# says: the padding is not passed on
-     out_height = conv_output_size(height, kernel, stride, padding)
+     out_height = conv_output_size(height, kernel, stride)
-     out_width = conv_output_size(width, kernel, stride, padding)
+     out_width = conv_output_size(width, kernel, stride)

# %% wrong: always same
# from: step by step
# loses: keras, counted
# says: the padding is not passed on
-     out_height = conv_output_size(height, kernel, stride, padding)
+     out_height = conv_output_size(height, kernel, stride, "same")
-     out_width = conv_output_size(width, kernel, stride, padding)
+     out_width = conv_output_size(width, kernel, stride, "same")

# %% wrong: stride and padding swapped
# from: step by step
# loses: keras, counted, groups
# says: Raised by conv_cost
-     out_height = conv_output_size(height, kernel, stride, padding)
+     out_height = conv_output_size(height, kernel, padding, stride)
-     out_width = conv_output_size(width, kernel, stride, padding)
+     out_width = conv_output_size(width, kernel, padding, stride)

# %% wrong: height and width swapped
# from: step by step
# loses: keras
# says: height and width are swapped
-     return out_height, out_width, parameters, multiplications
+     return out_width, out_height, parameters, multiplications

# %% wrong: square images only
# from: step by step
# loses: keras, counted
# says: the width is not looked at
-     out_width = conv_output_size(width, kernel, stride, padding)
+     out_width = out_height

# %% wrong: bias counted as a multiplication
# from: step by step
# loses: counted
# says: a bias is counted as a multiplication
-     multiplications = out_height * out_width * filters * window
+     multiplications = out_height * out_width * filters * (window + use_bias)

# %% wrong: parameters times places
# from: step by step
# loses: counted
# says: a bias is counted as a multiplication
-     multiplications = out_height * out_width * filters * window
+     multiplications = out_height * out_width * parameters

# %% wrong: one place only
# from: step by step
# loses: counted
# says: this is one position
-     multiplications = out_height * out_width * filters * window
+     multiplications = filters * window

# %% wrong: places of the input
# from: step by step
# loses: counted
# says: once per output pixel
-     multiplications = out_height * out_width * filters * window
+     multiplications = height * width * filters * window

# %% wrong: multiplications and additions
# from: step by step
# loses: counted
# says: additions are counted too
-     multiplications = out_height * out_width * filters * window
+     multiplications = 2 * out_height * out_width * filters * window

# %% wrong: filters forgotten
# from: step by step
# loses: counted, groups
# says: the filters are forgotten
-     multiplications = out_height * out_width * filters * window
+     multiplications = out_height * out_width * window

# %% wrong: weights at every place
# from: step by step
# loses: keras
# says: they are shared
-     parameters = window * filters + filters * use_bias
+     parameters = window * filters * out_height * out_width

# %% wrong: the last two swapped
# from: step by step
# loses: keras, counted
# says: parameters and multiplications are exchanged
-     return out_height, out_width, parameters, multiplications
+     return out_height, out_width, multiplications, parameters

# %% wrong: three numbers
# from: step by step
# loses: keras, counted, groups
# says: expected four numbers
-     return out_height, out_width, parameters, multiplications
+     return out_height, parameters, multiplications

# %% wrong: the shape as one entry
# from: step by step
# loses: keras, counted, groups
# says: expected four numbers
-     return out_height, out_width, parameters, multiplications
+     return (out_height, out_width, filters), parameters, multiplications

# %% wrong: nothing returned
# from: step by step
# loses: keras, counted, groups
# says: None (is the return missing?)
-     return out_height, out_width, parameters, multiplications
+     return None

# %% wrong: same by default
# from: step by step
# loses: keras
# says: the defaults should be
- def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
+ def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="same", groups=1, use_bias=True):

# %% wrong: not written yet
# loses: keras, counted, groups
# says: NotImplementedError
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    raise NotImplementedError()

# %% wrong: counted by the course's convolution
# loses: keras, counted, groups
# says: uses cnn_casebook.models.counting.convolve, which is the course's own code
def conv_cost(
    height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True
):
    image = np.zeros((height, width, in_channels))
    weights = np.zeros((kernel, kernel, in_channels // groups, filters))
    output, work = counting.convolve(image, weights, None, stride, padding, groups)
    return *output.shape[:2], weights.size + filters * use_bias, work
