"""When MIDI messages arrived, told from the driver's own stamps although they are fetched later."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

_WINDOW_S = 2.0


class ArrivalTimes:
    """Puts messages, fetched now and then, onto the session's clock.

    A driver says how long after the one before each message came. The sum is a clock of its own, and the smallest
    distance between it and ours at any fetch of the last seconds is that of a message that had only just come.
    """

    def __init__(self) -> None:
        self._driver_t = 0.0
        self._distances: deque[tuple[float, float]] = deque()  # our time of a fetch, and how far ahead it was

    def place(self, now: float, messages: Iterable[tuple[bytes, float]]) -> Iterator[tuple[float, bytes]]:
        """Arrival time and bytes of messages (bytes, seconds since the one before), all fetched at `now`, in order."""
        stamped = []
        for data, delta in messages:
            self._driver_t += delta
            stamped.append((self._driver_t, data))
        if not stamped:
            return
        self._distances.append((now, now - self._driver_t))
        while self._distances[0][0] < now - _WINDOW_S:
            self._distances.popleft()
        distance = min(distance for _, distance in self._distances)
        for driver_t, data in stamped:
            yield driver_t + distance, data
