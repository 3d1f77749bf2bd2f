"""The stem mixer: place, fader, meter, level in words, mute and solo of each stem."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from d2m_bridge.engine.plan import STEMS
from d2m_bridge.osc import commands as do
from plugin_host import theme
from plugin_host.keys import tip
from plugin_host.live.positions import Positions
from plugin_host.widgets.basics import Digits, beside, button, column, label, set_level, signed
from plugin_host.widgets.meter import Meter, Scale
from plugin_host.widgets.slider import Balance, Fader
from plugin_host.words import title, translate


class Strip(QWidget):
    """One stem."""

    wanted = pyqtSignal(object)

    def __init__(self, stem: str) -> None:
        super().__init__()
        name = title(stem)
        self.meter = Meter(name, theme.STEM_COLOURS[stem])
        self.fader = Fader(self.tr("{}: gain in dB").format(name))
        self.fader.setToolTip(
            tip(self.tr("{}: gain; a double click is 0 dB").format(name), f"louder_{stem}", f"softer_{stem}")
        )
        self.fader.wanted.connect(lambda gain_db: self.wanted.emit(do.SetStemGain(stem, gain_db)))
        self.pan = Balance(self.tr("{}: place, left to right").format(name), small=True)
        self.pan.setToolTip(
            tip(
                self.tr("{}: place; a double click is the middle").format(name),
                f"left_{stem}",
                f"right_{stem}",
            )
        )
        self.pan.wanted.connect(lambda pan: self.wanted.emit(do.SetStemPan(stem, pan)))
        self._gain = Digits("+12.0", "caption", self.tr("{}: gain").format(name), Qt.AlignmentFlag.AlignHCenter)
        self.mute = button(
            self.tr("M"), self.tr("{}: mute").format(name), f"mute_{stem}",
            role="mute", checkable=True,
            clicked=lambda: self.wanted.emit(do.SetStemMute(stem, self.mute.isChecked())),
        )  # fmt: skip
        self.solo = button(
            self.tr("S"), self.tr("{}: solo").format(name), f"solo_{stem}",
            role="solo", checkable=True,
            clicked=lambda: self.wanted.emit(do.SetStemSolo(stem, self.solo.isChecked())),
        )  # fmt: skip
        for made in (self.mute, self.solo):
            made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._title = label(name, "strip")
        self._title.setProperty("stem", stem)
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        faders = beside(1, self.fader, self.meter, 1, spacing=4)
        switches = beside(self.mute, self.solo, spacing=4)
        whole = column(self._title, self.pan, faders, self._gain, switches, spacing=4)
        whole.setStretch(2, 1)
        self.setLayout(whole)

    def show_position(self, gain_db: float, pan: float, *, mute: bool, solo: bool, silent: bool) -> None:
        """Where the session has them. silent: it is not heard, for whatever reason."""
        self.fader.follow(gain_db)
        shown = self.fader.value() / 10
        self._gain.setText(signed(shown, "", 1).strip())
        self.fader.setAccessibleDescription(f"{shown:.1f} dB")
        self.pan.follow(pan)
        self.pan.setAccessibleDescription(_side(self.pan.value()))
        self.mute.setChecked(mute)
        self.solo.setChecked(solo)
        set_level(self._title, "silent" if silent else "")


class Mixer(QWidget):
    """All stems, side by side, with one scale."""

    wanted = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self._scale = Scale()
        self._strips = [Strip(stem) for stem in STEMS]
        places = label(self.tr("pan"), "caption")
        side = QVBoxLayout()
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(4)
        # The scale keeps to the height of the faders: above and below it stand what the strips have there.
        side.addWidget(label(" ", "strip"))
        side.addWidget(places, alignment=Qt.AlignmentFlag.AlignRight)
        side.addWidget(self._scale, 1)
        side.addWidget(label("dB", "caption"), alignment=Qt.AlignmentFlag.AlignRight)
        side.addWidget(label("", "mute"))
        row.addLayout(side)
        for strip in self._strips:
            strip.wanted.connect(self.wanted)
            row.addWidget(strip, 1)

    def show_positions(self, at: Positions) -> None:
        """Where the session has the controls."""
        rows = zip(at.gains_db, at.pans, at.mutes, at.solos, at.silent, strict=True)
        for strip, (gain_db, pan, mute, solo, silent) in zip(self._strips, rows, strict=True):
            strip.show_position(gain_db, pan, mute=mute, solo=solo, silent=silent)

    def push_levels(self, levels: tuple[float, ...], t: float) -> None:
        """Linear levels at t seconds."""
        for strip, level in zip(self._strips, levels, strict=True):
            strip.meter.push(level, t)

    def forget_clips(self) -> None:
        """All clip lights go out."""
        for strip in self._strips:
            strip.meter.forget()


def _side(percent: int) -> str:
    if percent == 0:
        return translate("Mixer", "middle")
    side = translate("Mixer", "{} % left") if percent < 0 else translate("Mixer", "{} % right")
    return side.format(abs(percent))
