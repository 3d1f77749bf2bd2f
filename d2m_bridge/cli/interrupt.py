"""What Ctrl-C does: it ends the program once, tidily."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


class Interrupt:
    """SIGINT and SIGTERM raise KeyboardInterrupt, but only the first: another must not break the tidying up.

    came: one of them did. A library that is interrupted may raise anything.
    """

    def __init__(self) -> None:
        self.came = False
        self._waits = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """In this block."""
        before = {signum: signal.signal(signum, self._handle) for signum in (signal.SIGINT, signal.SIGTERM)}
        self.came = False
        try:
            yield
        finally:
            for signum, handler in before.items():
                signal.signal(signum, handler)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Not in this block, but after it: libraries that are interrupted while they start talk about it at the end."""
        self._waits = True
        try:
            yield
        finally:
            self._waits = False
            if self.came:
                raise KeyboardInterrupt

    def _handle(self, signum: int, frame: object) -> None:
        first, self.came = not self.came, True
        if first and not self._waits:
            raise KeyboardInterrupt


interrupt = Interrupt()
