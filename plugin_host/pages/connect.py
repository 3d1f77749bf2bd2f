"""The page for other programs: what to do in each, whether it answers, what goes to it and comes from it."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QHideEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from d2m_bridge.daw.kit import KITS, install, user_folder
from d2m_bridge.osc.dialects import DIALECTS, Dialect
from d2m_bridge.settings import Settings
from plugin_host import theme
from plugin_host.background import run_in_background
from plugin_host.live.wires import Wires
from plugin_host.pages.learn_panel import LearnPanel
from plugin_host.pages.monitor_panel import MonitorPanel
from plugin_host.pages.ports_panel import PortsPanel
from plugin_host.widgets.basics import Digits, beside, button, card, column, label, set_level
from plugin_host.widgets.choices import Choice, Choices

_ASK_EVERY_MS = 3000
_NAMES = {"generic": "Any OSC", "reaper": "REAPER", "supercollider": "SuperCollider"}
_ANY = ("Any OSC program listens to our own addresses: docs/osc.md lists them, and what we obey",
        "choose its port below, and switch sending on")  # fmt: skip


class ConnectPage(QWidget):
    """send: HOST:PORT ("" for none) and dialect. The other wishes come from the panels ports, learn and monitor."""

    send = pyqtSignal(str, str)

    def __init__(self, settings: Settings, styles: tuple[str, ...]) -> None:
        """styles: of the model."""
        super().__init__()
        self.setProperty("role", "page")
        self._dialect = DIALECTS[settings.dialect]
        self._programs = Choices(
            [Choice(one.name, _short(one), f"Connect {one.program}") for one in DIALECTS.values()], columns=1
        )
        self._programs.chosen.connect(self.choose)
        self._title, self._steps = label("", "title"), QVBoxLayout()
        self._target = QLineEdit(settings.osc or f"127.0.0.1:{self._dialect.port}")
        self._target.setAccessibleName(self.tr("Where to send, as host:port"))
        self._target.setToolTip(self.tr("Where the program listens, as host:port"))
        self._sending = button(
            self.tr("Send"), self.tr("Send to it: beats, notes, accents, tempo, transport"), checkable=True
        )
        self._sending.setChecked(bool(settings.osc))
        self._sending.clicked.connect(self._send)
        self._check = button(
            self.tr("Check"), self.tr("Ask the program whether it is there; changes nothing in it"),
            role="primary", clicked=self._check_now,
        )  # fmt: skip
        self._install = button(
            self.tr("Copy our scripts"), self.tr("Put our scripts into the program's own folder"), clicked=self._copy
        )
        self._answer = label("", wrap=True)
        self._sent = Digits("sent 0000000", "muted", self.tr("Messages sent"))
        self.ports, self.learn, self.monitor = PortsPanel(settings), LearnPanel(settings.learn, styles), MonitorPanel()
        self._panels = QStackedWidget()
        self._panel_choice = Choices(
            [
                Choice("ports", self.tr("Ports"), self.tr("OSC port, MIDI ports and Link")),
                Choice("learn", self.tr("Learn"), self.tr("Teach foreign controls what to do")),
                Choice("monitor", self.tr("Monitor"), self.tr("See what goes out and comes in")),
            ],
            columns=3,
        )
        self._panel_choice.chosen.connect(self.show_panel)
        self._asking = QTimer(self)
        self._asking.setInterval(_ASK_EVERY_MS)
        self._asking.timeout.connect(self._ask)
        self._waiting = False
        self._lay_out()
        self.choose(self._dialect.name, keep=bool(settings.osc))

    def show_wires(self, wires: Wires) -> None:
        """What goes out and comes in; to be called while the page is seen."""
        sent, failed = wires.sent
        self._sent.setText(self.tr("sent {}").format(sent) + (self.tr(", {} failed").format(failed) if failed else ""))
        self.ports.show_received(wires.received)
        self.ports.show_link(wires.link_peers)
        self.learn.show_learned(wires.learned)
        if self._panels.currentWidget() is self.monitor:
            self.monitor.show_tap(wires.tap)

    def show_panel(self, name: str) -> None:
        """ports, learn or monitor."""
        self._panel_choice.show_chosen(name)
        self._panels.setCurrentWidget({"ports": self.ports, "learn": self.learn, "monitor": self.monitor}[name])

    def show_failed(self, what: str) -> None:
        """It could not be done: the controls say so. what: send, listen, or a setting of MIDI."""
        if what == "send":
            self._sending.setChecked(False)
        else:
            self.ports.show_failed(what)

    def hideEvent(self, a0: QHideEvent | None) -> None:
        self._asking.stop()

    def choose(self, name: str, *, keep: bool = False) -> None:
        """Shows a program of osc.dialects. keep: the address stays."""
        self._dialect = DIALECTS[name]
        self._programs.show_chosen(name)
        self._title.setText(_short(self._dialect))
        if not keep:
            self._target.setText(f"127.0.0.1:{self._dialect.port}")
            if self._sending.isChecked():
                self._send()
        self._asking.stop()
        self._show_answer("", "")
        self._install.setVisible(name in KITS and bool(KITS[name].files))
        while (item := self._steps.takeAt(0)) is not None:
            inside = item.widget()
            if inside is not None:
                inside.deleteLater()
        steps = KITS[name].steps if name in KITS else _ANY
        for number, step in enumerate(steps, 1):
            self._steps.addWidget(_step(number, step))
        self._steps.addStretch(1)

    def _send(self) -> None:
        self.send.emit(self._target.text().strip() if self._sending.isChecked() else "", self._dialect.name)

    def _check_now(self) -> None:
        """Asks, and goes on asking while the page is seen."""
        self._show_answer("", self.tr("Asking\u2026"))
        self._asking.start()
        self._ask()

    def _ask(self) -> None:
        from d2m_bridge.daw.check import ask
        from d2m_bridge.osc.sender import parse_target

        if self._waiting:
            return
        self._waiting = True
        dialect, target = self._dialect, self._target.text().strip()

        def work() -> float | None:
            answer = ask(dialect.check, *parse_target(target))
            return None if answer is None else answer.after_ms

        def done(after_ms: float | None) -> None:
            self._waiting = False
            if not self._asking.isActive() or dialect is not self._dialect:
                return
            if after_ms is None:
                said = self.tr("\u25cb  No answer from {}: {}").format(target, dialect.check.remedy)
                self._show_answer("warn", said)
            else:
                said = self.tr("\u25cf  {} answered after {:.1f} ms, at {}").format(
                    _short(dialect), after_ms, datetime.now().astimezone().strftime("%H:%M:%S")
                )
                self._show_answer("ok", said)

        def fail(reason: str) -> None:
            self._waiting = False
            self._asking.stop()
            self._show_answer("error", f"\u25a0  {reason}")

        run_in_background(work, done, fail, self)

    def _copy(self) -> None:
        kit = KITS[self._dialect.name]

        def work() -> str:
            folder = user_folder(kit, sys.platform, Path.home(), os.environ)
            return ", ".join(str(one.path) for one in install(kit, folder))

        run_in_background(
            work,
            lambda files: self._show_answer("ok", self.tr("\u25cf  Copied: {}").format(files)),
            lambda reason: self._show_answer("error", f"\u25a0  {reason}"),
            self,
        )

    def _show_answer(self, level: str, text: str) -> None:
        self._answer.setText(text)
        self._answer.setVisible(bool(text))
        set_level(self._answer, level)

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setLayout(self._steps)
        self._steps.setSpacing(10)
        self._steps.setContentsMargins(0, 0, 8, 0)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(self.tr("Steps"))
        self._target.setProperty("role", "address")
        row = beside(label(self.tr("Send to"), "caption"), self._target, self._sending, self._sent, 1)
        asking = beside(self._check, self._install, 1)
        rule = QFrame()
        rule.setProperty("role", "rule")
        rule.setFixedHeight(1)
        steps = column(self._title, area, rule, row, asking, self._answer, spacing=14)
        steps.setStretch(1, 1)
        for panel in (self.ports, self.learn, self.monitor):
            self._panels.addWidget(panel)
        self.show_panel("ports")
        right = column(self._panel_choice, self._panels, spacing=14)
        right.setStretch(1, 1)
        left = column(label(self.tr("Program"), "heading"), self._programs, 1, spacing=10)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(16, 4, 16, theme.GAP)
        whole.setSpacing(theme.GAP)
        whole.addWidget(card(left, 16), 18)
        whole.addWidget(card(steps, 16), 46)
        whole.addWidget(card(right, 16), 36)


def _short(dialect: Dialect) -> str:
    return _NAMES.get(dialect.name, dialect.name.capitalize())


def _step(number: int, text: str) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(12)
    sign = label(str(number), "number")
    sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
    row.addWidget(sign, alignment=Qt.AlignmentFlag.AlignTop)
    row.addWidget(label(text if text.startswith("d2m") else text[:1].upper() + text[1:], wrap=True), 1)
    return made
