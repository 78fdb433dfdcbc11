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


# %% wrong: transposed
# loses: neighbours, others
# says: the table is transposed
def c3_connection_table():
    seen = ["012", "123", "234", "345", "450", "501"]
    seen += ["0123", "1234", "2345", "3450", "4501", "5012", "0134", "1245", "0235", "012345"]
    return np.array([[str(r) in s for r in range(6)] for s in seen])


# %% wrong: neighbours cut off at the edge
# loses: neighbours
# says: Neighbours go round in a ring
def c3_connection_table():
    table = np.zeros((6, 16), dtype=bool)
    for k in range(6):
        table[k : k + 3, k] = True
        table[k : k + 4, 6 + k] = True
    table[[0, 1, 3, 4], 12] = True
    table[[1, 2, 4, 5], 13] = True
    table[[0, 2, 3, 5], 14] = True
    table[:, 15] = True
    return table


# %% wrong: last window repeated
# loses: neighbours
# says: Neighbours go round in a ring
def c3_connection_table():
    table = np.zeros((6, 16), dtype=bool)
    for k in range(6):
        a, b = min(k, 3), min(k, 2)
        table[a : a + 3, k] = True
        table[b : b + 4, 6 + k] = True
    table[[0, 1, 3, 4], 12] = True
    table[[1, 2, 4, 5], 13] = True
    table[[0, 2, 3, 5], 14] = True
    table[:, 15] = True
    return table


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
# loses: neighbours
# says: Maps 6 to 11 see four maps each
def c3_connection_table():
    table = np.zeros((6, 16), dtype=bool)
    for k in range(12):
        table[[k % 6, (k + 1) % 6, (k + 2) % 6], k] = True
    table[[0, 1, 3, 4], 12] = table[[1, 2, 4, 5], 13] = table[[0, 2, 3, 5], 14] = True
    table[:, 15] = True
    return table


# %% wrong: maps counted from 1
# loses: neighbours
# says: stand in another order
def c3_connection_table():
    table = np.zeros((6, 16), dtype=bool)
    for k in range(6):
        table[[(k + s) % 6 for s in (1, 2, 3)], k] = True
        table[[(k + s) % 6 for s in (1, 2, 3, 4)], 6 + k] = True
    table[[0, 1, 3, 4], 12] = table[[1, 2, 4, 5], 13] = table[[0, 2, 3, 5], 14] = True
    table[:, 15] = True
    return table


# %% wrong: one neighbour too few
# loses: neighbours
# says: One map too few
def c3_connection_table():
    table = np.zeros((6, 16), dtype=bool)
    for k in range(6):
        for s in range(1, 3):
            table[(k + s - 1) % 6, k] = True
        for s in range(1, 4):
            table[(k + s - 1) % 6, 6 + k] = True
    table[[0, 1, 3, 4], 12] = table[[1, 2, 4, 5], 13] = table[[0, 2, 3, 5], 14] = True
    table[:, 15] = True
    return table


# %% wrong: contiguous fours again
# loses: others
# says: These fours are not contiguous
def c3_connection_table():
    table = np.zeros((6, 16), dtype=bool)
    for k in range(6):
        table[[(k + s) % 6 for s in range(3)], k] = True
        table[[(k + s) % 6 for s in range(4)], 6 + k] = True
    for k in range(3):
        table[k : k + 4, 12 + k] = True
    table[:, 15] = True
    return table


# %% wrong: one map left out of the third broken four
# loses: others
# says: the second pair goes round
def c3_connection_table():
    table = np.zeros((6, 16), dtype=bool)
    for k in range(6):
        table[[(k + s) % 6 for s in range(3)], k] = True
        table[[(k + s) % 6 for s in range(4)], 6 + k] = True
    table[[0, 1, 3, 4], 12] = table[[1, 2, 4, 5], 13] = table[[2, 3, 5], 14] = True
    table[:, 15] = True
    return table


# %% wrong: last column forgotten
# loses: others
# says: The last map of C3 sees all six
def c3_connection_table():
    table = np.zeros((6, 16), dtype=bool)
    for k in range(6):
        table[[(k + s) % 6 for s in range(3)], k] = True
        table[[(k + s) % 6 for s in range(4)], 6 + k] = True
    table[[0, 1, 3, 4], 12] = table[[1, 2, 4, 5], 13] = table[[0, 2, 3, 5], 14] = True
    return table


# %% wrong: last four columns forgotten
# loses: others
# says: The last four columns are empty
def c3_connection_table():
    table = np.zeros((6, 16), dtype=bool)
    for k in range(6):
        table[[(k + s) % 6 for s in range(3)], k] = True
        table[[(k + s) % 6 for s in range(4)], 6 + k] = True
    return table


# %% wrong: broken fours in another order
# loses: others
# says: The three sets are right, but stand in another order
def c3_connection_table():
    table = np.zeros((6, 16), dtype=bool)
    for k in range(6):
        table[[(k + s) % 6 for s in range(3)], k] = True
        table[[(k + s) % 6 for s in range(4)], 6 + k] = True
    table[[0, 2, 3, 5], 12] = table[[1, 2, 4, 5], 13] = table[[0, 1, 3, 4], 14] = True
    table[:, 15] = True
    return table


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
# loses: neighbours, others
# says: out of bounds
def c3_connection_table():
    table = np.zeros((6, 16), dtype=bool)
    for k in range(6):
        for s in range(3):
            table[k + s, k] = True
    return table
