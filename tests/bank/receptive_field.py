"""Answers to `receptive_field` in 01_reading_networks/reading_networks.ipynb."""

# %% right: step by step
def receptive_field(layers):
    seen, step = 1, 1
    for layer in layers:
        seen += (layer["kernel"] - 1) * step
        step *= layer["stride"]
    return seen

# %% right: from the last layer back
def receptive_field(layers):
    r = 1
    for layer in reversed(layers):
        r = (r - 1) * layer["stride"] + layer["kernel"]
    return r

# %% right: recursive
def receptive_field(layers):
    if not layers:
        return 1
    first, *rest = layers
    return (receptive_field(rest) - 1) * first["stride"] + first["kernel"]

# %% right: the formula with math.prod
import math


def receptive_field(layers):
    return 1 + sum(
        (layer["kernel"] - 1) * math.prod(before["stride"] for before in layers[:i])
        for i, layer in enumerate(layers)
    )

# %% right: numpy
def receptive_field(layers):
    kernels = np.array([layer["kernel"] for layer in layers], int)
    strides = np.array([1] + [layer["stride"] for layer in layers[:-1]])[: len(layers)]
    return 1 + np.sum((kernels - 1) * np.cumprod(strides))

# %% wrong: a float product
# loses: formula
# says: expected an integer
def receptive_field(layers):
    seen, step = 1.0, 1.0
    for layer in layers:
        if layer["kind"] in ("conv", "pool"):
            seen = seen + step * (layer["kernel"] - 1)
            step = step * layer["stride"]
    return seen

# %% right: edges of the square
def receptive_field(layers):
    first = last = 0
    for layer in layers[::-1]:
        first = first * layer["stride"]
        last = last * layer["stride"] + layer["kernel"] - 1
    return last - first + 1

# %% wrong: strides left out
# from: step by step
# loses: formula, gradients
# says: strides are left out
-         seen += (layer["kernel"] - 1) * step
-         step *= layer["stride"]
+         seen += layer["kernel"] - 1

# %% wrong: only the stride just before
# from: step by step
# loses: formula, gradients
# says: only the stride of the layer just before
-         step *= layer["stride"]
+         step = layer["stride"]

# %% wrong: a layer's own stride
# from: step by step
# loses: formula, gradients
# says: own stride does not widen
+         step *= layer["stride"]
          seen += (layer["kernel"] - 1) * step
-         step *= layer["stride"]

# %% wrong: kernel instead of kernel minus one
# from: step by step
# loses: formula, gradients
# says: adds kernel - 1 steps, not kernel
-         seen += (layer["kernel"] - 1) * step
+         seen += layer["kernel"] * step

# %% wrong: starts with zero
# from: step by step
# loses: formula, gradients
# says: start with 1
-     seen, step = 1, 1
+     seen, step = 0, 1

# %% wrong: adds kernels from zero
# loses: formula, gradients
# says: adds kernel - 1 steps
def receptive_field(layers):
    seen, step = 0, 1
    for layer in layers:
        seen += layer["kernel"] * step
        step *= layer["stride"]
    return seen

# %% wrong: kernels multiplied
# from: step by step
# loses: formula, gradients
# says: they do not multiply
-         seen += (layer["kernel"] - 1) * step
-         step *= layer["stride"]
+         seen *= layer["kernel"]

# %% wrong: strides added
# loses: formula, gradients
# says: here they are added up
def receptive_field(layers):
    seen, step = 1, 0
    for layer in layers:
        seen += (layer["kernel"] - 1) * (step or 1)
        step += layer["stride"]
    return seen

# %% wrong: the area
# from: step by step
# loses: formula, gradients
# says: not its area
-     return seen
+     return seen**2

# %% wrong: a pair
# from: step by step
# loses: formula, gradients
# says: one number; height and width are alike
-     return seen
+     return seen, seen

# %% wrong: the last layer alone
# from: step by step
# loses: formula, gradients
# says: the last layer alone
-         seen += (layer["kernel"] - 1) * step
-         step *= layer["stride"]
+         seen = layer["kernel"]

# %% wrong: from the wrong end
# from: step by step
# loses: formula, gradients
# says: walked from the wrong end
-     for layer in layers:
+     for layer in reversed(layers):

# %% wrong: pooling left out
# from: step by step
# loses: formula, gradients
# says: pooling layers are left out
-         seen += (layer["kernel"] - 1) * step
-         step *= layer["stride"]
+         if layer["kind"] == "conv":
+             seen += (layer["kernel"] - 1) * step
+             step *= layer["stride"]

# %% wrong: windows of pooling left out
# from: step by step
# loses: formula, gradients
# says: the windows of pooling layers are left out
-         seen += (layer["kernel"] - 1) * step
+         if layer["kind"] == "conv":
+             seen += (layer["kernel"] - 1) * step

# %% wrong: strides of pooling left out
# from: step by step
# loses: formula, gradients
# says: the strides of pooling layers are left out
-         step *= layer["stride"]
+         if layer["kind"] == "conv":
+             step *= layer["stride"]

# %% wrong: fails on an empty list
# from: step by step
# loses: formula
# says: IndexError
-     seen, step = 1, 1
-     for layer in layers:
+     seen, step = layers[0]["kernel"], layers[0]["stride"]
+     for layer in layers[1:]:

# %% wrong: returns in the first round
# from: step by step
# loses: formula, gradients
# says: found 3
-     return seen
+         return seen
+     

# %% wrong: a list of all
# from: step by step
# loses: formula, gradients
# says: asked is the last one alone
-     seen, step = 1, 1
+     seen, step, all_seen = 1, 1, []
...
-     return seen
+         all_seen.append(seen)
+     return all_seen

# %% wrong: nothing returned
# from: step by step
# loses: formula, gradients
# says: is the return missing
-     return seen
+     

# %% wrong: not written yet
# loses: formula, gradients
# says: NotImplementedError
def receptive_field(layers):
    raise NotImplementedError()

# %% wrong: the list is used up
# loses: formula
# says: is another one after the call
def receptive_field(layers):
    seen, step = 1, 1
    while layers:
        layer = layers.pop(0)
        seen += (layer["kernel"] - 1) * step
        step *= layer["stride"]
    return seen

# %% wrong: the checks' own formula
# loses: formula, gradients
# says: uses cnn_casebook.checks.parts.receptive_field.field_of, which is the course's own code
def receptive_field(layers):
    from cnn_casebook.checks.parts import receptive_field as parts

    return parts.field_of(layers)

# %% wrong: kernel + 1 steps
# from: step by step
# loses: formula, gradients
# says: found 9. Likely cause: a layer adds kernel - 1 steps, not kernel + 1
-         seen += (layer["kernel"] - 1) * step
+         seen += (layer["kernel"] + 1) * step
