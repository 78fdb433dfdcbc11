"""Answers to `total_loss` in 04_inception/inception.ipynb."""

# %% right: NumPy
def total_loss(labels, main, head1, head2):
    m, a, b = (-np.mean(np.log(p[np.arange(len(labels)), labels])) for p in (main, head1, head2))
    return m + 0.3 * (a + b)

# %% right: Keras losses
def total_loss(labels, main, head1, head2):
    loss = keras.losses.SparseCategoricalCrossentropy()
    return loss(labels, main) + 0.3 * (loss(labels, head1) + loss(labels, head2))

# %% right: Keras functions, weights in a loop
def total_loss(labels, main, head1, head2):
    total = 0.0
    for weight, output in zip((1.0, 0.3, 0.3), (main, head1, head2)):
        each = keras.losses.sparse_categorical_crossentropy(labels, output)
        total += weight * keras.ops.mean(each)
    return total

# %% right: one-hot labels
def total_loss(labels, main, head1, head2):
    hot = np.eye(main.shape[1])[labels]

    def cross_entropy(p):
        return -(hot * np.log(p)).sum(axis=1).mean()

    return cross_entropy(main) + 0.3 * cross_entropy(head1) + 0.3 * cross_entropy(head2)

# %% right: clipped, take_along_axis
def total_loss(labels, main, head1, head2):
    def cross_entropy(p):
        p = np.clip(p, 1e-7, 1.0)
        return -np.log(np.take_along_axis(p, labels[:, None], axis=1)).mean()

    return np.float32(cross_entropy(main) + 0.3 * (cross_entropy(head1) + cross_entropy(head2)))

# %% right: loop over images
def total_loss(labels, main, head1, head2):
    total = 0
    for i, label in enumerate(labels):
        total -= np.log(main[i, label])
        total -= 0.3 * np.log(head1[i][label])
        total -= 0.3 * np.log(head2[i][label])
    return total / len(labels)

# %% right: an array with one number
# from: NumPy
-     return m + 0.3 * (a + b)
+     return np.array([m + 0.3 * (a + b)])

# %% right: TensorFlow
def total_loss(labels, main, head1, head2):
    import tensorflow as tf

    losses = [
        tf.reduce_mean(tf.keras.losses.sparse_categorical_crossentropy(labels, p))
        for p in (main, head1, head2)
    ]
    return losses[0] + 0.3 * (losses[1] + losses[2])

# %% wrong: heads with full weight
# from: NumPy
# loses: value, parts
# says: the heads count as much as the main output
-     return m + 0.3 * (a + b)
+     return m + a + b

# %% wrong: no heads
# from: NumPy
# loses: value, parts
# says: the heads are not counted
-     return m + 0.3 * (a + b)
+     return m

# %% wrong: second head forgotten
# from: NumPy
# loses: value, parts
# says: only the first head is counted
-     return m + 0.3 * (a + b)
+     return m + 0.3 * a

# %% wrong: first head forgotten
# from: NumPy
# loses: value, parts
# says: only the second head is counted
-     return m + 0.3 * (a + b)
+     return m + 0.3 * b

# %% wrong: brackets
# from: NumPy
# loses: value, parts
# says: brackets around the sum of the heads
-     return m + 0.3 * (a + b)
+     return m + 0.3 * a + b

# %% wrong: 0.3 on everything
# from: NumPy
# loses: value, parts
# says: covers the main output too
-     return m + 0.3 * (a + b)
+     return 0.3 * (m + a + b)

# %% wrong: weights exchanged
# from: NumPy
# loses: value, parts
# says: the weights are exchanged
-     return m + 0.3 * (a + b)
+     return 0.3 * m + a + b

# %% wrong: mean of the heads
# from: NumPy
# loses: value, parts
# says: the heads share one weight
-     return m + 0.3 * (a + b)
+     return m + 0.3 * (a + b) / 2

# %% wrong: plus instead of times
# from: NumPy
# loses: value, parts
# says: 0.3 is added; expected it as a factor
-     return m + 0.3 * (a + b)
+     return m + 0.3 + a + b

# %% wrong: sum over the batch
# loses: value, parts
# says: the sum over the batch is taken
def total_loss(labels, main, head1, head2):
    m, a, b = (-np.sum(np.log(p[np.arange(len(labels)), labels])) for p in (main, head1, head2))
    return m + 0.3 * (a + b)

# %% wrong: sign
# loses: value, parts
# says: the sign is wrong
def total_loss(labels, main, head1, head2):
    m, a, b = (np.mean(np.log(p[np.arange(len(labels)), labels])) for p in (main, head1, head2))
    return m + 0.3 * (a + b)

# %% wrong: base 2
# loses: value, parts
# says: base 2 or 10
def total_loss(labels, main, head1, head2):
    m, a, b = (-np.mean(np.log2(p[np.arange(len(labels)), labels])) for p in (main, head1, head2))
    return m + 0.3 * (a + b)

# %% wrong: base 10
# loses: value, parts
# says: base 2 or 10
def total_loss(labels, main, head1, head2):
    m, a, b = (-np.mean(np.log10(p[np.arange(len(labels)), labels])) for p in (main, head1, head2))
    return m + 0.3 * (a + b)

# %% wrong: probability instead of logarithm
# loses: value, parts
# says: the logarithm is missing
def total_loss(labels, main, head1, head2):
    m, a, b = (-np.mean(p[np.arange(len(labels)), labels]) for p in (main, head1, head2))
    return m + 0.3 * (a + b)

# %% wrong: all columns picked
# loses: value, parts
# says: takes whole columns
def total_loss(labels, main, head1, head2):
    m, a, b = (-np.mean(np.log(p[:, labels])) for p in (main, head1, head2))
    return m + 0.3 * (a + b)

# %% wrong: loss for each image
# loses: value, parts
# says: should return one number
def total_loss(labels, main, head1, head2):
    m, a, b = (-np.log(p[np.arange(len(labels)), labels]) for p in (main, head1, head2))
    return m + 0.3 * (a + b)

# %% wrong: a list of three
# from: NumPy
# loses: value, parts
# says: should return a number
-     return m + 0.3 * (a + b)
+     return [m, a, b]

# %% wrong: no return
# from: NumPy
# loses: value, parts
# says: is the return missing
-     return m + 0.3 * (a + b)
+     total = m + 0.3 * (a + b)

# %% wrong: softmax once more
# loses: value, parts
# says: pass through a softmax again
def total_loss(labels, main, head1, head2):
    m, a, b = (-np.mean(np.log(np.exp(p) / np.exp(p).sum(1, keepdims=True))[np.arange(len(labels)), labels]) for p in (main, head1, head2))
    return m + 0.3 * (a + b)

# %% wrong: the hardest image instead of the mean
# loses: value, parts
# says: the largest loss in the batch
def total_loss(labels, main, head1, head2):
    m, a, b = (-np.min(np.log(p[np.arange(len(labels)), labels])) for p in (main, head1, head2))
    return m + 0.3 * (a + b)

# %% wrong: logarithms in place
# loses: value
# says: changed an array that it was given
def total_loss(labels, main, head1, head2):
    for output in (main, head1, head2):
        np.log(output, out=output)
    rows = np.arange(len(labels))
    m, a, b = (-np.mean(output[rows, labels]) for output in (main, head1, head2))
    return m + 0.3 * (a + b)

# %% wrong: 0.3 on the second head alone
# from: NumPy
# loses: value, parts
# says: only the second head has the weight 0.3
-     return m + 0.3 * (a + b)
+     return m + a + 0.3 * b

# %% wrong: the main output taken last
# from: NumPy
# loses: value, parts
# says: the main output comes first
-     return m + 0.3 * (a + b)
+     return 0.3 * (m + a) + b

# %% wrong: one head twice
# from: NumPy
# loses: value, parts
# says: the first head is counted twice
-     return m + 0.3 * (a + b)
+     return m + 0.3 * (a + a)

# %% wrong: mean of the three
# from: NumPy
# loses: value, parts
# says: the mean of the three is taken
-     return m + 0.3 * (a + b)
+     return np.mean([m, a, b])

# %% wrong: mean over the classes too
# loses: value, parts
# says: the mean is taken over the classes too
def total_loss(labels, main, head1, head2):
    hot = np.eye(main.shape[1])[labels]
    m, a, b = (-np.mean(hot * np.log(p)) for p in (main, head1, head2))
    return m + 0.3 * (a + b)

# %% wrong: logits expected
# loses: value, parts
# says: they are probabilities already
def total_loss(labels, main, head1, head2):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return loss(labels, main) + 0.3 * (loss(labels, head1) + loss(labels, head2))

# %% wrong: logarithm of the mean
# loses: value, parts
# says: expected the mean of the logarithms
def total_loss(labels, main, head1, head2):
    m, a, b = (-np.log(np.mean(p[np.arange(len(labels)), labels])) for p in (main, head1, head2))
    return m + 0.3 * (a + b)

# %% wrong: binary cross-entropy
# loses: value, parts
# says: the cross-entropy of yes or no for each class
def total_loss(labels, main, head1, head2):
    hot = np.eye(main.shape[1])[labels]
    loss = keras.losses.BinaryCrossentropy()
    return float(loss(hot, main) + 0.3 * (loss(hot, head1) + loss(hot, head2)))

# %% wrong: a head's probabilities returned
# from: NumPy
# loses: value, parts
# says: should return one number, found an array
-     return m + 0.3 * (a + b)
+     return head1
