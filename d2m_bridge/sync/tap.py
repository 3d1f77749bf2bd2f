"""Tap tempo: a few taps of a foot or finger become a tempo and a phase."""

from __future__ import annotations

import statistics
from collections import deque
from itertools import pairwise

from d2m_bridge.conductor.live_grid import FASTEST_BPM, SLOWEST_BPM, Target

PAUSE_S = 2.0  # after this long without a tap a new count begins
_TAPS = 9  # eight intervals: two bars
_OUTLIER = 0.25  # part of an interval by which a tap may be off before it counts as a slip
_LONGEST_S, _SHORTEST_S = 60.0 / SLOWEST_BPM, 60.0 / FASTEST_BPM


class TapTempo:
    """Turns taps into targets. The first tap of a count is beat 0; which of the beats is a downbeat is not known."""

    def __init__(self) -> None:
        self._taps: deque[float] = deque(maxlen=_TAPS)

    def tap(self, t: float) -> Target | None:
        """A tap at t seconds. The tempo and phase of the count so far, or None at its first tap.

        A tap sooner than 240 BPM allows, or before the last one, is a bounce of the key and changes nothing.
        """
        if self._taps and t - self._taps[-1] > PAUSE_S:
            self._taps.clear()
        if not self._taps or t - self._taps[-1] >= _SHORTEST_S:
            self._taps.append(t)
        return self._target()

    def _target(self) -> Target | None:
        taps = list(self._taps)
        intervals = [after - before for before, after in pairwise(taps)]
        if not intervals:
            return None
        period = statistics.median(intervals)
        # A slip of one tap spoils two intervals; a missed tap makes one about twice as long.
        usual = [interval for interval in intervals if abs(interval - period) <= _OUTLIER * period]
        period = min(_LONGEST_S, max(_SHORTEST_S, statistics.fmean(usual or intervals)))
        # Each tap says where the last beat lies; the middle of what they say forgives the slips.
        last = statistics.median(t + round((taps[-1] - t) / period) * period for t in taps)
        return Target(last, float(round((last - taps[0]) / period)), 60.0 / period, cycle=1)
