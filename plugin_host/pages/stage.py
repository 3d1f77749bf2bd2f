"""Stage mode: readable from three metres, dark, and nothing on it that can be hit by mistake."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from d2m_bridge.engine.plan import STEMS
from d2m_bridge.timeline import BEATS_PER_BAR
from plugin_host import theme
from plugin_host.icons import draw_icon
from plugin_host.live.controller import LiveLook
from plugin_host.widgets.basics import column, label
from plugin_host.widgets.beat import BeatDots
from plugin_host.widgets.meter import Meter
from plugin_host.widgets.preview import Preview
from plugin_host.widgets.roll import PianoRoll


class BigText(QWidget):
    """Text as large as its place allows for the widest text that may come, so that its size never changes."""

    def __init__(self, name: str, widest: str, *, colour: str = theme.TEXT) -> None:
        super().__init__()
        self._widest, self._colour, self._text, self._icon = widest, colour, "", ""
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_text(self, text: str, colour: str = "", icon: str = "") -> None:
        """Paints when it is another."""
        wanted = (text, colour or self._colour, icon)
        if wanted != (self._text, self._colour, self._icon):
            self._text, self._colour, self._icon = wanted
            self.setAccessibleDescription(text)
            self.update()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setFont(theme.sized(self.font(), 100, strong=True))
        wide = painter.fontMetrics().horizontalAdvance(self._widest) / 100 + (1.1 if self._icon else 0)
        size = min(self.height() * 0.82, self.width() / wide)
        painter.setFont(theme.sized(self.font(), round(size), strong=True))
        place = QRectF(self.rect())
        if self._icon:
            sign = size * 0.78
            box = QRectF(0, (place.height() - sign) / 2, sign, sign)
            draw_icon(painter, self._icon, box, QColor(self._colour))
            place.setLeft(sign * 1.3)
        painter.setPen(QColor(self._colour))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._text)


class StagePage(QWidget):
    """Shows; takes keys only."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.preview, self._roll, self._dots = Preview(), PianoRoll(), BeatDots()
        self._state = BigText("Transport", "PLAYING")
        self._bar = BigText("Bar and beat", "000.0")
        self._bpm = BigText("Tempo", "000.0 BPM")
        self._style = BigText("Style", "Waacking", colour=theme.ACCENT)
        self._meters = [Meter(stem.capitalize(), theme.STEM_COLOURS[stem]) for stem in STEMS]
        self._dots.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        meters = QHBoxLayout()
        meters.setSpacing(18)
        for stem, meter in zip(STEMS, self._meters, strict=True):
            meter.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            name = label(stem.capitalize(), "heading")
            name.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            name.setStyleSheet(f"color: {theme.STEM_COLOURS[stem]}")
            pair = column(meter, name, spacing=4)
            pair.setStretch(0, 1)
            meters.addLayout(pair)
        side = QVBoxLayout()
        side.setSpacing(10)
        for part, stretch in ((self._state, 11), (self._bar, 25), (self._dots, 12), (self._bpm, 13), (self._style, 13)):
            side.addWidget(part, stretch)
        side.addLayout(meters, 27)
        above = QHBoxLayout()
        above.setSpacing(24)
        above.addWidget(self.preview, 62)
        above.addLayout(side, 38)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 24, 24, 12)
        whole.setSpacing(16)
        whole.addLayout(above, 78)
        whole.addWidget(self._roll, 22)

    def show_closed(self, why: str) -> None:
        """No session."""
        self.preview.show_nothing(why)
        self._state.show_text("No session", theme.MUTED)
        self._roll.clear()

    def show_look(self, look: LiveLook) -> None:
        """The session as it stands now."""
        status = look.status
        if status.recording is not None:
            self._state.show_text("REC", theme.ERROR, "dot")
        elif status.playing:
            self._state.show_text("PLAYING", theme.OK, "play")
        else:
            self._state.show_text("STOPPED", theme.MUTED, "stop")
        bar, beat = divmod(max(0, int(status.position)), BEATS_PER_BAR)
        self._bar.show_text(f"{bar + 1}.{beat + 1}")
        self._bpm.show_text(f"{status.bpm:.1f} BPM")
        self._style.show_text(look.positions.style.capitalize())
        self._dots.show_position(status.position, playing=status.playing)
        self.preview.show_watch(status.watch, look.accent, look.energy)
        for meter, level in zip(self._meters, look.levels, strict=True):
            meter.push(level, status.seconds)
        self._roll.show_plan(status.plan, status.position, look.positions.mutes, look.accents, playing=status.playing)
