"""The figures of the course, drawn with matplotlib alone.

Every function returns a `Picture`: a figure and its alternative text. `network` lays networks out,
`drawing` holds what all figures are drawn with.
"""

from .bars import bars
from .blocks import blocks
from .connections import connections
from .curves import learning_curves
from .drawing.picture import Picture
from .images import image_grid
from .stages import stages
from .timeline import timeline
from .volumes import volumes

__all__ = [
    "Picture",
    "bars",
    "blocks",
    "connections",
    "image_grid",
    "learning_curves",
    "stages",
    "timeline",
    "volumes",
]
