"""The bar above the pages: which page is shown, and the way to stage mode and help."""

from __future__ import annotations

from functools import partial

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from plugin_host.keys import BY_NAME, PAGE_NAMES
from plugin_host.widgets.basics import button, label
from plugin_host.words import word


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
            made = button(word(name), self.tr("The page {}").format(word(name)), page, role="page", checkable=True)
            made.clicked.connect(lambda _, page=page: self.pressed.emit(page))
            self._group.addButton(made)
            self._pages[page] = made
            row.addWidget(made)
        row.addStretch(1)
        for name, text, meaning in (
            ("stage", self.tr("Stage mode  {}"), self.tr("Large, dark, nothing to hit by mistake")),
            ("help", self.tr("Keys  {}"), self.tr("All keys")),
        ):
            made = button(
                text.format(BY_NAME[name].keys), meaning, name, role="page",
                clicked=partial(self.pressed.emit, name),
            )  # fmt: skip
            row.addWidget(made)

    def show_page(self, page: str) -> None:
        """Lights its button."""
        self._pages[page].setChecked(True)
