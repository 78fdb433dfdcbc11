"""A block or a small network as a diagram of boxes, one for each layer with what follows it."""

from cnn_casebook.figures.drawing.picture import Picture
from cnn_casebook.figures.network import operations
from cnn_casebook.figures.network.boxes import fuse, given_name, read_boxes
from cnn_casebook.figures.network.diagram import Diagram
from cnn_casebook.figures.network.frame import Frame

SPOKEN = {"+": "add", "×": "multiply", "−": "subtract", "÷": "divide", "concat": "concatenate"}


def blocks(model, title=None, *, direction="down", alt=None):
    """Draw a network as boxes joined by arrows, with the shape beside each arrow.

    Batch norm and ReLU are written in the box of the layer before them. Additions and other merges
    are circles, concatenations bars. An identity shortcut is a dashed curve around the main path;
    a shortcut with layers in it is a side branch of the same colour. Nested models are opened up.
    Diagrams higher than a page go on in a second column; for very deep networks see `stages`.

    Args:
        model: A functional or Sequential `keras.Model` with layers or `keras.ops`.
        title: Heading, or None.
        direction: "down" (from top to bottom) or "right" (from left to right).
        alt: Alternative text; None makes one from the network.

    Returns:
        Picture: The drawing; its alternative text lists the boxes and what each reads.

    Raises:
        UnreadableModelError: Not a Keras model, or one whose graph is not known: not built, or a
            subclass with its own `call`.
        ValueError: An unknown direction.

    Example:
        >>> import keras
        >>> x = keras.Input((8, 8, 4))
        >>> y = keras.layers.Conv2D(4, 3, padding="same", activation="relu")(x)
        >>> blocks(keras.Model(x, keras.layers.Add()([x, y])), title="A block")
        A block: a diagram of 3 boxes. 1. input, 8×8×4. 2. conv 3×3, 4 · ReLU, 8×8×4, reads 1.
        3. add, 8×8×4, reads 2 and by an identity shortcut 1.
    """
    if direction not in ("down", "right"):
        raise ValueError(
            f"Expected direction 'down' or 'right'; found {direction!r}. The flow goes from top "
            "to bottom or from left to right."
        )
    boxes = fuse(read_boxes(model))
    diagram = Diagram(Frame(boxes, direction == "down"))
    name = title or given_name(model)
    alt = alt or _alt(name, boxes, diagram.layout.shortcuts)
    return Picture(diagram.draw(title), alt)


def _alt(name, boxes, shortcuts):
    """Describe boxes and arrows in words."""
    parts = []
    for place, box in enumerate(boxes):
        text = SPOKEN.get(box.text, box.text) if box.kind == "merge" else box.words
        text = f"{place + 1}. {text}, {operations.times(box.shape)}"
        plain = [str(p + 1) for p in box.parents if (p, place) not in shortcuts]
        short = [str(p + 1) for p in box.parents if (p, place) in shortcuts]
        if plain:
            text += f", reads {', '.join(plain)}"
        if short:
            how = "by an identity shortcut" if box.text == "+" else "directly"
            text += f" and {how} {', '.join(short)}"
        parts.append(text)
    noun = "box" if len(boxes) == 1 else "boxes"
    return f"{name}: a diagram of {len(boxes)} {noun}. {'. '.join(parts)}."
