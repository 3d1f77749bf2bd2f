"""A list to choose from and a switch, with signs of our own: a style sheet alone draws neither arrow nor tick."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PyQt6.QtWidgets import QCheckBox, QComboBox, QSizePolicy

from plugin_host import theme


class Dropdown(QComboBox):
    """name: for screen readers and the tooltip."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(10)

    def wheelEvent(self, e: QWheelEvent | None) -> None:
        """Scrolling past it must not change it."""
        if e is not None:
            e.ignore()

    def paintEvent(self, e: QPaintEvent | None) -> None:
        super().paintEvent(e)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = theme.TEXT if self.isEnabled() else theme.LINE
        line = Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        painter.setPen(QPen(QColor(colour), theme.px(self, 1.8), *line))
        size = theme.px(self, 4)
        x, y = self.width() - theme.px(self, 18), self.height() / 2
        painter.drawPolyline(
            QPolygonF([QPointF(x - size, y - size / 2), QPointF(x, y + size / 2), QPointF(x + size, y - size / 2)])
        )


class Switch(QCheckBox):
    """On or off; on is to the right, and bright."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__(text)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        wide = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(theme.px(self, 54) + wide, theme.px(self, 30))

    def hitButton(self, pos: object) -> bool:
        return True

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tall, wide = theme.px(self, 20), theme.px(self, 36)
        track = QRectF(1, (self.height() - tall) / 2, wide, tall)
        painter.setPen(QPen(QColor(theme.TEXT), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.ACCENT if self.isChecked() else theme.PRESSED))
        painter.drawRoundedRect(track, tall / 2, tall / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.INK if self.isChecked() else theme.KNOB))
        radius = tall * 0.36
        x = track.right() - tall / 2 if self.isChecked() else track.left() + tall / 2
        painter.drawEllipse(QPointF(x, track.center().y()), radius, radius)
        painter.setPen(QColor(theme.TEXT if self.isEnabled() else theme.MUTED))
        place = QRectF(track.right() + theme.px(self, 10), 0, self.width(), self.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self.text())
