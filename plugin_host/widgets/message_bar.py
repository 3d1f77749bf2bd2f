"""Messages above the status strip: never a dialog. Each has a sign, a text and its time; a click clears it."""

from __future__ import annotations

from PyQt6.QtCore import QT_TRANSLATE_NOOP, QEvent, QRectF, QSize, Qt, QTimer
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from plugin_host import theme
from plugin_host.icons import draw_icon
from plugin_host.messages import Message
from plugin_host.words import translate

SHOWN_MS = 8000
_MOST = 3
_COLOURS = {"info": theme.ACCENT, "ok": theme.OK, "warn": theme.WARN, "error": theme.ERROR}
_WORDS = {
    "info": QT_TRANSLATE_NOOP("Messages", "Note"),
    "ok": QT_TRANSLATE_NOOP("Messages", "Done"),
    "warn": QT_TRANSLATE_NOOP("Messages", "Warning"),
    "error": QT_TRANSLATE_NOOP("Messages", "Error"),
}


class _Row(QWidget):
    def __init__(self, message: Message, parent: MessageBar) -> None:
        super().__init__(parent)
        self.message = message
        self._bar = parent
        self.setAccessibleName(f"{translate('Messages', _WORDS[message.level])}: {message.text}")
        self.setToolTip("\n".join((message.text, translate("Messages", "(click or Return: clear)"))))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(400, theme.px(self, 38))

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        self._bar.clear_row(self)

    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        if a0 is not None and a0.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._bar.clear_row(self)
        else:
            super().keyPressEvent(a0)

    def focusInEvent(self, a0: QEvent | None) -> None:
        self.update()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(_COLOURS[self.message.level])
        box = QRectF(self.rect())
        painter.setPen(QColor(theme.TEXT) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.RAISED))
        painter.drawRoundedRect(box, theme.px(self, 8), theme.px(self, 8))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(0, 0, theme.px(self, 4), box.height()), 2, 2)
        size, margin = theme.px(self, 18), theme.px(self, 14)
        draw_icon(painter, self.message.level, QRectF(margin, (box.height() - size) / 2, size, size), colour)
        painter.setFont(theme.sized(self.font(), theme.px(self, 14)))
        painter.setPen(QColor(theme.MUTED))
        wide = painter.fontMetrics().horizontalAdvance(self.message.at)
        right = QRectF(box.right() - wide - margin, 0, wide, box.height())
        painter.drawText(right, Qt.AlignmentFlag.AlignVCenter, self.message.at)
        painter.setPen(QColor(theme.TEXT))
        place = QRectF(2 * margin + size, 0, right.left() - 3 * margin - size, box.height())
        text = painter.fontMetrics().elidedText(self.message.text, Qt.TextElideMode.ElideRight, round(place.width()))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)


class MessageBar(QWidget):
    """Takes no room while there is nothing to say."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[_Row] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 8)
        self._layout.setSpacing(4)
        self.hide()

    def show_message(self, message: Message) -> None:
        """The same text is not said twice; the same topic is replaced."""
        for row in list(self._rows):
            if row.message.text == message.text or (message.topic and row.message.topic == message.topic):
                self.clear_row(row)
        while len(self._rows) >= _MOST:
            passing = [row for row in self._rows if not row.message.lasts]
            self.clear_row((passing or self._rows)[0])
        row = _Row(message, self)
        self._rows.append(row)
        self._layout.addWidget(row)
        self.show()
        if not message.lasts:
            timer = QTimer(row)
            timer.setSingleShot(True)
            timer.timeout.connect(lambda: self.clear_row(row))
            timer.start(SHOWN_MS)

    def settle(self, topic: str) -> None:
        """Clears what was said about a topic."""
        for row in list(self._rows):
            if row.message.topic == topic:
                self.clear_row(row)

    def clear_row(self, row: _Row) -> None:
        """Takes one away."""
        if row in self._rows:
            self._rows.remove(row)
            row.hide()
            row.deleteLater()
        self.setVisible(bool(self._rows))
