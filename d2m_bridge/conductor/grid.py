"""The beat grid: one function each way between seconds and beats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.timeline import STEPS_PER_BEAT


class StepClock(Protocol):
    """What the engine asks of a conductor."""

    def step_time(self, step: int) -> float | None:
        """Seconds at which a 16th starts; None while undecided. An answer once given never changes."""
        ...


@dataclass(frozen=True, slots=True)
class BeatGrid:
    """Known beat times, continued at the first and last tempo on both sides. Beat 0 is a downbeat at or before t = 0.

    times: float64 [B] seconds, strictly rising, B >= 2. source: which master made it.
    """

    times: NDArray[np.float64]
    source: str

    def __post_init__(self) -> None:
        if self.times.ndim != 1 or len(self.times) < 2 or not (np.diff(self.times) > 0).all():
            raise ValueError(f"a beat grid needs two or more rising times, got {self.times!r}")

    @property
    def bpm(self) -> float:
        """Median tempo in beats per minute."""
        return float(60.0 / np.median(np.diff(self.times)))

    def time_at(self, beat: float) -> float:
        """Seconds at a (fractional) beat."""
        last = len(self.times) - 1
        if beat <= 0:
            return float(self.times[0] + beat * (self.times[1] - self.times[0]))
        if beat >= last:
            return float(self.times[-1] + (beat - last) * (self.times[-1] - self.times[-2]))
        return float(np.interp(beat, np.arange(last + 1), self.times))

    def beat_at(self, t: float) -> float:
        """The (fractional) beat at t seconds."""
        if t <= self.times[0]:
            return float((t - self.times[0]) / (self.times[1] - self.times[0]))
        if t >= self.times[-1]:
            return float(len(self.times) - 1 + (t - self.times[-1]) / (self.times[-1] - self.times[-2]))
        return float(np.interp(t, self.times, np.arange(len(self.times))))

    def bpm_at(self, beat: float) -> float:
        """Tempo in beats per minute just after a beat."""
        whole = int(np.floor(beat))
        return 60.0 / (self.time_at(whole + 1) - self.time_at(whole))

    def step_time(self, step: int) -> float | None:
        """Seconds at which a 16th starts: offline everything is decided."""
        return self.time_at(step / STEPS_PER_BEAT)

    @classmethod
    def steady(cls, bpm: float, first_beat: float, source: str) -> BeatGrid:
        """A constant tempo; first_beat: seconds of any beat."""
        period = 60.0 / bpm
        start = first_beat - np.ceil(first_beat / period - 1e-9) * period
        return cls(np.array([start, start + period]), source)
