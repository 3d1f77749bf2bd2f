"""Sheets that lie over the page: all keys, and what was said. A click or the key puts them away."""

from __future__ import annotations

from collections.abc import Iterable

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QColor, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from plugin_host import theme
from plugin_host.messages import Message
from plugin_host.widgets.basics import card, label
from plugin_host.widgets.key_sheet import KeySheet
from plugin_host.words import translate


class Overlay(QWidget):
    """Covers its parent until it is closed, and is gone then. Opaque, so that what moves below costs nothing."""

    closed = pyqtSignal()

    def __init__(self, parent: QWidget, title: str, inside: QWidget, *, centred: bool) -> None:
        """centred: the sheet is as large as what is inside, else as its parent."""
        super().__init__(parent)
        whole = QVBoxLayout()
        whole.setSpacing(theme.GAP)
        whole.addWidget(label(title, "title"))
        whole.addWidget(inside, 1)
        whole.addWidget(label(translate("Sheet", "Click, or press the key again, to go back"), "muted"))
        around = QVBoxLayout(self)
        around.setContentsMargins(16, 4, 16, theme.GAP)
        sheet = card(whole, 20)
        around.addWidget(sheet, 0, Qt.AlignmentFlag.AlignCenter) if centred else around.addWidget(sheet)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setGeometry(parent.rect())
        parent.installEventFilter(self)

    def eventFilter(self, a0: QObject | None, a1: QEvent | None) -> bool:
        if a1 is not None and a1.type() == QEvent.Type.Resize and (parent := self.parentWidget()) is not None:
            self.setGeometry(parent.rect())
        return False

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        self.close()

    def closeEvent(self, a0: QCloseEvent | None) -> None:
        self.closed.emit()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        QPainter(self).fillRect(self.rect(), QColor(theme.GROUND))


def keys_overlay(parent: QWidget) -> Overlay:
    """The table of keys, on one sheet."""
    return Overlay(parent, translate("Sheet", "Keys"), KeySheet(), centred=True)


def log_overlay(parent: QWidget, messages: Iterable[Message]) -> Overlay:
    """What was said, the latest last."""
    lines = [f"{message.at}  {message.level.upper():5}  {message.text}" for message in messages]
    text = QPlainTextEdit("\n".join(lines) or translate("Sheet", "Nothing yet."))
    text.setReadOnly(True)
    text.setAccessibleName(translate("Sheet", "What was said"))
    text.setToolTip(translate("Sheet", "Messages since the start, the latest last"))
    return Overlay(parent, translate("Sheet", "What was said"), text, centred=False)
