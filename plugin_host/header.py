"""The bar above the pages: which page is shown, and the way to stage mode and help."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from plugin_host.keys import PAGE_NAMES
from plugin_host.widgets.basics import button, label


class Header(QWidget):
    """pressed: the name of a row of the table of keys."""

    pressed = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(4)
        mark = label("d2m", "wordmark")
        mark.setProperty("level", "accent")
        row.addWidget(mark)
        row.addSpacing(16)
        self._group = QButtonGroup(self)
        self._pages = {}
        for page, name in PAGE_NAMES.items():
            made = button(name, f"The page {name}", page, role="page", checkable=True)
            made.clicked.connect(lambda _, page=page: self.pressed.emit(page))
            self._group.addButton(made)
            self._pages[page] = made
            row.addWidget(made)
        row.addStretch(1)
        row.addWidget(button("Stage mode  F11", "Large, dark, nothing to hit by mistake", "stage", role="page",
                             clicked=lambda: self.pressed.emit("stage")))  # fmt: skip
        row.addWidget(button("Keys  F1", "All keys", "help", role="page", clicked=lambda: self.pressed.emit("help")))

    def show_page(self, page: str) -> None:
        """Lights its button."""
        self._pages[page].setChecked(True)
