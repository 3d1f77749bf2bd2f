"""The strip that is always visible: device, rate, buffer, under-runs, pose rate, latency, load, sync, clock, errors."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from plugin_host.keys import tip
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
        wide = min(self.sizeHint().width(), self.fontMetrics().averageCharWidth() * 6)
        return QSize(wide, super().sizeHint().height())

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
        self._sound, self._camera = _Name(self.tr("Sound device")), _Name(self.tr("Camera"))
        self._values: dict[str, Digits] = {}
        self._add(row, self.tr("Sound"), self._sound, self._number("rate", "44.1 kHz", self.tr("Sample rate")))
        for name, title, widest, meaning in (
            ("buffer", self.tr("Buffer"), "1000 ms", self.tr("Music made ahead of its sound")),
            ("latency", self.tr("Latency"), "1000 ms", self.tr("From the dancer's move to its sound")),
            ("underruns", self.tr("Under-runs"), "000", self.tr("How often sound was missing")),
        ):
            self._add(row, title, self._number(name, widest, meaning))
        self._add(row, self.tr("Camera"), self._camera)
        for name, title, widest, meaning in (
            ("poses", self.tr("Poses"), "00.0/s", self.tr("Pictures looked at in a second")),
            ("free", self.tr("CPU free"), "100 %", self.tr("What all programs leave of the processor")),
            ("sync", self.tr("Sync"), self.tr("Dancer: waiting"), self.tr("Who leads the tempo")),
            ("errors", self.tr("Errors"), "000", tip(self.tr("Errors so far; a double click shows them"), "log")),
            ("clock", "", "00:00:00", self.tr("Time of day")),
        ):
            self._add(row, title, self._number(name, widest, meaning))

    def show_value(self, name: str, text: str, level: str = "") -> None:
        """One of rate, buffer, latency, underruns, poses, free, sync, errors, clock."""
        value = self._values[name]
        value.setText(text)
        set_level(value, level)

    def show_names(self, sound: str, camera: str, *, sound_lost: bool) -> None:
        """What sounds and what sees."""
        self._sound.show_text(self.tr("{} (lost)").format(sound) if sound_lost else sound)
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
    def _add(row: QHBoxLayout, title: str, *values: QWidget) -> None:
        if row.count():
            row.addStretch(1)
        group = QHBoxLayout()
        group.setSpacing(6)
        if title:
            group.addWidget(label(title, "caption"))
        for value in values:
            group.addWidget(value)
        row.addLayout(group)
