"""Keeps MediaPipe's start-up chatter off the terminal; everything else that is written meanwhile comes through."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

_STDERR = 2
# Informational lines of TFLite and Abseil. Lines of level E and F are not among them.
_CHATTER = re.compile(rb"^(INFO: Created TensorFlow Lite |WARNING: All log messages before absl|[IW]\d{4} \d\d:\d\d:)")


@contextmanager
def quiet_native_log() -> Iterator[None]:
    """Holds back the process's stderr, then passes on what is not chatter.

    The library writes to the file descriptor itself and has no switch for it, so Python's sys.stderr is not enough.
    """
    sys.stderr.flush()
    try:
        terminal = os.dup(_STDERR)
    except OSError:
        # A program without a console has no such descriptor, and nobody to disturb.
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), _STDERR)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(terminal, _STDERR)
            os.close(terminal)
            held.seek(0)
            for line in held:
                if not _CHATTER.match(line):
                    os.write(_STDERR, line)
