"""Sheets that lie over the page: all keys, and what was said. Any key or a click puts them away."""

from __future__ import annotations

from collections.abc import Iterable

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from plugin_host import theme
from plugin_host.keys import KEYS, spelled
from plugin_host.messages import Message
from plugin_host.widgets.basics import card, column, label

_COLUMNS = (("Show", "Window"), ("Mixer", "Section"), ("Tempo", "Style"))


class Overlay(QWidget):
    """Covers its parent until it is closed, and is gone then."""

    closed = pyqtSignal()

    def __init__(self, parent: QWidget, title: str, inside: QWidget) -> None:
        super().__init__(parent)
        whole = QVBoxLayout()
        whole.setSpacing(theme.GAP)
        whole.addWidget(label(title, "title"))
        whole.addWidget(inside, 1)
        whole.addWidget(label("Click, or press the key again, to go back", "muted"))
        around = QVBoxLayout(self)
        around.setContentsMargins(40, 24, 40, 24)
        around.addWidget(card(whole, 24))
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setGeometry(parent.rect())

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        self.close()

    def closeEvent(self, a0: QCloseEvent | None) -> None:
        self.closed.emit()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        QPainter(self).fillRect(self.rect(), theme.faded(theme.GROUND, 0.9))


def keys_overlay(parent: QWidget) -> Overlay:
    """The table of keys, on one sheet."""
    inside = QWidget()
    row = QHBoxLayout(inside)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(40)
    for groups in _COLUMNS:
        parts: list[QWidget | QGridLayout | int] = []
        for group in groups:
            grid = QGridLayout()
            grid.setHorizontalSpacing(16)
            grid.setVerticalSpacing(3)
            grid.setColumnStretch(1, 1)
            for line, key in enumerate(key for key in KEYS if key.group == group):
                grid.addWidget(label(spelled(key), "key"), line, 0, Qt.AlignmentFlag.AlignLeft)
                grid.addWidget(label(key.text, "muted"), line, 1)
            parts += [label(group, "heading"), grid]
        row.addLayout(column(*parts, 1, spacing=8), 1)
    return Overlay(parent, "Keys", inside)


def log_overlay(parent: QWidget, messages: Iterable[Message]) -> Overlay:
    """What was said, the latest last."""
    lines = [f"{message.at}  {message.level.upper():5}  {message.text}" for message in messages]
    text = QPlainTextEdit("\n".join(lines) or "Nothing yet.")
    text.setReadOnly(True)
    text.setAccessibleName("What was said")
    text.setToolTip("Messages since the start, the latest last")
    return Overlay(parent, "What was said", text)
