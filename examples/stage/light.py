"""Light on the dancer: a warm key from the upper left, a cool fill, sky from above, a rim from behind."""

from __future__ import annotations

import numpy as np

from stage.motion import unit

# Directions to the lights, camera axes (y down, z away).
KEY = unit(np.array([-0.68, -0.60, -0.55])).astype(np.float32)
FILL = unit(np.array([0.85, -0.1, -0.5])).astype(np.float32)
BACK = unit(np.array([0.5, -0.7, 0.8])).astype(np.float32)
KEY_COLOUR = np.array([1.02, 0.95, 0.85], np.float32)
FILL_COLOUR = np.array([0.14, 0.18, 0.26], np.float32)
SKY_COLOUR = np.array([0.20, 0.22, 0.27], np.float32)
FLOOR_COLOUR = np.array([0.14, 0.115, 0.095], np.float32)
RIM_COLOUR = np.array([0.30, 0.34, 0.42], np.float32)
GLOSS, GLOSS_POWER = 0.035, 24


def shade(normal: np.ndarray, colour: np.ndarray, rays: np.ndarray) -> np.ndarray:
    """Linear light of surfaces, all float32 [N, 3]."""
    normal = unit(normal)
    facing = np.clip(-(normal * rays).sum(-1), 0, 1)
    up = (0.5 - 0.5 * normal[:, 1])[:, None]
    light = (
        np.clip((normal @ KEY + 0.12) / 1.12, 0, 1)[:, None] * KEY_COLOUR
        + np.clip(normal @ FILL, 0, 1)[:, None] * FILL_COLOUR
        + up * SKY_COLOUR
        + (1 - up) * FLOOR_COLOUR
    )
    rim = ((1 - facing) ** 2 * np.clip(normal @ BACK + 0.3, 0, 1))[:, None] * RIM_COLOUR
    gloss = np.clip((normal * unit(KEY - rays)).sum(-1), 0, 1)[:, None] ** GLOSS_POWER * GLOSS
    return colour * light + rim * (0.3 + colour) + gloss
