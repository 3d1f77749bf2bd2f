"""A stretch of the plan, drawn once: each step is added when it is known, and the roll only moves the picture."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QPainter, QPixmap, QPolygonF

from d2m_bridge.engine.plan import STEMS, PlanStep
from d2m_bridge.timeline import BEATS_PER_BAR, STEPS_PER_BAR
from plugin_host import theme
from plugin_host.widgets.roll_marks import DRUM_LANES, HIGHEST, LOWEST, Mark, chord_name, marks_of

STRIP_BEATS = 48
DRUMS_PART = 0.32


@dataclass(frozen=True, slots=True)
class Geometry:
    """Everything that a drawn strip depends on. unit: pixels of the theme's unit; ratio: of device to our pixels."""

    width_px: float
    height: int
    beat_px: float
    unit: float
    ratio: float
    playing: bool
    mutes: tuple[bool, ...]

    @property
    def area(self) -> QRectF:
        """Where notes are: below the numbers of the bars, above the accents."""
        head, foot = 20 * self.unit, 12 * self.unit
        return QRectF(0, head, self.width_px, max(1.0, self.height - head - foot))


class Strip:
    """From a first beat on."""

    def __init__(self, first_beat: int, geometry: Geometry, font: QFont) -> None:
        self.first_beat, self.geometry = first_beat, geometry
        ratio = geometry.ratio
        self.picture = QPixmap(round(STRIP_BEATS * geometry.beat_px * ratio), round(geometry.height * ratio))
        self.picture.setDevicePixelRatio(ratio)
        self.picture.fill(QColor(0, 0, 0, 0))
        self._font = theme.sized(font, round(12 * geometry.unit))
        self._next_step = -(1 << 30)
        self._next_accent = float("-inf")
        self._chords: set[int] = set()
        painter = QPainter(self.picture)
        self._draw_bars(painter)
        painter.end()

    def add(self, plan: tuple[PlanStep, ...], accents: tuple[tuple[float, float], ...]) -> None:
        """What is new of the plan and of the accents (beat, strength)."""
        steps = [step for step in plan if step.step >= self._next_step]
        news = [accent for accent in accents if accent[0] > self._next_accent]
        if not steps and not news:
            return
        painter = QPainter(self.picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for step in steps:
            self._draw_chord(painter, step)
            painter.setPen(Qt.PenStyle.NoPen)
            for mark in marks_of(step):
                self.draw_mark(painter, mark, self.first_beat)
            self._next_step = step.step + 1
        painter.setPen(Qt.PenStyle.NoPen)
        for beat, strength in news:
            self._draw_accent(painter, beat, strength)
            self._next_accent = beat
        painter.end()

    def draw_mark(self, painter: QPainter, mark: Mark, begin: float, *, sounding: bool = False) -> None:
        """One note, where beat `begin` is at the left edge."""
        geometry, area = self.geometry, self.geometry.area
        drums = area.height() * DRUMS_PART
        if mark.stem == 0:
            lane = drums / DRUM_LANES
            top, tall = area.bottom() - (mark.row + 1) * lane, lane
        else:
            lane = (area.height() - drums) / (HIGHEST - LOWEST)
            top, tall = area.bottom() - drums - (mark.row + 1) * lane, max(4 * geometry.unit, lane)
        left = (mark.start - begin) * geometry.beat_px
        box = QRectF(left + 1, top + 0.5, max(3.0, mark.length * geometry.beat_px - 2), max(3.0, tall - 1))
        colour = theme.STEM_COLOURS[STEMS[mark.stem]]
        if sounding:
            painter.setBrush(QColor(colour).lighter(135))
        elif geometry.mutes[mark.stem] or not geometry.playing:
            painter.setBrush(theme.faded(colour, 0.2))
        else:
            painter.setBrush(theme.faded(colour, 0.4 + 0.4 * mark.velocity))
        radius = min(3.0, box.height() / 2)
        painter.drawRoundedRect(box, radius, radius)

    def _draw_bars(self, painter: QPainter) -> None:
        area = self.geometry.area
        painter.setFont(self._font)
        painter.setPen(QColor(theme.MUTED))
        for beat in range(STRIP_BEATS):
            strong = (beat + self.first_beat) % BEATS_PER_BAR == 0
            x = round(beat * self.geometry.beat_px)
            painter.fillRect(QRectF(x, area.top(), 1, area.height()), theme.faded(theme.TEXT, 0.2 if strong else 0.06))
            bar = (beat + self.first_beat) // BEATS_PER_BAR
            if strong and bar >= 0:
                painter.drawText(QPointF(x + 4, area.top() - 6 * self.geometry.unit), str(bar + 1))

    def _draw_chord(self, painter: QPainter, step: PlanStep) -> None:
        """Once a bar, beside its number."""
        bar = step.step // STEPS_PER_BAR
        if bar in self._chords:
            return
        self._chords.add(bar)
        painter.setFont(self._font)
        painter.setPen(QColor(theme.TEXT))
        unit = self.geometry.unit
        x = (bar * BEATS_PER_BAR - self.first_beat) * self.geometry.beat_px
        wide = painter.fontMetrics().horizontalAdvance(str(bar + 1))
        painter.drawText(QPointF(x + 4 + wide + 8 * unit, self.geometry.area.top() - 6 * unit), chord_name(step.chord))

    def _draw_accent(self, painter: QPainter, beat: float, strength: float) -> None:
        unit = self.geometry.unit
        x = (beat - self.first_beat) * self.geometry.beat_px
        y, size = self.geometry.area.bottom() + 8 * unit, (2.5 + 3.5 * strength) * unit
        painter.setBrush(theme.faded(theme.ACCENT_MARK, 0.45 + 0.55 * strength))
        corners = (x, y - size), (x - size, y + 2), (x + size, y + 2)
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
