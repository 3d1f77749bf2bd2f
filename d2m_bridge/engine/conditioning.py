"""What the generator is told about one latent frame of one stem: which notes sound, and since when.

The same code makes the training data and plays. A row holds only its own stem's notes: that is the generator's stem
mask.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.engine.plan import DRUMS, STEMS, PlanStep
from d2m_bridge.timeline import Float32

VOICES = 4  # tones of a chord
_DRUM_FEATURES = 7
_TONE_FEATURES = 9 + 12
_TONAL_STEMS = STEMS[1:]
CONDITIONS = len(DRUMS) * _DRUM_FEATURES + VOICES * _TONE_FEATURES + len(STEMS)
_LONG_AGO = -(1 << 40)
_STEM_MASK = np.eye(len(STEMS), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class _Onset:
    sample: int
    step: PlanStep


class Conditioner:
    """Steps in, rows out, both in order. Holds at most the steps that lie ahead of the last row."""

    def __init__(self, hop: int) -> None:
        """hop: samples a latent frame."""
        self._hop = hop
        self._ahead: deque[_Onset] = deque()
        self._drum_onset = np.full(len(DRUMS), _LONG_AGO, np.int64)
        self._drum_velocity = np.zeros(len(DRUMS))
        shape = (len(_TONAL_STEMS), VOICES)
        self._onset = np.full(shape, _LONG_AGO, np.int64)
        self._end = np.full(shape, _LONG_AGO, np.int64)
        self._end_step = np.zeros(len(_TONAL_STEMS), np.int64)
        self._velocity = np.zeros(shape)
        self._pitch = np.full(shape, 60)
        self._pitch_class = np.eye(12)[self._pitch % 12]

    def push(self, step: PlanStep, sample: int) -> None:
        """A step of the plan and the sample at which it starts."""
        self._ahead.append(_Onset(sample, step))

    def _begin(self, onset: _Onset) -> None:
        for voice, velocity in enumerate(onset.step.drums):
            if velocity:
                self._drum_onset[voice], self._drum_velocity[voice] = onset.sample, velocity
        for row, stem in enumerate(_TONAL_STEMS):
            tone = getattr(onset.step, stem)
            if onset.step.step == self._end_step[row] or tone is not None:
                self._end[row] = np.minimum(self._end[row], onset.sample)
            if tone is not None:
                count = len(tone.pitches)
                self._onset[row], self._end[row], self._velocity[row] = _LONG_AGO, _LONG_AGO, 0
                self._onset[row, :count], self._end[row, :count] = onset.sample, 1 << 40
                self._velocity[row, :count], self._pitch[row, :count] = tone.velocity, tone.pitches
                self._pitch_class[row] = np.eye(12)[self._pitch[row] % 12]
                self._end_step[row] = onset.step.step + tone.steps

    def frame(self, index: int) -> Float32:
        """float32 [4, CONDITIONS] for latent frame `index`; every step that starts before its end must be known."""
        hop = self._hop
        start = index * hop
        while self._ahead and self._ahead[0].sample < start + hop:
            self._begin(self._ahead.popleft())
        out = np.zeros((len(STEMS), CONDITIONS), np.float32)
        drums, tones = len(DRUMS) * _DRUM_FEATURES, VOICES * _TONE_FEATURES
        out[0, :drums] = self._drums(start).ravel()
        out[1:, drums : drums + tones] = self._tones(start).reshape(len(_TONAL_STEMS), -1)
        out[:, drums + tones :] = _STEM_MASK
        return out

    def _drums(self, start: int) -> NDArray[np.float64]:
        age = (start - self._drum_onset) / self._hop  # -1..0: the onset lies inside this frame
        offset = -age % 1.0
        fresh = self._drum_velocity * (age <= 0)
        fast = self._drum_velocity * np.exp(-np.maximum(age, 0) / 2)
        slow = self._drum_velocity * np.exp(-np.maximum(age, 0) / 12)
        turn = 2 * np.pi * offset
        rows = (fresh, fresh * offset, fast, slow, slow * offset, slow * np.sin(turn), slow * np.cos(turn))
        return np.stack(rows, axis=-1)

    def _tones(self, start: int) -> NDArray[np.float64]:
        age = (start - self._onset) / self._hop
        since_end = (start - self._end) / self._hop
        sounding = self._velocity * (since_end <= 0)
        tail = self._velocity * np.exp(-np.clip(since_end, 0, 60) / 2)
        past = np.maximum(age, 0)
        fresh = self._velocity * (age <= 0)
        rows = [
            sounding, tail, fresh, fresh * (-age % 1.0),
            tail * np.exp(-past / 2), tail * np.exp(-past / 12), tail * np.exp(-past / 40),
            tail * (self._pitch - 60) / 24, tail * (since_end > 0),
        ]  # fmt: skip
        return np.concatenate([np.stack(rows, axis=-1), tail[..., None] * self._pitch_class], axis=-1)
