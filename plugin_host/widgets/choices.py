"""One of several: style pads, sections, sync sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QWidget

from plugin_host.widgets.basics import button, restyle


@dataclass(frozen=True, slots=True)
class Choice:
    """value: what is chosen. text: on the button. name: in words, for tooltip and screen reader. keys: their rows."""

    value: str
    text: str
    name: str
    keys: tuple[str, ...] = ()


class Choices(QWidget):
    """Buttons in a grid; at most one is lit, and the session says which. chosen: a person pressed one.

    even: all equally wide, however little room there is. tall: they use the height that there is.
    """

    chosen = pyqtSignal(str)

    def __init__(
        self, choices: Sequence[Choice] = (), *, columns: int = 5, role: str = "", even: bool = True, tall: bool = False
    ) -> None:
        super().__init__()
        self._columns, self._role, self._even, self._tall = columns, role, even, tall
        self._buttons: dict[str, QPushButton] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(6)
        self.offer(choices)

    def offer(self, choices: Sequence[Choice]) -> None:
        """These and no others."""
        for made in self._buttons.values():
            made.deleteLater()
        self._buttons = {}
        for index, choice in enumerate(choices):
            made = button(choice.text, choice.name, *choice.keys, role=self._role, checkable=True)
            if self._even:
                upright = QSizePolicy.Policy.Expanding if self._tall else QSizePolicy.Policy.Preferred
                made.setSizePolicy(QSizePolicy.Policy.Ignored, upright)
                made.setProperty("tight", True)
            made.clicked.connect(lambda _, value=choice.value: self._press(value))
            self._grid.addWidget(made, index // self._columns, index % self._columns)
            self._buttons[choice.value] = made

    def set_columns(self, columns: int) -> None:
        """For the next offer."""
        self._columns = columns

    def show_chosen(self, value: str) -> None:
        """Lights one, or none."""
        for name, made in self._buttons.items():
            made.setChecked(name == value)

    def show_second(self, value: str) -> None:
        """Outlines one, or none: it comes next, or is mixed in."""
        for name, made in self._buttons.items():
            if bool(made.property("second")) != (name == value):
                made.setProperty("second", name == value)
                restyle(made)

    def _press(self, value: str) -> None:
        self.show_chosen(value)  # at once; the session has the last word
        self.chosen.emit(value)
