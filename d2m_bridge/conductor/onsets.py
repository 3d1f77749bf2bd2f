"""Onsets in sound: how much new energy appears in each band of the spectrum, about every hundredth of a second."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.timeline import Float32

Float64 = NDArray[np.float64]

_HOP_S, _WINDOW_S = 0.01, 0.046
_BANDS = 32
_LOWEST_HZ, _HIGHEST_HZ = 40.0, 9000.0
_LOUDNESS = 100.0  # how far the logarithm lifts what is quiet
_SLOW_S = 0.5
_BLOCK = 4096  # frames at a time: an hour of sound must not be an hour of spectra


def onset_strength(audio: Float32, sample_rate: int) -> tuple[Float64, float]:
    """audio: [N] mono -> (strength float64 [T], its rate in Hz). Frame 0 lies at sample 0; all 0 for silence."""
    hop, size = round(_HOP_S * sample_rate), round(_WINDOW_S * sample_rate)
    level = float(np.abs(audio).max(initial=0.0))
    frames = 1 + len(audio) // hop
    if level == 0.0:
        return np.zeros(frames), sample_rate / hop
    padded = np.pad(audio / level, (size // 2, size))
    edges = _band_edges(size, sample_rate)
    last = np.zeros(len(edges) - 1)
    strength = []
    for start in range(0, frames, _BLOCK):
        count = min(_BLOCK, frames - start)
        view = np.lib.stride_tricks.sliding_window_view(padded[start * hop :], size)[: count * hop : hop]
        magnitude = np.abs(np.fft.rfft(view * np.hanning(size), axis=1)) / size
        bands = np.log1p(_LOUDNESS * np.add.reduceat(magnitude, edges[:-1], axis=1)[:, : len(edges) - 1])
        rise = np.diff(bands, axis=0, prepend=last[None])
        strength.append(np.maximum(rise, 0.0).mean(axis=1))
        last = bands[-1]
    return _without_slow_part(np.concatenate(strength), sample_rate / hop), sample_rate / hop


def _band_edges(size: int, sample_rate: int) -> NDArray[np.intp]:
    """First spectrum line of each band, and of what lies above the last: bands of equal width in octaves."""
    top = min(_HIGHEST_HZ, 0.45 * sample_rate)
    hertz = np.geomspace(_LOWEST_HZ, top, _BANDS + 1)
    return np.unique(np.maximum(1, np.rint(hertz * size / sample_rate).astype(np.intp)))


def _without_slow_part(strength: Float64, rate_hz: float) -> Float64:
    from scipy.ndimage import gaussian_filter1d

    slow: Float64 = gaussian_filter1d(strength, _SLOW_S * rate_hz)
    return np.maximum(strength - slow, 0.0)
