"""Answers to `lenet5_1998_counts` in 02_classic_networks/lenet5.ipynb."""

# %% right: formula by formula
def lenet5_1998_counts():
    return {
        "C1": (6 * (5 * 5 + 1), 28 * 28 * 6 * (5 * 5 + 1)),
        "S2": (6 * 2, 14 * 14 * 6 * 5),
        "C3": (60 * 25 + 16, 10 * 10 * (60 * 25 + 16)),
        "S4": (16 * 2, 5 * 5 * 16 * 5),
        "C5": (120 * (16 * 25 + 1), 120 * (16 * 25 + 1)),
        "F6": (84 * (120 + 1), 84 * (120 + 1)),
        "OUTPUT": (0, 10 * 84),
    }

# %% right: the paper's numbers as lists
def lenet5_1998_counts():
    return {
        "OUTPUT": [0, 840],
        "C1": [156, 122304],
        "S2": [12, 5880],
        "C3": [1516, 151600],
        "S4": [32, 2000],
        "C5": [48120, 48120],
        "F6": [10164, 10164],
    }

# %% right: loops and the learner's own table
def lenet5_1998_counts():
    seen = np.asarray(c3_connection_table()).sum(axis=0)
    counts = {}
    p1 = (25 + 1) * 6
    counts["C1"] = p1, p1 * 28**2
    for name, maps, side in (("S2", 6, 14), ("S4", 16, 5)):
        counts[name] = 2 * maps, (4 + 1) * maps * side**2
    p3 = sum(25 * n + 1 for n in seen)
    counts["C3"] = p3, p3 * 100
    for name, n_in, n_out in (("C5", 400, 120), ("F6", 120, 84)):
        p = (n_in + 1) * n_out
        counts[name] = p, p
    counts["OUTPUT"] = 0, 84 * 10
    return counts

# %% wrong: floats
# loses: convolutions
# says: a count of C1 is the float 156.0; expected an integer
def lenet5_1998_counts():
    return dict(
        C1=(156.0, 122304.0),
        S2=(12.0, 5880.0),
        C3=(1516.0, 151600.0),
        S4=(32.0, 2000.0),
        C5=(48120.0, 48120.0),
        F6=(10164.0, 10164.0),
        OUTPUT=(0.0, 840.0),
    )

# %% right: NumPy arrays and numbers, name of the output in small letters
def lenet5_1998_counts():
    def layer(maps, inputs, side):
        parameters = np.int64(maps) * (inputs + 1)
        return np.array([parameters, parameters * side * side])

    return {
        "C1": layer(6, 25, 28),
        "S2": np.array([12, 5 * 6 * 14 * 14]),
        "C3": layer(6, 75, 10) + layer(9, 100, 10) + layer(1, 150, 10),
        "S4": np.array([32, 5 * 16 * 5 * 5]),
        "C5": layer(120, 400, 1),
        "F6": layer(84, 120, 1),
        "Output": (np.int32(0), np.int32(840)),
    }

# %% right: more entries than asked for
def lenet5_1998_counts():
    counts = {
        "INPUT": (0, 0),
        "C1": (156, 122304),
        "S2": (12, 5880),
        "C3": (1516, 151600),
        "S4": (32, 2000),
        "C5": (48120, 48120),
        "F6": (10164, 10164),
        "OUTPUT": (0, 840),
    }
    counts["total"] = tuple(sum(pair) for pair in zip(*counts.values()))
    return counts

# %% right: the paper's numbers as pairs
def lenet5_1998_counts():
    return {
        "C1": (156, 122304),
        "S2": (12, 5880),
        "C3": (1516, 151600),
        "S4": (32, 2000),
        "C5": (48120, 48120),
        "F6": (10164, 10164),
        "OUTPUT": (0, 840),
    }

# %% wrong: biases forgotten everywhere
# loses: convolutions, subsampling, classifier
# says: The bias is forgotten
def lenet5_1998_counts():
    return {
        "C1": (6 * 25, 28 * 28 * 6 * 25),
        "S2": (6, 14 * 14 * 6 * 4),
        "C3": (60 * 25, 10 * 10 * 60 * 25),
        "S4": (16, 5 * 5 * 16 * 4),
        "C5": (120 * 16 * 25, 120 * 16 * 25),
        "F6": (84 * 120, 84 * 120),
        "OUTPUT": (0, 840),
    }

# %% wrong: connections without biases
# from: the paper's numbers as pairs
# loses: convolutions, subsampling
# says: C1 has 117,600 connections by your count; the paper says more. The bias is forgotten
-         "C1": (156, 122304),
+         "C1": (156, 28 * 28 * 6 * 25),
-         "S2": (12, 5880),
+         "S2": (12, 14 * 14 * 6 * 4),
-         "C3": (1516, 151600),
+         "C3": (1516, 10 * 10 * 60 * 25),
-         "S4": (32, 2000),
+         "S4": (32, 5 * 5 * 16 * 4),

# %% wrong: full C3
# from: the paper's numbers as pairs
# loses: convolutions
# says: Each map of C3 is taken to see all six maps
-         "C3": (1516, 151600),
+         "C3": (2416, 241600),

# %% wrong: a bias for each pair of maps
# from: the paper's numbers as pairs
# loses: convolutions
# says: A map of C3 has one bias
-         "C3": (1516, 151600),
+         "C3": (60 * 26, 100 * 60 * 26),

# %% wrong: subsampling as in Keras
# from: the paper's numbers as pairs
# loses: subsampling
# says: taken to have no weights
-         "S2": (12, 5880),
+         "S2": (0, 0),
          "C3": (1516, 151600),
-         "S4": (32, 2000),
+         "S4": (0, 0),

# %% wrong: subsampling with a weight for each input
# from: the paper's numbers as pairs
# loses: subsampling
# says: one weight, not four
-         "S2": (12, 5880),
+         "S2": (6 * 5, 5880),
          "C3": (1516, 151600),
-         "S4": (32, 2000),
+         "S4": (16 * 5, 2000),

# %% wrong: subsampling without a bias
# from: the paper's numbers as pairs
# loses: subsampling
# says: a coefficient and a bias: two numbers
-         "S2": (12, 5880),
+         "S2": (6, 5880),
          "C3": (1516, 151600),
-         "S4": (32, 2000),
+         "S4": (16, 2000),

# %% wrong: subsampling's weights counted as connections
# from: the paper's numbers as pairs
# loses: subsampling
# says: five connections do
-         "S2": (12, 5880),
+         "S2": (12, 12 * 14 * 14),
          "C3": (1516, 151600),
-         "S4": (32, 2000),
+         "S4": (32, 32 * 5 * 5),

# %% wrong: trainable output
# from: the paper's numbers as pairs
# loses: classifier
# says: nothing in it is trained
-         "OUTPUT": (0, 840),
+         "OUTPUT": (850, 850),

# %% wrong: connections at the size of the input
# from: the paper's numbers as pairs
# loses: convolutions, subsampling
# says: counted at its own units
-         "C1": (156, 122304),
+         "C1": (156, 156 * 32 * 32),
-         "S2": (12, 5880),
+         "S2": (12, 30 * 28 * 28),
-         "C3": (1516, 151600),
+         "C3": (1516, 1516 * 14 * 14),
-         "S4": (32, 2000),
+         "S4": (32, 80 * 10 * 10),

# %% wrong: units for connections
# loses: convolutions, subsampling, classifier
# says: This is the number of units
def lenet5_1998_counts():
    return {
        "C1": (156, 28 * 28 * 6),
        "S2": (12, 14 * 14 * 6),
        "C3": (1516, 1600),
        "S4": (32, 400),
        "C5": (48120, 120),
        "F6": (10164, 84),
        "OUTPUT": (0, 10),
    }

# %% wrong: pairs swapped
# loses: convolutions, subsampling, classifier
# says: the two numbers are swapped
def lenet5_1998_counts():
    return {
        "C1": (122304, 156),
        "S2": (5880, 12),
        "C3": (151600, 1516),
        "S4": (2000, 32),
        "C5": (48120, 48120),
        "F6": (10164, 10164),
        "OUTPUT": (840, 0),
    }

# %% wrong: one map of C5 sees one map of S4
# from: the paper's numbers as pairs
# loses: convolutions
# says: Each map of C5 sees all sixteen maps
-         "C5": (48120, 48120),
+         "C5": (3120, 3120),

# %% wrong: parameters alone
# loses: convolutions, subsampling, classifier
# says: expected two numbers
def lenet5_1998_counts():
    return {"C1": 156, "S2": 12, "C3": 1516, "S4": 32, "C5": 48120, "F6": 10164, "OUTPUT": 0}

# %% wrong: layers left out
# from: the paper's numbers as pairs
# loses: classifier
# says: the layer 'OUTPUT' is missing
-         "OUTPUT": (0, 840),

# %% wrong: a list of rows
# loses: convolutions, subsampling, classifier
# says: expected a dict
def lenet5_1998_counts():
    return [("C1", 156, 122304), ("S2", 12, 5880)]

# %% wrong: nothing returned
# loses: convolutions, subsampling, classifier
# says: is the return missing
def lenet5_1998_counts():
    counts = {"C1": (156, 122304)}
