"""While the window is resized its pages stand still as a picture; then they appear again, a piece at a time.

A page is painted whole whenever its window has another size. Doing so at every step of an edge that is dragged would
keep the window from everything else for most of the time.
"""

from __future__ import annotations

from collections.abc import Iterable

from PyQt6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPixmap, QRegion
from PyQt6.QtWidgets import QWidget

from plugin_host import theme

_TURN_MS = 5  # between two pieces: other events come first


class _Patch(QWidget):
    """Covers a place of its parent with a picture of the parent. Lets mouse and keys through."""

    def __init__(self, parent: QWidget, picture: QPixmap, place: QRect) -> None:
        super().__init__(parent)
        self.picture = picture
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # so that what moves below costs nothing
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setGeometry(place)
        self.show()
        self.raise_()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.drawPixmap(-self.pos(), self.picture)
        seen = QRect(-self.pos(), self.picture.deviceIndependentSize().toSize())
        painter.setClipRegion(QRegion(self.rect()) - QRegion(seen))
        painter.fillRect(self.rect(), QColor(theme.GROUND))


class Curtain(QObject):
    """Hangs before the widget that it is made for."""

    def __init__(self, stage: QWidget) -> None:
        super().__init__(stage)
        self._stage = stage
        self._patches: list[_Patch] = []  # the last goes first
        self._turn = QTimer(self)
        self._turn.setInterval(_TURN_MS)
        self._turn.timeout.connect(self._uncover_next)
        stage.installEventFilter(self)

    def draw(self) -> None:
        """From now on the stage looks as it does now."""
        if self._patches and not self._turn.isActive():
            return
        self.drop()
        ratio = self._stage.devicePixelRatioF()
        picture = QPixmap(self._stage.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(theme.GROUND))  # opaque: it is copied, not blended
        self._stage.render(picture, flags=QWidget.RenderFlag.DrawChildren)
        self._patches = [_Patch(self._stage, picture, self._stage.rect())]

    def open(self, pieces: Iterable[QWidget]) -> None:
        """They appear one after the other, and what is beside them at once."""
        if self._patches and not self._turn.isActive():
            (whole,) = self._patches
            self._cover(pieces, whole.picture)
            whole.deleteLater()
            whole.hide()

    def rise(self, pieces: Iterable[QWidget]) -> None:
        """For another scene: they appear one after the other, out of the ground."""
        self.drop()
        self._cover(pieces, QPixmap())

    def drop(self) -> None:
        """All appears now."""
        self._turn.stop()
        for patch in self._patches:
            patch.hide()
            patch.deleteLater()
        self._patches = []

    def eventFilter(self, a0: QObject | None, a1: QEvent | None) -> bool:
        if a1 is not None and a1.type() == QEvent.Type.Resize and self._patches and not self._turn.isActive():
            self._patches[0].setGeometry(self._stage.rect())
        return False

    def _cover(self, pieces: Iterable[QWidget], picture: QPixmap) -> None:
        places = [QRect(piece.mapTo(self._stage, QPoint()), piece.size()) for piece in pieces if piece.isVisible()]
        self._patches = [_Patch(self._stage, picture, place) for place in reversed(places)]
        self._turn.start()

    def _uncover_next(self) -> None:
        if self._patches:
            patch = self._patches.pop()
            patch.hide()
            patch.deleteLater()
        else:
            self._turn.stop()
