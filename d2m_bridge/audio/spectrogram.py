"""A picture of a sound file: power in log-spaced bands. Reads only what the picture can show, so memory stays flat."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.timeline import Float32

WINDOW_S = 0.06
MAX_LOOKS = 3  # windows averaged for one column of a long file
SILENCE_DB = -200.0


def log_spectrogram(wav: Path, columns: int, bands: int, low_hz: float, high_hz: float) -> Float32:
    """Level in dB, float32 [bands, columns], low to high and first to last.

    Bands are spaced evenly in log frequency; those above half the sample rate are silent.
    """
    import soundfile

    with soundfile.SoundFile(wav) as file:
        size = max(16, round(WINDOW_S * file.samplerate))
        window = np.hanning(size).astype(np.float32)
        looks = int(np.clip(np.ceil(file.frames / columns / size), 1, MAX_LOOKS))
        power = np.zeros((size // 2 + 1, columns), np.float32)
        for column in range(columns if file.frames else 0):
            for look in range(looks):
                centre = (column + (look + 0.5) / looks) / columns * file.frames
                file.seek(min(max(0, round(centre - size / 2)), max(0, file.frames - size)))
                channels = file.read(size, dtype="float32", always_2d=True, fill_value=0.0)
                power[:, column] += np.abs(np.fft.rfft(channels.sum(axis=1) * window)) ** 2
        weights = _band_weights(size, file.samplerate, bands, low_hz, high_hz)
        level = weights @ power / np.float32(looks * file.channels**2)
    decibels: Float32 = 10 * np.log10(level + np.float32(10 ** (SILENCE_DB / 10)))
    return decibels


def _band_weights(size: int, sample_rate: int, bands: int, low_hz: float, high_hz: float) -> Float32:
    """Triangles around log-spaced centres, none narrower than a bin: float32 [bands, size // 2 + 1]."""
    bins = np.arange(size // 2 + 1) * sample_rate / size
    centres = np.geomspace(low_hz, high_hz, bands)
    half_width = np.maximum(centres * (np.log(high_hz / low_hz) / bands), sample_rate / size)
    weights: NDArray[np.float64] = np.maximum(0.0, 1 - np.abs(bins - centres[:, None]) / half_width[:, None])
    weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
    return weights.astype(np.float32)
