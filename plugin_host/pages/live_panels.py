"""The parts of the live page that show: what sounds now, and the plan with the way it goes next."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLayout, QVBoxLayout

from d2m_bridge.engine.plan import SECTIONS
from d2m_bridge.osc import commands as do
from d2m_bridge.timeline import BEATS_PER_BAR
from plugin_host.live.controller import LiveLook
from plugin_host.live.positions import Positions
from plugin_host.widgets.basics import DASH, Digits, beside, column, label
from plugin_host.widgets.beat import BeatDots
from plugin_host.widgets.choices import Choice, Choices
from plugin_host.widgets.roll import PianoRoll
from plugin_host.words import title, translate, word


class Panel(QFrame):
    """A card that passes on what is wanted. pressed: the name of a row of the table of keys."""

    wanted = pyqtSignal(object)
    pressed = pyqtSignal(str)

    def __init__(self, layout: QLayout) -> None:
        super().__init__()
        self.setProperty("role", "card")
        layout.setContentsMargins(14, 10, 14, 10)
        self.setLayout(layout)


class NowPanel(Panel):
    """What is sounding, in large type."""

    def __init__(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(20)
        super().__init__(row)
        self._style = Digits("Lahiphop", "large", self.tr("Style"))
        self._section = label(" ", "muted")
        self._bpm = Digits("000.0", "large", self.tr("Beats a minute"), Qt.AlignmentFlag.AlignRight)
        self._bar = Digits("000.0", "large", self.tr("Bar and beat"), Qt.AlignmentFlag.AlignRight)
        self._dots = BeatDots(right=True)
        bpm = label(self.tr("BPM"), "muted")
        bpm.setAlignment(Qt.AlignmentFlag.AlignRight)
        row.addLayout(column(1, self._style, self._section, 1, spacing=2), 1)
        row.addLayout(column(1, self._bpm, bpm, 1, spacing=2))
        row.addLayout(column(1, self._bar, self._dots, 1, spacing=2))

    def show_nothing(self) -> None:
        """No session."""
        for part in (self._style, self._bpm, self._bar):
            part.setText(DASH)
        self._section.setText(" ")
        self._dots.show_position(0.0, playing=False)

    def show_look(self, look: LiveLook) -> None:
        """As it is heard."""
        status = look.status
        self._style.setText(look.positions.leading.capitalize())
        words = [blend_words(look.positions)]
        if status.playing and look.section:
            words.insert(0, section_words(look))
        self._section.setText("   ".join(filter(None, words)) or " ")
        self._bpm.setText(f"{status.bpm:.1f}")
        self._bar.setText(bar_and_beat(status.position))
        self._dots.show_position(status.position, playing=status.playing)


class RollPanel(Panel):
    """The plan, and where it goes next."""

    def __init__(self) -> None:
        whole = QVBoxLayout()
        whole.setSpacing(6)
        super().__init__(whole)
        self._roll = PianoRoll()
        self._sections = Choices(
            [
                Choice(section, title(section), self.tr("Go to {} at the next bar").format(word(section)), (section,))
                for section in SECTIONS
            ],
            role="small",
            even=False,
        )
        self._sections.chosen.connect(lambda section: self.wanted.emit(do.SetSection(section)))
        accents = label(self.tr("\u25b2 accents of the dancer"), "accents")
        head = (label(self.tr("Plan"), "caption"), accents, 1, label(self.tr("Go to"), "caption"), self._sections)
        whole.addLayout(beside(*head))
        whole.addWidget(self._roll, 1)

    def clear(self) -> None:
        """Another session."""
        self._roll.clear()

    def show_look(self, look: LiveLook) -> None:
        """Moves on."""
        status, at = look.status, look.positions
        self._sections.show_chosen(look.section if status.playing else "")
        self._sections.show_second(look.asked if status.playing else "")
        self._roll.show_plan(status.plan, status.position, at.silent, look.accents, playing=status.playing)


def bar_and_beat(position: float) -> str:
    """Fractional beats of the music as musicians count: both from 1."""
    bar, beat = divmod(max(0, int(position)), BEATS_PER_BAR)
    return f"{bar + 1}.{beat + 1}"


def section_words(look: LiveLook) -> str:
    """What sounds, and what it goes to or whether it stays."""
    here = title(look.section)
    if look.asked:
        return translate("Live", "{} \u2192 {}").format(here, title(look.asked))
    return translate("Live", "{}, held").format(here) if look.positions.hold else here


def blend_words(at: Positions) -> str:
    """The weaker of two styles, or nothing."""
    if not at.second:
        return ""
    other, part = (at.style, 1 - at.amount) if at.leading == at.second else (at.second, at.amount)
    return translate("Live", "+ {} {} %").format(other.capitalize(), round(100 * part)) if part > 0 else ""
