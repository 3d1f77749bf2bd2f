"""The corpus' instruments: FluidR3 notes and CC0 one-shots as plain arrays, restarted at every onset.

Every onset starts its sample from the beginning, so that phase is a function of note and age (research: a generator can
only predict phase that the data makes predictable).
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

_PEAK = 0.5
_RING_S = 4.0


def _level(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    return (samples * (_PEAK / max(float(np.abs(samples).max()), 1e-4))).astype(np.float32)


class Instruments:
    """Sounds at one sample rate. soundfont: FluidR3_GM.sf2; one_shots: folder of the CC0 files."""

    def __init__(self, soundfont: Path, one_shots: Path, sample_rate: int) -> None:
        import fluidsynth

        self._rate = sample_rate
        self._one_shots = one_shots
        self._synth = fluidsynth.Synth(samplerate=float(sample_rate), gain=0.6)
        self._font = self._synth.sfload(str(soundfont))
        if self._font < 0:
            raise FileNotFoundError(f"{soundfont}: no SoundFont there; on Debian install fluid-soundfont-gm")
        self._synth.set_reverb(level=0.0)
        self._synth.set_chorus(level=0.0)
        self.note = lru_cache(maxsize=1024)(self._note)
        self.one_shot = lru_cache(maxsize=256)(self._one_shot)

    def _note(self, program: int, pitch: int) -> NDArray[np.float32]:
        """float32 [N] mono: a held note, four seconds."""
        self._synth.system_reset()
        self._synth.program_select(0, self._font, 0, program)
        self._synth.noteon(0, pitch, 100)
        stereo = np.asarray(self._synth.get_samples(int(_RING_S * self._rate)), np.float32).reshape(-1, 2) / 32768
        self._synth.noteoff(0, pitch)
        mono = stereo.mean(axis=1)
        # What sounds before the sample's own onset would blur the grid.
        first = int(np.argmax(np.abs(mono) > 0.02 * max(float(np.abs(mono).max()), 1e-4)))
        return _level(mono[max(0, first - 32) :])

    def _one_shot(self, name: str) -> NDArray[np.float32]:
        """float32 [N] mono, at most 1.2 s, faded out."""
        samples, rate = soundfile.read(self._one_shots / f"{name}.flac", dtype="float32", always_2d=True)
        mono = soxr.resample(samples.mean(axis=1), rate, self._rate)
        first = int(np.argmax(np.abs(mono) > 0.05 * np.abs(mono).max()))
        mono = mono[max(0, first - 32) :][: int(1.2 * self._rate)].copy()
        fade = min(len(mono), int(0.1 * self._rate))
        mono[len(mono) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
        return _level(mono)
