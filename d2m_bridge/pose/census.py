"""Who is in a picture, found out beside the work: the detector takes longer than a picture lasts."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

_Answer = TypeVar("_Answer")

PICTURES = 3  # after so many the answer is waited for: the same ones however fast the machine is


class Census(Generic[_Answer]):
    """One question at a time. Not for use from two threads."""

    def __init__(self) -> None:
        self._worker = ThreadPoolExecutor(1, "census")
        self._asked: Future[_Answer] | None = None
        self._pictures = 0

    @property
    def is_asked(self) -> bool:
        """An answer is still to be taken."""
        return self._asked is not None

    def ask(self, question: Callable[[], _Answer]) -> None:
        """Has it answered in another thread."""
        self._asked, self._pictures = self._worker.submit(question), 0

    def take(self) -> _Answer | None:
        """Once a picture: the answer, if it is due now."""
        self._pictures += 1
        if self._asked is None or self._pictures < PICTURES:
            return None
        answer, self._asked = self._asked.result(), None
        return answer

    def forget(self) -> None:
        """The answer is not wanted any more; nothing runs afterwards."""
        if self._asked is not None:
            self._asked.exception()
            self._asked = None

    def close(self) -> None:
        """Ends it. Safe to call twice."""
        self.forget()
        self._worker.shutdown()
