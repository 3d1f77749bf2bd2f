"""The main window: it holds the pages and brings keys, buttons, the session and the messages together."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from PyQt6.QtCore import QSize, Qt, QTimer
from PyQt6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PyQt6.QtWidgets import QMainWindow, QWidget

from d2m_bridge.errors import InputError
from d2m_bridge.settings import PAGES, Settings, settings_path, store_settings
from plugin_host.curtain import Curtain
from plugin_host.geometry import geometry_of, spoken_geometry
from plugin_host.header import Header
from plugin_host.keyboard import Keyboard
from plugin_host.keys import BY_NAME
from plugin_host.live.controller import LiveController
from plugin_host.live.opening import Opened
from plugin_host.messages import Messages
from plugin_host.offline.runner import Runner
from plugin_host.page_requests import PageRequests
from plugin_host.page_stack import PageStack
from plugin_host.pages.connect import ConnectPage
from plugin_host.pages.live import LivePage
from plugin_host.pages.offline import OfflinePage
from plugin_host.pages.setup import SetupPage
from plugin_host.pages.stage import StagePage
from plugin_host.sheets import Sheets
from plugin_host.status import StatusReporter
from plugin_host.wardrobe import Wardrobe
from plugin_host.widgets.basics import column
from plugin_host.widgets.message_bar import MessageBar
from plugin_host.widgets.status_strip import StatusStrip

FRAME_MS = 16
_GUARD_S = 0.1  # a nervous finger fires once
_SURE_S = 3.0  # to close while playing takes two tries within this time


class MainWindow(QMainWindow):
    """open_session() starts what the settings say; closing the window ends it."""

    def __init__(
        self,
        settings: Settings,
        controller: LiveController,
        messages: Messages,
        runner: Runner,
        styles: tuple[str, ...],
        store: Path | None = None,
    ) -> None:
        """styles: of the model, for clips. store: the settings file, None the user's own."""
        super().__init__()
        self.settings, self._controller, self._messages = settings, controller, messages
        self._store = store or settings_path()
        self._played_at = self._closed_at = float("-inf")
        self.setWindowTitle("d2m")
        self.setMinimumSize(QSize(1120, 640))
        self.header, self.live, self.stage = Header(), LivePage(), StagePage()
        self.offline = OfflinePage(runner, messages, styles, settings.renders)
        self.connect_page, self.setup = ConnectPage(settings, styles), SetupPage(settings)
        self.bar = MessageBar()
        self.stack = PageStack()
        self.pages: dict[str, QWidget] = dict(
            zip((*PAGES, "stage"), (self.live, self.offline, self.connect_page, self.setup, self.stage), strict=True)
        )
        for page in self.pages.values():
            self.stack.add(page)
        self._lay_out()
        self._wardrobe = Wardrobe(
            self, self.stack, Curtain(self.stack), (self.header, self.bar, self.strip),
            lambda: (self.pages[self.page], *self.pages.values()),
        )  # fmt: skip
        self.sheets = Sheets(self.stack, messages, lambda: self._wardrobe.scale)
        self.requests = PageRequests(
            self.connect_page, self.setup, controller, messages, self.change_settings, self.open_session
        )
        self.keyboard = Keyboard(self)
        self._connect()
        self._status = StatusReporter(self.strip, messages)
        self.stack.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.stack.setFocus()  # not on a button: nothing is about to be pressed
        self.show_page("live")
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(FRAME_MS)

    def open_session(self) -> None:
        """With the settings as they are."""
        self._show_closed(self.tr("Opening"))
        self._controller.open(self.settings)

    def change_settings(self, **changes: object) -> None:
        """From now on and for the next start; what the command line said is for this run only."""
        self.settings = replace(self.settings, **changes)  # type: ignore[arg-type]
        try:
            store_settings(self._store, changes)
        except InputError as error:
            self._messages.say("warn", str(error), topic="settings")

    def go_on(self) -> None:
        """Where the window was left the last time."""
        place = geometry_of(self.settings.window)
        if place is not None:
            self.setGeometry(place)
        self.show_page(self.settings.page)

    def begin_first_start(self) -> None:
        """Nothing has been chosen yet: finds, fetches and tries what there is, then opens the session with it."""
        self.show_page("setup")
        self._show_closed(self.tr("The first start"))
        self.setup.begin_first_start()

    def show_page(self, page: str) -> None:
        """One of the pages, or "stage"."""
        staged = page == "stage"
        self.sheets.put_away()
        self._wardrobe.dress(self.pages[page])
        self.stack.show_page(self.pages[page])
        self._wardrobe.present(self.pages[page])
        self.header.setVisible(not staged)
        if not staged:
            self.header.show_page(page)
        self.keyboard.set_live(live=page in ("live", "stage"))

    @property
    def page(self) -> str:
        """The one that is shown."""
        return next(name for name, page in self.pages.items() if page is self.stack.page)

    def press(self, name: str) -> None:
        """What a key of the table does, whoever pressed it."""
        row = BY_NAME[name]
        if row.make is not None:
            if name == "play" and not self._may_play():
                return
            command = row.make(self._controller.positions)
            if command is not None:
                self._controller.obey(command)
        elif name in PAGES:
            self._set_stage(on=False)
            self.show_page(name)
        elif name == "stage":
            self._set_stage(on=self.page != "stage")
        elif name == "mirror":
            for preview in (self.live.preview, self.stage.preview):
                preview.set_mirrored(mirrored=not preview.mirrored)
        elif name == "clips":
            self.live.mixer.forget_clips()
            self.stage.forget_clips()
        elif name in ("help", "log"):
            self.sheets.turn(name)

    def closeEvent(self, a0: QCloseEvent | None) -> None:
        now = time.monotonic()
        if self._controller.positions.playing and now - self._closed_at > _SURE_S and a0 is not None:
            self._closed_at = now
            self._messages.say("warn", self.tr("The music plays: close once more to end it"), topic="close")
            a0.ignore()
            return
        self._timer.stop()
        page = self.page if self.page in PAGES else "live"
        self.change_settings(page=page, window=spoken_geometry(self.normalGeometry()))
        self.offline.finish()
        self._controller.close()
        super().closeEvent(a0)

    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        if a0 is not None:
            self.keyboard.take(a0)

    def keyReleaseEvent(self, a0: QKeyEvent | None) -> None:
        if a0 is not None:
            self.keyboard.take(a0)

    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        super().resizeEvent(a0)
        self._wardrobe.fit()

    def _lay_out(self) -> None:
        self.strip = StatusStrip(lambda: self.press("log"))
        whole = QWidget()
        whole.setProperty("role", "page")
        messages = column(self.bar)
        messages.setContentsMargins(16, 0, 16, 0)
        rows = column(self.header, self.stack, messages, self.strip, spacing=0)
        rows.setStretch(1, 1)
        whole.setLayout(rows)
        self.setCentralWidget(whole)

    def _connect(self) -> None:
        self.header.pressed.connect(self.press)
        self.keyboard.hit.connect(self.press)
        self.live.pressed.connect(self.press)
        self.live.wanted.connect(self._controller.obey)
        self.offline.folder_chosen.connect(lambda folder: self.change_settings(renders=folder))
        self._messages.said.connect(self.bar.show_message)
        self._messages.settled.connect(self.bar.settle)
        self._controller.saying.connect(self._show_closed)
        self._controller.opened.connect(self._show_opened)
        self._controller.failed.connect(self._show_failed)
        self._controller.refused.connect(lambda text: self._messages.say("warn", text, topic="refused"))

    def _set_stage(self, *, on: bool) -> None:
        """Stage mode takes the whole screen."""
        full = Qt.WindowState.WindowFullScreen
        if on:
            self.setWindowState(self.windowState() | full)
            self.show_page("stage")
        elif self.page == "stage":
            self.setWindowState(self.windowState() & ~full)
            self.show_page("live")

    def _may_play(self) -> bool:
        now = time.monotonic()
        may = now - self._played_at > _GUARD_S
        self._played_at = now
        return may

    def _show_closed(self, why: str) -> None:
        self.live.show_closed(why)
        self.stage.show_closed(why)
        self.setup.show_closed(why)

    def _show_failed(self, reason: str) -> None:
        self._show_closed(self.tr("No session"))
        said = self.tr("{}; or choose others on the page Set-up").format(reason)
        self._messages.say("error", said, topic="session", lasts=True)

    def _show_opened(self, opened: Opened) -> None:
        self._messages.settle("session")
        for flaw in opened.flaws:
            self._messages.say("warn", flaw, topic="session", lasts=True)
        self._status.begin(opened.sample_rate, self.settings.buffer_ms)
        self.live.show_opened(opened.session.styles)

    def _tick(self) -> None:
        look = self._controller.look()
        if look is not None:
            if self.page == "live":
                self.live.show_look(look)
            elif self.page == "stage":
                self.stage.show_look(look)
            elif self.page == "setup":
                self.setup.show_look(look)
            elif self.page == "connect" and (wires := self._controller.wires) is not None:
                self.connect_page.show_wires(wires)
        self._status.report(look)
