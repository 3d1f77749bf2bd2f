"""Keeps MediaPipe's start-up chatter off the terminal; everything else that is written meanwhile comes through."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

_STDERR = 2
# Informational lines of TFLite and Abseil. Lines of level E and F are not among them.
_CHATTER = re.compile(rb"^(INFO: Created TensorFlow Lite |WARNING: All log messages before absl|[IW]\d{4} \d\d:\d\d:)")


@contextmanager
def quiet_native_log() -> Iterator[None]:
    """Holds back the process's stderr, then passes on what is not chatter. Threads may do so at the same time.

    The library writes to the file descriptor itself and has no switch for it, so Python's sys.stderr is not enough.
    """
    _stderr.hold()
    try:
        yield
    finally:
        _stderr.release()


class _Stderr:
    """Held back from the first hold to the last release."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holders = 0
        self._terminal = -1
        self._held: IO[bytes] | None = None

    def hold(self) -> None:
        with self._lock:
            self._holders += 1
            if self._holders > 1:
                return
            sys.stderr.flush()
            try:
                self._terminal = os.dup(_STDERR)
            except OSError:
                return  # a program without a console has no such descriptor, and nobody to disturb
            self._held = tempfile.TemporaryFile()  # noqa: SIM115 - closed in release
            os.dup2(self._held.fileno(), _STDERR)

    def release(self) -> None:
        with self._lock:
            self._holders -= 1
            if self._holders or self._held is None:
                return
            sys.stderr.flush()
            os.dup2(self._terminal, _STDERR)
            os.close(self._terminal)
            with self._held as held:
                self._held = None
                held.seek(0)
                for line in held:
                    if not _CHATTER.match(line):
                        os.write(_STDERR, line)


_stderr = _Stderr()
