"""A simple face, painted on the head by the place on it: x to the dancer's left, y up, z to the front, all -1..1."""

from __future__ import annotations

import numpy as np

BROW = (0.13, 0.08, 0.06)
WHITE = (0.85, 0.84, 0.82)
IRIS = (0.10, 0.07, 0.05)
LIPS = (0.60, 0.22, 0.20)
CHEEK = (0.72, 0.38, 0.28)
HAIR = (0.10, 0.06, 0.045)


def paint_face(place: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """Colours float32 [N, 3] of the head at `place` [N, 3]."""
    x, y, z = place.T
    side = np.abs(x)
    colour = np.repeat(skin[None], len(place), axis=0)
    for mask, paint in (
        (_blot(side - 0.50, y + 0.22, 0.24, 0.18) * 0.7, CHEEK),
        (_blot(side - 0.38, y - 0.10, 0.19, 0.095), WHITE),
        (_blot(side - 0.38, y - 0.10, 0.095, 0.095), IRIS),
        (_blot(side - 0.39, y - 0.285 + 0.9 * (side - 0.39) ** 2, 0.24, 0.045), BROW),
        (_blot(x, y + 0.55 - 0.7 * x**2, 0.30, 0.075), LIPS),
    ):
        part = (mask * (z > 0.2))[:, None]
        colour += part * (np.asarray(paint, np.float32) - colour)
    # Hair frames the forehead: higher in the middle than at the temples.
    hair = np.clip((y - 0.62 + 0.45 * side) * 12, 0, 1)[:, None]
    return colour + hair * (np.asarray(HAIR, np.float32) - colour)


def _blot(dx: np.ndarray, dy: np.ndarray, width: float, height: float) -> np.ndarray:
    """1 inside an ellipse, 0 outside, with a soft edge."""
    return np.clip((1 - np.sqrt((dx / width) ** 2 + (dy / height) ** 2)) * 4, 0, 1).astype(np.float32)
