"""The music swells with the dance: a gain that follows the dancer's energy from 16th to 16th, without steps.

A 16th that the dancer marks stands out, and the music recoils on the next: what begins on the first must be loud from
its first sample, so the glide to a 16th's level lies before it.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from d2m_bridge.timeline import Float32

FULL_ENERGY = 0.8  # from here on the music is at its full level
STILL_DB = -16.0  # the level for a dancer who stands still
ACCENT_DB = 4.5  # of the hardest accent, above the level of its 16th
RECOIL_DB = -2.0  # of the 16th after it: without it the music would only be louder where accents are many
GLIDE_S = 0.06  # shorter than most 16ths, and than the lag of the decoder, inside which it hides


class Dynamics:
    """Takes energy and accent of each 16th; gives a gain for every sample from the first on."""

    def __init__(self, sample_rate: int) -> None:
        self._glide = round(GLIDE_S * sample_rate)
        self._points: deque[tuple[int, float]] = deque()
        self._accent = 0.0  # of the latest 16th

    def push(self, sample: int, energy: float, accent: float = 0.0, level_db: float = 0.0) -> None:
        """energy, accent: 0..1, of the 16th that starts at this sample. level_db: added to its level."""
        recoil, self._accent = max(0.0, self._accent - accent), accent
        level = STILL_DB * (1.0 - min(1.0, energy / FULL_ENERGY)) + level_db
        level += ACCENT_DB * accent + RECOIL_DB * recoil
        begin, before = self._points[-1] if self._points else (sample - self._glide, level)
        self._points += [(max(begin, sample - self._glide), before), (sample, level)]

    def gains(self, start: int, count: int) -> Float32:
        """float32 [count], linear. Before each 16th the level, in dB, glides to its own for GLIDE_S.

        Starts must not go back; the 16ths that start in this stretch or within GLIDE_S of it must be known, and one at
        least.
        """
        while len(self._points) > 2 and self._points[1][0] <= start:
            self._points.popleft()
        places, levels = zip(*self._points, strict=True)
        decibels = np.interp(np.arange(start, start + count), places, levels)
        gains: Float32 = np.power(10.0, decibels / 20).astype(np.float32)
        return gains
