"""The strip that is always visible: device, rate, buffer, under-runs, pose rate, latency, load, sync, clock, errors."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from plugin_host.widgets.basics import DASH, Digits, label, set_level

_LONGEST_NAME = 28  # letters


class _Name(QLabel):
    """A text of any length that takes the room that is left."""

    def __init__(self, name: str) -> None:
        super().__init__(DASH)
        self._whole = DASH
        self.setProperty("role", "data")
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        wide = min(metrics.horizontalAdvance(self._whole) + 2, metrics.averageCharWidth() * _LONGEST_NAME)
        return QSize(wide, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 6, super().sizeHint().height())

    def show_text(self, text: str) -> None:
        if text != self._whole:
            self._whole = text
            self.setToolTip(text)
            self.updateGeometry()
            self._fit()

    def resizeEvent(self, a0: object) -> None:
        self._fit()

    def _fit(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideMiddle, self.width()))


class StatusStrip(QFrame):
    """Values come by name; what is out of order is coloured and says so in its text."""

    def __init__(self, open_log: Callable[[], None]) -> None:
        super().__init__()
        self._open_log = open_log
        self.setProperty("role", "strip")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 16, 6)
        row.setSpacing(4)
        self._sound, self._camera = _Name("Sound device"), _Name("Camera")
        self._values: dict[str, Digits] = {}
        self._add(row, "Sound", self._sound, first=True)
        self._add(row, "Rate", self._number("rate", "44.1 kHz", "Sample rate"))
        self._add(row, "Delay", self._number("delay", "1000 ms", "From the dancer's move to its sound"))
        self._add(row, "Under-runs", self._number("underruns", "0000", "How often sound was missing"))
        self._add(row, "Camera", self._camera)
        self._add(row, "Poses", self._number("poses", "00.0/s", "Pictures looked at in a second"))
        self._add(row, "CPU", self._number("cpu", "100 %", "Load of this program, of all cores"))
        self._add(row, "Sync", self._number("sync", "Dancer: waiting", "Who leads the tempo"))
        self._add(row, "Errors", self._number("errors", "000", "Errors so far; a double click shows them"))
        self._add(row, "", self._number("clock", "00:00:00", "Time of day"))

    def show_value(self, name: str, text: str, level: str = "") -> None:
        """One of rate, delay, underruns, poses, cpu, sync, errors, clock."""
        value = self._values[name]
        value.setText(text)
        set_level(value, level)

    def show_names(self, sound: str, camera: str, *, sound_lost: bool) -> None:
        """What sounds and what sees."""
        self._sound.show_text(f"{sound} (lost)" if sound_lost else sound)
        set_level(self._sound, "error" if sound_lost else "")
        self._camera.show_text(camera)

    def mouseDoubleClickEvent(self, a0: QMouseEvent | None) -> None:
        self._open_log()

    def _number(self, name: str, widest: str, meaning: str) -> Digits:
        made = Digits(widest, "data", meaning)
        made.setToolTip(meaning)
        self._values[name] = made
        return made

    @staticmethod
    def _add(row: QHBoxLayout, title: str, value: QWidget, *, first: bool = False) -> None:
        if not first:
            row.addStretch(1)
        pair = QHBoxLayout()
        pair.setSpacing(6)
        if title:
            pair.addWidget(label(title, "caption"))
        pair.addWidget(value)
        row.addLayout(pair)
