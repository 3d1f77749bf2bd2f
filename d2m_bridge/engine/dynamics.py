"""The music swells with the dance: a gain that follows the dancer's energy from 16th to 16th, without steps."""

from __future__ import annotations

from collections import deque

import numpy as np

from d2m_bridge.timeline import Float32

FULL_ENERGY = 0.6  # from here on the music is at its full level
STILL_DB = -12.0  # the level for a dancer who stands still
GLIDE_S = 0.06  # shorter than the shortest 16th; a glide over the whole 16th would ask for the next one


class Dynamics:
    """Takes the energy at the start of each 16th; gives a gain for every sample from the first on."""

    def __init__(self, sample_rate: int) -> None:
        self._glide = round(GLIDE_S * sample_rate)
        self._points: deque[tuple[int, float]] = deque()

    def push(self, sample: int, energy: float, level_db: float = 0.0) -> None:
        """energy: 0..1, of the 16th that starts at this sample. level_db: added to its level."""
        level = STILL_DB * (1.0 - min(1.0, energy / FULL_ENERGY)) + level_db
        before = self._points[-1][1] if self._points else level
        self._points += [(sample, before), (sample + self._glide, level)]

    def gains(self, start: int, count: int) -> Float32:
        """float32 [count], linear. At the start of each 16th the level, in dB, glides to that of its energy.

        Starts must not go back; the 16ths that start in this stretch must be known, and one at least.
        """
        while len(self._points) > 2 and self._points[1][0] <= start:
            self._points.popleft()
        places, levels = zip(*self._points, strict=True)
        decibels = np.interp(np.arange(start, start + count), places, levels)
        gains: Float32 = np.power(10.0, decibels / 20).astype(np.float32)
        return gains
