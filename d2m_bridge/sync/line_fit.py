"""A straight line through noisy clock reports: t = t0 + period * (beat - beat0), over as long a past as agrees with it.

The past is cut by intersecting confidence intervals (Goldenshluger and Nemirovski): of all windows that end now, the
longest whose line agrees with the lines of all shorter ones. A steady tempo is averaged over the whole past, a changed
one forgets what was before the change.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]

_SPANS_S = (1.0, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0, 11.3, 16.0)
PAST_S = _SPANS_S[-1]
_FEWEST = 4
_SURE = 2.6  # standard errors
_OUTLIER = 3.5  # standard deviations
_STRAIGHT = 0.8  # part of a window's reports that are no outliers
_SMALLEST_NOISE_S = 2e-4  # clocks and schedulers are no better
_NOISE_FROM = 64  # reports
_MEAN_DEVIATION = math.sqrt(2.0 / math.pi)  # of a normal distribution, in standard deviations


@dataclass(frozen=True, slots=True)
class Line:
    """At t seconds a master is at `beat`; a beat lasts `period` seconds, with a standard error of period_error.

    noise: standard deviation of the reports, seconds.
    """

    t: float
    beat: float
    period: float
    period_error: float
    noise: float

    def time_at(self, beat: float) -> float:
        """Seconds at a beat."""
        return self.t + (beat - self.beat) * self.period

    def beat_at(self, t: float) -> float:
        """The beat at t seconds."""
        return self.beat + (t - self.t) / self.period


@dataclass(frozen=True, slots=True)
class _Fit:
    """A window's line where the newest report stands (late: seconds after it), each with its standard error.

    is_straight: nearly all reports of the window lie on it.
    """

    late: float
    late_error: float
    period: float
    period_error: float
    is_straight: bool

    def bounds(self) -> Float64:
        """Lower and upper bounds of (late, period): float64 [2, 2]."""
        value = np.array([self.late, self.period])
        width = _SURE * np.array([self.late_error, self.period_error])
        return np.array([value - width, value + width])


def fit_line(reports: Sequence[tuple[float, float]], period: float | None) -> Line | None:
    """The line through reports (t, beat), oldest first. period: seconds a beat where it is known; None: fitted too.

    None when there are too few reports to tell the period.
    """
    last_t, last_beat = reports[-1]
    times, beats = (np.array(reports) - (last_t, last_beat)).T  # [N] each, 0 at the newest report
    noise = _noise(times, beats)
    best = _longest_agreeing(_fits(times, beats, period, noise))
    if best is None or best.period <= 0:
        return None
    return Line(last_t + best.late, last_beat, best.period, best.period_error, noise)


def _noise(times: Float64, beats: Float64) -> float:
    """How far each report lies off the line through its two neighbours: no tempo, nor its change, shows in that."""
    times, beats = times[-_NOISE_FROM:], beats[-_NOISE_FROM:]
    runs = beats[2:] - beats[:-2]
    usable = runs != 0
    if len(times) < _FEWEST or not usable.any():
        return _SMALLEST_NOISE_S
    part = (beats[1:-1] - beats[:-2])[usable] / runs[usable]
    off = times[1:-1][usable] - (1 - part) * times[:-2][usable] - part * times[2:][usable]
    deviations = np.abs(off) / np.sqrt(1 + part**2 + (1 - part) ** 2)
    return max(_SMALLEST_NOISE_S, float(deviations.mean()) / _MEAN_DEVIATION)


def _fits(times: Float64, beats: Float64, period: float | None, noise: float) -> Iterator[_Fit]:
    """One fit for each window, shortest first, each longer than the one before."""
    fewest = 1 if period is not None else _FEWEST
    used = 0
    for span in _SPANS_S:
        count = max(fewest, len(times) - int(np.searchsorted(times, -span)))
        if used < count <= len(times):
            used = count
            yield _fit(times[-count:], beats[-count:], period, noise)


def _fit(times: Float64, beats: Float64, period: float | None, noise: float) -> _Fit:
    """Least squares without what lies far off; beats and times are 0 at the newest report."""
    late, slope = _least_squares(times, beats, period)
    near = np.abs(times - late - slope * beats) <= _OUTLIER * noise
    is_straight = bool(near.mean() >= _STRAIGHT)
    if is_straight and not near.all():
        times, beats = times[near], beats[near]
        late, slope = _least_squares(times, beats, period)
    if period is not None:
        return _Fit(late, noise / np.sqrt(len(times)), period, 0.0, is_straight)
    spread = float(((beats - beats.mean()) ** 2).sum())
    late_error = float(noise * np.sqrt(1 / len(times) + beats.mean() ** 2 / spread))
    return _Fit(late, late_error, slope, noise / np.sqrt(spread), is_straight)


def _least_squares(times: Float64, beats: Float64, period: float | None) -> tuple[float, float]:
    """Intercept and slope of times over beats."""
    if period is None:
        offsets = beats - beats.mean()
        period = float(offsets @ times / (offsets @ offsets))
    return float(times.mean() - period * beats.mean()), period


def _longest_agreeing(fits: Iterator[_Fit]) -> _Fit | None:
    best = None
    low, high = np.full(2, -np.inf), np.full(2, np.inf)
    for fit in fits:
        lower, upper = fit.bounds()
        low, high = np.maximum(low, lower), np.minimum(high, upper)
        if best is not None and ((low > high).any() or not fit.is_straight):
            break
        best = fit
    return best
