"""The one clock of a live session: seconds since it began, steered so that it agrees with the sound card."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_FASTEST = 5e-4  # part by which the clock may run fast or slow: sound cards are within 100 ppm of the computer


class SessionClock:
    """Monotonic seconds from 0. All threads may ask; only the audio output steers."""

    def __init__(self, monotonic: Callable[[], float] = time.perf_counter) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._origin = monotonic()
        self._seconds = 0.0
        self._rate = 1.0

    def now(self) -> float:
        """Seconds since the session began; never goes back."""
        with self._lock:
            return self._seconds + (self._monotonic() - self._origin) * self._rate

    def sleep(self, seconds: float) -> None:
        """Return after this time."""
        time.sleep(seconds)

    def restart(self) -> None:
        """Second 0 is now. Before anybody relies on it."""
        with self._lock:
            self._origin, self._seconds = self._monotonic(), 0.0

    def steer(self, ahead_s: float, over_s: float) -> None:
        """The clock was found this much ahead of the sound (behind: negative): make it up over the next seconds."""
        with self._lock:
            here = self._monotonic()
            self._seconds += (here - self._origin) * self._rate
            self._origin = here
            self._rate = 1.0 - min(_FASTEST, max(-_FASTEST, ahead_s / over_s))

    def wall_offset(self) -> float:
        """Unix time minus session time: for the time tags of OSC bundles, which are wall-clock times."""
        return time.clock_gettime(time.CLOCK_REALTIME) - self.now()
