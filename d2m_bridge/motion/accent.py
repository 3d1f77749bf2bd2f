"""Kinematic onsets: the moments that a dancer marks, as a sharp curve over the ticks."""

from __future__ import annotations

from collections import deque

import numpy as np

_MEMORY_S = 4.0
_FLOOR = 6.0  # torsos per second squared; a still dancer's jitter stays below
_THRESHOLD = 0.6
_FULL = 2.4


class AccentCurve:
    """Measures each tick's impulse (acceleration and foot strikes) against the last seconds of the same dancer.

    Only a tick on which the impulse still rises counts, so that a peak gives one or two ticks, not its whole width.
    """

    def __init__(self, rate_hz: float) -> None:
        self._recent: deque[float] = deque(maxlen=max(1, round(_MEMORY_S * rate_hz)))
        self._last = 0.0

    def reset(self) -> None:
        """Forgets the dancer."""
        self._recent.clear()
        self._last = 0.0

    def update(self, impulse: float) -> float:
        """impulse: torsos per second squared, at least 0 -> accent 0..1."""
        self._recent.append(impulse)
        rises = impulse >= self._last
        self._last = impulse
        middle, high = np.quantile(np.fromiter(self._recent, np.float64), (0.5, 0.9))
        strength = (impulse - middle) / max(high - middle, _FLOOR)
        return float(np.clip((strength - _THRESHOLD) / (_FULL - _THRESHOLD), 0.0, 1.0)) if rises else 0.0
