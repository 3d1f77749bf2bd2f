"""A plan becomes stems: the ground truth that codec and generator learn from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from d2m_bridge.engine.plan import STEMS, PlanStep, Tone
from training.sounds import Instruments
from training.styles import Style

_RELEASE_S = 0.06
# Voices of plan.DRUMS: kick and snare carry, hats and cymbals sit behind.
_DRUM_GAINS = (1.0, 0.8, 0.32, 0.32, 0.7, 0.7, 0.4, 0.3)
_STEM_GAINS = {"bass": 0.7, "harmony": 0.28, "lead": 0.36}
_DARK_HZ = 700.0


def _add(out: NDArray[np.float32], at: int, sound: NDArray[np.float32], gain: float) -> None:
    stop = min(len(out), at + len(sound))
    if 0 <= at < stop:
        out[at:stop] += gain * sound[: stop - at]


def _held(note: NDArray[np.float32], samples: int, release: int) -> NDArray[np.float32]:
    held = note[: samples + release].copy()
    tail = max(0, len(held) - samples)
    held[len(held) - tail :] *= np.linspace(1, 0, tail, dtype=np.float32) if tail else 1
    return held


def render_stems(
    plan: Sequence[PlanStep],
    step_time: Callable[[int], float],
    energy: NDArray[np.float64],
    style: Style,
    instruments: Instruments,
    sample_rate: int,
    length: int,
) -> NDArray[np.float32]:
    """float32 [4, length], order STEMS. energy: float [S] per step; it opens harmony and lead from dark to bright."""
    stems = np.zeros((len(STEMS), length), np.float32)
    release = int(_RELEASE_S * sample_rate)
    programs = {"bass": style.bass_program, "harmony": style.harmony_program, "lead": style.lead_program}

    def play(stem: str, step: int, tone: Tone) -> None:
        start = round(step_time(step) * sample_rate)
        samples = round(step_time(step + tone.steps) * sample_rate) - start
        for pitch in tone.pitches:
            note = _held(instruments.note(programs[stem], pitch), samples, release)
            _add(stems[STEMS.index(stem)], start, note, _STEM_GAINS[stem] * tone.velocity)

    for step in plan:
        start = round(step_time(step.step) * sample_rate)
        for velocity, gain, name in zip(step.drums, _DRUM_GAINS, style.kit, strict=True):
            if velocity:
                _add(stems[0], start, instruments.one_shot(name), gain * velocity)
        for stem in STEMS[1:]:
            tone = getattr(step, stem)
            if tone is not None:
                play(stem, step.step, tone)

    times = np.array([step_time(step.step) for step in plan]) * sample_rate
    brightness = np.interp(np.arange(length), times, np.clip(0.25 + energy, 0, 1)).astype(np.float32)
    dark_filter = butter(2, _DARK_HZ, fs=sample_rate, output="sos")
    for stem in ("harmony", "lead"):
        bright = stems[STEMS.index(stem)]
        dark = sosfiltfilt(dark_filter, bright).astype(np.float32)
        stems[STEMS.index(stem)] = brightness * bright + (1 - brightness) * dark
    return stems
