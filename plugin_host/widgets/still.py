"""Pictures of parts that seldom change: drawn once, then copied, for a window that is resized paints all of them."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QPainter, QPixmap
from PyQt6.QtWidgets import QWidget


class Still:
    """What one widget looks like."""

    def __init__(self) -> None:
        self._picture = QPixmap()
        self._drawn: tuple[object, QSize, int, float] | None = None

    def paint(self, widget: QWidget, look: object, draw: Callable[[QPainter], None]) -> None:
        """In a paint event. look: all that the drawing depends on beside the widget's size and the size of its font;
        draw: does it, smoothly, in the widget's own coordinates.
        """
        ratio = widget.devicePixelRatioF()
        wanted = look, widget.size(), widget.font().pixelSize(), ratio
        if wanted != self._drawn:
            self._drawn = wanted
            self._picture = QPixmap(widget.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw(painter)
            painter.end()
        QPainter(widget).drawPixmap(0, 0, self._picture)
