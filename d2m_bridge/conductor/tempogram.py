"""How strongly pulse curves repeat at each tempo. Shared by the masters that listen: to the dancer or to the sound."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]

_WINDOW_S, _HOP_S = 16.0, 4.0
_RESOLUTION_HZ = 0.004


def pulse_spectrum(curves: Float64, rate_hz: float, bpm: Float64, multiples: Sequence[float]) -> Float64:
    """Power of curves [C, T] at each tempo bpm [B] times each multiple, summed over the curves: [M, B].

    Clips longer than a window are averaged over windows, so that a slow drift of the tempo does not blur the peak.
    """
    window = min(curves.shape[1], round(_WINDOW_S * rate_hz))
    spare = curves.shape[1] - window
    starts = np.linspace(0, spare, 1 + int(np.ceil(spare / (_HOP_S * rate_hz)))).astype(int)
    size = 1 << int(np.ceil(np.log2(rate_hz / _RESOLUTION_HZ)))
    taper = np.hanning(window + 2)[1:-1]
    power = np.zeros(size // 2 + 1)
    for start in starts:
        part = curves[:, start : start + window] * taper
        energy = np.maximum((part**2).sum(axis=1, keepdims=True), 1e-12)
        power += (np.abs(np.fft.rfft(part, size, axis=1)) ** 2 / energy).sum(axis=0)
    frequencies = np.fft.rfftfreq(size, 1 / rate_hz)
    return np.stack([np.interp(bpm / 60 * multiple, frequencies, power) for multiple in multiples])


def peak(scores: Float64, grid: Float64) -> float:
    """Where scores [B] over the even grid [B] are highest, between the points of the grid."""
    best = int(scores.argmax())
    if best in (0, len(scores) - 1):
        return float(grid[best])
    left, middle, right = scores[best - 1 : best + 2]
    bend = left - 2 * middle + right
    offset = 0.0 if bend == 0 else 0.5 * (left - right) / bend
    return float(grid[best] + offset * (grid[best + 1] - grid[best]))
