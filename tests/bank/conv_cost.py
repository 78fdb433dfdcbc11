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


# %% right: floats
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
# loses: keras
# says: the biases are forgotten
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = conv_output_size(width, kernel, stride, padding)
    window = kernel * kernel * in_channels // groups
    parameters = window * filters
    multiplications = out_height * out_width * filters * window
    return out_height, out_width, parameters, multiplications


# %% wrong: use_bias off by default
# loses: keras
# says: the default should be use_bias=True
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=False):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = conv_output_size(width, kernel, stride, padding)
    window = kernel * kernel * in_channels // groups
    parameters = window * filters + filters * use_bias
    multiplications = out_height * out_width * filters * window
    return out_height, out_width, parameters, multiplications


# %% wrong: use_bias the wrong way round
# loses: keras
# says: the biases are forgotten
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = conv_output_size(width, kernel, stride, padding)
    window = kernel * kernel * in_channels // groups
    parameters = window * filters + filters * (1 - use_bias)
    multiplications = out_height * out_width * filters * window
    return out_height, out_width, parameters, multiplications


# %% wrong: always a bias
# loses: keras
# says: with use_bias=False there are no biases
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = conv_output_size(width, kernel, stride, padding)
    window = kernel * kernel * in_channels // groups
    parameters = window * filters + filters
    multiplications = out_height * out_width * filters * window
    return out_height, out_width, parameters, multiplications


# %% wrong: one bias in all
# loses: keras, groups
# says: each filter has one bias, not the whole layer
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = conv_output_size(width, kernel, stride, padding)
    window = kernel * kernel * in_channels // groups
    parameters = window * filters + use_bias
    multiplications = out_height * out_width * filters * window
    return out_height, out_width, parameters, multiplications


# %% wrong: a bias for each input channel
# loses: keras, groups
# says: not one for each input channel
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = conv_output_size(width, kernel, stride, padding)
    window = kernel * kernel * in_channels // groups
    parameters = (window + in_channels * use_bias) * filters
    multiplications = out_height * out_width * filters * window
    return out_height, out_width, parameters, multiplications


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
# loses: groups
# says: groups are ignored
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = conv_output_size(width, kernel, stride, padding)
    window = kernel * kernel * in_channels
    parameters = window * filters + filters * use_bias
    multiplications = out_height * out_width * filters * window
    return out_height, out_width, parameters, multiplications


# %% wrong: groups divide twice
# loses: groups
# says: divided by groups twice
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = conv_output_size(width, kernel, stride, padding)
    window = kernel * kernel * in_channels // groups
    parameters = window * filters // groups + filters * use_bias
    multiplications = out_height * out_width * window * filters // groups
    return out_height, out_width, parameters, multiplications


# %% wrong: biases divided by groups
# loses: groups
# says: the biases are divided by groups
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = conv_output_size(width, kernel, stride, padding)
    window = kernel * kernel * in_channels // groups
    parameters = window * filters + filters // groups * use_bias
    multiplications = out_height * out_width * filters * window
    return out_height, out_width, parameters, multiplications


# %% wrong: groups ignored in the multiplications
# loses: groups
# says: groups are ignored
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = conv_output_size(width, kernel, stride, padding)
    window = kernel * kernel * in_channels // groups
    parameters = window * filters + filters * use_bias
    multiplications = out_height * out_width * filters * kernel * kernel * in_channels
    return out_height, out_width, parameters, multiplications


# %% wrong: kernel not squared
# loses: keras, counted
# says: kernel times kernel
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = conv_output_size(width, kernel, stride, padding)
    window = kernel * in_channels // groups
    parameters = window * filters + filters * use_bias
    multiplications = out_height * out_width * filters * window
    return out_height, out_width, parameters, multiplications


# %% wrong: in_channels forgotten
# loses: keras, counted
# says: a filter reads all input channels
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = conv_output_size(width, kernel, stride, padding)
    window = kernel * kernel
    parameters = window * filters + filters * use_bias
    multiplications = out_height * out_width * filters * window
    return out_height, out_width, parameters, multiplications


# %% wrong: stride not passed on
# loses: keras, counted
# says: the stride is not passed on
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, padding=padding)
    out_width = conv_output_size(width, kernel, padding=padding)
    window = kernel * kernel * in_channels // groups
    parameters = window * filters + filters * use_bias
    multiplications = out_height * out_width * filters * window
    return out_height, out_width, parameters, multiplications


# %% wrong: padding not passed on
# loses: keras, counted
# says: the padding is not passed on
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride)
    out_width = conv_output_size(width, kernel, stride)
    window = kernel * kernel * in_channels // groups
    parameters = window * filters + filters * use_bias
    multiplications = out_height * out_width * filters * window
    return out_height, out_width, parameters, multiplications


# %% wrong: always same
# loses: keras, counted
# says: the padding is not passed on
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, "same")
    out_width = conv_output_size(width, kernel, stride, "same")
    window = kernel * kernel * in_channels // groups
    parameters = window * filters + filters * use_bias
    multiplications = out_height * out_width * filters * window
    return out_height, out_width, parameters, multiplications


# %% wrong: stride and padding swapped
# loses: keras, counted, groups
# says: Raised by conv_cost
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, padding, stride)
    out_width = conv_output_size(width, kernel, padding, stride)
    window = kernel * kernel * in_channels // groups
    parameters = window * filters + filters * use_bias
    multiplications = out_height * out_width * filters * window
    return out_height, out_width, parameters, multiplications


# %% wrong: height and width swapped
# loses: keras
# says: height and width are swapped
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = conv_output_size(width, kernel, stride, padding)
    window = kernel * kernel * in_channels // groups
    parameters = window * filters + filters * use_bias
    multiplications = out_height * out_width * filters * window
    return out_width, out_height, parameters, multiplications


# %% wrong: square images only
# loses: keras, counted
# says: the width is not looked at
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = out_height
    window = kernel * kernel * in_channels // groups
    parameters = window * filters + filters * use_bias
    multiplications = out_height * out_width * filters * window
    return out_height, out_width, parameters, multiplications


# %% wrong: bias counted as a multiplication
# loses: counted
# says: a bias is counted as a multiplication
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = conv_output_size(width, kernel, stride, padding)
    window = kernel * kernel * in_channels // groups
    parameters = window * filters + filters * use_bias
    multiplications = out_height * out_width * filters * (window + use_bias)
    return out_height, out_width, parameters, multiplications


# %% wrong: parameters times places
# loses: counted
# says: a bias is counted as a multiplication
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = conv_output_size(width, kernel, stride, padding)
    window = kernel * kernel * in_channels // groups
    parameters = window * filters + filters * use_bias
    multiplications = out_height * out_width * parameters
    return out_height, out_width, parameters, multiplications


# %% wrong: one place only
# loses: counted
# says: this is one position
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = conv_output_size(width, kernel, stride, padding)
    window = kernel * kernel * in_channels // groups
    parameters = window * filters + filters * use_bias
    multiplications = filters * window
    return out_height, out_width, parameters, multiplications


# %% wrong: places of the input
# loses: counted
# says: once per output pixel
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = conv_output_size(width, kernel, stride, padding)
    window = kernel * kernel * in_channels // groups
    parameters = window * filters + filters * use_bias
    multiplications = height * width * filters * window
    return out_height, out_width, parameters, multiplications


# %% wrong: multiplications and additions
# loses: counted
# says: additions are counted too
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = conv_output_size(width, kernel, stride, padding)
    window = kernel * kernel * in_channels // groups
    parameters = window * filters + filters * use_bias
    multiplications = 2 * out_height * out_width * filters * window
    return out_height, out_width, parameters, multiplications


# %% wrong: filters forgotten
# loses: counted, groups
# says: the filters are forgotten
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = conv_output_size(width, kernel, stride, padding)
    window = kernel * kernel * in_channels // groups
    parameters = window * filters + filters * use_bias
    multiplications = out_height * out_width * window
    return out_height, out_width, parameters, multiplications


# %% wrong: weights at every place
# loses: keras
# says: they are shared
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = conv_output_size(width, kernel, stride, padding)
    window = kernel * kernel * in_channels // groups
    parameters = window * filters * out_height * out_width
    multiplications = out_height * out_width * filters * window
    return out_height, out_width, parameters, multiplications


# %% wrong: the last two swapped
# loses: keras, counted
# says: they are shared
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = conv_output_size(width, kernel, stride, padding)
    window = kernel * kernel * in_channels // groups
    parameters = window * filters + filters * use_bias
    multiplications = out_height * out_width * filters * window
    return out_height, out_width, multiplications, parameters


# %% wrong: three numbers
# loses: keras, counted, groups
# says: expected four numbers
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = conv_output_size(width, kernel, stride, padding)
    window = kernel * kernel * in_channels // groups
    parameters = window * filters + filters * use_bias
    multiplications = out_height * out_width * filters * window
    return out_height, parameters, multiplications


# %% wrong: the shape as one entry
# loses: keras, counted, groups
# says: expected four numbers
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = conv_output_size(width, kernel, stride, padding)
    window = kernel * kernel * in_channels // groups
    parameters = window * filters + filters * use_bias
    multiplications = out_height * out_width * filters * window
    return (out_height, out_width, filters), parameters, multiplications


# %% wrong: nothing returned
# loses: keras, counted, groups
# says: None (is the return missing?)
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = conv_output_size(width, kernel, stride, padding)
    window = kernel * kernel * in_channels // groups
    parameters = window * filters + filters * use_bias
    multiplications = out_height * out_width * filters * window
    return None


# %% wrong: same by default
# loses: keras
# says: the defaults should be
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="same", groups=1, use_bias=True):
    out_height = conv_output_size(height, kernel, stride, padding)
    out_width = conv_output_size(width, kernel, stride, padding)
    window = kernel * kernel * in_channels // groups
    parameters = window * filters + filters * use_bias
    multiplications = out_height * out_width * filters * window
    return out_height, out_width, parameters, multiplications


# %% wrong: not written yet
# loses: keras, counted, groups
# says: NotImplementedError
def conv_cost(height, width, in_channels, filters, kernel, stride=1, padding="valid", groups=1, use_bias=True):
    raise NotImplementedError()
