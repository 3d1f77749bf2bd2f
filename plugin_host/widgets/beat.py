"""The beat: four dots, the one that sounds is lit; the first of the bar is a square."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from d2m_bridge.timeline import BEATS_PER_BAR
from plugin_host import theme


class BeatDots(QWidget):
    """Fades after each beat, so that the pulse is seen from the corner of the eye."""

    def __init__(self, *, right: bool = False) -> None:
        """right: they stand at the right edge of their place, else at the left."""
        super().__init__()
        self._right = right
        self._beat, self._level = -1, 0.0
        self.setAccessibleName(self.tr("Beat of the bar"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self, 132), theme.px(self, 18))

    def show_position(self, position: float, *, playing: bool) -> None:
        """Fractional beats of the music; nothing is lit where nothing plays."""
        beat = int(position) % BEATS_PER_BAR if playing and position >= 0 else -1
        level = round(1 - 0.75 * (position % 1.0), 1) if beat >= 0 else 0.0
        if (beat, level) != (self._beat, self._level):
            self._beat, self._level = beat, level
            self.update()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        gap = min(self.width() * 0.06, self.height() * 0.5)
        size = min(self.height() * 0.9, (self.width() - 3 * gap) / BEATS_PER_BAR)
        top = (self.height() - size) / 2
        left = self.width() - BEATS_PER_BAR * size - 3 * gap if self._right else 0.0
        for beat in range(BEATS_PER_BAR):
            place = QRectF(left + beat * (size + gap), top, size, size)
            painter.setBrush(QColor(theme.RAISED))
            self._draw(painter, place, first=beat == 0)
            if beat == self._beat:
                painter.setBrush(theme.faded(theme.OK if beat == 0 else theme.TEXT, self._level))
                self._draw(painter, place, first=beat == 0)

    @staticmethod
    def _draw(painter: QPainter, place: QRectF, *, first: bool) -> None:
        radius = place.width() / (5 if first else 2)
        painter.drawRoundedRect(place, radius, radius)
