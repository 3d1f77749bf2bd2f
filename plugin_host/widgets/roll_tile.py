"""A bar of the plan, drawn once: each step is added when it is known, and the roll only moves the pictures."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QPainter, QPixmap, QPolygonF

from d2m_bridge.engine.plan import STEMS, PlanStep
from d2m_bridge.timeline import BEATS_PER_BAR, STEPS_PER_BAR
from plugin_host import theme
from plugin_host.widgets.roll_marks import DRUM_LANES, HIGHEST, LOWEST, Mark, chord_name, marks_of

DRUMS_PART = 0.32
_BESIDE = 0.1  # beats by which the sign of an accent may reach into the next bar


@dataclass(frozen=True, slots=True)
class Geometry:
    """Everything that a drawn bar depends on. unit: pixels of the theme's unit; ratio: of device pixels to ours.

    bar_px is whole in device pixels, so that bars stand side by side without a seam.
    """

    bar_px: float
    height: int
    unit: float
    ratio: float
    playing: bool
    silent: tuple[bool, ...]

    @property
    def beat_px(self) -> float:
        """Width of a beat."""
        return self.bar_px / BEATS_PER_BAR

    @property
    def top(self) -> float:
        """Where the notes begin: below the numbers of the bars."""
        return 20 * self.unit

    @property
    def bottom(self) -> float:
        """Where they end: above the accents."""
        return max(self.top + 1, self.height - 12 * self.unit)

    def place(self, mark: Mark, begin: float) -> QRectF:
        """One note, where beat `begin` is at the left edge."""
        drums = (self.bottom - self.top) * DRUMS_PART
        if mark.stem == 0:
            lane = tall = drums / DRUM_LANES
            low = self.bottom
        else:
            lane = (self.bottom - self.top - drums) / (HIGHEST - LOWEST)
            low, tall = self.bottom - drums, max(4 * self.unit, lane)
        left = (mark.start - begin) * self.beat_px
        wide = max(3.0, mark.length * self.beat_px - 2)
        return QRectF(left + 1, low - (mark.row + 1) * lane + 0.5, wide, max(3.0, tall - 1))


def draw_note(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """The painter has no pen."""
    painter.setBrush(colour)
    radius = min(3.0, box.height() / 2)
    painter.drawRoundedRect(box, radius, radius)


class Tile:
    """bar: counted from 0, may be negative before the music begins."""

    def __init__(self, bar: int, geometry: Geometry, font: QFont, ground: str) -> None:
        self.bar, self.geometry = bar, geometry
        ratio = geometry.ratio
        self.picture = QPixmap(round(geometry.bar_px * ratio), round(geometry.height * ratio))
        self.picture.setDevicePixelRatio(ratio)
        self.picture.fill(QColor(ground))
        self._font = theme.sized(font, round(12 * geometry.unit))
        self._begin = bar * BEATS_PER_BAR
        self._next_step = (bar - 1) * STEPS_PER_BAR  # a note of the bar before may reach into this one
        self._latest_accent = float("-inf")
        self._has_chord = False
        painter = QPainter(self.picture)
        self._draw_grid(painter)
        painter.end()

    def add(self, plan: tuple[PlanStep, ...], accents: tuple[tuple[float, float], ...]) -> None:
        """What is new of the plan and of the accents (beat, strength), both in order."""
        steps: tuple[PlanStep, ...] = ()
        end = (self.bar + 1) * STEPS_PER_BAR
        if plan and self._next_step < end and self._next_step <= plan[-1].step:
            first, last = (bisect_left(plan, step, key=lambda one: one.step) for step in (self._next_step, end))
            steps = plan[first:last]
            self._next_step = min(end, plan[-1].step + 1)
        news = [accent for accent in accents if accent[0] > self._latest_accent]
        if news:
            self._latest_accent = news[-1][0]
        begin, stop = self._begin - _BESIDE, self._begin + BEATS_PER_BAR + _BESIDE
        news = [accent for accent in news if begin <= accent[0] < stop]
        if steps or news:
            self._draw(steps, news)

    def _draw(self, steps: tuple[PlanStep, ...], accents: list[tuple[float, float]]) -> None:
        painter = QPainter(self.picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for step in steps:
            if step.step >= self.bar * STEPS_PER_BAR and not self._has_chord:
                self._draw_chord(painter, step)
            painter.setPen(Qt.PenStyle.NoPen)
            for mark in marks_of(step):
                if mark.start + mark.length > self._begin:
                    draw_note(painter, self.geometry.place(mark, self._begin), self._colour(mark))
        painter.setPen(Qt.PenStyle.NoPen)
        for beat, strength in accents:
            self._draw_accent(painter, beat, strength)
        painter.end()

    def _colour(self, mark: Mark) -> QColor:
        colour = theme.STEM_COLOURS[STEMS[mark.stem]]
        if self.geometry.silent[mark.stem] or not self.geometry.playing:
            return theme.faded(colour, 0.2)
        return theme.faded(colour, 0.45 + 0.4 * mark.velocity)

    def _draw_grid(self, painter: QPainter) -> None:
        geometry = self.geometry
        for beat in range(BEATS_PER_BAR):
            line = QRectF(round(beat * geometry.beat_px), geometry.top, 1, geometry.bottom - geometry.top)
            painter.fillRect(line, theme.faded(theme.TEXT, 0.2 if beat == 0 else 0.06))
        foot = geometry.bottom - (geometry.bottom - geometry.top) * DRUMS_PART
        painter.fillRect(QRectF(0, foot, geometry.bar_px, 1), QColor(theme.LINE))
        if self.bar >= 0:
            painter.setFont(self._font)
            painter.setPen(QColor(theme.MUTED))
            painter.drawText(QPointF(4, geometry.top - 6 * geometry.unit), str(self.bar + 1))

    def _draw_chord(self, painter: QPainter, step: PlanStep) -> None:
        """Once, beside the bar's number."""
        self._has_chord = True
        painter.setFont(self._font)
        painter.setPen(QColor(theme.TEXT))
        unit = self.geometry.unit
        wide = painter.fontMetrics().horizontalAdvance(str(self.bar + 1))
        painter.drawText(QPointF(4 + wide + 8 * unit, self.geometry.top - 6 * unit), chord_name(step.chord))

    def _draw_accent(self, painter: QPainter, beat: float, strength: float) -> None:
        unit = self.geometry.unit
        x = (beat - self._begin) * self.geometry.beat_px
        y, size = self.geometry.bottom + 8 * unit, (2.5 + 3.5 * strength) * unit
        painter.setBrush(theme.faded(theme.ACCENT_MARK, 0.45 + 0.55 * strength))
        corners = (x, y - size), (x - size, y + 2), (x + size, y + 2)
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
