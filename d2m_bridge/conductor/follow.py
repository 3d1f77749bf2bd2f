"""The dancer as master: tempo, phase and bars from the whole clip's movement."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.conductor.kinematics import Float64, Kinematics, measure
from d2m_bridge.conductor.pulse import beat_strength, start_on_downbeat, strength_at
from d2m_bridge.conductor.tempogram import peak, pulse_spectrum
from d2m_bridge.conductor.tracking import track_beats
from d2m_bridge.timeline import MotionFrame

DEFAULT_BPM = 100.0
SLOWEST_BPM, FASTEST_BPM = 70.0, 140.0  # the music's octave

_TEMPI = SLOWEST_BPM * 2.0 ** np.linspace(0.0, 1.0, 140, endpoint=False)
# Movement repeats with the half note, the beat, its half and its quarter.
_MULTIPLES = (0.5, 1.0, 2.0, 4.0)
_MULTIPLE_WEIGHTS = np.array([0.5, 1.0, 1.0, 1.0])
_USUAL_BPM, _USUAL_OCTAVES = 105.0, 1.0
_PULSE_BPM = (55.0, 200.0)  # what can be called the movement's own tempo
_SAME_OCTAVES = np.log2(1.06)  # tempi nearer than this are one tempo
_CERTAIN = 0.5
_STILL_ENERGY = 0.05
_SHORTEST_S = 3.0
_LONG_S = 60.0  # from here on the whole clip's spectrum is sharper than the average over windows
_REFINE = 0.015
_BLOCK = 2048  # ticks at a time: waves for an hour of them would take half a gigabyte
_DRIFT_FROM_S = 20.0
_STIFFNESS = 0.1
_DRIFT_GAIN = 0.25  # in standard deviations per beat; on dancers to steady music chance alignments gain up to 0.21


@dataclass(frozen=True, slots=True)
class FollowResult:
    """grid: beat 0 is a downbeat. bpm: the music's tempo, 70 to 140. confidence: 0..1, 0 when nobody dances.

    octave_note: a sentence when the dancer's own pulse is half or twice the music's, else None.
    """

    grid: BeatGrid
    bpm: float
    confidence: float
    octave_note: str | None


def follow(frames: Sequence[MotionFrame]) -> FollowResult:
    """Finds the beat that the dancer dances to. frames: a whole clip, in order, without holes; may be empty.

    Nobody there, a dancer who stands still, or less than three seconds: DEFAULT_BPM from 0 on, confidence 0.
    """
    present = [frame.energy for frame in frames if frame.present]
    if len(frames) < 2 or not present or float(np.mean(present)) < _STILL_ENERGY:
        return _default()
    motion = measure(frames)
    seconds = len(frames) / motion.rate_hz
    if seconds < _SHORTEST_S or not motion.curves.any():
        return _default()
    spectrum = pulse_spectrum(motion.curves, motion.rate_hz, _TEMPI, _MULTIPLES)
    scores = (_MULTIPLE_WEIGHTS[:, None] * spectrum).sum(axis=0)
    scores *= np.exp(-0.5 * (np.log2(_TEMPI / _USUAL_BPM) / _USUAL_OCTAVES) ** 2)
    bpm = peak(scores, _TEMPI)
    if seconds >= _LONG_S:
        bpm = _refined(motion, bpm)
    strength = beat_strength(motion, 60.0 / bpm)
    beats = _beats(strength, motion.rate_hz, 60.0 / bpm, seconds)
    grid = BeatGrid(start_on_downbeat(beats, strength, motion.rate_hz), "follow")
    return FollowResult(grid, grid.bpm, _confidence(scores), _octave_note(spectrum, scores, bpm))


def _default() -> FollowResult:
    return FollowResult(BeatGrid.steady(DEFAULT_BPM, 0.0, "follow"), DEFAULT_BPM, 0.0, None)


def _refined(motion: Kinematics, bpm: float) -> float:
    """The tempo near bpm at which each curve keeps its phase over the whole clip."""
    near = bpm * (1.0 + np.linspace(-_REFINE, _REFINE, 121))
    t = np.arange(len(motion.present)) / motion.rate_hz
    curves = motion.curves * np.hanning(len(t))
    power = np.zeros(len(near))
    for multiple in _MULTIPLES[1:]:
        total = np.zeros((len(curves), len(near)), complex)
        for start in range(0, len(t), _BLOCK):
            part = slice(start, start + _BLOCK)
            total += curves[:, part] @ np.exp(-2j * np.pi * np.outer(t[part], near / 60 * multiple))
        power += (np.abs(total) ** 2).sum(axis=0)
    return peak(power, near)


def _beats(strength: Float64, rate_hz: float, period_s: float, seconds: float) -> Float64:
    """A steady beat, unless the clip is long and a drifting one fits it clearly better."""
    steady = track_beats(strength, rate_hz, period_s, None)
    if seconds < _DRIFT_FROM_S:
        return steady
    drifting = track_beats(strength, rate_hz, period_s, _STIFFNESS)
    gain = strength_at(drifting, strength, rate_hz).mean() - strength_at(steady, strength, rate_hz).mean()
    return drifting if gain > _DRIFT_GAIN * strength.std() else steady


def _confidence(scores: Float64) -> float:
    """How far the best tempo stands above the best other one: at 1 no measured dancer was misread."""
    best = int(scores.argmax())
    octaves = np.abs(np.log2(_TEMPI / _TEMPI[best]))
    rival = scores[np.minimum(octaves, 1.0 - octaves) > _SAME_OCTAVES].max()
    return float(np.clip((1.0 - rival / scores[best]) / _CERTAIN, 0.0, 1.0))


def _octave_note(spectrum: Float64, scores: Float64, bpm: float) -> str | None:
    powers = spectrum[:, int(scores.argmax())]
    own = [(power, bpm * multiple) for power, multiple in zip(powers, _MULTIPLES, strict=True)]
    slowest, fastest = _PULSE_BPM
    _, pulse = max(pair for pair in own if slowest <= pair[1] <= fastest)
    if math.isclose(pulse, bpm):
        return None
    return f"the dancer moves at {pulse:.0f} BPM; the music takes the octave {bpm:.0f} BPM"
