"""The plan as a piano roll that moves past the playhead: what was played, what sounds, what comes."""

from __future__ import annotations

import math

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from d2m_bridge.engine.plan import STEMS, PlanStep
from d2m_bridge.timeline import BEATS_PER_BAR, STEPS_PER_BEAT
from plugin_host import theme
from plugin_host.widgets.roll_marks import marks_of
from plugin_host.widgets.roll_strip import DRUMS_PART, STRIP_BEATS, Geometry, Strip

BEATS_SHOWN, BEATS_AHEAD = 16.0, 2.0
_LONGEST_BEATS = 4  # a note that began earlier no longer sounds


class PianoRoll(QWidget):
    """The playhead stands still; the music moves. Melodies above, drums below, the dancer's accents at the foot."""

    def __init__(self) -> None:
        super().__init__()
        self._strip: Strip | None = None
        self._plan: tuple[PlanStep, ...] = ()
        self._accents: tuple[tuple[float, float], ...] = ()
        self._mutes = (False,) * len(STEMS)
        self._position = 0.0
        self._playing = False
        self.setAccessibleName("Piano roll of the plan")
        self.setToolTip("What the music plays: at the line it sounds, right of it is what comes")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self, 800), theme.px(self, 130))

    def clear(self) -> None:
        """Another session: its beats are counted anew."""
        self._strip, self._plan, self._accents = None, (), ()
        self.update()

    def show_plan(
        self,
        plan: tuple[PlanStep, ...],
        position: float,
        mutes: tuple[bool, ...],
        accents: tuple[tuple[float, float], ...],
        *,
        playing: bool,
    ) -> None:
        """position: the fractional beat that is heard now; accents: (beat, strength), in order."""
        self._plan, self._position, self._mutes, self._accents = plan, position, mutes, accents
        self._playing = playing
        self.update()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        painter = QPainter(self)
        beat_px = self.width() / BEATS_SHOWN
        begin = self._position - (BEATS_SHOWN - BEATS_AHEAD)
        strip = self._strip_for(begin, beat_px)
        strip.add(self._plan, self._accents)
        area = strip.geometry.area
        foot = area.bottom() - area.height() * DRUMS_PART
        painter.fillRect(QRectF(0, foot, self.width(), 1), QColor(theme.LINE))
        painter.drawPixmap(QPointF(round((strip.first_beat - begin) * beat_px), 0), strip.picture)
        x = (BEATS_SHOWN - BEATS_AHEAD) * beat_px
        painter.fillRect(QRectF(x, area.top(), self.width() - x, area.height()), theme.faded(theme.SURFACE, 0.4))
        if self._playing:
            self._draw_sounding(painter, strip, begin)
        painter.fillRect(QRectF(x - 1, area.top(), theme.px(self, 2), area.height()), QColor(theme.TEXT))

    def _draw_sounding(self, painter: QPainter, strip: Strip, begin: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        first = int((self._position - _LONGEST_BEATS) * STEPS_PER_BEAT)
        last = self._position * STEPS_PER_BEAT
        for step in self._plan:
            if first <= step.step <= last:
                for mark in marks_of(step):
                    if self._position < mark.start + max(mark.length, 0.3) and not self._mutes[mark.stem]:
                        strip.draw_mark(painter, mark, begin, sounding=True)

    def _strip_for(self, begin: float, beat_px: float) -> Strip:
        """The one that is there, while it reaches far enough and nothing about the drawing has changed."""
        geometry = Geometry(
            STRIP_BEATS * beat_px,
            self.height(),
            beat_px,
            theme.px(self, 100) / 100,
            self.devicePixelRatioF(),
            self._playing,
            self._mutes,
        )
        strip = self._strip
        if (
            strip is None
            or strip.geometry != geometry
            or not (
                strip.first_beat <= begin and begin + BEATS_SHOWN + _LONGEST_BEATS <= strip.first_beat + STRIP_BEATS
            )
        ):
            first_bar = math.floor(begin / BEATS_PER_BAR) - 1
            strip = self._strip = Strip(first_bar * BEATS_PER_BAR, geometry, self.font())
        return strip
