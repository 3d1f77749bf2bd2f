"""The corpus' instruments: FluidR3 notes and CC0 one-shots as plain arrays, restarted at every onset.

Every onset starts its sample from the beginning, so that phase is a function of note and age (research: a generator can
only predict phase that the data makes predictable).
"""

from __future__ import annotations

from ctypes import CDLL, c_int, c_void_p
from ctypes.util import find_library
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

_PEAK, _NOTE_RMS, _HIT_RMS = 0.5, 0.16, 0.2
_RING_S = 4.0
_UNSOUNDED = 1e-3
_WARNINGS = 2  # FluidSynth's log level
_SECOND_LAYER = 0.6


def _level(samples: NDArray[np.float32], most_rms: float, window: int) -> NDArray[np.float32]:
    """At its peak level, or quieter where its loudest window is above most_rms: short or held, all sound as loud."""
    padded = np.pad(samples, (0, -len(samples) % window)).reshape(-1, window)
    rms = float(np.sqrt((padded**2).mean(axis=1)).max())
    gain = min(_PEAK / max(float(np.abs(samples).max()), 1e-4), most_rms / max(rms, 1e-4))
    return (samples * gain).astype(np.float32)


class Instruments:
    """Sounds at one sample rate. soundfont: FluidR3_GM.sf2; one_shots: folder of the CC0 files."""

    def __init__(self, soundfont: Path, one_shots: Path, sample_rate: int) -> None:
        import fluidsynth

        if not soundfont.is_file():
            raise FileNotFoundError(f"{soundfont}: no SoundFont there; on Debian install fluid-soundfont-gm")
        self._rate = sample_rate
        self._one_shots = one_shots
        # It warns of every channel without a program.
        quiet = fluidsynth.cfunc(
            "fluid_set_log_function", c_void_p, ("level", c_int, 1), ("log", c_void_p, 1), ("data", c_void_p, 1)
        )
        quiet(_WARNINGS, None, None)
        # The first synthesiser of a process draws the dither of all from C's rand(), which other libraries have used.
        CDLL(find_library("c")).srand(1)
        self._owner = fluidsynth.Synth()  # of the SoundFont; it plays nothing
        number = self._owner.sfload(str(soundfont))
        if number < 0:
            raise ValueError(f"{soundfont}: not a SoundFont that FluidSynth reads")
        find = fluidsynth.cfunc("fluid_synth_get_sfont_by_id", c_void_p, ("synth", c_void_p, 1), ("number", c_int, 1))
        self._font = find(self._owner.synth, number)
        of_synth = ("synth", c_void_p, 1), ("font", c_void_p, 1)
        self._lend = fluidsynth.cfunc("fluid_synth_add_sfont", c_int, *of_synth)
        self._take_back = fluidsynth.cfunc("fluid_synth_remove_sfont", c_int, *of_synth)
        self.note = lru_cache(maxsize=512)(self._note)
        self.one_shot = lru_cache(maxsize=256)(self._one_shot)

    def _note(self, program: int, pitch: int) -> NDArray[np.float32]:
        """float32 [N] mono: a held note, four seconds."""
        import fluidsynth

        # A new synthesiser for every note: filters and dither of a used one depend on what it played before.
        synth = fluidsynth.Synth(samplerate=float(self._rate), gain=0.6)
        font = self._lend(synth.synth, self._font)
        synth.set_reverb(level=0.0)
        synth.set_chorus(nr=0)
        synth.program_select(0, font, 0, program)
        synth.noteon(0, pitch, 100)
        stereo = np.asarray(synth.get_samples(int(_RING_S * self._rate)), np.float32).reshape(-1, 2) / 32768
        self._take_back(synth.synth, self._font)
        synth.delete()
        mono = stereo.mean(axis=1)
        if np.abs(mono).max() < _UNSOUNDED:  # above the instrument's range: as samplers do, faster from an octave below
            return soxr.resample(self.note(program, pitch - 12), 2 * self._rate, self._rate)
        # What sounds before the sample's own onset would blur the grid.
        first = int(np.argmax(np.abs(mono) > 0.02 * max(float(np.abs(mono).max()), 1e-4)))
        return _level(mono[max(0, first - 32) :], _NOTE_RMS, self._rate // 10)

    def _one_shot(self, name: str) -> NDArray[np.float32]:
        """float32 [N] mono, at most 1.2 s, faded out. name: a file, or two layers as "first+second"."""
        layers = [self._file(layer) for layer in name.split("+")]
        mixed = np.zeros(max(map(len, layers)), np.float32)
        for index, layer in enumerate(layers):
            mixed[: len(layer)] += layer * _SECOND_LAYER**index
        return _level(mixed, _HIT_RMS, self._rate // 10)

    def _file(self, name: str) -> NDArray[np.float32]:
        samples, rate = soundfile.read(self._one_shots / f"{name}.flac", dtype="float32", always_2d=True)
        mono = soxr.resample(samples.mean(axis=1), rate, self._rate)
        first = int(np.argmax(np.abs(mono) > 0.05 * np.abs(mono).max()))
        mono = mono[max(0, first - 32) :][: int(1.2 * self._rate)].copy()
        fade = min(len(mono), int(0.1 * self._rate))
        mono[len(mono) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
        return mono / max(float(np.abs(mono).max()), 1e-4)
