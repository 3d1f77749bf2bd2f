"""The table of keys on one sheet, painted: labels by the dozen would hold up the window when it is opened."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from PyQt6.QtCore import QEvent, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from plugin_host import theme
from plugin_host.keys import KEYS, Key, spelled, split
from plugin_host.words import translate, word

_COLUMNS = (("Show", "Style", "Section"), ("Feel", "Mixer"), ("Tempo", "Window"))
_SPELLED_OUT = 5  # keys of a series; of more only the first and the last are shown
_LINE, _HEADING, _BETWEEN = 27, 30, 14  # heights
_COLUMN_GAP, _GAP, _PADDING = 44, 14, 8  # widths


class KeySheet(QWidget):
    """As large as its text."""

    def __init__(self) -> None:
        super().__init__()
        self._columns = tuple(tuple((word(group), tuple(sheet_lines(group))) for group in part) for part in _COLUMNS)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(translate("Sheet", "Keys"))
        lines = (f"{keys}: {meaning}" for part in self._columns for _, rows in part for keys, meaning in rows)
        self.setAccessibleDescription("\n".join(lines))

    def sizeHint(self) -> QSize:
        wide = sum(sum(self._widths(column)) + theme.px(self, _GAP) for column in self._columns)
        tall = max(
            sum(_HEADING + _LINE * len(rows) for _, rows in column) + _BETWEEN * (len(column) - 1)
            for column in self._columns
        )
        return QSize(round(wide) + theme.px(self, _COLUMN_GAP) * (len(self._columns) - 1), theme.px(self, tall))

    def changeEvent(self, a0: QEvent | None) -> None:
        super().changeEvent(a0)
        if a0 is not None and a0.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = 0.0
        for column in self._columns:
            chips, meanings = self._widths(column)
            top = 0
            for heading, rows in column:
                painter.setFont(self._heading_font())
                painter.setPen(QColor(theme.TEXT))
                place = QRectF(left, top, chips + meanings, theme.px(self, _HEADING - 6))
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, heading)
                top += theme.px(self, _HEADING)
                for keys, meaning in rows:
                    self._draw_line(painter, QRectF(left, top, meanings, theme.px(self, _LINE)), chips, keys, meaning)
                    top += theme.px(self, _LINE)
                top += theme.px(self, _BETWEEN)
            left += chips + meanings + theme.px(self, _GAP + _COLUMN_GAP)

    def _draw_line(self, painter: QPainter, row: QRectF, chips: float, keys: str, meaning: str) -> None:
        font = self._key_font()
        wide = QFontMetricsF(font).horizontalAdvance(keys) + 2 * theme.px(self, _PADDING)
        edge = theme.px(self, 2)
        chip = QRectF(row.left(), row.top() + edge, wide, row.height() - 2 * edge)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.RAISED))
        painter.drawRoundedRect(chip, theme.px(self, 4), theme.px(self, 4))
        painter.setFont(font)
        painter.setPen(QColor(theme.TEXT))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, keys)
        painter.setFont(self.font())
        painter.setPen(QColor(theme.MUTED))
        place = row.translated(chips + theme.px(self, _GAP), 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, meaning)

    def _widths(self, column: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]) -> tuple[float, float]:
        """Of the widest keys, with their ground, and of the widest meaning."""
        strong, plain = QFontMetricsF(self._key_font()), QFontMetricsF(self.font())
        lines = [line for _, rows in column for line in rows]
        chips = max(strong.horizontalAdvance(keys) for keys, _ in lines) + 2 * theme.px(self, _PADDING)
        return chips, max(plain.horizontalAdvance(meaning) for _, meaning in lines)

    def _key_font(self) -> QFont:
        return theme.sized(self.font(), theme.px(self, 13), strong=True)

    def _heading_font(self) -> QFont:
        return theme.sized(self.font(), theme.px(self, 16), strong=True)


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
