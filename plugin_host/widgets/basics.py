"""Small parts that every page is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QLayout, QPushButton, QVBoxLayout, QWidget

from plugin_host import theme
from plugin_host.keys import tip

Box = TypeVar("Box", bound=QBoxLayout)


def label(text: str = "", role: str = "", *, wrap: bool = False) -> QLabel:
    """Text in one of the roles of the theme."""
    made = QLabel(text)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made


DASH, MINUS = "\u2013", "\u2212"  # no value; the sign of a number below zero


def signed(value: float, unit: str, decimals: int = 0) -> str:
    """A number with its sign, and zero without one."""
    text = f"{abs(value):.{decimals}f} {unit}"
    if not any(digit in text for digit in "123456789"):
        return text
    return f"{MINUS if value < 0 else '+'}{text}"


class Digits(QLabel):
    """A number that changes: its digits stand still, and the widest text has room from the start."""

    def __init__(self, widest: str, role: str, name: str, align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft) -> None:
        super().__init__(DASH)
        self._widest = widest
        self.setProperty("role", role)
        self.setAccessibleName(name)
        self.setAlignment(align | Qt.AlignmentFlag.AlignVCenter)
        self._reserve()

    def setText(self, a0: str | None) -> None:
        if a0 != self.text():
            super().setText(a0)

    def changeEvent(self, a0: QEvent | None) -> None:
        super().changeEvent(a0)
        if a0 is not None and a0.type() == QEvent.Type.StyleChange:
            self._reserve()

    def _reserve(self) -> None:
        self.ensurePolished()
        font = self.font()
        self.setFont(theme.sized(font, font.pixelSize(), strong=font.bold() or font.weight() > font.Weight.Medium))
        self.setMinimumWidth(self.fontMetrics().horizontalAdvance(self._widest))


def button(
    text: str,
    name: str,
    *keys: str,
    role: str = "",
    checkable: bool = False,
    clicked: Callable[[], None] | None = None,
) -> QPushButton:
    """name: for screen readers and the tooltip. keys: names of rows of the table of keys.

    A mouse click leaves the keyboard where it is, so that Space is always PLAY; Tab and Return reach every button.
    """
    made = QPushButton(text)
    made.setProperty("role", role)
    made.setAccessibleName(name)
    made.setToolTip(tip(name, *keys))
    made.setCheckable(checkable)
    made.setAutoDefault(True)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    if clicked is not None:
        made.clicked.connect(lambda: clicked())
    return made


def card(layout: QLayout, margin: int = theme.GAP) -> QFrame:
    """A surface around some controls that belong together."""
    frame = QFrame()
    frame.setProperty("role", "card")
    layout.setContentsMargins(margin, margin, margin, margin)
    frame.setLayout(layout)
    return frame


def column(*parts: QWidget | QLayout | int, spacing: int = 6) -> QVBoxLayout:
    """One below the other; a number is a stretch."""
    return _filled(QVBoxLayout(), parts, spacing)


def beside(*parts: QWidget | QLayout | int, spacing: int = 12) -> QHBoxLayout:
    """One beside the other; a number is a stretch."""
    return _filled(QHBoxLayout(), parts, spacing)


def _filled(box: Box, parts: tuple[QWidget | QLayout | int, ...], spacing: int) -> Box:
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(spacing)
    for part in parts:
        if isinstance(part, QWidget):
            box.addWidget(part)
        elif isinstance(part, QLayout):
            box.addLayout(part)
        else:
            box.addStretch(part)
    return box


def set_level(widget: QWidget, level: str) -> None:
    """Colours a label by a level of the theme: ok, warn, error, accent or none. Never the only sign of it."""
    if widget.property("level") != level:
        widget.setProperty("level", level)
        restyle(widget)


def restyle(widget: QWidget) -> None:
    """After a property changed on which the style sheet depends."""
    style = widget.style()
    if style is not None:
        style.unpolish(widget)
        style.polish(widget)
