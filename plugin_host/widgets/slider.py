"""Faders: a value by dragging, wheel or arrow keys; Shift is fine, a double click is the middle."""

from __future__ import annotations

import time

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QSlider

from d2m_bridge.osc.commands import MAX_GAIN_DB, MIN_GAIN_DB
from plugin_host import theme
from plugin_host.widgets.ballistics import place
from plugin_host.widgets.meter import INSET
from plugin_host.widgets.still import Still

_FINE = 0.2
_MINE_S = 0.3  # for so long after a touch the slider does not listen to what the session says
_ARROWS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home)


class Slider(QSlider):
    """Steps are whole numbers of 1/resolution. wanted: the new value, when a person moved it."""

    wanted = pyqtSignal(float)

    def __init__(self, name: str, low: float, high: float, resolution: int, orientation: Qt.Orientation) -> None:
        super().__init__(orientation)
        self._resolution = resolution
        self._still = Still()
        self._grip: tuple[QPointF, float] | None = None
        self._touched = 0.0
        self.setRange(round(low * resolution), round(high * resolution))
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.valueChanged.connect(self._changed)

    def follow(self, value: float) -> None:
        """Shows what the session says, unless a hand is on it."""
        steps = round(value * self._resolution)
        if steps != self.value() and self._grip is None and time.monotonic() - self._touched > _MINE_S:
            self.blockSignals(True)
            self.setValue(steps)
            self.blockSignals(False)

    def event(self, e: QEvent | None) -> bool:
        # Arrows are this slider's own while it has the keyboard, not the shortcut's.
        if isinstance(e, QKeyEvent) and e.type() == QEvent.Type.ShortcutOverride and e.key() in _ARROWS:
            e.accept()
            return True
        return super().event(e)

    def keyPressEvent(self, ev: QKeyEvent | None) -> None:
        if ev is not None and ev.key() == Qt.Key.Key_Home:
            self.setValue(0)
        else:
            super().keyPressEvent(ev)

    def mousePressEvent(self, ev: QMouseEvent | None) -> None:
        if ev is not None and ev.button() == Qt.MouseButton.LeftButton:
            self._grip = ev.position(), float(self.value())

    def mouseMoveEvent(self, ev: QMouseEvent | None) -> None:
        if ev is None or self._grip is None:
            return
        before, value = self._grip
        way = ev.position() - before
        span = self._span()
        part = -way.y() / span if self.orientation() == Qt.Orientation.Vertical else way.x() / span
        if ev.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            part *= _FINE
        value = min(self.maximum(), max(self.minimum(), value + part * (self.maximum() - self.minimum())))
        self._grip = ev.position(), value
        self.setValue(round(value))

    def mouseReleaseEvent(self, ev: QMouseEvent | None) -> None:
        self._grip = None

    def mouseDoubleClickEvent(self, a0: QMouseEvent | None) -> None:
        self.setValue(0)

    def paintEvent(self, ev: QPaintEvent | None) -> None:
        self._still.paint(self, (self.value(), self.isEnabled(), self._knob()), self._draw)

    def _draw(self, painter: QPainter) -> None:
        raise NotImplementedError

    def _span(self) -> float:
        inset = 2 * theme.px(self, INSET)
        vertical = self.orientation() == Qt.Orientation.Vertical
        return float(max(1, (self.height() if vertical else self.width()) - inset))

    def _knob(self) -> str:
        if not self.isEnabled():
            return theme.MUTED
        return theme.TEXT if self.hasFocus() or self._grip else theme.KNOB

    def _changed(self, value: int) -> None:
        self._touched = time.monotonic()
        self.wanted.emit(value / self._resolution)


class Fader(Slider):
    """The level of a stem in dB."""

    def __init__(self, name: str) -> None:
        super().__init__(name, MIN_GAIN_DB, MAX_GAIN_DB, 10, Qt.Orientation.Vertical)
        self.setSingleStep(10)
        self.setPageStep(30)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self, 30), theme.px(self, 120))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _draw(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        inset, middle = theme.px(self, INSET), self.width() / 2
        slot = theme.px(self, 4)
        painter.setBrush(QColor(theme.RAISED))
        painter.drawRoundedRect(QRectF(middle - slot / 2, inset, slot, self._span()), slot / 2, slot / 2)
        zero = inset + (1 - place(0.0)) * self._span()
        painter.fillRect(QRectF(middle - self.width() * 0.3, zero - 1, self.width() * 0.6, 2), QColor(theme.MUTED))
        y = inset + (1 - place(self.value() / self._resolution)) * self._span()
        cap = QRectF(middle - self.width() * 0.42, y - theme.px(self, 8), self.width() * 0.84, theme.px(self, 16))
        painter.setBrush(QColor(self._knob()))
        painter.drawRoundedRect(cap, theme.px(self, 4), theme.px(self, 4))
        painter.fillRect(QRectF(cap.left() + 3, y - 1, cap.width() - 6, 2), QColor(theme.INK))


class Balance(Slider):
    """A value that lies, filled from where it is 0. small: for a place that is narrow, as in a mixer's strip."""

    def __init__(self, name: str, low: float = -1.0, *, small: bool = False) -> None:
        super().__init__(name, low, 1.0, 100, Qt.Orientation.Horizontal)
        self._small = small
        self.setSingleStep(10)
        self.setPageStep(20)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self, 44 if self._small else 120), theme.px(self, 20 if self._small else 26))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(self, 44), self.sizeHint().height())

    def _draw(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        inset, middle, slot = theme.px(self, INSET), self.height() / 2, theme.px(self, 4)
        painter.setBrush(QColor(theme.RAISED))
        painter.drawRoundedRect(QRectF(inset, middle - slot / 2, self._span(), slot), slot / 2, slot / 2)
        low, wide = self.minimum(), self.maximum() - self.minimum()
        zero, x = (inset + (value - low) / wide * self._span() for value in (0, self.value()))
        painter.setBrush(QColor(theme.ACCENT if self.isEnabled() else theme.PRESSED))
        painter.drawRoundedRect(QRectF(min(zero, x), middle - slot / 2, abs(x - zero), slot), 1, 1)
        tick = theme.px(self, 5 if self._small else 7)
        painter.fillRect(QRectF(zero - 1, middle - tick, 2, 2 * tick), QColor(theme.MUTED))
        radius = theme.px(self, 6 if self._small else 8)
        painter.setBrush(QColor(self._knob()))
        painter.drawEllipse(QPointF(x, middle), radius, radius)
