"""Answers to `collapse` in 04_inception/one_by_one_convolutions.ipynb."""

# %% right: matrix product of the matrices
def collapse(w1, w2):
    return (w1[0, 0] @ w2[0, 0])[None, None]

# %% right: matmul of the kernels as they are
def collapse(w1, w2):
    return w1 @ w2

# %% right: np.dot and reshape
def collapse(w1, w2):
    product = np.dot(w1[0, 0], w2[0, 0])
    return product.reshape(1, 1, w1.shape[2], w2.shape[3])

# %% right: einsum
def collapse(w1, w2):
    return np.einsum("xyim,xymo->xyio", w1, w2)

# %% right: keras ops
def collapse(w1, w2):
    return keras.ops.einsum("abcm,xymf->abcf", w1, w2)

# %% right: convolution of the kernel
def collapse(w1, w2):
    return keras.ops.conv(keras.ops.transpose(w1, (2, 0, 1, 3)), w2).numpy().transpose(1, 2, 0, 3)

# %% right: sum over the middle in a loop
def collapse(w1, w2):
    out = np.zeros((1, 1, w1.shape[2], w2.shape[3]))
    for m in range(w1.shape[3]):
        out += w1[:, :, :, m, None] * w2[:, :, None, m, :]
    return out

# %% right: tensordot
def collapse(w1, w2):
    return np.tensordot(w1[0], w2[0, 0], axes=1)[np.newaxis]

# %% wrong: wrong order
# loses: equal, chain
# says: are multiplied in the wrong order
def collapse(w1, w2):
    return w2 @ w1

# %% wrong: number by number
# loses: equal, chain
# says: number by number
def collapse(w1, w2):
    return w1 * w2

# %% wrong: a sum
# loses: equal, chain
# says: the kernels are added
def collapse(w1, w2):
    return w1 + w2

# %% wrong: second transposed
# loses: equal, chain
# says: is transposed
def collapse(w1, w2):
    return w1 @ np.swapaxes(w2, 2, 3)

# %% wrong: first transposed
# loses: equal, chain
# says: is transposed
def collapse(w1, w2):
    return np.einsum("abmi,xymo->abio", w1, w2)

# %% wrong: the matrix only
# loses: equal, chain
# says: keeps its two window axes
def collapse(w1, w2):
    return w1[0, 0] @ w2[0, 0]

# %% wrong: result transposed
# loses: equal, chain
# says: the product is transposed
def collapse(w1, w2):
    return np.swapaxes(w1 @ w2, 2, 3)

# %% wrong: one channel more
# loses: equal, chain
# says: has shape
def collapse(w1, w2):
    return np.concatenate([w1 @ w2, np.zeros((1, 1, w1.shape[2], 1))], axis=-1)

# %% wrong: divided
# loses: equal, chain
# says: divided by the middle channels
def collapse(w1, w2):
    return w1 @ w2 / w1.shape[-1]

# %% wrong: ReLU on the product
# loses: equal, chain
# says: two linear layers have none
def collapse(w1, w2):
    return np.maximum(w1 @ w2, 0)

# %% wrong: np.dot of the kernels
# loses: equal, chain
# says: has shape
def collapse(w1, w2):
    return np.dot(w1, w2)

# %% wrong: second kernel alone
# loses: equal, chain
# says: this is the second kernel alone
def collapse(w1, w2):
    return w2

# %% wrong: a layer
# loses: equal, chain
# says: should return an array
def collapse(w1, w2):
    return layers.Conv2D(w2.shape[-1], 1)

# %% wrong: only square kernels
# loses: equal, chain
# says: nothing but zeros
def collapse(w1, w2):
    if w1.shape == w2.shape:
        return w1 @ w2
    return np.zeros((1, 1, w1.shape[2], w2.shape[3]))

# %% wrong: forgets scale
# loses: equal, chain
# says: is not what the definition gives
def collapse(w1, w2):
    return 2 * (w1 @ w2)

# %% wrong: the first kernel scaled in place
# loses: equal
# says: changed an array that it was given
def collapse(w1, w2):
    w1 *= 2
    return w1 @ w2 / 2

# %% wrong: both transposed
# loses: equal, chain
# says: both kernels are transposed
def collapse(w1, w2):
    return np.einsum("abmi,xyom->abio", w1, w2) if w1.shape == w2.shape else w1 @ w2 / 3

# %% wrong: ReLU on the first kernel
# loses: equal, chain
# says: two linear layers have none
def collapse(w1, w2):
    return np.maximum(w1, 0) @ w2

# %% wrong: first kernel alone
# loses: equal, chain
# says: this is the first kernel alone
def collapse(w1, w2):
    return w1
