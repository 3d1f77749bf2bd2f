"""Beat coverage and beat hit as the field computes them, in its two meanings, for comparison with published figures.

Both hear onsets (not beats) with librosa at 22,050 Hz, cut time into whole seconds and ask of each second only whether
it holds an onset. The dance does not enter. A metronome gets 1.00 (docs/evaluation.md).

- D2M-GAN (Zhu et al., ECCV 2022; L-YeZhu/Beats_Scores@4d47a8b, beats_scores.py), also CDCD and UniMuMo: coverage is a
  ratio of counts that may exceed 1.
- LORIS (Yu et al., ICML 2023; OpenGVLab/LORIS@68543bb, beats_scores.py): coverage is the precision; CSD and HSD are the
  standard deviations over the clips.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import librosa
import numpy as np
from numpy.typing import NDArray

from training.scores.hearing import LISTENING_RATE, Float32, at_listening_rate

Seconds = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class BeatScores:
    """coverage, hit: macro averages over clips. f1, csd, hsd: LORIS only; a deviation needs two clips."""

    coverage: float
    hit: float
    f1: float | None = None
    csd: float | None = None
    hsd: float | None = None


def d2mgan_seconds(audio: Float32, rate: int) -> Seconds:
    """Which seconds hold an onset for D2M-GAN's detector: bool [ceil(seconds)]."""
    return _seconds(audio, rate, pre_avg=1, post_avg=1, post_max=1)


def loris_seconds(audio: Float32, rate: int) -> Seconds:
    """The same by LORIS's detector."""
    return _seconds(audio, rate, pre_avg=3, post_avg=3, pre_max=3, post_max=3)


def _seconds(audio: Float32, rate: int, **neighbourhood: int) -> Seconds:
    heard = at_listening_rate(audio, rate)
    onsets = librosa.onset.onset_detect(
        y=heard, sr=LISTENING_RATE, wait=1, delta=0.2, units="time", **neighbourhood
    )  # fmt: skip
    marked = np.zeros(int(np.ceil(len(heard) / LISTENING_RATE)), bool)
    marked[onsets.astype(int)] = True
    return marked


def d2mgan_scores(clips: Sequence[tuple[Seconds, Seconds]]) -> BeatScores | None:
    """clips: (reference, generated) of equal length. A reference without onsets, on which the published code divides
    by zero, is left out; None when no clip remains.
    """
    usable = [pair for pair in clips if pair[0].any()]
    pairs = [(generated.sum() / real.sum(), (real & generated).sum() / real.sum()) for real, generated in usable]
    return BeatScores(*(float(value) for value in np.mean(pairs, axis=0))) if pairs else None


def loris_scores(clips: Sequence[tuple[Seconds, Seconds]]) -> BeatScores:
    """clips: (reference, generated); a longer reference is cut. A clip without onsets scores 0, as published."""
    pairs = []
    for whole, generated in clips:
        real = whole[: len(generated)]
        both = int((real & generated).sum())
        pairs.append((both / max(int(generated.sum()), 1), both / max(int(real.sum()), 1)))
    coverage, hit = (float(value) for value in np.mean(pairs, axis=0))
    f1 = 2 * coverage * hit / (coverage + hit) if coverage + hit else 0.0
    csd, hsd = np.std(pairs, axis=0, ddof=1) if len(pairs) > 1 else (None, None)
    return BeatScores(coverage, hit, f1, None if csd is None else float(csd), None if hsd is None else float(hsd))


def segments(audio: Float32, rate: int, seconds: float) -> list[Float32]:
    """Whole pieces of that length from the start on; the rest is dropped, as D2M-GAN's two-second segments are."""
    size = round(seconds * rate)
    return [audio[start : start + size] for start in range(0, len(audio) - size + 1, size)]
