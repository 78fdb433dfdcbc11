"""What Keras, NumPy and TensorFlow say of common slips, in the course's words.

A message of theirs tells what a function could not do with what it was given. What a learner needs
is the slip that gave it that: a layer that was never called, a tensor in place of a setting.
"""

import re

from cnn_casebook.checks.parts.learners_line import is_own
from cnn_casebook.checks.parts.python_words import BELOW_THE_LINE, OF_THE_LINE, PYTHON_SLIPS

_SETTING = (
    "a layer gets a tensor where a setting belongs. Make the layer first, and call it then: "
    "layers.ReLU()(y), layers.Conv2D(8, 3)(y). A block takes its tensor first."
)
_NOT_CALLED = (
    "a layer stands where a tensor belongs. A layer is made, and then called: behind the brackets "
    "with its settings come brackets with the tensor, as in layers.Conv2D(8, 3)(y)."
)
_NUMBER = (
    "a number or a text stands where a tensor belongs. A layer takes its tensor in the last "
    "brackets, as in layers.Conv2D(8, 3)(y); a block takes it first."
)
_LIST = "layers that put tensors together take one list: layers.Add()([a, b])."
_NUMPY = (
    "a function of NumPy gets a symbolic tensor, which holds no numbers yet. Use a layer or a "
    "function of keras.ops."
)
_TENSORFLOW = (
    "a function of tf gets a symbolic tensor. Use a layer or the function of the same name in "
    "keras.ops."
)
_BUILT = (
    "a layer that has its weights already gets a tensor with another number of channels. Make a "
    "new layer for each place; where there is a loop, inside it."
)
_VECTOR = (
    "the image was flattened or averaged before a layer that needs height and width. Flatten and "
    "global pooling come after the last of these."
)
_SMALL = (
    "the window is larger than the image that reaches it. Look at the window, and at the strides, "
    "poolings and unpadded convolutions before it."
)

# What the learner's own line asks a tensor for; a layer that asks got the tensor as a setting.
_ASKED_BY_THE_LINE = (
    (
        "symbolic KerasTensor cannot be used as a boolean",
        "this line asks whether a tensor is true, with `if`, `and`, `or` or `not`. Its values are "
        "not known yet.",
    ),
    (
        "Iterating over a symbolic KerasTensor",
        "this line goes through a tensor, or unpacks it. Its values are not known yet; its sizes "
        "stand in x.shape.",
    ),
)

# Regular expressions of what an error says, each with the slip that it comes from.
_SLIPS = (
    ("symbolic KerasTensor cannot be used as a boolean", _SETTING),
    ("Iterating over a symbolic KerasTensor", _SETTING),
    ("symbolic: it's a placeholder.*cannot convert it to an? (int|float)", _SETTING),
    ("(identifier|units|data_format|padding)[:=] ?<kerastensor", _SETTING),
    (r"Merge\.__init__\(\) takes", f"the tensors stand where settings belong; {_LIST}"),
    (r"Activation\.__init__\(\) takes .* but [34]", _SETTING),
    ("too many positional arguments", _LIST),
    ("layer should be called on a list", _LIST),
    (
        r"Only input tensors may be passed as positional arguments.*\(of type <class "
        "'(int|float|str|bool)'>",
        _NUMBER,
    ),
    ("Only input tensors may be passed as positional arguments.*(built=|<class ')", _NOT_CALLED),
    ("Attempt to convert a value .*built=", _NOT_CALLED),
    (r"unsupported operand type\(s\) for .*'KerasTensor'", _NOT_CALLED),
    ("All `outputs` values must be KerasTensors.*built=", _NOT_CALLED),
    (
        "All `inputs` values must be KerasTensors",
        "a model begins with a tensor: give keras.Model(inputs, outputs) what keras.Input(shape) "
        "returned.",
    ),
    (
        "Only instances of `keras.Layer` can be added.*KerasTensor",
        "keras.Sequential takes layers that are not called yet. With tensors in hand use "
        "keras.Model(inputs, outputs).",
    ),
    (
        "Only instances of `keras.Layer` can be added.*<class",
        "a layer in the list lacks its brackets: layers.Flatten(), not layers.Flatten.",
    ),
    (
        "Expected `trainable` to be a boolean",
        "keras.Sequential takes one list of layers: put them in square brackets.",
    ),
    (
        "'KerasTensor' object is not callable",
        "a tensor is called like a layer: there is a pair of brackets too many, or the name of a "
        "layer was given to its result.",
    ),
    (
        r"expects 1 input\(s\), but it received|'list' object has no attribute 'shape'",
        "a layer that reads one tensor gets a list of them. Add or concatenate them first.",
    ),
    ("convert it to a NumPy array", _NUMPY),
    ("cannot be used as input to a TensorFlow function", _TENSORFLOW),
    ("expected axis -1 of input shape to have value", _BUILT),
    ("expected (min_)?ndim=4, found ndim=2", _VECTOR),
    ("output size would be zero or negative", _SMALL),
    (
        r"Inputs to a layer should be tensors\. Got 'None'|Invalid dtype: NoneType",
        "a tensor is None, which is what a function gives whose return is missing.",
    ),
    (
        r"Pooling2D\.__init__\(\) missing .*'pool_size'",
        "in Keras 3 an average pooling has to be told the size of its window.",
    ),
    (
        r"name '(?-i:Conv2D|Dense|Flatten|Add|ReLU|BatchNormalization|\w*Pooling2D|Concatenate|"
        r"Activation|Dropout|Input|Model|Sequential)' is not defined",
        "layers are found in keras.layers: write layers.Conv2D, keras.Input, keras.Model.",
    ),
    ("learning_rate` should be float", "the learning rate is a number, such as 0.01."),
    (
        r"filters=\d*\.\d",
        "the number of filters is no whole number. Make it one, with round or //.",
    ),
    (
        "evenly divisible by the number of groups|evenly divisible by the group",
        "groups has to divide both the channels that come in and the filters.",
    ),
    (
        "(kernel_size|strides|pool_size|filters|units|groups|rate|dilation_rate)`? ?"
        r"(argument must|=)|argument `(filters|units|groups|rate)`|value for `(units|rate)`",
        "a layer gets a setting that it cannot use. Expected is a whole number above 0, or a pair "
        "of them for height and width (for dropout a share, from 0 to below 1).",
    ),
    (
        r"fully-defined.*shape=\(.*None\) for",
        "a number of filters or channels is None. So is the length of the batch, x.shape[0], and "
        "what a function gives whose return is missing.",
    ),
    (
        "fully-defined",
        "the size of what reaches this layer is not known. Give keras.Input all sizes of an image.",
    ),
    (
        "not connected to `?inputs",
        "the model's output was not computed from its input. keras.Model takes both, in this "
        "order: what keras.Input returned, and what the last layer made of it.",
    ),
    (
        "`outputs` values must be KerasTensors",
        "a model ends with a tensor: give keras.Model(inputs, outputs) what the last layer "
        "returned.",
    ),
    (
        r"set_weights\(weights\)",
        "set_weights takes a list with one array for each weight of a layer that is built, here "
        "the kernel and the bias, in this order and of these weights' shapes.",
    ),
    (
        "`pad_width`|first dimension of paddings|Paddings must be",
        "keras.ops.pad takes a pair (before, after) for each axis, of whole numbers from 0 on.",
    ),
    (
        "`num_spatial_dims`",
        "the kernel of a convolution has four axes: height, width, channels in, channels out.",
    ),
    (
        r"to a shape.*invalid dimension '\d*\.\d",
        "a number of filters, channels or groups is a float. Make it a whole number, with round "
        "or //.",
    ),
    (
        "to a shape",
        "a shape is expected here, a tuple of whole numbers: in keras.Input that of one image, in "
        "build that of a batch.",
    ),
    (
        "Input rank not supported",
        "images have four axes here, (batch, height, width, channels). keras.Input takes the shape "
        "of one, without the batch.",
    ),
    (
        "Inputs to a layer should be tensors",
        "a layer is called with something that is no tensor.",
    ),
    (
        "is incompatible with the layer",
        "the tensor that reaches this layer has another shape than the layer can take. Print the "
        "shape.",
    ),
)

# What Keras says where two tensors that are added do not fit; for the hints of an exercise.
ADDITION_ERRORS = (
    "Inputs have incompatible shapes",
    "Cannot broadcast shape",
    "operands could not be broadcast",
)


def slip(error: Exception) -> str:
    """The slip that an error comes from, in a sentence; empty where it is none of the usual ones.

    Example:
        >>> slip(TypeError("too many positional arguments"))
        'layers that put tensors together take one list: layers.Add()([a, b]).'
    """
    text = f"{type(error).__name__}: {error}"
    if is_own(error):
        slips = (*_ASKED_BY_THE_LINE, *_SLIPS, *PYTHON_SLIPS, *OF_THE_LINE)
    else:
        slips = (*_SLIPS, *PYTHON_SLIPS, *BELOW_THE_LINE)
    found = (words for said, words in slips if re.search(said, text, re.DOTALL | re.IGNORECASE))
    return next(found, "")
