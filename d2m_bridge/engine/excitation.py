"""The pitch of the music: a band-limited pulse train for every sounding tone, exact in frequency and phase.

A codec of this size learns envelopes and onsets long before it learns to hold a partial still; the plan knows every
pitch. So the decoder gets the tones' pulse trains as spectra, and learns only how loud each bin is (a source-filter
model). Drums have no pitch here. The same code makes the training data and plays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.engine.plan import STEMS, PlanStep
from d2m_bridge.timeline import Float32

TONAL_STEMS = STEMS[1:]
RELEASE_S = 0.12
_FOREVER = 1 << 60


@dataclass(frozen=True, slots=True)
class TonalClock:
    """The codec's time and tonal spectrum: hop samples a frame; `window` samples a spectrum, of which `bins` are used.

    lead: the spectrum of frame t begins lead samples before sample t * hop.
    """

    sample_rate: int
    hop: int
    window: int
    bins: int
    lead: int


@dataclass(slots=True)
class Pulse:
    """One sounding pitch, from sample onset until sample end, which is open while the tone is held."""

    hertz: float
    onset: int
    end: int = _FOREVER


def pulse_train(pulses: Iterable[Pulse], start: int, length: int, clock: TonalClock) -> NDArray[np.float64]:
    """float64 [length] from sample `start`: every harmonic of every pulse, amplitude 1, up to the highest tonal bin."""
    out = np.zeros(length)
    release = int(RELEASE_S * clock.sample_rate)
    top_hz = (clock.bins - 1) * clock.sample_rate / clock.window
    for pulse in pulses:
        first, last = max(start, pulse.onset), min(start + length, pulse.end + release)
        if first >= last:
            continue
        n = np.arange(first, last)
        half = np.pi * pulse.hertz * (n - pulse.onset) / clock.sample_rate
        harmonics = int(top_hz / pulse.hertz)
        # Dirichlet's kernel: the sum of cos(h x), h = 1..H, in closed form; at its pole it is H.
        below = np.sin(half)
        pole = np.abs(below) < 1e-9
        wave = np.sin((2 * harmonics + 1) * half) / (2 * np.where(pole, 1, below)) - 0.5
        fade = np.clip((pulse.end + release - n) / release, 0, 1)
        out[first - start : last - start] += np.where(pole, harmonics, wave) * fade
    return out


def spectra(wave: NDArray[np.floating], clock: TonalClock) -> Float32:
    """[(T-1) * hop + window] samples -> float32 [T, 2 * bins], real then imaginary, one Hann-windowed frame a hop."""
    return _spectra_of(np.lib.stride_tricks.sliding_window_view(wave, clock.window)[:: clock.hop], clock)


def _spectra_of(frames: NDArray[np.floating], clock: TonalClock) -> Float32:
    """[T, window] samples -> float32 [T, 2 * bins]."""
    spectrum = np.fft.rfft(frames * _hann(clock.window))[:, : clock.bins] / clock.window
    return np.concatenate([spectrum.real, spectrum.imag], axis=1).astype(np.float32)


@cache
def _hann(window: int) -> NDArray[np.float64]:
    return np.hanning(window + 1)[:-1]


def hertz_of(pitch: int) -> float:
    """Equal temperament, A4 = MIDI 69 = 440 Hz."""
    return 440.0 * float(2.0 ** ((pitch - 69) / 12))


class Score:
    """The pulses of every tonal stem, from the steps of the plan in order."""

    def __init__(self) -> None:
        self.pulses: dict[str, list[Pulse]] = {stem: [] for stem in TONAL_STEMS}
        self._end_step = dict.fromkeys(TONAL_STEMS, -1)

    def push(self, step: PlanStep, sample: int) -> None:
        """A step of the plan and the sample at which it starts."""
        for stem in TONAL_STEMS:
            tone = getattr(step, stem)
            if tone is None and step.step != self._end_step[stem]:
                continue
            for pulse in self.pulses[stem]:
                pulse.end = min(pulse.end, sample)
            if tone is not None:
                self.pulses[stem] += [Pulse(hertz_of(pitch), sample) for pitch in tone.pitches]
                self._end_step[stem] = step.step + tone.steps


class Exciter(Score):
    """Spectra for the decoder, frame by frame. Forgets tones that have faded."""

    def __init__(self, clock: TonalClock) -> None:
        super().__init__()
        self._clock = clock
        # The last window's samples: the next window shares all but one hop of them.
        self._waves = np.zeros((len(TONAL_STEMS), clock.window))
        self._next = -1

    def frame(self, index: int) -> Float32:
        """float32 [4, 2 * bins], real then imaginary, for latent frame `index`; silent rows are zero.

        Every step that starts before the spectrum's last sample must be known.
        """
        clock = self._clock
        start = index * clock.hop - clock.lead
        release = int(RELEASE_S * clock.sample_rate)
        known = clock.window - clock.hop if index == self._next else 0
        self._next = index + 1
        self._waves[:, :known] = self._waves[:, clock.hop : clock.hop + known].copy()
        for wave, pulses in zip(self._waves, self.pulses.values(), strict=True):
            pulses[:] = [pulse for pulse in pulses if pulse.end + release > start]
            wave[known:] = pulse_train(pulses, start + known, clock.window - known, clock)
        sounding = [row for row, pulses in enumerate(self.pulses.values()) if pulses]
        out = np.zeros((len(STEMS), 2 * clock.bins), np.float32)
        if sounding:
            out[[STEMS.index(TONAL_STEMS[row]) for row in sounding]] = _spectra_of(self._waves[sounding], clock)
        return out
