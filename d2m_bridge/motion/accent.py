"""Kinematic onsets: the moments that a dancer marks, as a sharp curve over the ticks."""

from __future__ import annotations

from collections import deque

_MEMORY_S = 4.0
_FLOOR = 6.0  # torsos per second squared: how far apart the middle and the high count at least
_THRESHOLD = 0.6
_FULL = 1.6


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
        ranked = sorted(self._recent)
        middle, high = ranked[len(ranked) // 2], ranked[len(ranked) * 9 // 10]
        strength = (impulse - middle) / max(high - middle, _FLOOR)
        return min(1.0, max(0.0, (strength - _THRESHOLD) / (_FULL - _THRESHOLD))) if rises else 0.0
