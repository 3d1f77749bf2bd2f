"""The page that is played on. Left to right, top to bottom in order of urgency."""

from __future__ import annotations

from PyQt6.QtCore import QSize, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from d2m_bridge.osc import commands as do
from plugin_host import theme
from plugin_host.keys import BY_NAME, tip
from plugin_host.live.controller import LiveLook
from plugin_host.live.positions import Positions
from plugin_host.pages.live_panels import NowPanel, RollPanel, SteerPanel
from plugin_host.widgets.basics import card
from plugin_host.widgets.mixer import Mixer
from plugin_host.widgets.preview import Preview
from plugin_host.widgets.stage_button import StageButton


class LivePage(QWidget):
    """wanted: a command. pressed: the name of a row of the table of keys, as if its key had been hit."""

    wanted = pyqtSignal(object)
    pressed = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.play = StageButton("Play and stop", "play", QSize(196, 100))
        self.panic = StageButton("Panic: silence, now", "panic", QSize(150, 100))
        self.record = StageButton("Begin and end a take", "record", QSize(150, 100))
        self.panic.show_as("panic", "PANIC", theme.ERROR)
        self.panic.setToolTip(tip("Panic: silence, now. A click does it at once", "panic"))
        self.play.clicked.connect(lambda: self.pressed.emit("play"))
        self.record.clicked.connect(lambda: self.pressed.emit("record"))
        self.panic.clicked.connect(lambda: self.wanted.emit(do.Panic()))
        self.now, self.preview, self.mixer = NowPanel(), Preview(), Mixer()
        self.steer, self.roll = SteerPanel(), RollPanel()
        for part in (self.mixer, self.steer, self.roll):
            part.wanted.connect(self.wanted)
        for panel in (self.steer, self.roll):
            panel.pressed.connect(self.pressed)
        self._lay_out()
        self.show_closed("No session yet")

    def show_closed(self, why: str) -> None:
        """No session: PLAY says why, in its place."""
        self.play.setEnabled(False)
        self.record.setEnabled(False)
        self.panic.setEnabled(False)
        self.play.show_as("play", "PLAY", theme.OK, caption=why)
        self.record.show_as("dot", "REC", theme.TEXT, sign=theme.ERROR)
        self.preview.show_nothing(why)
        self.now.show_nothing()
        self.steer.setEnabled(False)
        self.mixer.setEnabled(False)
        self.roll.setEnabled(False)

    def show_opened(self, styles: tuple[str, ...]) -> None:
        """A session runs."""
        for part in (self.play, self.record, self.panic, self.steer, self.mixer, self.roll):
            part.setEnabled(True)
        self.steer.offer_styles(styles)
        self.roll.clear()

    def show_look(self, look: LiveLook) -> None:
        """The session as it stands now."""
        at, status = look.positions, look.status
        self._show_buttons(at, look)
        self.now.show_look(look)
        self.preview.show_watch(status.watch, look.accent, look.energy)
        self.mixer.show_positions(at)
        self.mixer.push_levels(look.levels, status.seconds)
        self.steer.show_look(look)
        self.roll.show_look(look)

    def _show_buttons(self, at: Positions, look: LiveLook) -> None:
        if at.playing:
            self.play.show_as("stop", "STOP", theme.OK, caption="playing")
        else:
            self.play.show_as("play", "PLAY", theme.OK, caption=BY_NAME["play"].keys, filled=True)
        if look.status.recording is not None:
            name = look.status.recording.stem
            self.record.show_as("stop", "REC", theme.ERROR, caption=name, filled=True)
        else:
            self.record.show_as("dot", "REC", theme.TEXT, caption=BY_NAME["record"].keys, sign=theme.ERROR)
        self.panic.show_as("panic", "PANIC", theme.ERROR, caption="hold Esc")

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(theme.GAP)
        top.addWidget(self.play)
        top.addWidget(self.now, 1)
        top.addWidget(self.record)
        top.addSpacing(2 * theme.GAP)
        top.addWidget(self.panic)
        middle = QGridLayout()
        middle.setSpacing(theme.GAP)
        middle.addWidget(self.preview, 0, 0)
        mixer = QVBoxLayout()
        mixer.addWidget(self.mixer, 1)
        middle.addWidget(card(mixer), 0, 1)
        middle.addWidget(self.steer, 0, 2)
        for place, stretch in enumerate((44, 26, 30)):
            middle.setColumnStretch(place, stretch)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 0, 16, theme.GAP)
        whole.setSpacing(theme.GAP)
        whole.addLayout(top)
        whole.addLayout(middle, 66)
        whole.addWidget(self.roll, 34)
