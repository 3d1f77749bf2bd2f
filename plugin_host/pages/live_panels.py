"""The parts of the live page: what sounds now, what steers it, and the plan."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from d2m_bridge.engine.plan import SECTIONS
from d2m_bridge.osc import commands as do
from d2m_bridge.timeline import BEATS_PER_BAR
from plugin_host import theme
from plugin_host.keys import SYNC_NAMES, tip
from plugin_host.live.controller import LiveLook
from plugin_host.widgets.basics import DASH, Digits, beside, button, column, label, set_level, signed
from plugin_host.widgets.beat import BeatDots
from plugin_host.widgets.choices import Choice, Choices
from plugin_host.widgets.roll import PianoRoll
from plugin_host.widgets.slider import Balance

_SIGNS = {"ok": "\u25cf", "warn": "\u25cb", "error": "\u25a0"}  # a level is never told by colour alone


class Panel(QFrame):
    """A card that passes on what is wanted."""

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
        row.setSpacing(24)
        super().__init__(row)
        self._style = Digits("Waacking", "large", "Style")
        self._section = label(" ", "muted")
        self._bpm = Digits("000.0", "large", "Beats a minute", Qt.AlignmentFlag.AlignRight)
        self._bar = Digits("000.0", "large", "Bar and beat", Qt.AlignmentFlag.AlignRight)
        self._dots = BeatDots(right=True)
        bpm = label("BPM", "muted")
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
        bar, beat = divmod(max(0, int(status.position)), BEATS_PER_BAR)
        self._style.setText(look.positions.style.capitalize())
        self._section.setText(look.section.capitalize() if status.playing and look.section else " ")
        self._bpm.setText(f"{status.bpm:.1f}")
        self._bar.setText(f"{bar + 1}.{beat + 1}")
        self._dots.show_position(status.position, playing=status.playing)


class SteerPanel(Panel):
    """Style, intensity, and who leads the tempo."""

    def __init__(self) -> None:
        whole = QVBoxLayout()
        whole.setSpacing(6)
        super().__init__(whole)
        self._styles = Choices(tall=True)
        self._styles.chosen.connect(lambda style: self.wanted.emit(do.SetStyle(style)))
        self._intensity = Balance("Intensity")
        self._intensity.setToolTip(tip("Sparser or denser than the dance asks for", "more", "less", "as_danced"))
        self._intensity.wanted.connect(lambda value: self.wanted.emit(do.SetIntensity(value)))
        self._intensity_value = Digits("+100 %", "caption", "Intensity", Qt.AlignmentFlag.AlignRight)
        sources = [
            Choice(source, text, f"The tempo comes from: {text}", f"sync_{source}")
            for source, text in SYNC_NAMES.items()
        ]
        self._sync = Choices(sources, role="small")
        self._sync.chosen.connect(lambda source: self.wanted.emit(do.SetSync(source)))
        self._sync_state = label(" ", "caption")
        whole.addWidget(label("Style", "caption"))
        whole.addWidget(self._styles, 4)
        whole.addStretch(1)
        whole.addLayout(beside(label("Intensity", "caption"), 1, self._intensity_value))
        whole.addWidget(self._intensity)
        whole.addStretch(1)
        whole.addLayout(beside(label("Tempo from", "caption"), 1, self._sync_state))
        whole.addWidget(self._sync)
        whole.addLayout(self._tempo_row())

    def offer_styles(self, styles: tuple[str, ...]) -> None:
        """Those of the model."""
        columns = min(5, -(-len(styles) // 2))
        self._styles.set_columns(columns)
        self._styles.offer(
            [
                Choice(style, style.capitalize(), f"Style {style}", f"style{index}" if index < 10 else "")
                for index, style in enumerate(styles)
            ]
        )

    def show_look(self, look: LiveLook) -> None:
        """Where the session has them."""
        at = look.positions
        self._styles.show_chosen(at.style)
        self._intensity.follow(at.intensity)
        self._intensity_value.setText("as danced" if at.intensity == 0 else signed(100 * at.intensity, "%"))
        self._sync.show_chosen(at.sync)
        level, words = look.sync
        self._sync_state.setText(f"{_SIGNS[level]}  {words}")
        set_level(self._sync_state, level)
        self._bpm.setText(f"{look.status.bpm:.1f}")
        self._latency.setText(signed(at.latency_ms, "ms"))

    def _tempo_row(self) -> QHBoxLayout:
        self._bpm = Digits("000.0", "value", "Tempo in beats a minute", Qt.AlignmentFlag.AlignHCenter)
        self._latency = Digits("+1000 ms", "value", "Latency offset", Qt.AlignmentFlag.AlignHCenter)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._button("Tap", "Tap the beat", "tap"), 2)
        row.addLayout(self._stepper("BPM", self._bpm, ("1 BPM slower", "slower"), ("1 BPM faster", "faster")), 3)
        row.addLayout(
            self._stepper(
                "Offset",
                self._latency,
                ("Everything later", "behind", "later"),
                ("Everything earlier", "ahead", "sooner"),
            ),
            4,
        )
        return row

    def _stepper(self, title: str, value: Digits, less: tuple[str, ...], more: tuple[str, ...]) -> QHBoxLayout:
        caption = label(title, "caption")
        caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        return beside(
            self._button("\u2212", *less), column(value, caption, spacing=0), self._button("+", *more), spacing=4
        )

    def _button(self, text: str, name: str, key: str, *also: str) -> QWidget:
        """key: what it does; also: other keys that do nearly the same."""
        made = button(text, name, key, *also, clicked=lambda: self.pressed.emit(key))
        made.setProperty("tight", True)
        return made


class RollPanel(Panel):
    """The plan, and where it goes next."""

    def __init__(self) -> None:
        whole = QVBoxLayout()
        whole.setSpacing(6)
        super().__init__(whole)
        self._roll = PianoRoll()
        self._sections = Choices(
            [
                Choice(section, section.capitalize(), f"Go to {section} at the next bar", section)
                for section in SECTIONS
            ],
            role="small",
            even=False,
        )
        self._sections.chosen.connect(lambda section: self.wanted.emit(do.SetSection(section)))
        another = button("Another idea", "Another piece of music, from the next bar on", "seed", role="small",
                         clicked=lambda: self.pressed.emit("seed"))  # fmt: skip
        head = beside(label("Plan", "caption"), *_legend(), 1, label("Go to", "caption"), self._sections, another)
        whole.addLayout(head)
        whole.addWidget(self._roll, 1)

    def clear(self) -> None:
        """Another session."""
        self._roll.clear()

    def show_look(self, look: LiveLook) -> None:
        """Moves on."""
        status = look.status
        self._sections.show_chosen(look.section if status.playing else "")
        self._roll.show_plan(status.plan, status.position, look.positions.mutes, look.accents, playing=status.playing)


def _legend() -> list[QWidget]:
    made: list[QWidget] = []
    for stem, colour in (*theme.STEM_COLOURS.items(), ("accents of the dancer", theme.ACCENT_MARK)):
        sign = "\u25b2" if stem not in theme.STEM_COLOURS else "\u25a0"
        part = label(f"{sign} {stem}", "caption")
        part.setStyleSheet(f"color: {colour}")
        made.append(part)
    return made
