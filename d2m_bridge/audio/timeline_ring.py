"""Audio on its way to the loudspeaker, addressed by position: what is late is lost, and never moves what follows.

One thread writes, one reads. There is no lock: samples are stored before the mark that makes them readable moves, and
the writer never touches what the reader may be reading.
"""

from __future__ import annotations

import numpy as np

from d2m_bridge.timeline import Float32


class TimelineRing:
    """Samples of one timeline, [N, channels], from 0 on; holds the last `capacity` of what was written."""

    def __init__(self, capacity: int, channels: int) -> None:
        self._samples: Float32 = np.zeros((capacity, channels), np.float32)
        self._written = 0
        self._read = 0

    @property
    def written(self) -> int:
        """The sample after the last that was written."""
        return self._written

    def write(self, start: int, samples: Float32) -> int:
        """Stores samples from `start`, which is where the last write ended; returns how many were not kept.

        Not kept is what the reader has passed, and what lies a whole capacity ahead of it.
        """
        if start != self._written:
            raise ValueError(f"blocks must follow one another: expected sample {self._written}, got {start}")
        capacity, read = len(self._samples), self._read
        first, last = max(start, read), min(start + len(samples), read + capacity)
        if first < last:
            begin, end = first % capacity, (last - 1) % capacity + 1
            kept = samples[first - start : last - start]
            if begin < end:
                self._samples[begin:end] = kept
            else:
                self._samples[begin:] = kept[: capacity - begin]
                self._samples[:end] = kept[capacity - begin :]
        self._written = start + len(samples)
        return len(samples) - max(0, last - first)

    def read(self, start: int, out: Float32) -> int:
        """Fills out [N, channels] with the samples from `start`, silence where there are none; returns how many lack.

        Positions must not go back. Nothing is missing before sample 0: there the music has not begun.
        """
        self._read = start
        out[:] = 0
        capacity, written = len(self._samples), self._written
        first, last = max(start, 0), min(start + len(out), written)
        if first < last:
            places = np.arange(first, last) % capacity
            np.take(self._samples, places, axis=0, out=out[first - start : last - start])
        self._read = start + len(out)
        return max(0, start + len(out) - max(last, first))
