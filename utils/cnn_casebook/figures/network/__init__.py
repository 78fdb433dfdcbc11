"""Networks as diagrams: a Keras model is read into boxes, the boxes get places, then are drawn."""
