"""Draws road signs as a camera may see them: colour images in any number, the same from a seed.

Each sign is a flat plate of simple shapes. It is turned in space and projected, set before a
blurred scene, lit, blurred and stored with 8 bits a channel. NumPy alone, thousands a second.
"""

from collections.abc import Callable
from functools import cache

import numpy as np

from cnn_casebook.data.resampling import bilinear, gaussian

RED, BLUE, YELLOW = (0.74, 0.06, 0.09), (0.0, 0.27, 0.62), (0.98, 0.76, 0.04)
WHITE, BLACK, GREY = (0.95, 0.95, 0.93), (0.07, 0.07, 0.07), (0.5, 0.5, 0.5)

_CHUNK = 64  # images drawn at once: their arrays stay in the processor's cache
_FINEST = 192  # pixels a side of the plate from which all smaller ones are averaged
_PLATES = (64, 48, 32, 24, 16, 12)  # pixels a side of the plates that images are drawn from

Shape = Callable[[np.ndarray, np.ndarray], np.ndarray]


def _disc(radius: float) -> Shape:
    """All points nearer to the middle than the radius; the plate reaches from -1 to 1."""
    return lambda x, y: x**2 + y**2 < radius**2


def _polygon(*corners: tuple[float, float]) -> Shape:
    """The inside of a polygon: points from which a ray to the right crosses it an odd time."""

    def inside(x, y):
        odd = np.zeros(x.shape, bool)
        for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
            if y0 != y1:
                crossing = x0 + (y - y0) * (x1 - x0) / (y1 - y0)
                odd ^= ((y0 > y) != (y1 > y)) & (x < crossing)
        return odd

    return inside


def _regular(corners: int, radius: float, turn: float = 0.0, down: float = 0.0) -> Shape:
    """A regular polygon; unturned it has a corner at the top. `turn` is a share of a circle."""
    angles = 2 * np.pi * (np.arange(corners) / corners + turn - 0.25)
    return _polygon(*((radius * np.cos(a), radius * np.sin(a) + down) for a in angles))


def _box(left: float, top: float, right: float, bottom: float) -> Shape:
    return lambda x, y: (left < x) & (x < right) & (top < y) & (y < bottom)


def _letters(rows: str, width: float, height: float) -> Shape:
    """Letters from a raster: a line for each row, `#` for ink."""
    ink = np.array([[mark == "#" for mark in row] for row in rows.split("/")])

    def inside(x, y):
        column = np.floor((x / width + 0.5) * ink.shape[1]).astype(int)
        row = np.floor((y / height + 0.5) * ink.shape[0]).astype(int)
        known = (column >= 0) & (column < ink.shape[1]) & (row >= 0) & (row < ink.shape[0])
        return known & ink[np.where(known, row, 0), np.where(known, column, 0)]

    return inside


def _arrow(turn: float) -> Shape:
    """An arrow that points up, turned clockwise by a share of a circle."""
    corners = [(-0.14, 0.6), (-0.14, -0.05), (-0.44, -0.05), (0, -0.62)]
    corners += [(-x, y) for x, y in reversed(corners[:3])]
    cos, sin = np.cos(2 * np.pi * turn), np.sin(2 * np.pi * turn)
    return _polygon(*((cos * x - sin * y, sin * x + cos * y) for x, y in corners))


_DANGER = [(RED, _regular(3, 1.13, down=0.27)), (WHITE, _regular(3, 0.74, down=0.27))]
_LIMIT = [(RED, _disc(1.0)), (WHITE, _disc(0.76))]
_ORDER = [(WHITE, _disc(1.0)), (BLUE, _disc(0.93))]
_PLACE = [(WHITE, _box(-0.86, -0.86, 0.86, 0.86)), (BLUE, _box(-0.8, -0.8, 0.8, 0.8))]

# Name -> layers from the back to the front. The order of the names is the order of the classes.
_SIGNS = {
    "stop": [
        (WHITE, _regular(8, 1.0, turn=1 / 16)),
        (RED, _regular(8, 0.93, turn=1 / 16)),
        (
            WHITE,
            _letters(
                "###.###.###.###/#....#..#.#.#.#/###..#..#.#.###/..#..#..#.#.#../###..#..###.#..",
                *(1.5, 0.66),
            ),
        ),
    ],
    "give way": [
        (RED, _regular(3, 1.13, turn=0.5, down=-0.27)),
        (WHITE, _regular(3, 0.7, turn=0.5, down=-0.27)),
    ],
    "no entry": [(RED, _disc(1.0)), (WHITE, _box(-0.7, -0.2, 0.7, 0.2))],
    "priority road": [(WHITE, _regular(4, 1.0)), (YELLOW, _regular(4, 0.72))],
    "turn right": [*_ORDER, (WHITE, _arrow(0.25))],
    "crossing": [
        *_PLACE,
        (WHITE, _regular(3, 0.78, down=0.18)),
        (BLACK, _letters(".#./###/.#./#.#", 0.4, 0.66)),
    ],
    "danger": [
        *_DANGER,
        (BLACK, _polygon((-0.11, -0.2), (0.11, -0.2), (0.07, 0.31), (-0.07, 0.31))),
        (BLACK, _box(-0.09, 0.38, 0.09, 0.54)),
    ],
    "limit 30": [*_LIMIT, (BLACK, _letters("###.###/..#.#.#/###.#.#/..#.#.#/###.###", 0.95, 0.8))],
    "turn left": [*_ORDER, (WHITE, _arrow(-0.25))],
    "parking": [*_PLACE, (WHITE, _letters("###./#..#/###./#.../#...", 0.8, 1.15))],
    "no vehicles": _LIMIT,
    "crossroads": [
        *_DANGER,
        (BLACK, _box(-0.09, -0.2, 0.09, 0.54)),
        (BLACK, _box(-0.36, 0.14, 0.36, 0.32)),
    ],
    "ahead only": [*_ORDER, (WHITE, _arrow(0.0))],
    "end of limits": [
        (GREY, _disc(1.0)),
        (WHITE, _disc(0.95)),
        (BLACK, _polygon((0.5, -0.78), (0.78, -0.5), (-0.5, 0.78), (-0.78, 0.5))),
    ],
    "one way": [*_PLACE, (WHITE, _arrow(0.25))],
    "limit 50": [*_LIMIT, (BLACK, _letters("###.###/#...#.#/###.#.#/..#.#.#/###.###", 0.95, 0.8))],
}
SIGN_NAMES = tuple(_SIGNS)


def draw(count: int, classes: int, seed: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw road signs; see `cnn_casebook.data.datasets.road_signs`, which checks the arguments.

    Returns:
        images: float32 (count, size, size, 3), values 0 to 1 in steps of 1 / 255.
        labels: int32 (count,), values 0 to classes - 1, in rounds that hold each class once.
    """
    rounds = -(-count // classes)
    order = np.random.default_rng([seed, 0])
    labels = np.concatenate([order.permutation(classes) for _ in range(rounds)])[:count]
    images = np.empty((count, size, size, 3), np.float32)
    for start in range(0, count, _CHUNK):
        random = np.random.default_rng([seed, 1, start])
        some = labels[start : start + _CHUNK]
        # A whole chunk each time: the first images do not depend on how many are asked for.
        whole = np.resize(some, _CHUNK)
        images[start : start + _CHUNK] = _photographs(whole, size, random)[: len(some)]
    return images, labels.astype(np.int32)


def _photographs(labels: np.ndarray, size: int, random: np.random.Generator) -> np.ndarray:
    """Draw one image for each label: scene, post, plate, light, blur, noise, 8 bits.

    In here channels come before height and width; what is returned has them last.
    """
    n = len(labels)
    y, x = np.mgrid[:size, :size].astype(np.float32) * (2 / size) + (1 / size - 1)
    radius = random.uniform(0.3, 0.68, n)  # of the plate; the image reaches from -1 to 1
    middle = random.uniform(-1, 1, (n, 2)) * (1.0 - 1.02 * radius)[:, None]

    images = _scenes(n, size, x, y, random)
    beside = np.abs(x - middle[:, 0, None, None]) > 0.06 * radius[:, None, None]
    above = y < middle[:, 1, None, None]
    images = np.where((beside | above)[:, None], images, random.uniform(0.3, 0.7, (n, 1, 1, 1)))
    images = images.astype(np.float32)
    _put_plates(images, labels, _to_plate(radius, middle, random), radius * size, x, y)

    slope = random.uniform(-0.3, 0.3, (2, n, 1, 1)).astype(np.float32)
    cast = random.uniform(0.88, 1.08, (n, 3, 1, 1)) * random.uniform(0.4, 1.1, (n, 1, 1, 1))
    images *= cast.astype(np.float32)
    images *= (1 + slope[0] * x + slope[1] * y)[:, None]
    images = _blurred(images, size * random.uniform(0.002, 0.022, (2, n)))
    images += 0.08 * random.random(images.shape, np.float32) - 0.04
    stored = np.clip(images * 255 + 0.5, 0, 255).astype(np.uint8)
    return np.ascontiguousarray(stored.transpose(0, 2, 3, 1)) / np.float32(255)


def _scenes(n: int, size: int, x, y, random: np.random.Generator) -> np.ndarray:
    """Blurred surroundings: clouds of dull colour, coarse and fine, and two straight edges."""
    images = np.zeros((n, 3, size, size), np.float32)
    for cells, strength in ((2, 0.45), (4, 0.3), (11, 0.25)):
        at = np.clip((np.arange(size) + 0.5) / size * (cells - 1), 0, cells - 1)
        mix = bilinear(at, cells).astype(np.float32)
        grey = random.random((n, 1, cells, cells), np.float32)
        colour = random.random((n, 3, cells, cells), np.float32)
        images += mix @ (strength * (0.75 * grey + 0.25 * colour)) @ mix.T
    for _ in range(2):
        angle = random.uniform(0, np.pi, (n, 1, 1)).astype(np.float32)
        beyond = np.cos(angle) * x + np.sin(angle) * y > random.uniform(-0.8, 0.8, (n, 1, 1))
        step = random.uniform(-0.15, 0.15, (n, 1, 1, 1)) + random.uniform(-0.12, 0.12, (n, 3, 1, 1))
        images += beyond[:, None] * step.astype(np.float32)
    return images


def _to_plate(radius, middle, random: np.random.Generator) -> np.ndarray:
    """Matrices (n, 3, 3) that take points of an image to points of the plate.

    The plate is turned about all three axes and seen from a distance of five radii.
    """
    n = len(radius)
    yaw, pitch, roll = (random.uniform(-most, most, n) for most in (0.8, 0.4, 0.26))
    turned = np.eye(3)
    for angle, axis in ((pitch, 0), (yaw, 1), (roll, 2)):
        turn = np.zeros((n, 3, 3))
        i, j = (axis + 1) % 3, (axis + 2) % 3
        turn[:, axis, axis] = 1
        turn[:, i, i] = turn[:, j, j] = np.cos(angle)
        turn[:, j, i] = np.sin(angle)
        turn[:, i, j] = -turn[:, j, i]
        turned = turned @ turn
    distance = 5.0
    forward = np.empty((n, 3, 3))  # (u, v, 1) on the plate -> (x w, y w, w) in the image
    forward[:, :, :2], forward[:, :, 2] = turned[:, :, :2], (0, 0, distance)
    forward[:, :2] *= distance * radius[:, None, None]
    forward[:, :2] += middle[:, :, None] * forward[:, 2:]
    return np.linalg.inv(forward)


def _put_plates(images, labels, to_plate, widths, x, y) -> None:
    """Put a plate into each image, from the texture nearest to its width in pixels."""
    spots = np.stack([x, y, np.ones_like(x)]).reshape(3, -1)
    u, v, w = np.moveaxis(to_plate.astype(np.float32) @ spots, 1, 0)
    u, v = u / w, v / w
    image, pixel = np.nonzero(np.maximum(np.abs(u), np.abs(v)) < 1)
    levels = np.abs(np.array(_PLATES) - widths[:, None]).argmin(axis=1)
    sides = np.array(_PLATES)[levels]
    textures, starts = _textures()
    side = sides[image]
    right, down = ((at[image, pixel] + 1) * (side / 2) + 0.5 for at in (u, v))
    column, row = right.astype(np.int64), down.astype(np.int64)
    right, down = ((a - b).astype(np.float32)[:, None] for a, b in ((right, column), (down, row)))
    side += 2
    base = starts[levels, labels][image] + row * side + column
    top = textures[base] * (1 - right) + textures[base + 1] * right
    base += side
    bottom = textures[base] * (1 - right) + textures[base + 1] * right
    plates = top * (1 - down) + bottom * down
    rows, columns = np.divmod(pixel, images.shape[-1])
    seen = images[image, :, rows, columns]
    images[image, :, rows, columns] = seen * (1 - plates[:, 3:]) + plates[:, :3]


@cache
def _textures() -> tuple[np.ndarray, np.ndarray]:
    """All signs face on, at every size of `_PLATES`, each with a rim of one clear pixel.

    Returns:
        Pixels, float32 (all, 4): colour times opacity, and opacity.
        The first pixel of each sign at each size: (sizes, signs).
    """
    step = (np.arange(_FINEST) + 0.5) * (2 / _FINEST) - 1
    y, x = np.meshgrid(step, step, indexing="ij")
    finest = np.zeros((len(_SIGNS), _FINEST, _FINEST, 4), np.float32)
    for sign, layers in zip(finest, _SIGNS.values(), strict=True):
        for colour, shape in layers:
            sign[shape(x, y)] = (*colour, 1)
    pixels, starts, first = [], [], 0
    for side in _PLATES:
        cell = _FINEST // side
        plates = finest.reshape(len(_SIGNS), side, cell, side, cell, 4).mean(axis=(2, 4))
        pixels.append(np.pad(plates, ((0, 0), (1, 1), (1, 1), (0, 0))).reshape(-1, 4))
        starts.append(first + np.arange(len(_SIGNS)) * (side + 2) ** 2)
        first += len(pixels[-1])
    return np.concatenate(pixels), np.array(starts)


def _blurred(images: np.ndarray, sigmas: np.ndarray) -> np.ndarray:
    """Blur each image with Gaussians of its own: `sigmas` (2, n), in pixels, down and across."""
    down, across = gaussian(images.shape[-1], sigmas.astype(np.float32))
    return down[:, None] @ images @ across.transpose(0, 2, 1)[:, None]
