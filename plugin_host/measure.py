"""For how long the window is blocked at most, measured on itself while music plays: `d2m-host --measure FILE`.

The file is JSON: for each deed the longest block by the clock (wall_ms) and of the GUI thread's own computing (cpu_ms),
and what the sound missed meanwhile. With -v the program says when it is shown and ready. Videos that are named are
rendered from before the first deed until after the last.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, Qt, QTimer

from d2m_bridge.osc import commands as do
from d2m_bridge.settings import PAGES
from plugin_host.live.controller import LiveController
from plugin_host.script import Steps

if TYPE_CHECKING:
    from plugin_host.offline.jobs import JobQueue
    from plugin_host.window import MainWindow

log = logging.getLogger(__name__)

IDLE_MS, SETTLED_MS = 10_000, 1000
_STEP_MS, _PAGE_MS = 20, 150
_SIZES = tuple((1280 + 32 * step, 720 + 18 * step) for step in range(21))  # 1280 x 720 .. 1920 x 1080


class Probe(QObject):
    """The longest time between two looks of the GUI thread at its events; its own rhythm is in it, at most 4 ms."""

    def __init__(self) -> None:
        super().__init__()
        self.restart()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(4)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def restart(self) -> None:
        """Forgets what was."""
        self.wall_ms = self.cpu_ms = 0.0
        self._wall, self._cpu = time.monotonic(), time.thread_time()

    def _look(self) -> None:
        wall, cpu = time.monotonic(), time.thread_time()
        self.wall_ms = max(self.wall_ms, 1000 * (wall - self._wall))
        self.cpu_ms = max(self.cpu_ms, 1000 * (cpu - self._cpu))
        self._wall, self._cpu = wall, cpu


def measure(
    window: MainWindow, controller: LiveController, queue: JobQueue, videos: Sequence[Path], file: Path
) -> Steps:
    """Steps for script.run_script; the session is being opened. queue: the window's own, empty."""
    yield lambda: not controller.is_opening
    if not controller.is_open:
        log.error("nothing was measured: there is no session")
        return 1
    controller.obey(do.Play())
    window.offline.add(list(videos))
    yield 3 * SETTLED_MS
    before = controller.look()
    probe = Probe()
    blocks: dict[str, dict[str, float]] = {}
    for name, deed in _DEEDS.items():
        probe.restart()
        yield from deed(window)
        blocks[name] = {"wall_ms": round(probe.wall_ms, 1), "cpu_ms": round(probe.cpu_ms, 1)}
    after = controller.look()
    if videos and not _renders(queue):
        log.error("nothing was measured: the videos were not rendered all the time; name longer ones")
        return 1
    if before is None or after is None:
        log.error("nothing was measured: the session ended")
        return 1
    missed = {
        "underruns": after.status.underruns - before.status.underruns,
        "late_blocks": after.status.late_blocks - before.status.late_blocks,
    }
    file.write_text(json.dumps({"blocks": blocks, **missed}), "utf-8")
    controller.obey(do.Stop())
    return 0


def _renders(queue: JobQueue) -> bool:
    return any(job.state == "running" for job in queue.jobs)


def _play(_: MainWindow) -> Iterator[int]:
    yield IDLE_MS


def _resize(window: MainWindow) -> Iterator[int]:
    for width, height in (*_SIZES, *reversed(_SIZES)):
        window.resize(width, height)
        yield _STEP_MS
    window.resize(*_SIZES[-1])
    yield SETTLED_MS


def _turn_pages(window: MainWindow) -> Iterator[int]:
    for page in PAGES * 2:
        window.show_page(page)
        yield _PAGE_MS
    window.show_page("live")
    yield _PAGE_MS


def _press(key: str) -> Callable[[MainWindow], Iterator[int]]:
    def deed(window: MainWindow) -> Iterator[int]:
        for _ in range(4):
            window.press(key)
            yield _PAGE_MS

    return deed


_DEEDS: dict[str, Callable[[MainWindow], Iterator[int]]] = {
    "playing": _play,
    "resizing": _resize,
    "pages": _turn_pages,
    "keys": _press("help"),
    "log": _press("log"),
    "stage": _press("stage"),
}
