"""Self-similarity of music from bar to bar and from phrase to phrase, on a given grid.

A bar is described by its rhythm (rises of the magnitude on 16 steps in three bands) and its harmony (chroma). Two bars
are as similar as the mean of both correlations says. A loop of one bar has 1 at both scales; noise, whose harmony never
changes and whose rhythm always does, about a half; music lies between and repeats phrases no less than bars.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import librosa
import numpy as np
from numpy.typing import NDArray

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.engine.plan import DRUMS, PlanStep
from d2m_bridge.timeline import BARS_PER_PHRASE, BEATS_PER_BAR, STEPS_PER_BAR, STEPS_PER_BEAT
from training.scores.hearing import LISTENING_RATE, RISE_RATE_HZ, Float32, Float64, at_listening_rate, magnitudes, rises

_BANDS = (slice(0, 4), slice(4, 20), slice(20, 40))  # of hearing.magnitudes: about 0-300 Hz, to 2.5 kHz, above
_VOICES = (
    ("kick", "tom_low", "bass"), ("snare", "tom_high", "harmony"), ("hat_closed", "hat_open", "crash", "ride", "lead")
)  # fmt: skip  # of a plan: those that are heard in each band
_CHROMA_HOP = 512
_FLAT = 3e-3  # of the whole: what varies less does not vary


@dataclass(frozen=True, slots=True)
class Bar:
    """rhythm [48] and harmony [12], float64, zero mean and unit length, or all zero where nothing varies."""

    rhythm: Float64
    harmony: Float64


def bars_of(audio: Float32, rate: int, grid: BeatGrid) -> list[Bar]:
    """The whole bars of the grid inside the sound, in order. An upbeat before the first downbeat is left out."""
    heard = at_listening_rate(audio, rate)
    magnitude = magnitudes(audio, rate)
    rising = [rises(magnitude[band]) for band in _BANDS]
    chroma = librosa.feature.chroma_stft(
        y=heard, sr=LISTENING_RATE, n_fft=4096, hop_length=_CHROMA_HOP, tuning=0.0, norm=None
    )
    loudest = float(magnitude.sum(axis=0).max(initial=0.0))
    seconds = len(audio) / rate
    bars = []
    for first_beat in range(0, int(grid.beat_at(seconds)) + 1, BEATS_PER_BAR):
        begin, end = grid.time_at(first_beat), grid.time_at(first_beat + BEATS_PER_BAR)
        if begin < 0 or end > seconds:
            continue
        # Half a 16th to either side of each: what is played on it rises a little before and after.
        halves = [first_beat + (step - 0.5) / STEPS_PER_BEAT for step in range(STEPS_PER_BAR + 1)]
        at = np.round(np.maximum([grid.time_at(beat) for beat in halves], 0) * RISE_RATE_HZ).astype(int)
        steps = np.array([[band[a:b].sum() for a, b in pairwise(at)] for band in rising])  # [3, 16]
        rhythm = (steps - steps.mean(axis=1, keepdims=True)).ravel()
        held = chroma[:, int(begin * LISTENING_RATE / _CHROMA_HOP) : int(end * LISTENING_RATE / _CHROMA_HOP)]
        harmony = held.mean(axis=1)
        bars.append(Bar(_direction(rhythm, loudest), _direction(harmony - harmony.mean(), float(harmony.sum()))))
    return bars


def plan_bars(plan: Sequence[PlanStep]) -> list[Bar]:
    """The whole bars of a plan, in order, described as bars that are heard: what begins on each of 16 steps, low,
    middle and high, and how long each pitch class sounds.
    """
    bars = []
    by_bar = {number: list(steps) for number, steps in groupby(plan, key=lambda step: step.step // STEPS_PER_BAR)}
    for number, steps in by_bar.items():
        if number < 0 or len(steps) < STEPS_PER_BAR:
            continue
        rhythm, harmony = np.zeros((len(_VOICES), STEPS_PER_BAR)), np.zeros(12)
        for place, step in enumerate(steps):
            struck = dict(zip(DRUMS, step.drums, strict=True))
            for band, voices in enumerate(_VOICES):
                for voice in voices:
                    tone = None if voice in struck else getattr(step, voice)
                    rhythm[band, place] += struck.get(voice, 0.0) + (tone.velocity if tone else 0.0)
            for tone in filter(None, (step.bass, step.harmony, step.lead)):
                for pitch in tone.pitches:
                    harmony[pitch % 12] += tone.steps * tone.velocity
        flat = (rhythm - rhythm.mean(axis=1, keepdims=True)).ravel()
        bars.append(Bar(_direction(flat, rhythm.sum()), _direction(harmony - harmony.mean(), harmony.sum())))
    return bars


def _direction(centred: NDArray[np.floating], whole: float) -> Float64:
    length = float(np.linalg.norm(centred))
    return centred.astype(np.float64) / length if length > _FLAT * whole else np.zeros(len(centred))


def similarity(a: Bar, b: Bar) -> float:
    """-1..1. Two bars in which nothing happens are alike."""

    def agreement(x: Float64, y: Float64) -> float:
        return float(x @ y) if x.any() or y.any() else 1.0

    return (agreement(a.rhythm, b.rhythm) + agreement(a.harmony, b.harmony)) / 2


def bar_similarity(bars: Sequence[Bar]) -> float | None:
    """Mean similarity of neighbouring bars; None under two bars."""
    return _at_distance(bars, 1)


def section_similarity(bars: Sequence[Bar]) -> float | None:
    """Mean similarity of bars at the same place in neighbouring phrases of four; None under five bars."""
    return _at_distance(bars, BARS_PER_PHRASE)


def _at_distance(bars: Sequence[Bar], distance: int) -> float | None:
    pairs = [similarity(a, b) for a, b in zip(bars, bars[distance:], strict=False)]
    return float(np.mean(pairs)) if pairs else None
