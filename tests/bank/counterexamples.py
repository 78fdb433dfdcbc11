"""Answers to `counterexamples` in 03_residual_networks/why_resnets_work.ipynb."""

# %% right: constants
def counterexamples(channels):
    return np.full((1, 3, 3, channels), -2.0), np.ones(channels)

# %% right: random numbers of both signs
def counterexamples(channels):
    x = np.random.normal(size=(4, 8, 8, channels)).astype("float32")
    beta = np.random.normal(size=channels).astype("float32")
    return x, beta

# %% right: a single negative value, a single beta
def counterexamples(channels):
    x = np.ones((1, 4, 4, channels), "float32")
    x[0, 1, 1, 0] = -0.5
    beta = np.zeros(channels, "float32")
    beta[-1] = 0.1
    return x, beta

# %% right: a list of two, beta negative
def counterexamples(channels):
    return [-np.ones((1, 1, 1, channels)), -np.ones((channels,))]

# %% right: Keras's tensors
def counterexamples(channels):
    x = keras.ops.ones((2, 5, 6, channels)) * -1.0
    return np.asarray(x), np.asarray(keras.ops.ones(channels) * 0.5)

# %% right: whole numbers
def counterexamples(channels):
    x = -np.arange(4 * channels).reshape(1, 2, 2, channels)
    return x, np.arange(1, channels + 1)

# %% wrong: nothing written
# loses: input, beta
# says: NotImplementedError
def counterexamples(channels):
    raise NotImplementedError()

# %% wrong: no return
# loses: input, beta
# says: expected two arrays, x and beta
def counterexamples(channels):
    x, beta = -np.ones((1, 2, 2, channels)), np.ones(channels)

# %% wrong: x without negative values
# loses: input
# says: the block returns exactly this x
def counterexamples(channels):
    return np.random.uniform(size=(1, 4, 4, channels)), np.ones(channels)

# %% wrong: beta zero
# loses: beta
# says: the block still returns x
def counterexamples(channels):
    return -np.ones((1, 4, 4, channels)), np.zeros(channels)

# %% wrong: swapped
# loses: input, beta
# says: x has shape (3,)
def counterexamples(channels):
    return np.full(channels, 0.5), -np.ones((1, 4, 4, channels))

# %% wrong: no batch axis
# loses: input
# says: expected (batch, height, width, 3)
def counterexamples(channels):
    return -np.ones((4, 4, channels)), np.ones(channels)

# %% wrong: beta a single number
# loses: beta
# says: beta has shape (); expected (3,)
def counterexamples(channels):
    return -np.ones((1, 4, 4, channels)), 0.5

# %% wrong: not a number
# loses: input, beta
# says: not finite
def counterexamples(channels):
    return np.full((1, 4, 4, channels), np.nan), np.full(channels, np.nan)

# %% wrong: three channels always
# loses: input, beta
# says: expected (batch, height, width, 5)
def counterexamples(channels):
    return -np.ones((1, 4, 4, 3)), np.ones(3)

# %% wrong: only x
# loses: input, beta
# says: return x, beta
def counterexamples(channels):
    return -np.ones((1, 4, 4, channels))

# %% wrong: an array where its length belongs
# loses: input, beta
# says: a whole number is expected here, as a size or as a position
def counterexamples(channels):
    x = np.full((1, 2, 2, channels), -1.0, "float32")
    return x, np.full(x, 0.5, "float32")
