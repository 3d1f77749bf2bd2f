"""Who leads the tempo and how well, the tempo of one's own, and the latency offset."""

from __future__ import annotations

from functools import partial

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QVBoxLayout

from d2m_bridge.osc import commands as do
from plugin_host.keys import SYNC_NAMES
from plugin_host.live.controller import LiveLook
from plugin_host.pages.live_panels import Panel
from plugin_host.widgets.basics import Digits, beside, button, label, set_level, signed
from plugin_host.widgets.choices import Choice, Choices
from plugin_host.words import word

_SIGNS = {"ok": "\u25cf", "warn": "\u25cb", "error": "\u25a0"}  # a level is never told by colour alone


class TempoPanel(Panel):
    """Everything about the beat."""

    def __init__(self) -> None:
        whole = QVBoxLayout()
        whole.setSpacing(6)
        super().__init__(whole)
        self._sync = Choices(
            [
                Choice(source, word(name), self.tr("The tempo comes from: {}").format(word(name)), (f"sync_{source}",))
                for source, name in SYNC_NAMES.items()
            ],
            role="small",
        )
        self._sync.chosen.connect(lambda source: self.wanted.emit(do.SetSync(source)))
        self._state = label(" ", "caption")
        self._bpm = Digits("000.0", "value", self.tr("Tempo in beats a minute"), Qt.AlignmentFlag.AlignRight)
        self._latency = Digits("+1000 ms", "value", self.tr("Latency offset"), Qt.AlignmentFlag.AlignRight)
        whole.addLayout(beside(label(self.tr("Tempo from"), "caption"), 1, self._state))
        whole.addWidget(self._sync)
        whole.addLayout(self._presses(), 1)

    def show_look(self, look: LiveLook) -> None:
        """As the session stands."""
        self._sync.show_chosen(look.positions.sync)
        level, words = look.sync
        self._state.setText(f"{_SIGNS[level]}  {words}")
        set_level(self._state, level)
        self._bpm.setText(f"{look.status.bpm:.1f}")
        self._latency.setText(signed(look.positions.latency_ms, "ms"))

    def _presses(self) -> QGridLayout:
        """What is pressed again and again; Tap is the largest, as it is hit without looking."""
        grid = QGridLayout()
        grid.setSpacing(6)
        for column, stretch in enumerate((0, 1, 2, 2, 2)):
            grid.setColumnStretch(column, stretch)
        later = self.tr("Everything later"), "behind", "later"
        earlier = self.tr("Everything earlier"), "ahead", "sooner"
        rows = (
            (self.tr("BPM"), self._bpm, (self.tr("1 BPM slower"), "slower"), (self.tr("1 BPM faster"), "faster")),
            (self.tr("Offset"), self._latency, later, earlier),
        )
        for row, (title, value, less, more) in enumerate(rows):
            grid.addWidget(label(title, "caption"), row, 0)
            grid.addWidget(value, row, 1)
            grid.addWidget(self._press("\u2212", *less), row, 2)
            grid.addWidget(self._press("+", *more), row, 3)
        grid.addWidget(self._press(self.tr("Tap"), self.tr("Tap the beat"), "tap"), 0, 4, 2, 1)
        return grid

    def _press(self, text: str, meaning: str, *keys: str) -> QPushButton:
        """keys: the row of the table of keys that it presses, and rows that do nearly the same."""
        made = button(text, meaning, *keys, role="small", clicked=partial(self.pressed.emit, keys[0]))
        made.setProperty("tight", True)
        made.setProperty("wide", True)
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        return made
