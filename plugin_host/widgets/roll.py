"""The plan as a piano roll that moves past the playhead: what was played, what sounds, what comes."""

from __future__ import annotations

import math
from bisect import bisect_left

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from d2m_bridge.engine.plan import STEMS, PlanStep
from d2m_bridge.timeline import BEATS_PER_BAR, STEPS_PER_BEAT
from plugin_host import theme
from plugin_host.widgets.roll_marks import marks_of
from plugin_host.widgets.roll_tile import Geometry, Tile, draw_note

BEATS_SHOWN, BEATS_AHEAD = 16.0, 2.0
_LONGEST_BEATS = 4  # a note that began earlier no longer sounds
_TILES_A_PICTURE = 1  # drawn anew at most; the others keep their old looks for a moment, and the window its pace


class PianoRoll(QWidget):
    """The playhead stands still; the music moves. Melodies above, drums below, the dancer's accents at the foot."""

    def __init__(self, ground: str = theme.SURFACE) -> None:
        """ground: the colour that it stands on."""
        super().__init__()
        self._ground = ground
        self._tiles: dict[int, Tile] = {}
        self._plan: tuple[PlanStep, ...] = ()
        self._accents: tuple[tuple[float, float], ...] = ()
        self._silent = (False,) * len(STEMS)
        self._position = 0.0
        self._playing = False
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Piano roll of the plan"))
        self.setToolTip(self.tr("What the music plays: at the line it sounds, right of it is what comes"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self, 600), theme.px(self, 130))

    def clear(self) -> None:
        """Another session: its beats are counted anew."""
        self._tiles, self._plan, self._accents = {}, (), ()
        self.update()

    def show_plan(
        self,
        plan: tuple[PlanStep, ...],
        position: float,
        silent: tuple[bool, ...],
        accents: tuple[tuple[float, float], ...],
        *,
        playing: bool,
    ) -> None:
        """position: the fractional beat that is heard now. silent: stems not heard. accents: (beat, strength)."""
        self._plan, self._position, self._silent, self._accents = plan, position, silent, accents
        self._playing = playing
        self.update()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        painter = QPainter(self)
        geometry = self._geometry()
        begin = self._position - (BEATS_SHOWN - BEATS_AHEAD)
        first = math.floor(begin / BEATS_PER_BAR)
        bars = range(first, math.ceil((begin + BEATS_SHOWN) / BEATS_PER_BAR) + 1)
        self._prepare(bars, geometry)
        offset = round((first * BEATS_PER_BAR - begin) * geometry.beat_px * geometry.ratio) / geometry.ratio
        for index, bar in enumerate(bars):
            place = QRectF(offset + index * geometry.bar_px, 0, geometry.bar_px, self.height())
            tile = self._tiles.get(bar)
            if tile is None:
                painter.fillRect(place, QColor(self._ground))
            else:
                painter.drawPixmap(place, tile.picture, QRectF(tile.picture.rect()))
        x = (BEATS_SHOWN - BEATS_AHEAD) * geometry.beat_px
        top, tall = geometry.top, geometry.bottom - geometry.top
        painter.fillRect(QRectF(x, top, self.width() - x, tall), theme.faded(self._ground, 0.4))
        if self._playing:
            self._draw_sounding(painter, geometry, begin)
        painter.fillRect(QRectF(x - 1, top, theme.px(self, 2), tall), QColor(theme.TEXT))

    def _geometry(self) -> Geometry:
        ratio = self.devicePixelRatioF()
        bar_px = round(self.width() * BEATS_PER_BAR / BEATS_SHOWN * ratio) / ratio
        unit = theme.px(self, 100) / 100
        return Geometry(bar_px, self.height(), unit, ratio, self._playing, self._silent)

    def _prepare(self, bars: range, geometry: Geometry) -> None:
        """Brings the bars up to date, those around the playhead first."""
        self._tiles = {bar: tile for bar, tile in self._tiles.items() if bar in bars}
        drawn = 0
        for bar in reversed(bars):
            tile = self._tiles.get(bar)
            if tile is None or tile.geometry != geometry:
                if drawn == _TILES_A_PICTURE:
                    continue
                drawn += 1
                tile = self._tiles[bar] = Tile(bar, geometry, self.font(), self._ground)
            tile.add(self._plan, self._accents)

    def _draw_sounding(self, painter: QPainter, geometry: Geometry, begin: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        first, last = (
            bisect_left(self._plan, beat * STEPS_PER_BEAT, key=lambda one: one.step)
            for beat in (self._position - _LONGEST_BEATS, self._position)
        )
        for step in self._plan[first:last]:
            for mark in marks_of(step):
                if self._position < mark.start + max(mark.length, 0.3) and not self._silent[mark.stem]:
                    colour = QColor(theme.STEM_COLOURS[STEMS[mark.stem]]).lighter(135)
                    draw_note(painter, geometry.place(mark, begin), colour)
