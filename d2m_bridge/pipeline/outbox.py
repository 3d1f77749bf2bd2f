"""Sends things at the moment that they are due. One thread; whoever puts something in never waits.

After a standstill nothing of what was missed is made up for: a burst of old beats and notes would only do harm.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")

ROOM = 4096
LATEST_S = 0.1  # what is later than this is not sent any more
_SPIN_S = 0.0015  # the last stretch is waited for awake: a sleeping thread wakes up when the system likes
_LATENESS_KEPT = 20_000


class Outbox(Generic[Item]):
    """Calls deliver(item, due) when the session clock reaches `due`. What is a little late goes out at once.

    missed: items that were not sent because they were more than LATEST_S late. refused: items that found ROOM others
    waiting.
    """

    def __init__(self, now: Callable[[], float], deliver: Callable[[Item, float], None]) -> None:
        self._now, self._deliver = now, deliver
        self._waiting: list[tuple[float, int, Item]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._open = True
        self.refused = self.missed = 0
        self.lateness: deque[float] = deque(maxlen=_LATENESS_KEPT)  # seconds after due, of items put in time
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
        self._thread.start()

    def put(self, item: Item, due: float) -> bool:
        """due: seconds on the session clock. Whether it will be sent, as far as can be said now."""
        with self._changed:
            if self._now() - due > LATEST_S:
                self.missed += 1
                return False
            if len(self._waiting) >= ROOM:
                self.refused += 1
                return False
            heapq.heappush(self._waiting, (due, next(self._numbers), item))
            if self._waiting[0][2] is item:
                self._changed.notify()
            return True

    def clear(self) -> None:
        """Forgets everything that waits."""
        with self._changed:
            self._waiting.clear()

    def close(self) -> None:
        """What waits is not sent any more. Safe to call twice."""
        with self._changed:
            self._open = False
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                while self._open and (not self._waiting or self._waiting[0][0] - self._now() > _SPIN_S):
                    wait = self._waiting[0][0] - self._now() - _SPIN_S if self._waiting else None
                    self._changed.wait(wait)
                if not self._open:
                    return
                due, _, item = heapq.heappop(self._waiting)
            late_s = self._now() - due
            if late_s > LATEST_S:
                self.missed += 1
                continue
            while self._now() < due:
                pass
            self._deliver(item, due)
            if late_s < 0:
                self.lateness.append(self._now() - due)
