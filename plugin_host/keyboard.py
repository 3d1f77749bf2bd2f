"""Turns keys into rows of the table of keys. Typing into a field is left alone: Qt asks the field first."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PyQt6.QtWidgets import QWidget

from plugin_host.keys import KEYS, PANIC_HOLD_S, Key


class Keyboard(QObject):
    """hit: the name of a row. Rows that are not for everywhere work while `live` is set."""

    hit = pyqtSignal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._shortcuts = {row.name: self._shortcut(row) for row in KEYS if not row.hold}
        self._held = next(row for row in KEYS if row.hold)
        self._hold = QTimer(self)
        self._hold.setSingleShot(True)
        self._hold.setInterval(round(1000 * PANIC_HOLD_S))
        self._hold.timeout.connect(lambda: self.hit.emit(self._held.name))

    def set_live(self, *, live: bool) -> None:
        """Whether the controls of the session are in sight."""
        for row in KEYS:
            if row.name in self._shortcuts and not row.everywhere:
                self._shortcuts[row.name].setEnabled(live)

    def take(self, event: QKeyEvent) -> None:
        """A key went down or up in the window: the one that has to be held; the others are shortcuts."""
        if event.key() != Qt.Key.Key_Escape or event.isAutoRepeat():
            return
        if event.type() == QEvent.Type.KeyPress:
            self._hold.start()
        else:
            self._hold.stop()

    def _shortcut(self, row: Key) -> QShortcut:
        made = QShortcut(QKeySequence(row.keys), self._window)
        made.setAutoRepeat(row.repeats)
        made.activated.connect(lambda: self.hit.emit(row.name))
        return made
