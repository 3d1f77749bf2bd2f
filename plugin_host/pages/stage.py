"""Stage mode: readable from three metres, dark, and nothing on it that can be hit by mistake."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from d2m_bridge.engine.plan import STEMS
from plugin_host import theme
from plugin_host.icons import draw_icon
from plugin_host.live.controller import LiveLook
from plugin_host.pages.live_panels import bar_and_beat, blend_words, section_words
from plugin_host.widgets.basics import column
from plugin_host.widgets.beat import BeatDots
from plugin_host.widgets.meter import Meter
from plugin_host.widgets.preview import Preview
from plugin_host.widgets.roll import PianoRoll
from plugin_host.words import title


class BigText(QWidget):
    """Text as large as its place allows for the widest text that may come, so that its size never changes."""

    def __init__(
        self,
        name: str,
        widest: str,
        *,
        colour: str = theme.TEXT,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        super().__init__()
        self._widest, self._colour, self._text, self._icon = widest, colour, "", ""
        self._align = align
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
        elif self._align == Qt.AlignmentFlag.AlignLeft:  # all lines begin at one edge, and no text moves another
            place.setLeft(-QFontMetricsF(painter.font()).leftBearing(self._widest[0]))
        painter.setPen(QColor(self._colour))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | self._align, self._text)


class StagePage(QWidget):
    """Shows; takes keys only."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.preview, self._roll, self._dots = Preview(), PianoRoll(theme.GROUND), BeatDots()
        self._state = BigText(self.tr("Transport"), self.tr("PLAYING"))
        self._bar = BigText(self.tr("Bar and beat"), "000.0")
        self._bpm = BigText(self.tr("Tempo"), self.tr("{} BPM").format("000.0"))
        self._style = BigText(self.tr("Style"), "Lahiphop + Lahiphop", colour=theme.ACCENT)
        self._section = BigText(self.tr("Section"), self.tr("Groove, held"), colour=theme.MUTED)
        self._meters = [Meter(title(stem), theme.STEM_COLOURS[stem], touchable=False) for stem in STEMS]
        self._dots.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        meters = QHBoxLayout()
        meters.setSpacing(18)
        for stem, meter in zip(STEMS, self._meters, strict=True):
            meter.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            name = BigText(title(stem), "Harmony", colour=theme.STEM_COLOURS[stem], align=Qt.AlignmentFlag.AlignHCenter)
            name.show_text(title(stem))
            pair = column(meter, name, spacing=2)
            pair.setStretch(0, 3)
            pair.setStretch(1, 1)
            meters.addLayout(pair)
        side = QVBoxLayout()
        side.setSpacing(8)
        for part, stretch in (
            (self._state, 11), (self._bar, 27), (self._dots, 10),
            (self._bpm, 13), (self._style, 11), (self._section, 10),
        ):  # fmt: skip
            side.addWidget(part, stretch)
        side.addLayout(meters, 24)
        above = QHBoxLayout()
        above.setSpacing(24)
        above.addWidget(self.preview, 60)
        above.addLayout(side, 40)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 24, 24, 12)
        whole.setSpacing(16)
        whole.addLayout(above, 78)
        whole.addWidget(self._roll, 22)

    def show_closed(self, why: str) -> None:
        """No session."""
        self.preview.show_nothing(why)
        self._state.show_text(self.tr("No session"), theme.MUTED)
        self._roll.clear()

    def forget_clips(self) -> None:
        """All clip lights go out."""
        for meter in self._meters:
            meter.forget()

    def show_look(self, look: LiveLook) -> None:
        """The session as it stands now."""
        status, at = look.status, look.positions
        if status.recording is not None:
            self._state.show_text(self.tr("REC"), theme.ERROR, "dot")
        elif status.playing:
            self._state.show_text(self.tr("PLAYING"), theme.OK, "play")
        else:
            self._state.show_text(self.tr("STOPPED"), theme.MUTED, "stop")
        self._bar.show_text(bar_and_beat(status.position))
        self._bpm.show_text(self.tr("{} BPM").format(f"{status.bpm:.1f}"))
        self._style.show_text(" ".join(filter(None, (at.leading.capitalize(), blend_words(at)))))
        self._section.show_text(section_words(look) if status.playing and look.section else "")
        self._dots.show_position(status.position, playing=status.playing)
        self.preview.show_watch(status.watch, look.accent, look.energy)
        for meter, level in zip(self._meters, look.levels, strict=True):
            meter.push(level, status.seconds)
        self._roll.show_plan(status.plan, status.position, at.silent, look.accents, playing=status.playing)
