"""Beats of a take as the few steps of tempo that a DAW's tempo track holds."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# No beat of the map lies further from the one that was played: a tenth of what can be heard, and far below a pixel.
TOLERANCE_S = 1e-4


@dataclass(frozen=True, slots=True)
class TempoPoint:
    """From beat `beat`, at t seconds, on the tempo is bpm. Both count from the beginning of the project."""

    beat: int
    t: float
    bpm: float


@dataclass(frozen=True, slots=True)
class TempoMap:
    """Steps of tempo, the first at beat 0 and 0 s, the last going on for ever."""

    points: tuple[TempoPoint, ...]

    @classmethod
    def of_beats(cls, beats: Sequence[int], times: Sequence[float], bpm: float) -> TempoMap:
        """A map on which beat beats[i] lies at times[i] seconds within TOLERANCE_S. bpm: where there is one beat only.

        Both rise strictly and begin with 0.
        """
        return cls(tuple(_steps(beats, times)) or (TempoPoint(0, 0.0, bpm),))

    def time_at(self, beat: float) -> float:
        """Seconds at a (fractional) beat."""
        point = self.points[max(0, bisect_right(self.points, beat, key=lambda point: point.beat) - 1)]
        return point.t + (beat - point.beat) * 60.0 / point.bpm

    def beat_at(self, t: float) -> float:
        """The (fractional) beat at t seconds."""
        point = self.points[max(0, bisect_right(self.points, t, key=lambda point: point.t) - 1)]
        return point.beat + (t - point.t) * point.bpm / 60.0


def _steps(beats: Sequence[int], times: Sequence[float]) -> Iterator[TempoPoint]:
    """The longest straight lines from beat to beat that pass all beats between within the tolerance."""
    start = 0
    while start < len(beats) - 1:
        end, low, high = start, -math.inf, math.inf
        for after in range(start + 1, len(beats)):
            count, seconds = beats[after] - beats[start], times[after] - times[start]
            if not low <= seconds / count <= high:
                break
            end = after
            low = max(low, (seconds - TOLERANCE_S) / count)
            high = min(high, (seconds + TOLERANCE_S) / count)
        yield TempoPoint(beats[start], times[start], 60.0 * (beats[end] - beats[start]) / (times[end] - times[start]))
        start = end
