"""Wave, beats, plan and sections of a result on one time line, with a playhead; a click or a drag seeks."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from plugin_host import theme
from plugin_host.player.drawing import draw_result
from plugin_host.player.result import Result
from plugin_host.player.ruler import Ruler, clock

_STEP_S, _LEAP_S = 1.0, 10.0
_ENLARGE = 1.25
_KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)


class Timeline(QWidget):
    """seek: the time in seconds that a person wants to hear."""

    seek = pyqtSignal(float)

    def __init__(self) -> None:
        super().__init__()
        self._result: Result | None = None
        self._ruler = Ruler(0.0, 1.0)
        self._at = 0.0
        self._drawn: QPixmap | None = None
        self.setAccessibleName(self.tr("Time line of the result"))
        self.setToolTip(
            self.tr(
                "Click to hear from there; the wheel enlarges; \u2190 \u2192 go a second, with Shift ten, Home back"
            )
        )
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def seconds(self) -> float:
        """Length of what is shown."""
        return self._ruler.seconds

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self, 480), theme.px(self, 170))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(self, 240), theme.px(self, 110))

    def show_result(self, result: Result | None) -> None:
        """None: nothing to show. Another result of the same length keeps what is enlarged."""
        seconds = result.seconds if result is not None else 0.0
        same = result is not None and abs(seconds - self._ruler.seconds) < 0.1
        before = self._ruler
        self._ruler = Ruler(seconds, self.width())
        if same:
            self._ruler = self._ruler.moved(before.begin, before.span or None)
        self._result, self._drawn = result, None
        self.setVisible(result is not None)
        self.update()

    def show_position(self, t: float) -> None:
        """Where it plays."""
        self._at = t
        following = self._ruler.following(t)
        if following is not self._ruler:
            self._ruler, self._drawn = following, None
        self.setAccessibleDescription(f"{clock(t)} / {clock(self._ruler.seconds)}")
        self.update()

    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        ruler = self._ruler
        self._ruler, self._drawn = Ruler(ruler.seconds, self.width(), ruler.begin, ruler.span), None

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        self._seek_to(a0)

    def mouseMoveEvent(self, a0: QMouseEvent | None) -> None:
        self._seek_to(a0)

    def wheelEvent(self, a0: QWheelEvent | None) -> None:
        if a0 is not None and self._result is not None and a0.angleDelta().y():
            factor = _ENLARGE if a0.angleDelta().y() > 0 else 1 / _ENLARGE
            self._ruler, self._drawn = self._ruler.enlarged(factor, a0.position().x()), None
            self.update()

    def event(self, e: QEvent | None) -> bool:
        # Arrows are this line's own while it has the keyboard, not the shortcut's.
        if isinstance(e, QKeyEvent) and e.type() == QEvent.Type.ShortcutOverride and e.key() in _KEYS:
            e.accept()
            return True
        return super().event(e)

    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        if a0 is None or a0.key() not in _KEYS or self._result is None:
            super().keyPressEvent(a0)
            return
        step = _LEAP_S if a0.modifiers() & Qt.KeyboardModifier.ShiftModifier else _STEP_S
        to = {
            Qt.Key.Key_Left: self._at - step, Qt.Key.Key_Right: self._at + step,
            Qt.Key.Key_Home: 0.0, Qt.Key.Key_End: self._ruler.seconds,
        }  # fmt: skip
        self._go(to[Qt.Key(a0.key())])

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        if self._result is None:
            return
        painter = QPainter(self)
        if self._drawn is None:
            self._drawn = draw_result(self._result, self._ruler, self)
        painter.drawPixmap(self.rect(), self._drawn)
        x = self._ruler.x(self._at)
        painter.fillRect(QRectF(x - 1, 0, theme.px(self, 2), self.height()), QColor(theme.TEXT))
        if self.hasFocus():
            painter.setPen(QColor(theme.ACCENT))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _seek_to(self, event: QMouseEvent | None) -> None:
        if event is not None and self._result is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._go(self._ruler.t(event.position().x()))

    def _go(self, t: float) -> None:
        to = min(self._ruler.seconds, max(0.0, t))
        self.show_position(to)
        self.seek.emit(to)
