"""The dancer as master of a live session: the offline search for the beat, over the last seconds, again and again.

The search takes a quarter of a second of computing, so whoever drives this runs it beside the music:
`due` says when, `window` what to search, `learn` takes the result.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from d2m_bridge.conductor.follow import FollowResult
from d2m_bridge.conductor.live_grid import Target
from d2m_bridge.timeline import MotionFrame

WINDOW_S, FIRST_S, EVERY_S = 16.0, 5.0, 2.0
RANGE = 0.08  # a dancer's tempo drifts this far; beyond it is another tempo, which must show more than once
_BELIEVED = 0.1
_AGREEING = 3  # searches in a row that must agree on a tempo out of range


class DancerFollower:
    """Collects motion, gives the dancer's beat. Not for use from two threads, except `follow` on what `window` gave."""

    def __init__(self, rate_hz: float) -> None:
        self._frames: deque[MotionFrame] = deque(maxlen=round(WINDOW_S * rate_hz))
        self._rate_hz = rate_hz
        self._next_due = FIRST_S
        self._target: Target | None = None
        self._others: list[float] = []

    @property
    def bpm(self) -> float | None:
        """The dancer's tempo in the music's octave; None until it is known."""
        return None if self._target is None else self._target.bpm

    def push(self, motion: MotionFrame) -> None:
        """The next tick."""
        self._frames.append(motion)

    def due(self) -> bool:
        """Whether it is time for the next search; says so once."""
        if len(self._frames) < FIRST_S * self._rate_hz or self._frames[-1].t < self._next_due:
            return False
        self._next_due = self._frames[-1].t + EVERY_S
        return True

    def window(self) -> Sequence[MotionFrame]:
        """What to search: conductor.follow.follow(window)."""
        return tuple(self._frames)

    def learn(self, result: FollowResult, begin_s: float) -> None:
        """The result of a search in frames of which the first was at begin_s."""
        if result.confidence < _BELIEVED:
            return  # the last beat goes on
        bpm = result.grid.bpm
        if self._target is not None:
            # Half and double time are the same dance: the music stays in its octave.
            bpm = min((bpm / 2, bpm, 2 * bpm), key=lambda tempo: abs(tempo - self._target.bpm) if self._target else 0)
            if abs(bpm / self._target.bpm - 1) > RANGE and not self._agreed(result.grid.bpm):
                return
            if abs(bpm / self._target.bpm - 1) > RANGE:
                bpm = result.grid.bpm
        self._others.clear()
        beat = float(len(result.grid.times) - 1)
        self._target = Target(begin_s + float(result.grid.times[-1]), beat, bpm, cycle=1)

    def target(self) -> Target | None:
        """The dancer's beat, in the dancer's own time; None until there is one."""
        return self._target

    def _agreed(self, bpm: float) -> bool:
        self._others = [other for other in self._others if abs(other / bpm - 1) < RANGE / 2]
        self._others.append(bpm)
        return len(self._others) >= _AGREEING
