"""Gains that move without a click: each stem's own, and the gate of play and stop."""

from __future__ import annotations

import numpy as np

from d2m_bridge.engine.plan import STEMS
from d2m_bridge.timeline import Float32

RAMP_S = 0.01


class Faders:
    """Multiplies stems [4, N] by gains that glide to their new value within RAMP_S."""

    def __init__(self, sample_rate: int) -> None:
        self._ramp = round(RAMP_S * sample_rate)
        self._now = np.ones(len(STEMS))
        self._from = self._now.copy()
        self._to = self._now.copy()
        self._left = 0

    def set(self, gains: Float32) -> None:
        """Gains float [4], linear, from the next sample on."""
        if np.array_equal(gains, self._to):
            return
        self._from, self._to, self._left = self._now.copy(), np.asarray(gains, float), self._ramp

    def push(self, stems: Float32) -> Float32:
        """float32 [4, N] -> float32 [4, N]."""
        count = stems.shape[1]
        if not self._left and np.all(self._to == 1):
            return stems
        gains = np.repeat(self._to[:, None], count, axis=1)
        moving = min(self._left, count)
        if moving:
            done = (self._ramp - self._left + 1 + np.arange(moving)) / self._ramp
            gains[:, :moving] = self._from[:, None] + done * (self._to - self._from)[:, None]
            self._left -= moving
        if count:
            self._now = gains[:, -1].copy()
        out: Float32 = (stems * gains).astype(np.float32)
        return out
