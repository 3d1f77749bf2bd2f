"""Which pictures of a video are worth a look: about one a motion tick. Pure."""

from __future__ import annotations

import math

# Pictures further apart than this part of a tick are all looked at, however unevenly they come.
_SPARSE_TICKS = 0.75
# Times such as 33 ms carry rounding; a picture this much before a tick is that tick's.
_SAME_TIME_S = 0.002


class Pace:
    """Chooses among pictures that come faster than the motion rate: of those, the first at or after each tick.

    So a tick has a picture wherever it had one before, and 60 pictures a second cost no more than 30.
    """

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz = rate_hz
        self._last_s = -math.inf
        self._due = 0

    def wants(self, t: float) -> bool:
        """Whether to look at the picture at t seconds. To be asked of every picture, in order."""
        apart_s, self._last_s = t - self._last_s, t
        tick = math.floor((t + _SAME_TIME_S) * self._rate_hz)
        if tick < self._due and apart_s * self._rate_hz < _SPARSE_TICKS:
            return False
        self._due = max(self._due, tick + 1)
        return True
