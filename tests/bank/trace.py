"""Answers to `trace` in 01_reading_networks/reading_networks.ipynb."""

# %% right: if and elif
def trace(layers, input_shape):
    rows = []
    shape = input_shape
    for layer in layers:
        if len(shape) == 3:
            h, w, c = shape
        if layer["kind"] == "conv":
            h2, w2, parameters, multiplications = conv_cost(h, w, c, layer["filters"], layer["kernel"], layer["stride"], layer["padding"], layer["groups"], layer["use_bias"])
            shape = (h2, w2, layer["filters"])
        elif layer["kind"] == "pool":
            h2 = conv_output_size(h, layer["kernel"], layer["stride"], layer["padding"])
            w2 = conv_output_size(w, layer["kernel"], layer["stride"], layer["padding"])
            shape, parameters, multiplications = (h2, w2, c), 0, 0
        elif layer["kind"] == "flatten":
            shape, parameters, multiplications = (h * w * c,), 0, 0
        else:
            multiplications = shape[0] * layer["units"]
            parameters = multiplications + layer["units"] * layer["use_bias"]
            shape = (layer["units"],)
        rows.append((layer["name"], shape, parameters, multiplications))
    return rows

# %% right: a generator inside, tuples
def trace(layers, input_shape):
    def rows(shape):
        for layer in layers:
            settings = {k: v for k, v in layer.items() if k not in ('kind', 'name')}
            match layer['kind']:
                case 'conv':
                    h, w, p, m = conv_cost(*shape, **settings)
                    shape = h, w, layer['filters']
                case 'pool':
                    shape = (*[conv_output_size(n, **settings) for n in shape[:-1]], shape[-1])
                    p = m = 0
                case 'flatten':
                    shape, p, m = (int(np.prod(shape)),), 0, 0
                case 'dense':
                    m = shape[0] * settings['units']
                    p = m + settings['use_bias'] * settings['units']
                    shape = (settings['units'],)
            yield layer['name'], shape, p, m

    return tuple(rows(tuple(input_shape)))

# %% right: lists instead of tuples, numbers from numpy
# from: if and elif
-     shape = input_shape
+     shape = list(input_shape)
...
-         rows.append((layer["name"], shape, parameters, multiplications))
+         rows.append([layer["name"], list(shape), np.int64(parameters), np.int64(multiplications)])

# %% right: a number for the shape of a vector
# from: if and elif
-         rows.append((layer["name"], shape, parameters, multiplications))
+         rows.append((layer["name"], shape if len(shape) == 3 else shape[0], parameters, multiplications))

# %% right: copies of the descriptions
# from: if and elif
  def trace(layers, input_shape):
+     import copy
+
+     layers = copy.deepcopy(layers)
...
      for layer in layers:
+         kind = layer.pop("kind")
+         layer["kind"] = kind

# %% right: flatten by math.prod, a pool as a convolution without cost
import math


def trace(layers, input_shape):
    shape, rows = input_shape, []
    for layer in layers:
        kind = layer["kind"]
        if kind in ("conv", "pool"):
            filters = layer.get("filters", shape[2])
            groups, bias = layer.get("groups", 1), layer.get("use_bias", False)
            h, w, p, m = conv_cost(*shape, filters, layer["kernel"], layer["stride"], layer["padding"], groups, bias)
            shape = (h, w, filters)
            if kind == "pool":
                p = m = 0
        elif kind == "flatten":
            shape, p, m = (math.prod(shape),), 0, 0
        else:
            p, m = layer["units"] * (shape[0] + layer["use_bias"]), layer["units"] * shape[0]
            shape = (layer["units"],)
        rows += [(layer["name"], shape, p, m)]
    return rows

# %% right: keras does the shapes
def trace(layers, input_shape):
    rows, shape = [], (None, *input_shape)
    for layer in layers:
        s = {k: v for k, v in layer.items() if k not in ("kind", "name", "kernel", "stride")}
        if layer["kind"] == "conv":
            k = keras.layers.Conv2D(kernel_size=layer["kernel"], strides=layer["stride"], **s)
        elif layer["kind"] == "pool":
            k = keras.layers.MaxPooling2D(layer["kernel"], layer["stride"], **s)
        elif layer["kind"] == "flatten":
            k = keras.layers.Flatten()
        else:
            k = keras.layers.Dense(**s)
        m = 0
        if layer["kind"] == "conv":
            m = conv_cost(*shape[1:], layer["filters"], layer["kernel"], layer["stride"], layer["padding"], layer["groups"])[3]
            p = conv_cost(*shape[1:], layer["filters"], layer["kernel"], layer["stride"], layer["padding"], layer["groups"], layer["use_bias"])[2]
        elif layer["kind"] == "dense":
            m = shape[1] * layer["units"]
            p = m + layer["units"] * layer["use_bias"]
        else:
            p = 0
        shape = k.compute_output_shape(shape)
        rows.append((layer["name"], shape[1:], p, m))
    return rows

# %% wrong: biases of dense layers forgotten
# from: if and elif
# loses: rows, networks
# says: the biases are left out
-             parameters = multiplications + layer["units"] * layer["use_bias"]
+             parameters = multiplications

# %% wrong: dense layers always with biases
# from: if and elif
# loses: rows
# says: with use_bias=False there are no biases
-             parameters = multiplications + layer["units"] * layer["use_bias"]
+             parameters = multiplications + layer["units"]

# %% wrong: biases multiplied in dense layers
# from: if and elif
# loses: work, networks
# says: a bias is added, not multiplied
-             multiplications = shape[0] * layer["units"]
+             multiplications = (shape[0] + layer["use_bias"]) * layer["units"]
-             parameters = multiplications + layer["units"] * layer["use_bias"]
+             parameters = multiplications

# %% wrong: use_bias not passed on
# from: if and elif
# loses: rows
# says: with use_bias=False there are no biases
-             h2, w2, parameters, multiplications = conv_cost(h, w, c, layer["filters"], layer["kernel"], layer["stride"], layer["padding"], layer["groups"], layer["use_bias"])
+             h2, w2, parameters, multiplications = conv_cost(h, w, c, layer["filters"], layer["kernel"], layer["stride"], layer["padding"], layer["groups"])

# %% wrong: groups not passed on
# from: if and elif
# loses: rows, work, networks
# says: groups are ignored
-             h2, w2, parameters, multiplications = conv_cost(h, w, c, layer["filters"], layer["kernel"], layer["stride"], layer["padding"], layer["groups"], layer["use_bias"])
+             h2, w2, parameters, multiplications = conv_cost(h, w, c, layer["filters"], layer["kernel"], layer["stride"], layer["padding"], use_bias=layer["use_bias"])

# %% wrong: padding not passed on
# from: if and elif
# loses: rows, work, networks
# says: the entry 'padding' is not used
-             h2, w2, parameters, multiplications = conv_cost(h, w, c, layer["filters"], layer["kernel"], layer["stride"], layer["padding"], layer["groups"], layer["use_bias"])
+             h2, w2, parameters, multiplications = conv_cost(h, w, c, layer["filters"], layer["kernel"], layer["stride"], groups=layer["groups"], use_bias=layer["use_bias"])

# %% wrong: stride not passed on
# from: if and elif
# loses: rows, work, networks
# says: the entry 'stride' is not used
-             h2, w2, parameters, multiplications = conv_cost(h, w, c, layer["filters"], layer["kernel"], layer["stride"], layer["padding"], layer["groups"], layer["use_bias"])
+             h2, w2, parameters, multiplications = conv_cost(h, w, c, layer["filters"], layer["kernel"], padding=layer["padding"], groups=layer["groups"], use_bias=layer["use_bias"])

# %% wrong: the convolution keeps the channels
# from: if and elif
# loses: rows, work, networks
# says: as many channels as filters
-             shape = (h2, w2, layer["filters"])
+             shape = (h2, w2, c)

# %% wrong: the shape stays that of the input
# from: if and elif
# loses: rows, work, networks
# says: the layer reads the image
      for layer in layers:
+         shape = tuple(input_shape)

# %% wrong: pooling counted as a convolution
# from: if and elif
# loses: rows, work, networks
# says: pooling has no weights
-             h2 = conv_output_size(h, layer["kernel"], layer["stride"], layer["padding"])
-             w2 = conv_output_size(w, layer["kernel"], layer["stride"], layer["padding"])
-             shape, parameters, multiplications = (h2, w2, c), 0, 0
+             h2, w2, parameters, multiplications = conv_cost(h, w, c, c, layer["kernel"], layer["stride"], layer["padding"])
+             shape = (h2, w2, c)

# %% wrong: pooling keeps the counts of the layer before
# from: if and elif
# loses: rows, work, networks
# says: each row counts its own layer alone
-             shape, parameters, multiplications = (h2, w2, c), 0, 0
+             shape = (h2, w2, c)

# %% wrong: pooling divides by the stride
# from: if and elif
# loses: rows, work
# says: the size is only divided by the stride
-             h2 = conv_output_size(h, layer["kernel"], layer["stride"], layer["padding"])
-             w2 = conv_output_size(w, layer["kernel"], layer["stride"], layer["padding"])
-             shape, parameters, multiplications = (h2, w2, c), 0, 0
+             shape, parameters, multiplications = (h // layer["stride"], w // layer["stride"], c), 0, 0

# %% wrong: pooling with padding not looked at
# from: if and elif
# loses: rows, work
# says: the entry 'padding' is not used
-             h2 = conv_output_size(h, layer["kernel"], layer["stride"], layer["padding"])
+             h2 = conv_output_size(h, layer["kernel"], layer["stride"])
-             w2 = conv_output_size(w, layer["kernel"], layer["stride"], layer["padding"])
+             w2 = conv_output_size(w, layer["kernel"], layer["stride"])

# %% wrong: pooling takes no steps
# from: if and elif
# loses: rows, work, networks
# says: the entry 'stride' is not used
-             h2 = conv_output_size(h, layer["kernel"], layer["stride"], layer["padding"])
+             h2 = conv_output_size(h, layer["kernel"], padding=layer["padding"])
-             w2 = conv_output_size(w, layer["kernel"], layer["stride"], layer["padding"])
+             w2 = conv_output_size(w, layer["kernel"], padding=layer["padding"])

# %% wrong: pooling changes nothing
# from: pooling divides by the stride
# loses: rows, work, networks
# says: this is the input's shape
-             shape, parameters, multiplications = (h // layer["stride"], w // layer["stride"], c), 0, 0
+             parameters = multiplications = 0

# %% wrong: pooling drops the channels
# from: if and elif
# loses: rows, work, networks
# says: pooling keeps them
-             shape, parameters, multiplications = (h2, w2, c), 0, 0
+             shape, parameters, multiplications = (h2, w2), 0, 0

# %% wrong: flatten forgets the channels
# from: if and elif
# loses: rows, work, networks
# says: the channels are left out
-             shape, parameters, multiplications = (h * w * c,), 0, 0
+             shape, parameters, multiplications = (h * w,), 0, 0

# %% wrong: flatten does nothing
# from: if and elif
# loses: rows, work, networks
# says: flatten makes a vector
-             shape, parameters, multiplications = (h * w * c,), 0, 0
+             parameters = multiplications = 0

# %% wrong: height and width swapped
# from: if and elif
# loses: rows
# says: height and width are swapped
-             shape = (h2, w2, layer["filters"])
+             shape = (w2, h2, layer["filters"])

# %% wrong: channels first
# from: if and elif
# loses: rows, networks
# says: channels come last
-         rows.append((layer["name"], shape, parameters, multiplications))
+         rows.append((layer["name"], (shape[2], shape[0], shape[1]) if len(shape) == 3 else shape, parameters, multiplications))

# %% wrong: parameters and multiplications swapped
# from: if and elif
# loses: rows, work, networks
# says: parameters and multiplications are exchanged
-         rows.append((layer["name"], shape, parameters, multiplications))
+         rows.append((layer["name"], shape, multiplications, parameters))

# %% wrong: a row for the input
# from: if and elif
# loses: rows, work, networks
# says: The input itself has no row
-     rows = []
+     rows = [("input", input_shape, 0, 0)]

# %% wrong: returns after the first layer
# from: if and elif
# loses: rows, work, networks
# says: 1 rows for 8 layers
-     return rows
+         return rows

# %% wrong: only layers with weights
# from: if and elif
# loses: rows, work, networks
# says: rows for 8 layers
-     return rows
+     return [row for row in rows if row[2]]

# %% wrong: the kind instead of the name
# from: if and elif
# loses: rows, work, networks
# says: the row of 'a1' has the name 'conv'
-         rows.append((layer["name"], shape, parameters, multiplications))
+         rows.append((layer["kind"], shape, parameters, multiplications))

# %% wrong: without names
# from: if and elif
# loses: rows, work, networks
# says: expected (name, output shape
-         rows.append((layer["name"], shape, parameters, multiplications))
+         rows.append((shape, parameters, multiplications))

# %% wrong: a dictionary
# from: if and elif
# loses: rows, work, networks
# says: expected a list with a row for each layer
-     return rows
+     return {row[0]: row[1:] for row in rows}

# %% wrong: the sums
# from: if and elif
# loses: rows, work, networks
# says: rows for 8 layers
-     return rows
+     return sum(row[2] for row in rows), sum(row[3] for row in rows)

# %% wrong: running sums
# from: if and elif
# loses: rows, work, networks
# says: each row counts its own layer alone
      rows = []
+     total = np.zeros(2, int)
...
-         rows.append((layer["name"], shape, parameters, multiplications))
+         total += (parameters, multiplications)
+         rows.append((layer["name"], shape, total[0], total[1]))

# %% wrong: nothing returned
# from: if and elif
# loses: rows, work, networks
# says: None (is the return missing?)
-     return rows
+     rows

# %% wrong: not written yet
# loses: rows, work, networks
# says: NotImplementedError
def trace(layers, input_shape):
    raise NotImplementedError()

# %% wrong: the descriptions are changed
# from: if and elif
# loses: rows
# says: is another one after the call
-         rows.append((layer["name"], shape, parameters, multiplications))
+         layer["shape"] = shape
+         rows.append((layer["name"], shape, parameters, multiplications))
