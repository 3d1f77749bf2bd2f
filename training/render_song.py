"""A plan becomes stems: the ground truth that codec and generator learn from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from d2m_bridge.engine.plan import DRUMS, STEMS, PlanStep, Tone
from training.effects import Mixing, mix
from training.sounds import Instruments
from training.styles import Style
from training.teacher import Lesson

_RELEASE_S = 0.06
# Voices of plan.DRUMS: kick and snare carry, hats and cymbals sit behind.
_DRUM_GAINS = (1.0, 0.8, 0.32, 0.32, 0.7, 0.7, 0.4, 0.3)
_STEM_GAINS = {"drums": 1.1, "bass": 0.9, "harmony": 0.5, "lead": 0.75}
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


def drum_hits(
    plan: Sequence[PlanStep], step_time: Callable[[int], float], drummer: Lesson | None
) -> list[tuple[float, int, float]]:
    """(seconds, voice, velocity) of every hit: as the plan says, or as a drummer plays it."""
    hits = []
    for step in plan:
        start = step_time(step.step)
        length = step_time(step.step + 1) - start
        for voice, planned in enumerate(step.drums):
            if planned and drummer is None:
                hits.append((start, voice, planned))
            elif planned:
                late = length * drummer.offsets[step.step, voice]
                hits.append((max(0.0, start + late), voice, float(drummer.velocities[step.step, voice])))
    return hits


def render_stems(
    plan: Sequence[PlanStep],
    step_time: Callable[[int], float],
    energy: NDArray[np.float64],
    style: Style,
    mixing: Mixing,
    instruments: Instruments,
    sample_rate: int,
    length: int,
    drummer: Lesson | None = None,
) -> NDArray[np.float32]:
    """float32 [4, length], order STEMS. energy: float [S] per step; it opens harmony and lead from dark to bright.

    drummer: whose timing and velocities the drums have; without one they are exactly the plan's.
    """
    stems = np.zeros((len(STEMS), length), np.float32)
    release = int(_RELEASE_S * sample_rate)
    programs = {"bass": style.bass_program, "harmony": style.harmony_program, "lead": style.lead_program}

    def play(stem: str, step: int, tone: Tone) -> None:
        start = round(step_time(step) * sample_rate)
        samples = round(step_time(step + tone.steps) * sample_rate) - start
        for pitch in tone.pitches:
            note = _held(instruments.note(programs[stem], pitch), samples, release)
            _add(stems[STEMS.index(stem)], start, note, _STEM_GAINS[stem] * tone.velocity)

    hits = drum_hits(plan, step_time, drummer)
    for seconds, voice, velocity in hits:
        sound = instruments.one_shot(style.kit[voice])
        _add(stems[0], round(seconds * sample_rate), sound, _STEM_GAINS["drums"] * _DRUM_GAINS[voice] * velocity)
    for step in plan:
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
    kicks = [round(seconds * sample_rate) for seconds, voice, _ in hits if voice == DRUMS.index("kick")]
    return mix(stems, kicks, mixing, sample_rate)
