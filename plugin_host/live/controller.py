"""The only place where the window and the live session meet: it opens, obeys and looks.

Opening and closing run in Qt's pool. Commands run in order on a thread of their own, because some of them (a take, a
DAW's clock) wait for files and ports. Looking happens on the GUI thread, on its timer, and never waits.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections import deque
from dataclasses import dataclass

from PyQt6.QtCore import QObject, QThreadPool, pyqtSignal

from d2m_bridge.errors import D2MError
from d2m_bridge.osc import commands as do
from d2m_bridge.pipeline.live import LiveStatus
from d2m_bridge.settings import Settings
from d2m_bridge.timeline import AccentEvent
from plugin_host.background import run_in_background
from plugin_host.live.opening import Opened, Parts, open_live
from plugin_host.live.positions import Positions, moved, positions_of
from plugin_host.live.sync import Level, sync_state
from plugin_host.live.wires import Wires

log = logging.getLogger(__name__)

_WAITING = 256  # commands; more than hands can give
_STATE_EVERY = 4  # looks
_CLOSING_MS = 5000


@dataclass(frozen=True, slots=True)
class LiveLook:
    """Everything that a picture of the session needs. levels: of what is heard now, linear, in the order of STEMS.

    accents: (beat of the music, strength). accent: age in seconds and strength of the dancer's latest, or None.
    section: the one that is heard; asked: the one that comes next because somebody asked for it; "" none.
    """

    status: LiveStatus
    positions: Positions
    levels: tuple[float, ...]
    accents: tuple[tuple[float, float], ...]
    accent: tuple[float, float] | None
    energy: float
    section: str
    asked: str
    sync: tuple[Level, str]
    delay_s: float


class LiveController(QObject):
    """Signals arrive on the GUI thread."""

    saying = pyqtSignal(str)  # what is being waited for while a session opens
    opened = pyqtSignal(object)  # Opened
    closed = pyqtSignal()
    failed = pyqtSignal(str)  # no session: one line
    refused = pyqtSignal(str)  # a command was not obeyed: one line

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._opened: Opened | None = None
        self._opening = self._closing = False
        self._next: Settings | None = None
        self._commands: queue.Queue[do.Command | None] = queue.Queue(_WAITING)
        self._positions = Positions()
        self._looks = 0
        self._levels: deque[tuple[float, tuple[float, ...]]] = deque(maxlen=256)
        self._accent: AccentEvent | None = None
        self._accents: deque[tuple[float, float]] = deque(maxlen=64)
        self._obeying = threading.Thread(target=self._obey_all, name="commands", daemon=True)
        self._obeying.start()

    @property
    def is_open(self) -> bool:
        """A session runs."""
        return self._opened is not None

    @property
    def is_opening(self) -> bool:
        """One is on its way."""
        return self._opening

    @property
    def positions(self) -> Positions:
        """Where the controls stand, or will when what was asked for has been done."""
        return self._positions

    @property
    def wires(self) -> Wires | None:
        """What plugs other programs into the session; None without one."""
        return self._opened.wires if self._opened is not None else None

    def open(self, settings: Settings) -> None:
        """Opens a session with these settings, after closing the one that runs."""
        if self._opening:
            self._next = settings
            return
        self._opening = True
        before, self._opened = self._opened, None
        self._positions = Positions()
        if before is not None:
            self.closed.emit()

        def work() -> Opened:
            if before is not None:
                before.close()
            opened = open_live(settings, self._parts, self.saying.emit)
            if self._closing:
                opened.close()
            return opened

        run_in_background(work, self._take, self._fail, self)

    def obey(self, command: do.Command) -> None:
        """Passes a command on; what cannot be done is told by `refused`. Panic does not stand in the queue."""
        opened = self._opened
        if opened is None:
            return
        if isinstance(command, do.Panic):
            opened.session.panic()
        try:
            self._commands.put_nowait(command)
        except queue.Full:
            self.refused.emit(self.tr("The session does not keep up with the controls"))
        else:
            self._positions = moved(self._positions, command)

    def look(self) -> LiveLook | None:
        """How things stand now; None without a session."""
        opened = self._opened
        if opened is None:
            return None
        session = opened.session
        status = session.status
        self._looks += 1
        # What has been asked for and not been done yet is already shown: the session's word on it comes afterwards.
        if self._looks % _STATE_EVERY == 1 and not self._commands.unfinished_tasks:
            self._positions = positions_of(opened.control.state(), session.styles, status.bpm)
        now = session.now()
        accent = opened.witness.accent
        if accent is not None and accent is not self._accent:
            self._accent = accent
            self._accents.append((session.musician.grid.beat_at(accent.t), accent.strength))
        return LiveLook(
            status,
            self._positions,
            self._heard_levels(opened, status.levels, now),
            tuple(self._accents),
            None if accent is None else (now - accent.t, accent.strength),
            opened.witness.energy,
            opened.witness.section,
            self._asked(opened),
            sync_state(session, self._positions.sync),
            session.delay_s,
        )

    def close(self) -> None:
        """Ends the session and the thread; waits until what was recorded is whole."""
        self._closing = True
        if self._obeying.is_alive():
            self._commands.put(None)
            self._obeying.join()
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()
        pool = QThreadPool.globalInstance()
        if self._opening and pool is not None:
            pool.waitForDone(_CLOSING_MS)

    def _take(self, opened: Opened) -> None:
        self._opening = False
        self._opened = opened
        self._looks = 0
        self._levels.clear()
        self._accents.clear()
        self._accent = None
        self.opened.emit(opened)
        self._open_next()

    def _fail(self, reason: str) -> None:
        self._opening = False
        self.failed.emit(reason)
        self._open_next()

    def _open_next(self) -> None:
        settings, self._next = self._next, None
        if settings is not None:
            self.open(settings)

    @staticmethod
    def _asked(opened: Opened) -> str:
        if opened.control.asked == opened.witness.section:
            opened.control.asked = ""
        return opened.control.asked

    def _heard_levels(self, opened: Opened, latest: tuple[float, ...], now: float) -> tuple[float, ...]:
        """Levels are measured when the sound is made; they are shown when it is heard."""
        made_until = opened.session.musician.stats.ticks / opened.motion_rate_hz
        if not self._levels or self._levels[-1][1] != latest:
            self._levels.append((made_until, latest))
        heard_until = now - opened.session.delay_s
        while len(self._levels) > 1 and self._levels[1][0] <= heard_until:
            self._levels.popleft()
        return self._levels[0][1]

    def _obey_all(self) -> None:
        while (command := self._commands.get()) is not None:
            opened = self._opened
            if opened is not None:
                self._obey(opened, command)
            self._commands.task_done()

    def _obey(self, opened: Opened, command: do.Command) -> None:
        try:
            opened.control.obey(command)
        except D2MError as error:
            self.refused.emit(str(error))
        except Exception as error:  # the next command may be "stop"
            log.exception("command %s", command)
            self.refused.emit(f"{type(error).__name__}: {error}")
