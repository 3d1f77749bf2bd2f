"""What steers the music: styles and their blend, the feel, the key, another piece."""

from __future__ import annotations

from PyQt6.QtCore import QT_TRANSLATE_NOOP, Qt
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout

from d2m_bridge.engine.plan import KEYS, SEEDS_KEY
from d2m_bridge.osc import commands as do
from plugin_host.keys import tip
from plugin_host.live.controller import LiveLook
from plugin_host.live.moves import FEELINGS, LOWEST
from plugin_host.live.positions import Positions
from plugin_host.pages.live_panels import Panel
from plugin_host.widgets.basics import Digits, beside, button, label, signed
from plugin_host.widgets.choices import Choice, Choices
from plugin_host.widgets.inputs import Dropdown
from plugin_host.widgets.slider import Balance
from plugin_host.words import translate

_HALF = 0.5
# A control of the feel: its name, what it does, and how it stands at 0.
_WORDS = {
    "intensity": (
        QT_TRANSLATE_NOOP("Live", "Intensity"),
        QT_TRANSLATE_NOOP("Live", "Softer or harder than the dance asks for"),
        QT_TRANSLATE_NOOP("Live", "as danced"),
    ),
    "density": (
        QT_TRANSLATE_NOOP("Live", "Density"),
        QT_TRANSLATE_NOOP("Live", "Fewer or more notes than the dance asks for"),
        QT_TRANSLATE_NOOP("Live", "as danced"),
    ),
    "complexity": (
        QT_TRANSLATE_NOOP("Live", "Complexity"),
        QT_TRANSLATE_NOOP("Live", "Notes on the beats or between them"),
        QT_TRANSLATE_NOOP("Live", "as the style"),
    ),
    "swing": (
        QT_TRANSLATE_NOOP("Live", "Swing"),
        QT_TRANSLATE_NOOP("Live", "From straight to triplets"),
        QT_TRANSLATE_NOOP("Live", "straight"),
    ),
}


class SteerPanel(Panel):
    """Shows where the session has the controls; a second style is chosen on the same pads as the first."""

    def __init__(self) -> None:
        whole = QVBoxLayout()
        whole.setSpacing(6)
        super().__init__(whole)
        self._at = Positions()
        self._choosing = False  # the next pad is the second style
        self._styles = Choices(tall=True)
        self._styles.chosen.connect(self._press_style)
        self._blend = button(
            self.tr("Blend"), self.tr("Blend two styles: the next pad is mixed in"), "blend0", "blend9",
            role="small", checkable=True, clicked=self._press_blend,
        )  # fmt: skip
        self._amount = Balance(self.tr("Amount of the second style"), 0.0)
        self._amount.setToolTip(tip(self.tr("From the first style to the second"), "unblend", "blend"))
        self._amount.wanted.connect(self._press_amount)
        self._second = Digits("Lahiphop 100 %", "caption", self.tr("Second style"), Qt.AlignmentFlag.AlignRight)
        self._second.setText(" ")
        whole.addWidget(label(self.tr("Style"), "caption"))
        whole.addWidget(self._styles, 1)
        whole.addLayout(beside(self._blend, self._amount, self._second))
        whole.addLayout(self._feel_rows())
        whole.addLayout(self._piece_row())

    def offer_styles(self, styles: tuple[str, ...]) -> None:
        """Those of the model."""
        self._choosing = False
        self._styles.set_columns(min(5, -(-len(styles) // 2)))
        self._styles.offer(
            [
                Choice(
                    style,
                    style.capitalize(),
                    self.tr("Style {}").format(style),
                    (f"style{index}", f"blend{index}") if index < 10 else (),
                )
                for index, style in enumerate(styles)
            ]
        )

    def show_look(self, look: LiveLook) -> None:
        """Where the session has them."""
        at = self._at = look.positions
        self._styles.show_chosen(at.style)
        self._styles.show_second(at.second)
        self._blend.setChecked(self._choosing or bool(at.second))
        self._amount.setEnabled(bool(at.second))
        self._amount.follow(at.amount)
        if at.second:
            self._second.setText(f"{at.second.capitalize()} {round(100 * at.amount)} %")
        else:
            self._second.setText(self.tr("which one?") if self._choosing else " ")
        for field, (slider, value) in self._feel.items():
            position = getattr(at, field)
            slider.follow(position)
            words = translate("Live", _WORDS[field][2]) if position == 0 else signed(100 * position, "%")
            value.setText(words)
            slider.setAccessibleDescription(words)
        shown = self._keys.findData(at.key)
        if shown != self._keys.currentIndex():
            self._keys.setCurrentIndex(shown)

    def _press_style(self, style: str) -> None:
        mixing = self._choosing or self._at.second
        self._choosing = False
        if mixing and style != self._at.style:
            self.wanted.emit(do.BlendStyles(self._at.style, style, self._at.amount or _HALF))
        else:
            self.wanted.emit(do.SetStyle(style))

    def _press_blend(self) -> None:
        """On: the next pad is the second style. Off: the stronger of the two alone."""
        if self._at.second:
            self.wanted.emit(do.SetStyle(self._at.leading))
        else:
            self._choosing = not self._choosing

    def _press_amount(self, amount: float) -> None:
        self.wanted.emit(do.BlendStyles(self._at.style, self._at.second, amount))

    def _feel_rows(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        self._feel: dict[str, tuple[Balance, Digits]] = {}
        for row, (field, command) in enumerate(FEELINGS.items()):
            name, meaning, _ = (translate("Live", text) for text in _WORDS[field])
            slider = Balance(name, LOWEST[field])
            slider.setToolTip(tip(meaning, f"more_{field}", f"less_{field}", f"no_{field}"))
            slider.wanted.connect(lambda value, command=command: self.wanted.emit(command(value)))
            value = Digits("as the style", "caption", name, Qt.AlignmentFlag.AlignRight)
            for place, part in enumerate((label(name, "caption"), slider, value)):
                grid.addWidget(part, row, place)
            self._feel[field] = slider, value
        return grid

    def _piece_row(self) -> QHBoxLayout:
        self._keys = Dropdown(self.tr("Key"))
        self._keys.setProperty("role", "small")
        self._keys.setToolTip(tip(self.tr("The key, from the next bar on"), "key_up", "key_down", "key_own"))
        self._keys.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._keys.setMinimumContentsLength(8)
        self._keys.addItem(self.tr("of the piece"), SEEDS_KEY)
        for key in KEYS:
            self._keys.addItem(key.replace("#", "\u266f"), key)
        self._keys.activated.connect(lambda: self.wanted.emit(do.SetKey(self._keys.currentData())))
        another = button(
            self.tr("Another piece"), self.tr("Another piece of music, from the next bar on"), "seed",
            role="small", clicked=lambda: self.pressed.emit("seed"),
        )  # fmt: skip
        return beside(label(self.tr("Key"), "caption"), self._keys, another)
