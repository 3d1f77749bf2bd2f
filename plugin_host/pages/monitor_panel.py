"""OSC and MIDI as they pass, in and out: the last messages, with a filter."""

from __future__ import annotations

import time

from PyQt6.QtGui import QFontDatabase, QTextOption
from PyQt6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from plugin_host.live.monitor import SHOWN, USUAL_FILTER, MonitorLog, Tap
from plugin_host.widgets.basics import beside, button, column, label

_EVERY_S = 0.2


class MonitorPanel(QWidget):
    """Call `show_tap` as often as you like while it is seen."""

    def __init__(self) -> None:
        super().__init__()
        self._log = MonitorLog()
        self._next = 0.0
        self._filter = QLineEdit(USUAL_FILTER)
        self._filter.setAccessibleName(self.tr("Filter: words that a line must hold; with a minus, must not"))
        self._filter.setToolTip(self._filter.accessibleName())
        self._filter.textChanged.connect(self._set_filter)
        self._hold = button(self.tr("Hold"), self.tr("Hold the list still, to read it"), checkable=True, role="small")
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setMaximumBlockCount(SHOWN)
        self._text.setWordWrapMode(QTextOption.WrapMode.NoWrap)
        self._text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._text.setPlaceholderText(self.tr("Nothing has passed yet"))
        self._text.setAccessibleName(self.tr("Messages in and out"))
        self._text.setToolTip(self.tr("The last {} messages: \u2190 in, \u2192 out").format(SHOWN))
        head = beside(label(self.tr("Filter"), "caption"), self._filter, self._hold)
        whole = column(head, self._text, spacing=10)
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def show_tap(self, tap: Tap) -> None:
        """What has passed since the last call."""
        now = time.monotonic()
        if now < self._next or self._hold.isChecked():
            return
        self._next = now + _EVERY_S
        if self._log.push(tap.drain()):
            self._refresh()

    def _set_filter(self, text: str) -> None:
        self._log.set_filter(text)
        self._refresh()

    def _refresh(self) -> None:
        self._text.setPlainText("\n".join(str(line) for line in self._log.lines))
        bar = self._text.verticalScrollBar()
        if bar is not None:
            bar.setValue(bar.maximum())
