"""The clip's own audio as master: its beats, found in the onsets of its sound."""

from __future__ import annotations

import numpy as np

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.conductor.onsets import onset_strength
from d2m_bridge.conductor.pulse import start_on_downbeat
from d2m_bridge.conductor.tempogram import peak, pulse_spectrum
from d2m_bridge.conductor.tracking import track_beats
from d2m_bridge.errors import InputError
from d2m_bridge.timeline import Float32

_TEMPI = np.geomspace(55.0, 200.0, 300)
_MULTIPLES = (1.0, 2.0, 4.0)
_USUAL_BPM, _USUAL_OCTAVES = 105.0, 0.45
_SHORTEST_S = 3.0
_STIFFNESS = 1.0


def soundtrack_grid(audio: Float32, sample_rate: int) -> BeatGrid:
    """audio: float32 [N] mono, sample 0 at t = 0 -> the beats one hears in it, 55 to 200 BPM.

    InputError when there is nothing to hear: silence, or less than three seconds.
    """
    strength, rate_hz = onset_strength(audio, sample_rate)
    if len(audio) < _SHORTEST_S * sample_rate or not strength.any():
        seconds = len(audio) / sample_rate
        raise InputError(
            f"no beat in the soundtrack: expected at least {_SHORTEST_S:g} s of sound, got {seconds:.1f} s or silence; "
            "use a tempo of follow or fixed"
        )
    spectrum = pulse_spectrum(strength[None] - strength.mean(), rate_hz, _TEMPI, _MULTIPLES).sum(axis=0)
    usual = np.exp(-0.5 * (np.log2(_TEMPI / _USUAL_BPM) / _USUAL_OCTAVES) ** 2)
    period_s = 60.0 / peak(spectrum * usual, _TEMPI)
    beats = track_beats(strength, rate_hz, period_s, _STIFFNESS)
    return BeatGrid(start_on_downbeat(beats, strength, rate_hz), "soundtrack")
