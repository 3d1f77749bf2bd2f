"""The few signs that the host draws, as paths in a unit square, so that they are sharp at every size."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QColor, QPainter, QPainterPath, QPolygonF, QTransform


def _polygon(*points: tuple[float, float]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
    path.closeSubpath()
    return path


def _play() -> QPainterPath:
    return _polygon((0.22, 0.1), (0.9, 0.5), (0.22, 0.9))


def _stop() -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(0.16, 0.16, 0.68, 0.68), 0.08, 0.08)
    return path


def _dot() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QRectF(0.16, 0.16, 0.68, 0.68))
    return path


def _ring() -> QPainterPath:
    path = _dot()
    path.addEllipse(QRectF(0.3, 0.3, 0.4, 0.4))
    return path


def _panic() -> QPainterPath:
    """A speaker that is crossed out."""
    speaker = _polygon((0.08, 0.36), (0.26, 0.36), (0.5, 0.14), (0.5, 0.86), (0.26, 0.64), (0.08, 0.64))
    cross = _polygon((0.6, 0.36), (0.66, 0.3), (0.94, 0.64), (0.88, 0.7))
    return speaker.united(cross).united(_polygon((0.88, 0.3), (0.94, 0.36), (0.66, 0.7), (0.6, 0.64)))


def _hold() -> QPainterPath:
    """A padlock."""
    bow = QPainterPath()
    bow.addRoundedRect(QRectF(0.26, 0.06, 0.48, 0.7), 0.24, 0.24)
    inside = QPainterPath()
    inside.addRoundedRect(QRectF(0.38, 0.18, 0.24, 0.6), 0.12, 0.12)
    body = QPainterPath()
    body.addRoundedRect(QRectF(0.14, 0.44, 0.72, 0.5), 0.08, 0.08)
    return bow.subtracted(inside).united(body)


def _drop() -> QPainterPath:
    """Down to a line."""
    arrow = _polygon((0.4, 0.06), (0.6, 0.06), (0.6, 0.4), (0.84, 0.4), (0.5, 0.76), (0.16, 0.4), (0.4, 0.4))
    line = QPainterPath()
    line.addRect(QRectF(0.12, 0.84, 0.76, 0.12))
    return arrow.united(line)


def _tick() -> QPainterPath:
    return _polygon((0.1, 0.52), (0.22, 0.4), (0.4, 0.58), (0.78, 0.18), (0.9, 0.3), (0.4, 0.82))


def _warning() -> QPainterPath:
    bang = QPainterPath()
    bang.addRect(QRectF(0.45, 0.38, 0.1, 0.26))
    bang.addRect(QRectF(0.45, 0.7, 0.1, 0.1))
    return _polygon((0.5, 0.08), (0.96, 0.9), (0.04, 0.9)).subtracted(bang)


def _error() -> QPainterPath:
    bang = QPainterPath()
    bang.addRect(QRectF(0.44, 0.24, 0.12, 0.32))
    bang.addRect(QRectF(0.44, 0.64, 0.12, 0.12))
    whole = QPainterPath()
    whole.addEllipse(QRectF(0.06, 0.06, 0.88, 0.88))
    return whole.subtracted(bang)


def _info() -> QPainterPath:
    letter = QPainterPath()
    letter.addRect(QRectF(0.44, 0.44, 0.12, 0.32))
    letter.addRect(QRectF(0.44, 0.24, 0.12, 0.12))
    whole = QPainterPath()
    whole.addEllipse(QRectF(0.06, 0.06, 0.88, 0.88))
    return whole.subtracted(letter)


ICONS = {
    "play": _play(),
    "stop": _stop(),
    "dot": _dot(),
    "ring": _ring(),
    "panic": _panic(),
    "hold": _hold(),
    "drop": _drop(),
    "ok": _tick(),
    "warn": _warning(),
    "error": _error(),
    "info": _info(),
}


def draw_icon(painter: QPainter, name: str, place: QRectF, colour: QColor) -> None:
    """Fills the sign into the place."""
    fit = QTransform.fromTranslate(place.x(), place.y()).scale(place.width(), place.height())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillPath(fit.map(ICONS[name]), colour)
    painter.restore()
