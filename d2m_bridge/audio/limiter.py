"""A look-ahead true-peak limiter that streams: any chunking gives the same bits.

The gain needed at each sample comes from a 4x oversampled peak detector. It is held over the look-ahead, released
exponentially in dB, and smoothed by a window no longer than the hold, so it is always down before the peak comes.
Gains are integers (fractions of a dB): their running sums are exact however long the stream is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.timeline import Float32

LOOK_AHEAD_S = 0.005
RELEASE_S = 0.015  # until the gain reduction, in dB, has fallen to 1/e: short, so that drums do not pump
OVERSAMPLING = 4
HALF_WIDTH = 12  # of the interpolation filter, in input samples
# What a peak can hide between two of four phases, for content up to 0.43 of the sample rate: 20 log10 cos(0.43 pi/4).
DETECTOR_ERROR_DB = 0.5
UNITS_PER_DB = 1 << 16
UNITS_PER_LOG = 1 << 32

Int64 = NDArray[np.int64]


class Limiter:
    """Keeps the true peak of all channels together at or below a ceiling. Put samples in by push, end with flush."""

    def __init__(self, ceiling_dbtp: float, sample_rate: int, channels: int = 2) -> None:
        look_ahead = max(2, round(LOOK_AHEAD_S * sample_rate))
        self._ceiling_db = ceiling_dbtp - DETECTOR_ERROR_DB
        self._detector = _PeakDetector(channels)
        # One sample more on each side: a peak lies between two samples and both must be turned down.
        self._hold = _RunningMinimum(look_ahead + 3)
        self._release = _Release(1 / (RELEASE_S * sample_rate))
        self._smooth = _Smooth(look_ahead + 1)
        self._delay = HALF_WIDTH + 1 + look_ahead
        self._late = np.zeros((self._delay, channels), np.float32)
        self._to_drop = self._delay

    def push(self, samples: Float32) -> Float32:
        """Samples float32 [N, C] in, float32 [M, C] out; M falls short of N only while the look-ahead fills."""
        if len(samples) == 0:
            return samples
        peak = self._detector.push(samples)
        needed_db = np.minimum(self._ceiling_db - 20 * np.log10(np.maximum(peak, 1e-9)), 0.0)
        needed = np.floor(needed_db * UNITS_PER_DB).astype(np.int64)
        gain_db = self._smooth.push(self._release.push(self._hold.push(needed)))
        line = np.concatenate([self._late, samples])
        self._late = line[len(samples) :]
        limited = line[: len(samples)] * np.power(10.0, gain_db / 20)[:, None].astype(np.float32)
        dropped = min(self._to_drop, len(limited))
        self._to_drop -= dropped
        return limited[dropped:]

    def flush(self) -> Float32:
        """The samples still held back, float32 [M, C]: all that went in has then come out."""
        return self.push(np.zeros_like(self._late))


class _PeakDetector:
    """The largest magnitude of any channel between one sample and the next, HALF_WIDTH samples late."""

    def __init__(self, channels: int) -> None:
        from scipy.signal import firwin

        taps = 2 * HALF_WIDTH * OVERSAMPLING + 1
        self._filter = (firwin(taps, 1 / OVERSAMPLING, window=("kaiser", 7.0)) * OVERSAMPLING).astype(np.float32)
        self._past = np.zeros((channels, 2 * HALF_WIDTH), np.float32)

    def push(self, samples: Float32) -> Float32:
        """Samples float32 [N, C] to float32 [N]."""
        from scipy.signal import upfirdn

        line = np.concatenate([self._past, samples.T], axis=1)
        self._past = line[:, len(samples) :]
        phases = upfirdn(self._filter, line, up=OVERSAMPLING, axis=1)
        full = phases[:, 2 * HALF_WIDTH * OVERSAMPLING :][:, : len(samples) * OVERSAMPLING]
        loudest: Float32 = np.abs(full).max(axis=0).reshape(-1, OVERSAMPLING).max(axis=1)
        return loudest


class _RunningMinimum:
    """The least of the last `width` values."""

    def __init__(self, width: int) -> None:
        self._past = np.zeros(width - 1, np.int64)

    def push(self, values: Int64) -> Int64:
        from scipy.ndimage import minimum_filter1d

        line = np.concatenate([self._past, values])
        self._past = line[len(values) :]
        width = len(self._past) + 1
        least: Int64 = minimum_filter1d(line, width, origin=(width - 1) // 2 - (width - 1))[: len(values)]
        return least


class _Release:
    """Follows falls at once; what is taken away then shrinks by `decay` (in natural-log units) a sample."""

    def __init__(self, decay: float) -> None:
        self._step = max(1, round(decay * UNITS_PER_LOG))
        self._last = 0

    def push(self, gains: Int64) -> Int64:
        logs = np.ceil(np.log(np.maximum(-gains, 1)) * UNITS_PER_LOG).astype(np.int64)
        # In logs the decay is a straight line, and the larger of all lines so far is a running maximum.
        ramp = self._step * np.arange(1, len(logs) + 1)
        followed = np.maximum(np.maximum.accumulate(logs + ramp), self._last) - ramp
        followed = np.maximum(followed, 0)
        self._last = int(followed[-1])
        return np.where(followed > 0, -np.ceil(np.exp(followed / UNITS_PER_LOG)), 0).astype(np.int64)


class _Smooth:
    """A triangular average over the last `width` values: two running means, one after the other."""

    def __init__(self, width: int) -> None:
        first = (width + 1) // 2
        self._means = [np.zeros(first, np.int64), np.zeros(width + 1 - first, np.int64)]

    def push(self, values: Int64) -> NDArray[np.float64]:
        """Integer gains to gains in dB, float64."""
        for index, past in enumerate(self._means):
            line = np.concatenate([past, values])
            self._means[index] = line[len(values) :]
            total = np.cumsum(line)
            values = total[len(past) :] - total[: len(values)]
        return values / float(UNITS_PER_DB * len(self._means[0]) * len(self._means[1]))
