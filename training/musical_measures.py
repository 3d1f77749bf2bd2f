"""Does the sound do what plan, grid and dance say? Outside tools listen: librosa and mir_eval."""

from __future__ import annotations

from collections.abc import Sequence

import librosa
import mir_eval
import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.engine.plan import DRUMS, PlanStep
from d2m_bridge.timeline import STEPS_PER_BEAT, MotionFrame

ONSET_WINDOW_S, BEAT_WINDOW_S = 0.03, 0.07
_HOP = 256
# Hats and rides are too quiet beside a kick for an onset detector to be a fair judge of them.
_STRUCK = [DRUMS.index(name) for name in ("kick", "snare", "tom_low", "tom_high", "crash")]


def _time(step: PlanStep, grid: BeatGrid) -> float:
    return grid.time_at(step.step / STEPS_PER_BEAT)


def onset_f1(drums: NDArray[np.float32], rate: int, plan: Sequence[PlanStep], grid: BeatGrid) -> float | None:
    """Onsets that librosa hears in the drums (float32 [N]) against the plan's, within 30 ms.

    A heard onset may be any planned drum; only struck ones must be heard. None when the plan has hardly any drums.
    """
    end = len(drums) / rate - 0.1
    planned = [step for step in plan if any(step.drums) and 0.05 < _time(step, grid) < end]
    must = np.array([_time(step, grid) for step in planned if any(step.drums[i] for i in _STRUCK)])
    may = np.array([_time(step, grid) for step in planned])
    if len(must) < 4:
        return None
    heard = librosa.onset.onset_detect(y=drums, sr=rate, hop_length=_HOP, units="time")
    heard = heard[(heard > 0.05) & (heard < end)]
    if not len(heard):
        return 0.0
    precision = len(mir_eval.util.match_events(may, heard, ONSET_WINDOW_S)) / len(heard)
    recall = len(mir_eval.util.match_events(must, heard, ONSET_WINDOW_S)) / len(must)
    return 2 * precision * recall / max(precision + recall, 1e-9)


def chroma_match(harmony: NDArray[np.float32], rate: int, plan: Sequence[PlanStep], grid: BeatGrid) -> float | None:
    """Mean cosine between the chroma of the harmony stem (float32 [N]) and its chords, where a chord is held."""
    chroma = librosa.feature.chroma_stft(y=harmony, sr=rate, n_fft=8192, hop_length=1024)
    scores = []
    for step in plan:
        if step.harmony is None or step.harmony.steps < 2:
            continue
        begin, end = _time(step, grid), grid.time_at((step.step + step.harmony.steps) / STEPS_PER_BEAT)
        heard = chroma[:, int(begin * rate / 1024) + 1 : int(end * rate / 1024)]
        if begin < 0 or not heard.shape[1]:
            continue
        wanted = np.bincount([pitch % 12 for pitch in step.harmony.pitches], minlength=12)
        mean = heard.mean(axis=1)
        scores.append(float(mean @ wanted / (np.linalg.norm(mean) * np.linalg.norm(wanted) + 1e-9)))
    return float(np.mean(scores)) if scores else None


def beat_f1(mix: NDArray[np.float32], rate: int, grid: BeatGrid) -> float | None:
    """Librosa's beats of the mix (float32 [N]) against the grid, within 70 ms."""
    end = len(mix) / rate
    beats = np.array([grid.time_at(beat) for beat in range(int(grid.beat_at(end)) + 1)])
    beats = beats[(beats >= 0) & (beats < end)]
    if len(beats) <= 4:
        return None
    _, heard = librosa.beat.beat_track(y=mix, sr=rate, start_bpm=grid.bpm, units="time")
    return float(mir_eval.beat.f_measure(beats, heard, BEAT_WINDOW_S)) if len(heard) else 0.0


def tempo_found(mix: NDArray[np.float32], rate: int, grid: BeatGrid) -> float:
    """1 if librosa's tempo of the mix lies within 4 % of the grid's, or of its half or double; else 0."""
    tempo, _ = librosa.beat.beat_track(y=mix, sr=rate)
    ratio = float(np.atleast_1d(tempo)[0]) / grid.bpm
    return float(any(abs(ratio / octave - 1) <= 0.04 for octave in (0.5, 1.0, 2.0)))


def energy_rank(mix: NDArray[np.float32], rate: int, motion: Sequence[MotionFrame], late_s: float) -> float | None:
    """Spearman correlation of the dancer's energy and the music's level over two-second windows, late_s later."""
    windows = int((min(motion[-1].t, len(mix) / rate) - late_s) / 2)
    energy = [float(np.mean([f.energy for f in motion if 2 * i <= f.t < 2 * i + 2])) for i in range(windows)]
    starts = [round((2 * i + late_s) * rate) for i in range(windows)]
    level = [float(np.sqrt(np.mean(mix[start : start + 2 * rate] ** 2))) for start in starts]
    if windows < 4 or np.ptp(energy) < 0.05 or np.ptp(level) == 0:
        return None
    return float(spearmanr(energy, level).statistic)
