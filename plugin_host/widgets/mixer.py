"""The stem mixer: fader, meter, level in words and mute of each stem."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from d2m_bridge.engine.plan import STEMS
from d2m_bridge.osc import commands as do
from plugin_host import theme
from plugin_host.keys import tip
from plugin_host.live.positions import Positions
from plugin_host.widgets.basics import Digits, button, column, label, set_level, signed
from plugin_host.widgets.meter import Meter, Scale
from plugin_host.widgets.slider import Fader


class Strip(QWidget):
    """One stem."""

    wanted = pyqtSignal(object)

    def __init__(self, stem: str) -> None:
        super().__init__()
        self._stem = stem
        name = stem.capitalize()
        self.meter = Meter(name, theme.STEM_COLOURS[stem])
        self.fader = Fader(f"{name} gain in dB")
        self.fader.setToolTip(tip(f"{name} gain; a double click is 0 dB", f"louder_{stem}", f"softer_{stem}"))
        self.fader.wanted.connect(lambda gain_db: self.wanted.emit(do.SetStemGain(stem, gain_db)))
        self._gain = Digits("+12.0", "caption", f"{name} gain", Qt.AlignmentFlag.AlignHCenter)
        self.mute = button("Mute", f"Mute {stem}", f"mute_{stem}", role="mute", checkable=True)
        self.mute.clicked.connect(lambda: self.wanted.emit(do.SetStemMute(stem, self.mute.isChecked())))
        title = label(name, "strip")
        title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        title.setStyleSheet(f"color: {theme.STEM_COLOURS[stem]}")
        pair = QHBoxLayout()
        pair.setSpacing(4)
        pair.addStretch(1)
        pair.addWidget(self.fader)
        pair.addWidget(self.meter)
        pair.addStretch(1)
        whole = column(title, pair, self._gain, self.mute, spacing=4)
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def show_position(self, gain_db: float, *, mute: bool) -> None:
        """Where the session has them."""
        self.fader.follow(gain_db)
        shown = self.fader.value() / 10
        self._gain.setText(signed(shown, "", 1).strip())
        self.fader.setAccessibleDescription(f"{shown:.1f} dB")
        self.mute.setChecked(mute)
        self.mute.setText("Muted" if mute else "Mute")
        set_level(self._gain, "warn" if mute else "")


class Mixer(QWidget):
    """All stems, side by side, with one scale."""

    wanted = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self._scale = Scale()
        self._strips = [Strip(stem) for stem in STEMS]
        beside = QVBoxLayout()
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(4)
        # The scale keeps to the height of the faders: above and below it stand what the strips have there.
        beside.addWidget(label("dB", "caption"), alignment=Qt.AlignmentFlag.AlignRight)
        beside.addWidget(self._scale, 1)
        beside.addWidget(label(" ", "caption"))
        beside.addWidget(label("", "mute"))
        row.addLayout(beside)
        for strip in self._strips:
            strip.wanted.connect(self.wanted)
            row.addWidget(strip, 1)

    def show_positions(self, at: Positions) -> None:
        """Where the session has the controls."""
        for strip, gain_db, mute in zip(self._strips, at.gains_db, at.mutes, strict=True):
            strip.show_position(gain_db, mute=mute)

    def push_levels(self, levels: tuple[float, ...], t: float) -> None:
        """Linear levels at t seconds."""
        for strip, level in zip(self._strips, levels, strict=True):
            strip.meter.push(level, t)
