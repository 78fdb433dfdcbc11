"""Answers to `vgg16` in 02_classic_networks/vgg16.ipynb."""

# %% right: block by block
def vgg16(input_shape=(224, 224, 3), classes=1000, width=1.0):
    x = images = keras.Input(input_shape)
    for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        x = vgg_block(x, convolutions, max(1, round(filters * width)))
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(max(1, round(4096 * width)), activation="relu")(x)
    return keras.Model(images, layers.Dense(classes, activation="softmax")(x))

# %% right: softmax layer
# from: block by block
-     return keras.Model(images, layers.Dense(classes, activation="softmax")(x))
+     return keras.Model(images, layers.Softmax()(layers.Dense(classes)(x)))

# %% right: dropout
# from: block by block
          x = layers.Dense(max(1, round(4096 * width)), activation="relu")(x)
+         x = layers.Dropout(0.5)(x)

# %% right: reshape
# from: block by block
-     x = layers.Flatten()(x)
+     x = layers.Reshape((-1,))(x)

# %% right: own convolutions
# from: block by block
-         x = vgg_block(x, convolutions, max(1, round(filters * width)))
+         for _ in range(convolutions):
+             x = layers.Conv2D(max(1, round(filters * width)), 3, padding="same", activation="relu")(
+                 x
+             )
+         x = layers.MaxPooling2D(2)(x)

# %% right: He's weights
# from: block by block
-         x = layers.Dense(max(1, round(4096 * width)), activation="relu")(x)
+         x = layers.Dense(
+             max(1, round(4096 * width)), activation="relu", kernel_initializer="he_normal"
+         )(x)

# %% wrong: ELU in the dense layers
# from: block by block
# loses: order, sizes
# says: The text does not ask for activation='elu'
-         x = layers.Dense(max(1, round(4096 * width)), activation="relu")(x)
+         x = layers.Dense(max(1, round(4096 * width)), activation="elu")(x)

# %% wrong: sigmoid
# from: block by block
# loses: order, sizes
# says: sigmoid; expected softmax
-     return keras.Model(images, layers.Dense(classes, activation="softmax")(x))
+     return keras.Model(images, layers.Dense(classes, activation="sigmoid")(x))

# %% wrong: no softmax
# from: block by block
# loses: order, sizes
# says: softmax at the end is missing
-     return keras.Model(images, layers.Dense(classes, activation="softmax")(x))
+     return keras.Model(images, layers.Dense(classes)(x))

# %% wrong: ReLU on the last layer
# from: block by block
# loses: order, sizes
# says: a ReLU stands before the softmax
-     return keras.Model(images, layers.Dense(classes, activation="softmax")(x))
+     return keras.Model(images, layers.Softmax()(layers.Dense(classes, activation="relu")(x)))

# %% wrong: dense without ReLU
# from: block by block
# loses: order, sizes
# says: hidden dense layers have no ReLU
-         x = layers.Dense(max(1, round(4096 * width)), activation="relu")(x)
+         x = layers.Dense(max(1, round(4096 * width)))(x)

# %% wrong: 4096 not scaled
# from: block by block
# loses: layers, width
# says: at width
-         x = layers.Dense(max(1, round(4096 * width)), activation="relu")(x)
+         x = layers.Dense(4096, activation="relu")(x)

# %% wrong: width ignored
# from: block by block
# loses: layers, width
# says: at width
-         x = vgg_block(x, convolutions, max(1, round(filters * width)))
+         x = vgg_block(x, convolutions, filters)

# %% wrong: cut, not rounded
# from: block by block
# loses: width
# says: int() cuts off
-         x = vgg_block(x, convolutions, max(1, round(filters * width)))
+         x = vgg_block(x, convolutions, max(1, int(filters * width)))
...
-         x = layers.Dense(max(1, round(4096 * width)), activation="relu")(x)
+         x = layers.Dense(max(1, int(4096 * width)), activation="relu")(x)

# %% wrong: no unit is left in a very narrow network
# from: block by block
# loses: width
# says: expected a positive integer
-         x = layers.Dense(max(1, round(4096 * width)), activation="relu")(x)
+         x = layers.Dense(max(0, round(4096 * width)), activation="relu")(x)

# %% wrong: classes scaled
# from: block by block
# loses: layers, width, sizes
# says: Width never scales the classes
-     return keras.Model(images, layers.Dense(classes, activation="softmax")(x))
+     return keras.Model(
+         images, layers.Dense(max(1, round(classes * width)), activation="softmax")(x)
+     )

# %% wrong: classes fixed
# from: block by block
# loses: layers, sizes
# says: The last layer has a unit for each class
-     return keras.Model(images, layers.Dense(classes, activation="softmax")(x))
+     return keras.Model(images, layers.Dense(1000, activation="softmax")(x))

# %% wrong: a block missing
# from: block by block
# loses: layers, counts
# says: The blocks have 2, 2, 3, 3 and 3 convolutions
-     for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
+     for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512)):

# %% wrong: a block short
# from: block by block
# loses: layers, counts
# says: 12 convolutions
-     for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
+     for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (2, 512)):

# %% wrong: 1024 at the end
# from: block by block
# loses: layers, counts
# says: number of filters
-     for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
+     for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 1024)):

# %% wrong: no Flatten
# from: block by block
# loses: layers, order, width, counts, sizes
# says: Flatten comes before the dense layers
-     x = layers.Flatten()(x)

# %% wrong: a dense layer missing
# from: block by block
# loses: layers, counts
# says: two hidden dense layers and the one to the classes
-     for _ in range(2):
+     for _ in range(1):

# %% wrong: keras.applications
# loses: layers, width
# says: and at width
def vgg16(input_shape=(224, 224, 3), classes=1000, width=1.0):
    return keras.applications.VGG16(weights=None, input_shape=input_shape, classes=classes)

# %% wrong: dropout after each block
# from: block by block
# loses: layers
# says: there is a Dropout where the paper has none
-         x = vgg_block(x, convolutions, max(1, round(filters * width)))
+         x = layers.Dropout(0.1)(vgg_block(x, convolutions, max(1, round(filters * width))))

# %% wrong: a frozen hidden layer
# from: block by block
# loses: layers
# says: Leave trainable=False out
-         x = layers.Dense(max(1, round(4096 * width)), activation="relu")(x)
+         dense = layers.Dense(max(1, round(4096 * width)), activation="relu", trainable=False)
+         x = dense(x)

# %% wrong: VGG-19
# from: block by block
# loses: layers, counts
# says: This is VGG-19
-     for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
+     for convolutions, filters in ((2, 64), (2, 128), (4, 256), (4, 512), (4, 512)):

# %% wrong: blocks of another cut
# from: block by block
# loses: order, sizes
# says: the output of vgg16 is not what the definition gives
-     for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
+     for convolutions, filters in ((2, 64), (2, 128), (3, 256), (2, 512), (4, 512)):

# %% wrong: global pooling
# from: block by block
# loses: layers, order, counts, sizes
# says: GlobalAveragePooling2D -> 16
-     x = layers.Flatten()(x)
+     x = layers.GlobalAveragePooling2D()(x)

# %% wrong: no pooling in the last block
# from: own convolutions
# loses: layers, order, counts, sizes
# says: 4x2 -> Flatten
-         x = layers.MaxPooling2D(2)(x)
+         if convolutions < 3 or filters < 512 or x.shape[1] > input_shape[0] // 16:
+             x = layers.MaxPooling2D(2)(x)

# %% wrong: softmax over the batch
# from: block by block
# loses: order, sizes
# says: the softmax runs over the images of the batch
-     return keras.Model(images, layers.Dense(classes, activation="softmax")(x))
+     return keras.Model(images, keras.ops.softmax(layers.Dense(classes)(x), axis=0))

# %% wrong: 5x5 windows in the second half
# from: own convolutions
# loses: layers, counts, sizes
# says: Every window is 3x3
-             x = layers.Conv2D(max(1, round(filters * width)), 3, padding="same", activation="relu")(
+             x = layers.Conv2D(max(1, round(filters * width)), 3 if filters < 512 else 5, padding="same", activation="relu")(

# %% wrong: no convolutions
# from: block by block
# loses: layers, order, width, counts, sizes
# says: the network has 0 convolutions and 3 dense layers
-         x = vgg_block(x, convolutions, max(1, round(filters * width)))
+         pass

# %% wrong: filters and convolutions swapped
# from: block by block
# loses: layers, order, width, counts, sizes
# says: far more layers stand one behind the other
-     for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
+     for filters, convolutions in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):

# %% wrong: six convolutions in the fourth block
# from: block by block
# loses: layers, counts
# says: The blocks have 2, 2, 3, 3 and 3 convolutions
-     for convolutions, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
+     for convolutions, filters in ((2, 64), (2, 128), (3, 256), (6, 512), (3, 512)):

# %% wrong: the model begins behind the hidden layers
# from: block by block
# loses: layers, order, width, counts, sizes
# says: the model's input has shape
-     return keras.Model(images, layers.Dense(classes, activation="softmax")(x))
+     return keras.Model(x, layers.Dense(classes, activation="softmax")(x))
