"""The page that is played on. Left to right, top to bottom in order of urgency."""

from __future__ import annotations

from PyQt6.QtCore import QSize, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from d2m_bridge.osc import commands as do
from plugin_host import theme
from plugin_host.keys import BY_NAME, spelled, tip
from plugin_host.live.controller import LiveLook
from plugin_host.pages.live_panels import NowPanel, RollPanel
from plugin_host.pages.live_steer import SteerPanel
from plugin_host.pages.live_tempo import TempoPanel
from plugin_host.widgets.basics import card
from plugin_host.widgets.mixer import Mixer
from plugin_host.widgets.preview import Preview
from plugin_host.widgets.stage_button import StageButton
from plugin_host.words import title


class LivePage(QWidget):
    """wanted: a command. pressed: the name of a row of the table of keys, as if its key had been hit."""

    wanted = pyqtSignal(object)
    pressed = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.play = StageButton(self.tr("Play and stop"), "play", QSize(190, 100))
        self.hold = StageButton(self.tr("Hold the section that plays"), "hold", QSize(118, 100))
        self.drop = StageButton(self.tr("Drop, at the next bar"), "drop", QSize(118, 100))
        self.record = StageButton(self.tr("Begin and end a take"), "record", QSize(118, 100))
        self.panic = StageButton(self.tr("Panic: silence, now"), "panic", QSize(140, 100))
        self.panic.setToolTip(tip(self.tr("Panic: silence, now. A click does it at once"), "panic"))
        for name, made in (("play", self.play), ("hold", self.hold), ("drop", self.drop), ("record", self.record)):
            made.clicked.connect(lambda _, name=name: self.pressed.emit(name))
        self.panic.clicked.connect(lambda: self.wanted.emit(do.Panic()))
        self.now, self.preview, self.mixer = NowPanel(), Preview(), Mixer()
        self.steer, self.tempo, self.roll = SteerPanel(), TempoPanel(), RollPanel()
        self.mixer.wanted.connect(self.wanted)
        for panel in (self.steer, self.tempo, self.roll):
            panel.wanted.connect(self.wanted)
            panel.pressed.connect(self.pressed)
        self._controls = (
            self.play, self.hold, self.drop, self.record, self.panic, self.mixer, self.steer, self.tempo, self.roll
        )  # fmt: skip
        self._lay_out()
        self.show_closed(self.tr("No session yet"))

    def show_closed(self, why: str) -> None:
        """No session: PLAY says why, in its place."""
        for part in self._controls:
            part.setEnabled(False)
        self.play.show_as("play", self.tr("PLAY"), theme.OK, caption=why)
        self.hold.show_as("hold", self.tr("HOLD"), theme.TEXT, sign=theme.TEXT)
        self.drop.show_as("drop", self.tr("DROP"), theme.TEXT, sign=theme.TEXT)
        self.record.show_as("dot", self.tr("REC"), theme.TEXT, sign=theme.ERROR)
        self.panic.show_as("panic", self.tr("PANIC"), theme.ERROR, caption=spelled(BY_NAME["panic"]))
        self.preview.show_nothing(why)
        self.now.show_nothing()

    def show_opened(self, styles: tuple[str, ...]) -> None:
        """A session runs."""
        for part in self._controls:
            part.setEnabled(True)
        self.steer.offer_styles(styles)
        self.roll.clear()

    def show_look(self, look: LiveLook) -> None:
        """The session as it stands now."""
        status = look.status
        self._show_buttons(look)
        self.now.show_look(look)
        self.preview.show_watch(status.watch, look.accent, look.energy)
        self.mixer.show_positions(look.positions)
        self.mixer.push_levels(look.levels, status.seconds)
        for panel in (self.steer, self.tempo, self.roll):
            panel.show_look(look)

    def _show_buttons(self, look: LiveLook) -> None:
        at, keys = look.positions, BY_NAME
        if at.playing:
            self.play.show_as("stop", self.tr("STOP"), theme.OK, caption=self.tr("playing"))
        else:
            self.play.show_as("play", self.tr("PLAY"), theme.OK, caption=keys["play"].keys, filled=True)
        if at.hold:
            self.hold.show_as("hold", self.tr("HOLD"), theme.WARN, caption=title(look.section), filled=True)
        else:
            self.hold.show_as("hold", self.tr("HOLD"), theme.TEXT, caption=keys["hold"].keys, sign=theme.TEXT)
        if look.section == "drop" and at.playing:
            self.drop.show_as("drop", self.tr("DROP"), theme.ACCENT, caption=self.tr("now"), filled=True)
        elif look.asked == "drop" and at.playing:
            self.drop.show_as("drop", self.tr("DROP"), theme.ACCENT, caption=self.tr("next bar"))
        else:
            self.drop.show_as("drop", self.tr("DROP"), theme.TEXT, caption=keys["drop"].keys, sign=theme.TEXT)
        if look.status.recording is not None:
            name = look.status.recording.stem
            self.record.show_as("stop", self.tr("REC"), theme.ERROR, caption=name, filled=True)
        else:
            self.record.show_as("dot", self.tr("REC"), theme.TEXT, caption=keys["record"].keys, sign=theme.ERROR)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(theme.GAP)
        top.addWidget(self.play)
        top.addWidget(self.now, 1)
        for part in (self.hold, self.drop, self.record):
            top.addWidget(part)
        top.addSpacing(theme.GAP)
        top.addWidget(self.panic)
        mixer = QVBoxLayout()
        mixer.addWidget(self.mixer, 1)
        below = QGridLayout()
        below.setSpacing(theme.GAP)
        below.addWidget(self.preview, 0, 0)
        below.addWidget(card(mixer), 0, 1)
        below.addWidget(self.steer, 0, 2)
        below.addWidget(self.roll, 1, 0, 1, 2)
        below.addWidget(self.tempo, 1, 2)
        for place, stretch in enumerate((43, 26, 31)):
            below.setColumnStretch(place, stretch)
        for place, stretch in enumerate((67, 33)):
            below.setRowStretch(place, stretch)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 0, 16, theme.GAP)
        whole.setSpacing(theme.GAP)
        whole.addLayout(top)
        whole.addLayout(below, 1)
