"""Sheets that lie over the page: all keys, and what was said. Any key or a click puts them away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from plugin_host import theme
from plugin_host.keys import KEYS, Key, spelled, split
from plugin_host.messages import Message
from plugin_host.widgets.basics import card, column, label
from plugin_host.words import translate, word

_COLUMNS = (("Show", "Style", "Section"), ("Feel", "Mixer"), ("Tempo", "Window"))
_SPELLED_OUT = 5  # keys of a series; of more only the first and the last are shown


class Overlay(QWidget):
    """Covers its parent until it is closed, and is gone then."""

    closed = pyqtSignal()

    def __init__(self, parent: QWidget, title: str, inside: QWidget) -> None:
        super().__init__(parent)
        whole = QVBoxLayout()
        whole.setSpacing(theme.GAP)
        whole.addWidget(label(title, "title"))
        whole.addWidget(inside, 1)
        whole.addWidget(label(translate("Sheet", "Click, or press the key again, to go back"), "muted"))
        around = QVBoxLayout(self)
        around.setContentsMargins(40, 24, 40, 24)
        around.addWidget(card(whole, 24))
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setGeometry(parent.rect())

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        self.close()

    def closeEvent(self, a0: QCloseEvent | None) -> None:
        self.closed.emit()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        QPainter(self).fillRect(self.rect(), theme.faded(theme.GROUND, 0.9))


def keys_overlay(parent: QWidget) -> Overlay:
    """The table of keys, on one sheet."""
    inside = QWidget()
    row = QHBoxLayout(inside)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(40)
    for groups in _COLUMNS:
        parts: list[QWidget | QGridLayout | int] = []
        for group in groups:
            grid = QGridLayout()
            grid.setHorizontalSpacing(16)
            grid.setVerticalSpacing(8)
            grid.setColumnStretch(1, 1)
            for line, (keys, meaning) in enumerate(sheet_lines(group)):
                grid.addWidget(label(keys, "key"), line, 0, Qt.AlignmentFlag.AlignLeft)
                grid.addWidget(label(meaning, "muted"), line, 1)
            parts += [label(word(group), "heading"), grid]
        row.addLayout(column(*parts, 1, spacing=12), 1)
    return Overlay(parent, translate("Sheet", "Keys"), inside)


def sheet_lines(group: str) -> Iterator[tuple[str, str]]:
    """Keys and what they do; a series of rows is one line."""
    for series, rows in groupby((key for key in KEYS if key.group == group), key=lambda key: key.series or key.name):
        several = [*rows]
        if len(several) == 1:
            yield spelled(several[0]), several[0].meaning
        else:
            yield _together(several), translate("Keys", series)


def _together(rows: list[Key]) -> str:
    """What is held down for all is written once."""
    parts = [split(row) for row in rows]
    shared = len({held for held, _ in parts}) == 1
    keys = [key if shared else held + key for held, key in parts]
    shown = "  ".join(keys) if len(keys) <= _SPELLED_OUT else f"{keys[0]} \u2026 {keys[-1]}"
    return f"{parts[0][0]} {shown}".strip() if shared else shown


def log_overlay(parent: QWidget, messages: Iterable[Message]) -> Overlay:
    """What was said, the latest last."""
    lines = [f"{message.at}  {message.level.upper():5}  {message.text}" for message in messages]
    text = QPlainTextEdit("\n".join(lines) or translate("Sheet", "Nothing yet."))
    text.setReadOnly(True)
    text.setAccessibleName(translate("Sheet", "What was said"))
    text.setToolTip(translate("Sheet", "Messages since the start, the latest last"))
    return Overlay(parent, translate("Sheet", "What was said"), text)
