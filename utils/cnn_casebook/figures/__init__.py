"""The figures of the course, drawn with matplotlib alone.

Every function returns a `Picture`: a figure and its alternative text.
"""

from .bars import bars
from .blocks import blocks
from .curves import learning_curves
from .images import image_grid
from .picture import Picture
from .stages import stages
from .timeline import timeline
from .volumes import volumes

__all__ = [
    "Picture",
    "bars",
    "blocks",
    "image_grid",
    "learning_curves",
    "stages",
    "timeline",
    "volumes",
]
