"""Tells things at the moment that they are due. One thread; whoever puts something in never waits.

Its thread gets its turn among all those of the session: some milliseconds late on a busy machine. What must leave more
punctually is sent by a process of its own (osc/postman.py).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from d2m_bridge.sync.schedule import Schedule

Item = TypeVar("Item")

_LATENESS_KEPT = 20_000


class Outbox(Generic[Item]):
    """Calls deliver(item, due) when the session clock reaches `due`. What is a little late goes out at once."""

    def __init__(self, now: Callable[[], float], deliver: Callable[[Item, float], None]) -> None:
        self._now, self._deliver = now, deliver
        self._waiting = Schedule[tuple[Item, float, bool]]()  # its due; whether it was put in in time
        self._changed = threading.Condition()
        self._open = True
        self.lateness: deque[float] = deque(maxlen=_LATENESS_KEPT)  # seconds after due, of items put in time
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
        self._thread.start()

    @property
    def missed(self) -> int:
        """See Schedule."""
        return self._waiting.missed

    @property
    def refused(self) -> int:
        """See Schedule."""
        return self._waiting.refused

    def put(self, item: Item, due: float) -> bool:
        """due: seconds on the session clock. Whether it will be told, as far as can be said now."""
        with self._changed:
            now, first = self._now(), self._waiting.next_due
            if not self._waiting.put((item, due, due >= now), due, now):
                return False
            if first is None or due < first:
                self._changed.notify()
            return True

    def waiting(self) -> list[tuple[Item, float]]:
        """What waits and when it is due, in its order."""
        with self._changed:
            return [(item, due) for item, due, _ in self._waiting.waiting()]

    def clear(self) -> None:
        """Forgets everything that waits."""
        with self._changed:
            self._waiting.clear()

    def close(self) -> None:
        """What waits is not told any more. Safe to call twice."""
        with self._changed:
            self._open = False
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                while self._open and (wait_s := self._wait_s()) != 0:
                    self._changed.wait(wait_s)
                if not self._open:
                    return
                (item, due, in_time), is_missed = self._waiting.take(self._now())
            if is_missed:
                continue
            self._deliver(item, due)
            if in_time:
                self.lateness.append(self._now() - due)

    def _wait_s(self) -> float | None:
        """Until the next item is due, None for ever."""
        due = self._waiting.next_due
        return None if due is None else max(0.0, due - self._now())
