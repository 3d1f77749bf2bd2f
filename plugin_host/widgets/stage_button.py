"""The three buttons that a performer hits without looking: PLAY, RECORD and PANIC."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QAbstractButton, QSizePolicy

from plugin_host import theme
from plugin_host.icons import draw_icon
from plugin_host.keys import tip
from plugin_host.widgets.still import Still


class StageButton(QAbstractButton):
    """A sign and a word; the word grows with the button. filled: the colour is the ground, not the line."""

    def __init__(self, name: str, key: str, size: QSize) -> None:
        super().__init__()
        self._size = size
        self._icon, self._colour, self._caption = "play", theme.OK, ""
        self._filled, self._sign = False, ""
        self._still = Still()
        self._name, self._key = name, key
        self.setAccessibleName(name)
        self.setToolTip(tip(name, key))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def show_as(
        self, icon: str, word: str, colour: str, *, caption: str = "", filled: bool = False, sign: str = ""
    ) -> None:
        """How it stands; paints only when that changes. sign: the icon's colour where it is another."""
        wanted = (icon, word, colour, caption, filled, sign)
        if wanted != (self._icon, self.text(), self._colour, self._caption, self._filled, self._sign):
            self._icon, self._colour, self._caption, self._filled, self._sign = icon, colour, caption, filled, sign
            self.setText(word)
            self.setAccessibleDescription(f"{word} {caption}".strip())
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self, self._size.width()), theme.px(self, self._size.height()))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        stands = (self._icon, self.text(), self._colour, self._caption, self._filled, self._sign)
        touched = (self.isEnabled(), self.isDown(), self.underMouse(), self.hasFocus())
        self._still.paint(self, (stands, touched), self._draw)

    def _draw(self, painter: QPainter) -> None:
        colour = self._colour if self.isEnabled() else theme.MUTED
        filled = self.isEnabled() and (self._filled != self.isDown())
        line = theme.px(self, 2)
        box = QRectF(self.rect()).adjusted(line, line, -line, -line)
        ground = colour if filled else theme.RAISED if self.underMouse() and self.isEnabled() else theme.SURFACE
        calm = not self.isEnabled() or bool(self._sign)
        edge = theme.TEXT if self.hasFocus() else theme.LINE if calm else colour
        painter.setPen(QPen(QColor(edge), line))
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(box, theme.px(self, 12), theme.px(self, 12))
        ink = QColor(theme.INK if filled else colour)
        self._draw_word(painter, box, ink)

    def _draw_word(self, painter: QPainter, box: QRectF, ink: QColor) -> None:
        text_px = theme.px(self, 22)
        painter.setFont(theme.sized(self.font(), text_px, strong=True))
        sign = text_px * 1.05
        gap = text_px * 0.45
        width = painter.fontMetrics().horizontalAdvance(self.text())
        left = box.center().x() - (sign + gap + width) / 2
        middle = box.center().y() - (theme.px(self, 10) if self._caption else 0)
        sign_ink = QColor(self._sign) if self._sign and self.isEnabled() else ink
        draw_icon(painter, self._icon, QRectF(left, middle - sign / 2, sign, sign), sign_ink)
        painter.setPen(ink)
        row = QRectF(left + sign + gap, middle - text_px, width + text_px, 2 * text_px)
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        if self._caption:
            painter.setFont(theme.sized(self.font(), theme.px(self, 13)))
            below = QRectF(box.left(), middle + text_px * 0.75, box.width(), theme.px(self, 20))
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self._caption)
