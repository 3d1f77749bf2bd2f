"""The program does something by itself, step by step, on its own window, and ends."""

from __future__ import annotations

from collections.abc import Callable, Generator

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import QApplication

_ASK_EVERY_MS = 100

Steps = Generator[int | Callable[[], bool], None, int]


def run_script(steps: Steps) -> None:
    """Begins at once. Each step gives the milliseconds to wait before the next, or what has to be so; the last, the
    exit code.
    """
    try:
        is_time = next(steps)
    except StopIteration as end:
        if (application := QApplication.instance()) is not None:
            application.exit(end.value)
    else:
        _when(is_time, steps)


def _when(is_time: int | Callable[[], bool], steps: Steps) -> None:
    if isinstance(is_time, int):
        QTimer.singleShot(is_time, Qt.TimerType.PreciseTimer, lambda: run_script(steps))
    elif is_time():
        run_script(steps)
    else:
        QTimer.singleShot(_ASK_EVERY_MS, lambda: _when(is_time, steps))
