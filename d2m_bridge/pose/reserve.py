"""A landmarker that waits in reserve: opening one takes a fifth of a second, in which a live session would be blind."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from d2m_bridge.pose.landmarker import Landmarker


class Reserve:
    """Opens the next landmarker beside the work, for as many people as the last one. Not for use from two threads."""

    def __init__(self, open_one: Callable[[int], Landmarker], people: int) -> None:
        self._open_one, self._people = open_one, people
        self._opener = ThreadPoolExecutor(1, "pose in reserve")
        self._waiting: Future[Landmarker] = self._opener.submit(open_one, people)

    def take(self, people: int) -> Landmarker:
        """The one that waits where it suits, else a new one; then the next is being opened."""
        suits = people == self._people
        taken = self._waiting.result() if suits else self._open_one(people)
        if not suits:
            self._waiting.add_done_callback(lambda done: done.result().close())
            self._people = people
        self._waiting = self._opener.submit(self._open_one, people)
        return taken

    def close(self) -> None:
        """Frees the one that waits."""
        self._opener.shutdown(wait=True)
        self._waiting.result().close()
