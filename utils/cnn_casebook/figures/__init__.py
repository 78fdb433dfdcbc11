"""The figures of the course, drawn with matplotlib alone.

Every function returns a `Picture`: a figure and its alternative text. `network` lays networks out,
`drawing` holds what all figures are drawn with.
"""

from cnn_casebook.figures.bars import bars
from cnn_casebook.figures.blocks import blocks
from cnn_casebook.figures.connections import connections
from cnn_casebook.figures.curves import learning_curves
from cnn_casebook.figures.drawing.picture import Picture
from cnn_casebook.figures.images import image_grid
from cnn_casebook.figures.stages import stages
from cnn_casebook.figures.tiles import tiles
from cnn_casebook.figures.timeline import timeline
from cnn_casebook.figures.volumes import volumes

__all__ = [
    "Picture",
    "bars",
    "blocks",
    "connections",
    "image_grid",
    "learning_curves",
    "stages",
    "tiles",
    "timeline",
    "volumes",
]
