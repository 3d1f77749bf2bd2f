"""What others take of this machine while a test measures time: where they take much, a miss proves nothing.

Others are the programs beside the tests and, where this is a virtual machine, those of its neighbours.
"""

import os
import time
from pathlib import Path

MUCH = 0.4  # cores
_IDLE = slice(3, 5)  # columns of /proc/stat: idle, waiting for a disk
_TICKS_S = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


class Others:
    """From when it was made. Where there is no /proc nothing is known of them, and they count as quiet."""

    def __init__(self):
        self._begun, self._taken = time.monotonic(), self._by_others()

    @property
    def cores(self):
        """On average, of all programs but this one and its children."""
        return (self._by_others() - self._taken) / (time.monotonic() - self._begun)

    @staticmethod
    def _by_others():
        """Seconds of processor time so far."""
        if not Path("/proc/stat").exists():
            return 0.0
        whole = [int(part) for part in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        return (sum(whole) - sum(whole[_IDLE]) - _own_ticks()) / _TICKS_S


def _own_ticks():
    """Of this process and all that come from it, those that have ended included."""
    parents, ticks = {}, {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents[int(entry.parent.name)] = int(fields[1])
        ticks[int(entry.parent.name)] = sum(int(field) for field in fields[11:15])
    own = 0
    for process in ticks:
        ancestor = process
        while ancestor > 1 and ancestor != os.getpid():
            ancestor = parents.get(ancestor, 0)
        own += ticks[process] if ancestor == os.getpid() else 0
    return own
