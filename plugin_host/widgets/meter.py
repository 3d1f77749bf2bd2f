"""A level meter with peak hold and a clip light that stays lit until it is clicked."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from plugin_host import theme
from plugin_host.keys import tip
from plugin_host.widgets.ballistics import Ballistics, decibels, place
from plugin_host.widgets.basics import MINUS

INSET = 9  # above and below the scale, half a fader's handle
TICKS_DB = (12, 0, -12, -24, -36, -48, -60)


class Meter(QWidget):
    """Stands beside a fader, on the same scale. touchable: a click puts out the clip light."""

    def __init__(self, name: str, colour: str, *, touchable: bool = True) -> None:
        super().__init__()
        self._colour = colour
        self._moving = Ballistics()
        self._drawn: tuple[int, int, bool] | None = None
        self.setAccessibleName(self.tr("{}: level").format(name))
        if touchable:
            self.setToolTip(tip(self.tr("{}: level; a click puts out the clip light").format(name), "clips"))
        else:
            self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    @property
    def clipped(self) -> bool:
        """The clip light is lit."""
        return self._moving.clipped

    def push(self, level: float, t: float) -> None:
        """A linear level at t seconds; paints when it can be seen."""
        self._moving.push(decibels(level), t)
        height = self.height()
        look = (
            round(place(self._moving.db) * height),
            round(place(self._moving.peak_db) * height),
            self._moving.clipped,
        )
        if look != self._drawn:
            if self._drawn is None or look[2] != self._drawn[2]:
                self.setAccessibleDescription(self.tr("clipped") if look[2] else "")
            self._drawn = look
            self.update()

    def forget(self) -> None:
        """The clip light goes out."""
        self._moving.forget()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self, 12), theme.px(self, 120))

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        self.forget()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        inset = theme.px(self, INSET)
        track = QRectF(0, inset, self.width(), self.height() - 2 * inset)
        radius = theme.px(self, 3)
        painter.setBrush(QColor(theme.RAISED))
        painter.drawRoundedRect(track, radius, radius)
        shown = place(self._moving.db)
        if shown > 0:
            self._fill(painter, track, 0.0, min(shown, place(0.0)), self._colour)
            self._fill(painter, track, place(0.0), shown, theme.ERROR)
        peak = place(self._moving.peak_db)
        if peak > 0:
            y = track.bottom() - peak * track.height()
            painter.fillRect(QRectF(0, y - 1, self.width(), theme.px(self, 2)), QColor(theme.TEXT))
        if self._moving.clipped:
            painter.setBrush(QColor(theme.ERROR))
            painter.drawRoundedRect(QRectF(0, 0, self.width(), inset - 2), radius, radius)

    def _fill(self, painter: QPainter, track: QRectF, low: float, high: float, colour: str) -> None:
        if high > low:
            top, bottom = track.bottom() - high * track.height(), track.bottom() - low * track.height()
            painter.setBrush(QColor(colour))
            radius = theme.px(self, 3) if low == 0 else 0
            painter.drawRoundedRect(QRectF(0, top, self.width(), bottom - top), radius, radius)


class Scale(QWidget):
    """The decibels beside meters and faders."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Scale in decibels"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self, 24), theme.px(self, 120))

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setFont(theme.sized(self.font(), theme.px(self, 11)))
        painter.setPen(QColor(theme.MUTED))
        inset, tall = theme.px(self, INSET), theme.px(self, 16)
        span = self.height() - 2 * inset
        for db in TICKS_DB:
            y = inset + (1 - place(db)) * span
            text = f"+{db}" if db > 0 else str(db).replace("-", MINUS)
            row = QRectF(0, y - tall / 2, self.width(), tall)
            painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
