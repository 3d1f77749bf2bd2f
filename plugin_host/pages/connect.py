"""The page for other programs: what to do in each, whether it answers, what goes to it and comes from it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QSpinBox, QVBoxLayout, QWidget

from d2m_bridge.daw.kit import KITS, install, user_folder
from d2m_bridge.osc.dialects import DIALECTS, Dialect
from plugin_host import theme
from plugin_host.background import run_in_background
from plugin_host.settings import Settings
from plugin_host.widgets.basics import Digits, beside, button, card, column, label, set_level
from plugin_host.widgets.choices import Choice, Choices

_ANY = ("Any OSC program listens to our own addresses: docs/osc.md lists them, and what we obey",
        "choose its port below, and switch sending on")  # fmt: skip


class ConnectPage(QWidget):
    """send: HOST:PORT ("" for none) and dialect. listen: port, 0 for none."""

    send = pyqtSignal(str, str)
    listen = pyqtSignal(int)

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self._dialect = DIALECTS[settings.dialect]
        self._programs = Choices(
            [Choice(one.name, _short(one), f"Connect {one.program}") for one in DIALECTS.values()], columns=1
        )
        self._programs.chosen.connect(self.choose)
        self._title, self._steps = label("", "title"), QVBoxLayout()
        self._target = QLineEdit(settings.osc or f"127.0.0.1:{self._dialect.port}")
        self._target.setAccessibleName("Where to send, as host:port")
        self._target.setToolTip("Where the program listens, as host:port")
        self._sending = button("Send", "Send to it: beats, notes, accents, tempo, transport", checkable=True)
        self._sending.setChecked(bool(settings.osc))
        self._sending.clicked.connect(self._send)
        self._check = button("Check", "Ask the program whether it is there; changes nothing in it", role="primary",
                             clicked=self._ask)  # fmt: skip
        self._install = button("Copy our scripts", "Put our scripts into the program's own folder", clicked=self._copy)
        self._answer = label("", wrap=True)
        self._sent = Digits("sent 0000000", "muted", "Messages sent")
        self._port = QSpinBox()
        self._port.setRange(1, 65535)
        self._port.setValue(settings.osc_in or 9001)
        self._port.setAccessibleName("Port on which commands are obeyed")
        self._port.setToolTip("Port of this machine on which commands are obeyed")
        self._listening = button("Listen", "Obey OSC commands of this machine", checkable=True)
        self._listening.setChecked(bool(settings.osc_in))
        self._listening.clicked.connect(self._listen)
        self._received = Digits("received 000000", "muted", "Messages received")
        self._problem = label("", "caption", wrap=True)
        self._lay_out()
        self.choose(self._dialect.name, keep=bool(settings.osc))

    def show_traffic(self, sent: tuple[int, int], received: tuple[int, int, str]) -> None:
        """What went out and came in."""
        self._sent.setText(f"sent {sent[0]}" + (f", {sent[1]} failed" if sent[1] else ""))
        self._received.setText(f"received {received[0]}" + (f", {received[1]} refused" if received[1] else ""))
        self._problem.setText(received[2])

    def show_failed(self, what: str) -> None:
        """It could not be done: the buttons say so. what: send or listen."""
        (self._sending if what == "send" else self._listening).setChecked(False)

    def choose(self, name: str, *, keep: bool = False) -> None:
        """Shows a program of osc.dialects. keep: the address stays."""
        self._dialect = DIALECTS[name]
        self._programs.show_chosen(name)
        self._title.setText(self._dialect.program[:1].upper() + self._dialect.program[1:])
        if not keep:
            self._target.setText(f"127.0.0.1:{self._dialect.port}")
            if self._sending.isChecked():
                self._send()
        self._answer.setText("")
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

    def _listen(self) -> None:
        self.listen.emit(self._port.value() if self._listening.isChecked() else 0)

    def _ask(self) -> None:
        from d2m_bridge.daw.check import ask
        from d2m_bridge.osc.sender import parse_target

        dialect, target = self._dialect, self._target.text().strip()
        self._show_answer("", "Asking\u2026")

        def work() -> float | None:
            answer = ask(dialect.check, *parse_target(target))
            return None if answer is None else answer.after_ms

        def done(after_ms: float | None) -> None:
            if after_ms is None:
                self._show_answer("warn", f"\u25cb  No answer from {target}: {dialect.check.remedy}")
            else:
                self._show_answer("ok", f"\u25cf  {_short(dialect)} answered after {after_ms:.1f} ms")

        run_in_background(work, done, lambda reason: self._show_answer("error", f"\u25a0  {reason}"), self)

    def _copy(self) -> None:
        kit = KITS[self._dialect.name]

        def work() -> str:
            folder = user_folder(kit, sys.platform, Path.home(), os.environ)
            return ", ".join(str(one.path) for one in install(kit, folder))

        run_in_background(
            work,
            lambda files: self._show_answer("ok", f"\u25cf  Copied: {files}"),
            lambda reason: self._show_answer("error", f"\u25a0  {reason}"),
            self,
        )

    def _show_answer(self, level: str, text: str) -> None:
        self._answer.setText(text)
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
        area.setAccessibleName("Steps")
        self._target.setProperty("role", "address")
        self._port.setProperty("role", "port")
        row = beside(
            label("Send to", "caption"), self._target, self._sending, self._sent, 1, self._install, self._check
        )
        incoming = beside(label("Port", "caption"), self._port, self._listening, self._received, 1)
        rule = QFrame()
        rule.setProperty("role", "rule")
        rule.setFixedHeight(1)
        steps = column(self._title, area, rule, row, self._answer, spacing=14)
        steps.setStretch(1, 1)
        obey = column(label("Obey other programs", "heading"), incoming, self._problem, spacing=10)
        right = column(card(steps, 20), card(obey, 20), spacing=theme.GAP)
        right.setStretch(0, 1)
        left = column(label("Program", "heading"), self._programs, 1, spacing=10)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(16, 4, 16, theme.GAP)
        whole.setSpacing(theme.GAP)
        whole.addWidget(card(left, 16), 20)
        whole.addLayout(right, 80)


def _short(dialect: Dialect) -> str:
    return "Any OSC" if dialect.name == "generic" else dialect.name.capitalize().replace("Reaper", "REAPER")


def _step(number: int, text: str) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(12)
    row.addWidget(label(str(number), "key"), alignment=Qt.AlignmentFlag.AlignTop)
    row.addWidget(label(text if text.startswith("d2m") else text[:1].upper() + text[1:], wrap=True), 1)
    return made
