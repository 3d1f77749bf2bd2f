"""Does this music belong to this dance? Heard and seen only: no model, no plan.

Two correlations over a whole clip, both freed of everything slow (a Gaussian of 0.6 s), because slow trends agree by
luck, and a beat late as well as in time:

- accents: the dancer's accents against the rises of the sound, both blurred to 70 ms (two sigma), at no lag;
- energy: the speed of the body against the rises, both blurred to 0.2 s; the music up to 0.2 s late.

Their sum is the score. It says something only by comparison: how often does a dance score higher with its own music
than another dance with that music? The other dance is first stretched until its beats lie on the own dance's beats:
tempo and phase are no merit, so that a click on the dance's own beats gets one half, like all that knows no dance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import librosa
import mir_eval
import numpy as np
from scipy.ndimage import gaussian_filter1d

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.motion.features import VELOCITIES, VELOCITY_UNIT
from d2m_bridge.timeline import MotionFrame
from training.scores.hearing import RISE_RATE_HZ, Float32, Float64, Onsets, magnitudes, rises

TOLERANCE_S = 0.07
_STEP_HZ = 50.0  # of all curves
_SHARP_S, _BLUNT_S, _SLOW_S = TOLERANCE_S / 2, 0.1, 0.6
_ANSWERS_S = (0.0, 0.05, 0.1, 0.15, 0.2)
_SHORTEST_S = 3.0
_KNOTS_HZ = 10.0  # between which a stretch is straight
_RIPPLE = 1e-3  # of the mean magnitude: a steady tone rises and falls by less
_EDGE_S = 0.1  # where a sound is cut off, every sound rises
_SETTLED_S = 0.5  # by then the features of a dance know how fast it is
_MARKED, _APART_S, _FEWEST = 0.5, 0.15, 4

# (sound, dance of the same clip, another dance stretched onto its beats) -> how much better the own dance fits.
Margin = Callable[[int, Float64, int, Float64], float]


@dataclass(frozen=True, slots=True)
class DanceCurves:
    """accent 0..1 and speed in torsos per second, float64 [T] at 50 Hz; the beats that belong to it."""

    accent: Float64
    speed: Float64
    grid: BeatGrid

    @property
    def seconds(self) -> float:
        """Length."""
        return len(self.accent) / _STEP_HZ


def curves_of_dance(motion: Sequence[MotionFrame], grid: BeatGrid) -> DanceCurves:
    """From the features of the poses alone; motion: a whole clip without holes."""
    t = np.array([frame.t for frame in motion])
    at = np.arange(0.0, t[-1], 1 / _STEP_HZ)
    velocity = np.stack([frame.features[VELOCITIES] for frame in motion]).astype(np.float64).reshape(len(motion), -1, 2)
    speed = np.linalg.norm(velocity * VELOCITY_UNIT, axis=2).mean(axis=1)
    accent = np.array([frame.accent for frame in motion])
    return DanceCurves(np.interp(at, t, accent), np.interp(at, t, speed), grid)


def curve_of_sound(audio: Float32, rate: int) -> Float64:
    """The rises of the sound alone, float64 [T] at 50 Hz."""
    magnitude = magnitudes(audio, rate)
    envelope = rises(magnitude)
    edge = round(_EDGE_S * RISE_RATE_HZ)
    envelope[:edge] = envelope[-edge:] = 0
    envelope[envelope < _RIPPLE * magnitude.sum(axis=0).mean()] = 0
    at = np.arange(0.0, len(audio) / rate, 1 / _STEP_HZ)
    return np.interp(at, np.arange(len(envelope)) / RISE_RATE_HZ, envelope)


def match_score(accent: Float64, speed: Float64, sound: Float64) -> float:
    """-2..2 of three curves of one length. 0 for what never moves or never sounds."""
    accents = _correlation(_band(accent, _SHARP_S), _band(sound, _SHARP_S))
    moving, sounding = _band(speed, _BLUNT_S), _band(sound, _BLUNT_S)
    lags = [round(answer * _STEP_HZ) for answer in _ANSWERS_S]
    return accents + max(_correlation(moving[: len(moving) - lag], sounding[lag:]) for lag in lags)


def _band(curve: Float64, blur_s: float) -> Float64:
    smooth = gaussian_filter1d(curve, blur_s * _STEP_HZ)
    return np.asarray(smooth - gaussian_filter1d(curve, _SLOW_S * _STEP_HZ))


def _correlation(a: Float64, b: Float64) -> float:
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / size if size > 1e-12 else 0.0


def win_share(dances: Sequence[DanceCurves], sounds: Sequence[Float64]) -> float | None:
    """How often sound i scores higher with dance i than with dance j, over all i != j; a tie is half a win.

    Both are judged where both dances are; under three seconds they are not. None without a pair.
    """

    def margin(i: int, own: Float64, j: int, other: Float64) -> float:
        sound = np.interp(own, np.arange(len(sounds[i])) / _STEP_HZ, sounds[i])
        here, there = (
            match_score(np.interp(at, ticks, dance.accent), np.interp(at, ticks, dance.speed), sound)
            for dance, at in ((dances[i], own), (dances[j], other))
            for ticks in [np.arange(len(dance.accent)) / _STEP_HZ]
        )
        return here - there

    seconds = [min(dance.seconds, len(sound) / _STEP_HZ) for dance, sound in zip(dances, sounds, strict=True)]
    return share_of_wins(margin, [dance.grid for dance in dances], seconds, _STEP_HZ)


def share_of_wins(margin: Margin, grids: Sequence[BeatGrid], seconds: Sequence[float], rate_hz: float) -> float | None:
    """The share of pairs with a positive margin. margin(i, own, j, other): own and other are equally many seconds of
    dance i and j, own at rate_hz, other where dance j is on the same beats.
    """
    wins = []
    for i, length in enumerate(seconds):
        for j, other_length in enumerate(seconds):
            own, other = same_beats(grids[i], length, grids[j], other_length, rate_hz)
            if i != j and len(own) >= _SHORTEST_S * rate_hz:
                better = margin(i, own, j, other)
                wins.append(0.5 if abs(better) < 1e-9 else float(better > 0))
    return float(np.mean(wins)) if wins else None


def same_beats(
    own: BeatGrid, own_seconds: float, other: BeatGrid, other_seconds: float, rate_hz: float
) -> tuple[Float64, Float64]:
    """Seconds of one dance, at rate_hz, and those of the other at which it is on the same beats, where both are."""
    knots = np.arange(0.0, own_seconds + 1 / _KNOTS_HZ, 1 / _KNOTS_HZ)
    stretched = np.array([other.time_at(own.beat_at(float(t))) for t in knots])
    at = np.arange(0.0, own_seconds, 1 / rate_hz)
    there = np.interp(at, knots, stretched)
    both = (at >= _SETTLED_S) & (there >= _SETTLED_S) & (there < other_seconds)
    return at[both], there[both]


def accent_times(motion: Sequence[MotionFrame]) -> Float64:
    """Seconds at which the dancer marks a moment: peaks of the accent of 0.5 or more, 0.15 s apart."""
    accent = np.array([frame.accent for frame in motion])
    t = np.array([frame.t for frame in motion])
    apart = max(1, round(_APART_S * (len(t) - 1) / max(t[-1] - t[0], 1e-9)))
    peaks = librosa.util.peak_pick(
        accent, pre_max=apart, post_max=apart + 1, pre_avg=1, post_avg=1, delta=0.0, wait=apart
    )  # fmt: skip
    return t[peaks[accent[peaks] >= _MARKED]]


def accent_f1(heard: Onsets, motion: Sequence[MotionFrame], seconds: float) -> float | None:
    """The dancer's accents against as many of the strongest onsets of the first `seconds`, within 70 ms.

    Equal numbers make precision and recall one figure, which no denser music improves. None under four accents.
    """
    marked = accent_times(motion)
    marked = marked[marked < seconds]
    if len(marked) < _FEWEST:
        return None
    inside = heard.times < seconds
    times, strengths = heard.times[inside], heard.strengths[inside]
    strongest = np.sort(times[np.argsort(strengths)[::-1][: len(marked)]])
    if not len(strongest):
        return 0.0
    hits = len(mir_eval.util.match_events(marked, strongest, TOLERANCE_S))
    return 2 * hits / (len(marked) + len(strongest))
