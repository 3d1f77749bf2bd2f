"""What waits for its time. Sans-IO: the time is given, whoever asks does the waiting.

After a standstill nothing of what was missed is made up for: a burst of old beats and notes would only do harm.
"""

from __future__ import annotations

import heapq
import itertools
from typing import Generic, TypeVar

Item = TypeVar("Item")

ROOM = 4096
LATEST_S = 0.1  # what is later than this is of no use any more


class Schedule(Generic[Item]):
    """Items by the time at which they are due, in seconds on any steady clock.

    missed: items that came to nothing because they were too late. refused: those that found ROOM others waiting.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, int, float, Item]] = []
        self._numbers = itertools.count()
        self.refused = self.missed = 0

    @property
    def next_due(self) -> float | None:
        """When the next item is due; None when nothing waits."""
        return self._waiting[0][0] if self._waiting else None

    def put(self, item: Item, due: float, now: float, *, rank: int = 0, latest_s: float = LATEST_S) -> bool:
        """Whether it will be given out, as far as can be said now.

        rank: of equal times the lower goes first, of equal ranks what was put in first. latest_s: see LATEST_S.
        """
        if now - due > latest_s:
            self.missed += 1
            return False
        if len(self._waiting) >= ROOM:
            self.refused += 1
            return False
        heapq.heappush(self._waiting, (due, rank, next(self._numbers), due + latest_s, item))
        return True

    def take(self, now: float) -> tuple[Item, bool]:
        """The next item, due or not, and whether it is too late for it. Raises IndexError when nothing waits."""
        *_, until, item = heapq.heappop(self._waiting)
        is_missed = now > until
        self.missed += is_missed
        return item, is_missed

    def waiting(self) -> list[Item]:
        """What waits, in its order."""
        return [item for *_, item in sorted(self._waiting, key=lambda entry: entry[:3])]

    def clear(self) -> None:
        """Forgets everything that waits."""
        self._waiting.clear()
