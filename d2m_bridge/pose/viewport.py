"""The part of the picture that the pose model is shown. Pure geometry.

The model's person detector sees a thumbnail of 224 pixels: a dancer lower than a fifth of its side escapes it. So
where the whole picture shows nobody, smaller windows are searched, and a small dancer is followed in one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from d2m_bridge.timeline import Float32, UInt8

# Sides of the searched windows, as parts of the picture's shorter side.
SEARCH_SIDES = (1.0, 0.5)
# A body this tall against the picture's longer side is found without a window.
PLAIN_HEIGHT = 0.3
# A window's side against the height of the body in it: room to move, and still big enough for the detector.
ROOM = 3.0
# A window is laid anew when the body comes this near to its edge, or changes this much in size.
MARGIN = 0.05
RESIZE = 1.6


@dataclass(frozen=True, slots=True)
class Viewport:
    """A rectangle of whole pixels inside the picture."""

    x: int
    y: int
    width: int
    height: int

    def crop(self, image: UInt8) -> UInt8:
        """The pixels, uint8 [height, width, 3]; a view, not a copy."""
        return image[self.y : self.y + self.height, self.x : self.x + self.width]

    def to_pixels(self, points: Float32) -> Float32:
        """Points [..., 2] in parts of this rectangle become pixels of the picture."""
        scale = np.array([self.width, self.height], np.float32)
        return points * scale + np.array([self.x, self.y], np.float32)


def whole(image: UInt8) -> Viewport:
    """The viewport that is the whole picture."""
    return Viewport(0, 0, image.shape[1], image.shape[0])


def search_windows(picture: Viewport) -> tuple[Viewport, ...]:
    """Overlapping squares that cover the picture, large ones first."""
    windows: list[Viewport] = []
    for part in SEARCH_SIDES:
        side = max(1, round(min(picture.width, picture.height) * part))
        windows += [
            Viewport(x, y, side, side) for y in _starts(picture.height, side) for x in _starts(picture.width, side)
        ]
    return tuple(window for window in windows if window != picture)


def _starts(length: int, side: int) -> list[int]:
    room = length - side
    steps = -(-2 * room // side)
    return [0] if steps == 0 else [round(room * step / steps) for step in range(steps + 1)]


def around(points: Float32, picture: Viewport) -> Viewport:
    """The viewport for people at `points` (pixels, [..., 2]): the whole picture if they are tall enough in it."""
    low, high = _bounds(points)
    body = high[1] - low[1]
    side = round(max(ROOM * body, (high - low).max() * 1.3))
    if body >= PLAIN_HEIGHT * max(picture.width, picture.height) or side >= max(picture.width, picture.height):
        return picture
    width, height = min(side, picture.width), min(side, picture.height)
    centre = (low + high) / 2
    x = int(np.clip(centre[0] - width / 2, 0, picture.width - width))
    y = int(np.clip(centre[1] - height / 2, 0, picture.height - height))
    return Viewport(x, y, width, height)


def suits(view: Viewport, points: Float32, picture: Viewport) -> bool:
    """Whether people at `points` (pixels, [..., 2]) can stay in this viewport."""
    if view == picture:
        return True
    best = around(points, picture)
    if not 1 / RESIZE < best.width / view.width < RESIZE:
        return False
    low, high = _bounds(points)
    start = np.array([view.x, view.y])
    size = np.array([view.width, view.height])
    inner = MARGIN * size
    # An edge that is the picture's own cannot be moved outwards.
    left = (low >= start + inner) | (start == 0)
    right = (high <= start + size - inner) | (start + size >= np.array([picture.width, picture.height]))
    return bool(left.all() and right.all())


def _bounds(points: Float32) -> tuple[Float32, Float32]:
    flat = points.reshape(-1, 2)
    return flat.min(axis=0), flat.max(axis=0)
