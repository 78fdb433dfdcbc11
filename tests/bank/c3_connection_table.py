"""Answers to `c3_connection_table` in 02_classic_networks/lenet5.ipynb."""

# %% right: loops that go round
def c3_connection_table():
    table = np.zeros((6, 16), dtype=bool)
    for k in range(6):
        for step in range(3):
            table[(k + step) % 6, k] = True
        for step in range(4):
            table[(k + step) % 6, 6 + k] = True
    table[[0, 1, 3, 4], 12] = True
    table[[1, 2, 4, 5], 13] = True
    table[[0, 2, 3, 5], 14] = True
    table[:, 15] = True
    return table

# %% right: typed in as zeros and ones
def c3_connection_table():
    return np.array(
        [
            [1, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 1],
            [1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1],
            [1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 1, 1, 1],
            [0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 1, 0, 1, 1],
            [0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 1, 0, 1],
            [0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 1, 1],
        ]
    )

# %% right: nested lists of booleans
def c3_connection_table():
    seen = [[(k + s) % 6 for s in range(3)] for k in range(6)]
    seen += [[(k + s) % 6 for s in range(4)] for k in range(6)]
    seen += [[0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5], list(range(6))]
    return [[row in column for column in seen] for row in range(6)]

# %% right: rolled columns
def c3_connection_table():
    three, four = np.array([1, 1, 1, 0, 0, 0]), np.array([1, 1, 1, 1, 0, 0])
    pairs = np.array([1, 1, 0, 1, 1, 0])
    columns = [np.roll(three, k) for k in range(6)] + [np.roll(four, k) for k in range(6)]
    columns += [np.roll(pairs, k) for k in range(3)] + [np.ones(6, int)]
    return np.stack(columns, axis=1).astype(bool)

# %% right: floats, written map by map and transposed at the end
def c3_connection_table():
    table = np.zeros((16, 6))
    for k in range(6):
        table[k, [k, (k + 1) % 6, (k + 2) % 6]] = 1
        table[k + 6, [k, (k + 1) % 6, (k + 2) % 6, (k + 3) % 6]] = 1
    for row, maps in zip((12, 13, 14), ((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5))):
        table[row, list(maps)] = 1.0
    table[15] = 1
    return table.T

# %% right: a tensor
def c3_connection_table():
    seen = ["012", "123", "234", "345", "450", "501"]
    seen += ["0123", "1234", "2345", "3450", "4501", "5012", "0134", "1245", "0235", "012345"]
    return keras.ops.convert_to_tensor([[str(r) in s for s in seen] for r in range(6)])

# %% right: rows as a tuple of tuples of ints
def c3_connection_table():
    def sees(c, s):
        if c < 6:
            return (s - c) % 6 < 3
        if c < 12:
            return (s - c) % 6 < 4
        return c == 15 or (s - (c - 12)) % 3 < 2

    return tuple(tuple(int(sees(c, s)) for c in range(16)) for s in range(6))

# %% right: list comprehensions that go round
def c3_connection_table():
    table = np.zeros((6, 16), dtype=bool)
    for k in range(6):
        table[[(k + s) % 6 for s in range(3)], k] = True
        table[[(k + s) % 6 for s in range(4)], 6 + k] = True
    table[[0, 1, 3, 4], 12] = table[[1, 2, 4, 5], 13] = table[[0, 2, 3, 5], 14] = True
    table[:, 15] = True
    return table

# %% wrong: transposed
# from: a tensor
# loses: neighbours, others
# says: the table is transposed
-     return keras.ops.convert_to_tensor([[str(r) in s for s in seen] for r in range(6)])
+     return np.array([[str(r) in s for r in range(6)] for s in seen])

# %% wrong: neighbours cut off at the edge
# from: loops that go round
# loses: neighbours
# says: Neighbours go round in a ring
-         for step in range(3):
-             table[(k + step) % 6, k] = True
-         for step in range(4):
-             table[(k + step) % 6, 6 + k] = True
+         table[k : k + 3, k] = True
+         table[k : k + 4, 6 + k] = True

# %% wrong: last window repeated
# from: loops that go round
# loses: neighbours
# says: Neighbours go round in a ring
-         for step in range(3):
-             table[(k + step) % 6, k] = True
-         for step in range(4):
-             table[(k + step) % 6, 6 + k] = True
+         a, b = min(k, 3), min(k, 2)
+         table[a : a + 3, k] = True
+         table[b : b + 4, 6 + k] = True

# %% wrong: full table
# loses: neighbours, others
# says: the full table of today's LeNet-5
def c3_connection_table():
    return np.ones((6, 16), dtype=bool)

# %% wrong: only the threes
# loses: neighbours, others
# says: Only the first six columns are filled
def c3_connection_table():
    table = np.zeros((6, 16), dtype=bool)
    for k in range(6):
        table[[k, (k + 1) % 6, (k + 2) % 6], k] = True
    return table

# %% wrong: all twelve see three
# from: list comprehensions that go round
# loses: neighbours
# says: Maps 6 to 11 see four maps each
-     for k in range(6):
-         table[[(k + s) % 6 for s in range(3)], k] = True
-         table[[(k + s) % 6 for s in range(4)], 6 + k] = True
+     for k in range(12):
+         table[[k % 6, (k + 1) % 6, (k + 2) % 6], k] = True

# %% wrong: maps counted from 1
# from: list comprehensions that go round
# loses: neighbours
# says: stand in another order
-         table[[(k + s) % 6 for s in range(3)], k] = True
+         table[[(k + s) % 6 for s in (1, 2, 3)], k] = True
-         table[[(k + s) % 6 for s in range(4)], 6 + k] = True
+         table[[(k + s) % 6 for s in (1, 2, 3, 4)], 6 + k] = True

# %% wrong: one neighbour too few
# from: list comprehensions that go round
# loses: neighbours
# says: One map too few
-         table[[(k + s) % 6 for s in range(3)], k] = True
-         table[[(k + s) % 6 for s in range(4)], 6 + k] = True
+         for s in range(1, 3):
+             table[(k + s - 1) % 6, k] = True
+         for s in range(1, 4):
+             table[(k + s - 1) % 6, 6 + k] = True

# %% wrong: contiguous fours again
# from: list comprehensions that go round
# loses: others
# says: These fours are not contiguous
-     table[[0, 1, 3, 4], 12] = table[[1, 2, 4, 5], 13] = table[[0, 2, 3, 5], 14] = True
+     for k in range(3):
+         table[k : k + 4, 12 + k] = True

# %% wrong: one map left out of the third broken four
# from: list comprehensions that go round
# loses: others
# says: the second pair goes round
-     table[[0, 1, 3, 4], 12] = table[[1, 2, 4, 5], 13] = table[[0, 2, 3, 5], 14] = True
+     table[[0, 1, 3, 4], 12] = table[[1, 2, 4, 5], 13] = table[[2, 3, 5], 14] = True

# %% wrong: last column forgotten
# from: list comprehensions that go round
# loses: others
# says: The last map of C3 sees all six
-     table[:, 15] = True

# %% wrong: last four columns forgotten
# from: list comprehensions that go round
# loses: others
# says: The last four columns are empty
-     table[[0, 1, 3, 4], 12] = table[[1, 2, 4, 5], 13] = table[[0, 2, 3, 5], 14] = True
-     table[:, 15] = True

# %% wrong: broken fours in another order
# from: list comprehensions that go round
# loses: others
# says: The three sets are right, but stand in another order
-     table[[0, 1, 3, 4], 12] = table[[1, 2, 4, 5], 13] = table[[0, 2, 3, 5], 14] = True
+     table[[0, 2, 3, 5], 12] = table[[1, 2, 4, 5], 13] = table[[0, 1, 3, 4], 14] = True

# %% wrong: lists of map numbers
# loses: neighbours, others
# says: expected a table of True and False
def c3_connection_table():
    seen = [[(k + s) % 6 for s in range(3)] for k in range(6)]
    seen += [[(k + s) % 6 for s in range(4)] for k in range(6)]
    return [*seen, [0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5], [0, 1, 2, 3, 4, 5]]

# %% wrong: five rows
# loses: neighbours, others
# says: the table has shape (5, 16); expected (6, 16)
def c3_connection_table():
    return np.ones((5, 16))

# %% wrong: nothing returned
# loses: neighbours, others
# says: is the return missing
def c3_connection_table():
    table = np.ones((6, 16), dtype=bool)

# %% wrong: an index out of range
# from: only the threes
# loses: neighbours, others
# says: out of bounds
-         table[[k, (k + 1) % 6, (k + 2) % 6], k] = True
+         for s in range(3):
+             table[k + s, k] = True
