"""What all measures hear of a sound: its rises, its onsets and its mel spectrum."""

from __future__ import annotations

from dataclasses import dataclass

import librosa
import numpy as np
import soxr
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]

FRAME_RATE_HZ = 30.0  # of log_mel: the motion's, so that both can be compared tick by tick
MEL_BANDS = 64
LISTENING_RATE = 22050

_WINDOW, _HOP, _RISE_BANDS = 1024, 256, 40
RISE_RATE_HZ = LISTENING_RATE / _HOP
_FLOOR = 1e-5
_AUDIBLE_RISE = 0.02  # of the mean magnitude: a steady tone's numerical ripple lies far below, a soft hat above


@dataclass(frozen=True, slots=True)
class Onsets:
    """Seconds, rising, and how far the magnitude rose at each."""

    times: Float64
    strengths: Float64


def at_listening_rate(audio: Float32, rate: int) -> Float32:
    """At librosa's own 22,050 Hz, the rate of the published measures."""
    return audio if rate == LISTENING_RATE else soxr.resample(audio, rate, LISTENING_RATE)


def magnitudes(audio: Float32, rate: int) -> Float64:
    """[40 mel bands, T] at RISE_RATE_HZ: linear, so that a loud hit is more than a soft one."""
    heard = at_listening_rate(audio, rate)
    power = librosa.feature.melspectrogram(
        y=heard, sr=LISTENING_RATE, n_fft=_WINDOW, hop_length=_HOP, n_mels=_RISE_BANDS
    )
    return np.sqrt(power.astype(np.float64))


def rises(magnitude: Float64) -> Float64:
    """The onset envelope: [bands, T] -> [T], the sum of what each band gained since the frame before."""
    gained = np.maximum(np.diff(magnitude, axis=1, prepend=magnitude[:, :1]), 0.0)
    return np.asarray(gained.sum(axis=0))


def find_onsets(audio: Float32, rate: int, strongest: float | None = None) -> Onsets:
    """The peaks that librosa picks from the onset envelope, without those that no one could hear.

    A peak is one beside the strongest rise: the audio's own, or that of other music, which this one is heard after.
    """
    magnitude = magnitudes(audio, rate)
    envelope = rises(magnitude)
    threshold = _AUDIBLE_RISE * float(magnitude.sum(axis=0).mean())
    if threshold == 0 or envelope.max() < threshold:
        return Onsets(np.zeros(0), np.zeros(0))
    scaled = (envelope - envelope.min()) / (strongest or np.ptp(envelope))
    frames = librosa.onset.onset_detect(onset_envelope=scaled, sr=LISTENING_RATE, hop_length=_HOP, normalize=False)
    frames = frames[envelope[frames] >= threshold]
    return Onsets(frames / RISE_RATE_HZ, envelope[frames])


def log_mel(audio: Float32, rate: int) -> Float32:
    """float32 [T, 64] at FRAME_RATE_HZ: log10 of the power in Slaney's mel bands + 1e-5."""
    hop = round(rate / FRAME_RATE_HZ)
    power = librosa.feature.melspectrogram(y=audio, sr=rate, n_fft=2048, hop_length=hop, n_mels=MEL_BANDS)
    return np.log10(power.T + _FLOOR).astype(np.float32)
