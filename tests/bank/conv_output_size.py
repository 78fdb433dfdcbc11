"""Answers to `conv_output_size` in 01_reading_networks/reading_networks.ipynb."""

# %% right: two formulas with integer division
def conv_output_size(size, kernel, stride=1, padding="valid"):
    if padding == "same":
        return (size + stride - 1) // stride
    elif padding == "valid":
        if kernel > size:
            raise ValueError("kernel does not fit")
        return (size - kernel) // stride + 1
    else:
        raise ValueError("unknown padding")

# %% right: math functions
import math


def conv_output_size(size, kernel, stride=1, padding="valid"):
    if padding not in ("valid", "same"):
        raise ValueError(f"unknown padding {padding}")
    if padding == "same":
        return math.ceil(size / stride)
    if size < kernel:
        raise ValueError("window too large")
    return math.floor((size - kernel) / stride) + 1

# %% wrong: NumPy's floats
# loses: valid
# says: expected an integer
def conv_output_size(size, kernel, stride=1, padding="valid"):
    if padding == "same":
        return np.ceil(size / stride)
    if padding == "valid" and kernel <= size:
        return np.floor((size - kernel) / stride + 1)
    raise ValueError("this layer is not possible")

# %% right: padding in pixels first
def conv_output_size(size, kernel, stride=1, padding="valid"):
    if padding == "same":
        out = -(-size // stride)
        pad = max((out - 1) * stride + kernel - size, 0)
    elif padding == "valid":
        pad = 0
    else:
        raise ValueError(padding)
    if kernel > size + pad:
        raise ValueError("does not fit")
    return (size + pad - kernel) // stride + 1

# %% right: counted with range
def conv_output_size(size, kernel, stride=1, padding="valid"):
    if padding == "same":
        return len(range(0, size, stride))
    if padding != "valid":
        raise ValueError
    places = len(range(0, size - kernel + 1, stride))
    if not places:
        raise ValueError("does not fit")
    return places

# %% right: match statement, case ignored
def conv_output_size(size, kernel, stride=1, padding="valid"):
    match padding.lower():
        case "same":
            return int((size - 1) / stride) + 1
        case "valid" if kernel <= size:
            return int((size - kernel) / stride) + 1
        case _:
            raise ValueError(f"{size=} {kernel=} {padding=}")

# %% right: one condition for both errors
def conv_output_size(size, kernel, stride=1, padding="valid"):
    if padding == "same":
        return -(-size // stride)
    if padding != "valid" or kernel > size:
        raise ValueError
    return (size - kernel) // stride + 1

# %% wrong: off by one
# from: one condition for both errors
# loses: valid
# says: off by one
-     return (size - kernel) // stride + 1
+     return (size - kernel) // stride

# %% wrong: adds one before the division
# from: one condition for both errors
# loses: valid
# says: 1 is added before the division
-     return (size - kernel) // stride + 1
+     return (size - kernel + 1) // stride

# %% wrong: rounded up
# from: one condition for both errors
# loses: valid
# says: rounded up
-     return (size - kernel) // stride + 1
+     return -(-(size - kernel) // stride) + 1

# %% wrong: a float
# from: one condition for both errors
# loses: valid
# says: not rounded
-     return (size - kernel) // stride + 1
+     return (size - kernel) / stride + 1

# %% wrong: no parentheses
# from: one condition for both errors
# loses: valid
# says: a division binds tighter
-     return (size - kernel) // stride + 1
+     return size - kernel // stride + 1

# %% wrong: stride forgotten with valid
# from: one condition for both errors
# loses: valid
# says: the stride is forgotten
-     return (size - kernel) // stride + 1
+     return size - kernel + 1

# %% wrong: same keeps the size
# from: one condition for both errors
# loses: same
# says: the stride is forgotten
-         return -(-size // stride)
+         return size

# %% wrong: same rounded down
# loses: same
# says: rounded down
def conv_output_size(size, kernel, stride=1, padding="valid"):
    if padding not in ("valid", "same") or (padding == "valid" and kernel > size):
        raise ValueError
    if padding == "same":
        return size // stride
    return (size - kernel) // stride + 1

# %% wrong: padding ignored
# loses: same, errors
# says: this is the size with 'valid'
def conv_output_size(size, kernel, stride=1, padding="valid"):
    if kernel > size:
        raise ValueError
    return (size - kernel) // stride + 1

# %% wrong: no error for an unknown padding
# from: one condition for both errors
# loses: errors
# says: 'full' is no padding
-     if padding != "valid" or kernel > size:
+     if kernel > size:

# %% wrong: no error for a large window
# loses: errors
# says: the window is larger than the line
def conv_output_size(size, kernel, stride=1, padding="valid"):
    if padding == "same":
        return -(-size // stride)
    if padding == "valid":
        return (size - kernel) // stride + 1
    raise ValueError

# %% wrong: another error
# loses: errors
# says: raises AssertionError; expected a ValueError
def conv_output_size(size, kernel, stride=1, padding="valid"):
    assert padding in ("same", "valid") and (padding == "same" or kernel <= size)
    if padding == "same":
        return -(-size // stride)
    return (size - kernel) // stride + 1

# %% wrong: large windows refused with same padding too
# from: another error
# loses: errors
# says: With 'same' zeros are added
-     assert padding in ("same", "valid") and (padding == "same" or kernel <= size)
+     if kernel > size or padding not in ("same", "valid"):
+         raise ValueError("does not fit")

# %% wrong: an exact fit refused
# from: one condition for both errors
# loses: valid
# says: does not fit
-     if padding != "valid" or kernel > size:
+     if padding != "valid" or kernel >= size:
-         raise ValueError
+         raise ValueError("does not fit")

# %% wrong: same by default
# loses: valid
# says: the defaults should be
def conv_output_size(size, kernel, stride=1, padding="same"):
    if padding == "same":
        return -(-size // stride)
    if padding != "valid" or kernel > size:
        raise ValueError("does not fit")
    return (size - kernel) // stride + 1

# %% wrong: printed instead of returned
# loses: valid, same
# says: found None
def conv_output_size(size, kernel, stride=1, padding="valid"):
    if padding == "same":
        print(-(-size // stride))
    elif padding != "valid" or kernel > size:
        raise ValueError("does not fit")
    else:
        print((size - kernel) // stride + 1)

# %% wrong: the error returned
# from: one condition for both errors
# loses: errors
# says: returns
-         raise ValueError
+         return ValueError("does not fit")

# %% wrong: valid and same swapped
# loses: valid, same, errors
# says: this is the size with 'same'
def conv_output_size(size, kernel, stride=1, padding="valid"):
    if padding == "valid":
        return -(-size // stride)
    return (size - kernel) // stride + 1

# %% wrong: not written yet
# loses: valid, same, errors
# says: NotImplementedError
def conv_output_size(size, kernel, stride=1, padding="valid"):
    raise NotImplementedError()

# %% wrong: as many zeros on both sides, which no even window has
# from: two formulas with integer division
# loses: same
# says: conv_output_size(
-         return (size + stride - 1) // stride
+         return (size + 2 * ((kernel - 1) // 2) - kernel) // stride + 1 if kernel <= size else -(-size // stride)
