"""What of the processor is free: whatever other programs take is not there for the music."""

from __future__ import annotations

import os
import time
from pathlib import Path

_COUNTERS = Path("/proc/stat")  # Linux; elsewhere only this program is counted
_IDLE = (3, 4)  # columns of its first row: idle, waiting for a disk


class Headroom:
    """Free part of all cores, 0..1, since the last question."""

    def __init__(self) -> None:
        self._before = self._now()

    def __call__(self) -> float:
        """Between two questions must lie some tenths of a second."""
        (free_before, whole_before), self._before = self._before, self._now()
        free, whole = self._before[0] - free_before, self._before[1] - whole_before
        return min(1.0, max(0.0, free / whole)) if whole > 0 else 1.0

    @staticmethod
    def _now() -> tuple[float, float]:
        """Free and whole processor time so far, in one unit."""
        try:
            times = [float(part) for part in _COUNTERS.read_text("ascii").splitlines()[0].split()[1:9]]
        except OSError:
            whole = time.monotonic() * (os.cpu_count() or 1)
            return whole - time.process_time(), whole
        return sum(times[column] for column in _IDLE), sum(times)
