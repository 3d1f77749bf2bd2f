"""Draws what a time line shows but its playhead: sections, wave, melodies, drums and movement from top to bottom."""

from __future__ import annotations

import itertools

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPixmap, QPolygonF
from PyQt6.QtWidgets import QWidget

from d2m_bridge.engine.plan import STEMS
from d2m_bridge.timeline import Float32
from plugin_host import theme
from plugin_host.player.result import Result
from plugin_host.player.ruler import Ruler

_PARTS = (0.1, 0.3, 0.32, 0.2, 0.08)  # of the height
_LOWEST, _HIGHEST, _DRUM_LANES = 28, 96, 8
_BEATS_NOT_BELOW = 6  # pixels between two lines


def draw_result(result: Result, ruler: Ruler, on: QWidget) -> QPixmap:
    """As large as the widget."""
    ratio = on.devicePixelRatioF()
    picture = QPixmap(on.size() * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(QColor(theme.GROUND))
    tops = np.cumsum([0.0, *_PARTS]) * on.height()
    sections, wave, melody, drums, energy = (
        QRectF(0, float(top), on.width(), float(bottom - top)) for top, bottom in itertools.pairwise(tops)
    )
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    _draw_beats(painter, result, ruler, QRectF(0, wave.top(), on.width(), on.height() - wave.top()))
    _draw_wave(painter, result, ruler, wave)
    _draw_notes(painter, result, ruler, melody, drums)
    _draw_energy(painter, result, ruler, energy)
    painter.setFont(theme.sized(on.font(), theme.px(on, 11)))
    _draw_sections(painter, result, ruler, sections)
    painter.end()
    return picture


def _draw_beats(painter: QPainter, result: Result, ruler: Ruler, place: QRectF) -> None:
    apart = ruler.width / ruler.shown_s * result.seconds / max(1, len(result.beats))
    for t, is_bar in result.beats:
        if is_bar or apart >= _BEATS_NOT_BELOW:
            colour = theme.faded(theme.LINE, 1.0 if is_bar else 0.45)
            painter.fillRect(QRectF(ruler.x(t), place.top(), 1, place.height()), colour)


def _draw_wave(painter: QPainter, result: Result, ruler: Ruler, place: QRectF) -> None:
    low, high = _columns(result.peaks, result.seconds, ruler)
    middle, half = place.center().y(), 0.46 * place.height()
    above = [QPointF(x, middle - half * float(value)) for x, value in enumerate(high)]
    below = [QPointF(x, middle - half * float(value)) for x, value in enumerate(low)]
    painter.setBrush(theme.faded(theme.ACCENT, 0.75))
    painter.drawPolygon(QPolygonF([*above, *reversed(below)]))


def _columns(peaks: Float32, seconds: float, ruler: Ruler) -> tuple[list[float], list[float]]:
    """The least and the greatest sample under each column of pixels."""
    times = [ruler.t(x) for x in range(int(ruler.width) + 1)]
    edges = [min(len(peaks) - 1, int(t / max(seconds, 1e-6) * len(peaks))) for t in times]
    parts = [peaks[a : max(a, b) + 1] for a, b in itertools.pairwise(edges)]
    return [float(part[:, 0].min()) for part in parts], [float(part[:, 1].max()) for part in parts]


def _draw_notes(painter: QPainter, result: Result, ruler: Ruler, melody: QRectF, drums: QRectF) -> None:
    colours = [QColor(theme.STEM_COLOURS[stem]) for stem in STEMS]
    row, lane = melody.height() / (_HIGHEST - _LOWEST), drums.height() / _DRUM_LANES
    for note in result.notes:
        x = ruler.x(note.start)
        wide = max(1.5, note.length / ruler.shown_s * ruler.width - 1)
        if x > ruler.width or x + wide < 0:
            continue
        if note.stem == 0:
            y, tall, wide = drums.bottom() - (note.pitch + 1) * lane, lane * 0.8, min(wide, lane)
        else:
            y, tall = melody.bottom() - (min(max(note.pitch, _LOWEST), _HIGHEST - 1) - _LOWEST + 1) * row, 2 * row
        colours[note.stem].setAlphaF(0.4 + 0.6 * note.velocity)
        painter.fillRect(QRectF(x, y, wide, max(1.5, tall)), colours[note.stem])


def _draw_energy(painter: QPainter, result: Result, ruler: Ruler, place: QRectF) -> None:
    every = max(1, len(result.energy) // max(1, int(ruler.width)))
    line = [QPointF(ruler.x(t), place.bottom() - value * place.height()) for t, value in result.energy[::every]]
    if line:
        ends = QPointF(line[-1].x(), place.bottom()), QPointF(line[0].x(), place.bottom())
        painter.setBrush(theme.faded(theme.MOVEMENT, 0.7))
        painter.drawPolygon(QPolygonF([*line, *ends]))


def _draw_sections(painter: QPainter, result: Result, ruler: Ruler, place: QRectF) -> None:
    painter.setPen(QColor(theme.MUTED))
    ends = [t for t, _ in result.sections[1:]] + [result.seconds]
    for (t, name), end in zip(result.sections, ends[: len(result.sections)], strict=True):
        left, right = max(0.0, ruler.x(t)), ruler.x(end)
        if right - left > painter.fontMetrics().horizontalAdvance(name) + 4:
            where = QRectF(left + 3, place.top(), right - left - 3, place.height())
            painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, name)
