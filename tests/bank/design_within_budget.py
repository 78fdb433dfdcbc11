"""Answers to `design_within_budget` in 04_inception/one_by_one_convolutions.ipynb."""

# %% right: bottleneck, largest width by division
def design_within_budget(input_shape, filters, budget):
    height, width, channels = input_shape
    return [(1, budget // (height * width * (channels + 25 * filters))), (5, filters)]

# %% right: bottleneck, search upwards
def design_within_budget(input_shape, filters, budget):
    height, width, channels = input_shape
    middle = 1
    while True:
        more = middle + 1
        cost = height * width * (channels * more + 25 * more * filters)
        if cost > budget:
            return [(1, middle), (5, filters)]
        middle = more

# %% right: search downwards, lists
def design_within_budget(input_shape, filters, budget):
    h, w, c = input_shape
    for r in range(25 * c, 0, -1):
        if h * w * r * (c + 25 * filters) <= budget:
            return [[1, r], [5, filters]]

# %% right: two 3x3
def design_within_budget(input_shape, filters, budget):
    height, width, channels = input_shape
    middle = budget // (height * width * 9 * (channels + filters))
    return ((3, middle), (3, filters))

# %% right: 5x5 first, then 1x1
def design_within_budget(input_shape, filters, budget):
    height, width, channels = input_shape
    middle = budget // (height * width * (25 * channels + filters))
    if middle:
        return [(5, middle), (1, filters)]
    middle = budget // (height * width * (channels + 25 * filters))
    return [(1, middle), (5, filters)]

# %% right: 1x1, then two 3x3
def design_within_budget(input_shape, filters, budget):
    height, width, channels = input_shape

    def cost(r):
        return height * width * (channels * r + 9 * r * r + 9 * r * filters)

    r = 1
    while cost(r + 1) <= budget:
        r += 1
    if 2 * cost(r) >= budget and cost(r) <= budget:
        return [(1, r), (3, r), (3, filters)]
    return [(1, budget // (height * width * (channels + 25 * filters))), (5, filters)]

# %% right: 1x1, 5x5, 1x1
def design_within_budget(input_shape, filters, budget):
    height, width, channels = input_shape

    def cost(r):
        return height * width * (channels * r + 25 * r * r + r * filters)

    r = max(r for r in range(1, 300) if cost(r) <= budget or r == 1)
    if budget / 2 <= cost(r) <= budget:
        return [(1, r), (5, r), (1, filters)]
    return [(1, budget // (height * width * (channels + 25 * filters))), (5, filters)]

# %% right: NumPy integers
def design_within_budget(input_shape, filters, budget):
    height, width, channels = np.array(input_shape)
    widths = np.arange(1, 2000)
    cost = height * width * widths * (channels + 25 * filters)
    return np.array([(1, widths[cost <= budget][-1]), (5, filters)])

# %% right: floats that are whole, half the budget
def design_within_budget(input_shape, filters, budget):
    height, width, channels = input_shape
    r = np.ceil(0.5 * budget / (height * width * (channels + 25 * filters)))
    return [(1.0, float(r)), (5.0, float(filters))]

# %% right: direct where it fits
def design_within_budget(input_shape, filters, budget):
    h, w, c = input_shape
    if h * w * c * 25 * filters <= budget:
        return [(5, filters)]
    return [(1, budget // (h * w * (c + 25 * filters))), (5, filters)]

# %% wrong: the example of the text
# loses: any
# says: [(1, 16), (5, 32)]
def design_within_budget(input_shape, filters, budget):
    return [(1, 16), (5, filters)] if filters == 32 else [(1, 16), (5, 32)]

# %% wrong: always 16 channels
# loses: any
# says: multiplications
def design_within_budget(input_shape, filters, budget):
    return [(1, 16), (5, filters)]

# %% wrong: always the direct convolution
# loses: case, any
# says: over
def design_within_budget(input_shape, filters, budget):
    return [(5, filters)]

# %% wrong: one channel, to be safe
# loses: case, any
# says: less than half of the budget
def design_within_budget(input_shape, filters, budget):
    return [(1, 1), (5, filters)]

# %% wrong: rounds up
# loses: case, any
# says: over
def design_within_budget(input_shape, filters, budget):
    height, width, channels = input_shape
    return [(1, -(-budget // (height * width * (channels + 25 * filters)))), (5, filters)]

# %% wrong: forgets the reduction
# loses: case, any
# says: Without the first layer it would fit
def design_within_budget(input_shape, filters, budget):
    height, width, channels = input_shape
    return [(1, budget // (height * width * 25 * filters)), (5, filters)]

# %% wrong: forgets the image size
# loses: case, any
# says: over
def design_within_budget(input_shape, filters, budget):
    height, width, channels = input_shape
    return [(1, budget // (channels + 25 * filters)), (5, filters)]

# %% wrong: 25 forgotten
# loses: case, any
# says: over
def design_within_budget(input_shape, filters, budget):
    height, width, channels = input_shape
    return [(1, budget // (height * width * (channels + filters))), (5, filters)]

# %% wrong: true division
# loses: case, any
# says: each at least 1. Round a width down with //.
def design_within_budget(input_shape, filters, budget):
    height, width, channels = input_shape
    return [(1, budget / (height * width * (channels + 25 * filters))), (5, filters)]

# %% wrong: one 3x3
# loses: case, any
# says: sees 3 x 3 pixels
def design_within_budget(input_shape, filters, budget):
    height, width, channels = input_shape
    return [(1, budget // (height * width * (channels + 9 * filters))), (3, filters)]

# %% wrong: 5x5 twice
# loses: case, any
# says: sees 9 x 9 pixels
def design_within_budget(input_shape, filters, budget):
    height, width, channels = input_shape
    return [(5, budget // (height * width * 25 * (channels + filters))), (5, filters)]

# %% wrong: ends with the bottleneck
# loses: case, any
# says: channels; expected
def design_within_budget(input_shape, filters, budget):
    height, width, channels = input_shape
    return [(5, filters), (1, max(1, budget // (height * width * (channels + 25 * filters))))]

# %% wrong: swapped pairs
# loses: case, any
# says: even window
def design_within_budget(input_shape, filters, budget):
    height, width, channels = input_shape
    return [(budget // (height * width * (channels + 25 * filters)) // 2 * 2 + 1, 1), (filters, 5)]

# %% wrong: even windows
# loses: case, any
# says: even window
def design_within_budget(input_shape, filters, budget):
    height, width, channels = input_shape
    return [(4, budget // (height * width * (16 * channels + 4 * filters))), (2, filters)]

# %% wrong: only the width
# loses: case, any
# says: a list of pairs
def design_within_budget(input_shape, filters, budget):
    height, width, channels = input_shape
    return budget // (height * width * (channels + 25 * filters))

# %% wrong: no return
# loses: case, any
# says: a list of pairs
def design_within_budget(input_shape, filters, budget):
    height, width, channels = input_shape
    design = [(1, budget // (height * width * (channels + 25 * filters))), (5, filters)]

# %% wrong: width by thousands
# loses: case, any
# says: less than half of the budget
def design_within_budget(input_shape, filters, budget):
    height, width, channels = input_shape
    return [(1, 1 + budget // (4 * height * width * (channels + 25 * filters))), (5, filters)]

# %% wrong: windows of 5 x 6 counted
# from: bottleneck, largest width by division
# loses: any
# says: less than half of the budget
-     return [(1, budget // (height * width * (channels + 25 * filters))), (5, filters)]
+     return [(1, budget // (height * width * (channels + 5 * 6 * filters))), (5, filters)]

# %% wrong: the operands of the division swapped
# from: bottleneck, largest width by division
# loses: case, any
# says: (1, 0) in the design is not a pair of whole numbers
-     return [(1, budget // (height * width * (channels + 25 * filters))), (5, filters)]
+     return [(1, (height * width * (channels + 25 * filters)) // budget), (5, filters)]
