"""The page for devices: camera and sound by name, folders, delay, and whether all is well on this machine."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QTimer, pyqtSignal
from PyQt6.QtGui import QHideEvent, QShowEvent
from PyQt6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QSpinBox, QWidget

from d2m_bridge.settings import LONGEST_BUFFER_MS, SHORTEST_BUFFER_MS, Settings
from plugin_host import theme
from plugin_host.background import run_in_background
from plugin_host.devices import Devices, Entry, find_devices
from plugin_host.first_start import first_steps, found_settings
from plugin_host.live.controller import LiveLook
from plugin_host.pages.device_list import offer
from plugin_host.pages.machine_panel import MachinePanel
from plugin_host.widgets.basics import beside, button, card, column, label
from plugin_host.widgets.inputs import Dropdown
from plugin_host.widgets.preview import Preview

_LOOK_EVERY_MS = 5000  # asking for the sound devices starts a process


class SetupPage(QWidget):
    """applied: the settings to open the session with, by name. examined: `examine` or the first start has ended.

    said: level and one line. examine_wanted, tone_wanted: the buttons.
    """

    applied = pyqtSignal(dict)
    examine_wanted = pyqtSignal()
    examined = pyqtSignal()
    tone_wanted = pyqtSignal(str)
    said = pyqtSignal(str, str)

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self._chosen = {"camera": settings.camera, "audio": settings.audio}
        self._camera, self._audio = Dropdown(self.tr("Camera")), Dropdown(self.tr("Sound device"))
        for name, box in (("camera", self._camera), ("audio", self._audio)):
            box.activated.connect(lambda _, name=name, box=box: self._chosen.update({name: box.currentData()}))
        self._buffer = QSpinBox()
        self._buffer.setRange(SHORTEST_BUFFER_MS, LONGEST_BUFFER_MS)
        self._buffer.setSingleStep(50)
        self._buffer.setSuffix(" ms")
        self._buffer.setValue(settings.buffer_ms)
        self._buffer.setAccessibleName(self.tr("From the dancer's move to its sound"))
        self._buffer.setToolTip(self._buffer.accessibleName())
        self._takes = settings.takes
        self._takes_shown = label("", "value")
        self.preview, self.machine = Preview(), MachinePanel()
        self.machine.examine_wanted.connect(self.examine_wanted)
        self.machine.ended.connect(self.examined)
        self._lay_out()
        self._offer(Devices())
        self._show_takes()
        self._looking = False
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look_for_devices)

    def examine(self) -> None:
        """Tries every part of this machine."""
        from d2m_bridge.pipeline import doctor

        self.machine.run(self.tr("This machine"), lambda _: doctor.examine())
        self.machine.try_plugins()

    def begin_first_start(self) -> None:
        """Finds and fetches what is needed, then `applied` says what was found."""
        self.machine.run(self.tr("The first start"), first_steps)
        self.examined.connect(self._end_first_start)

    def show_look(self, look: LiveLook) -> None:
        """What the camera sees."""
        self.preview.show_watch(look.status.watch, look.accent, look.energy)

    def show_closed(self, why: str) -> None:
        """No session."""
        self.preview.show_nothing(why)

    def showEvent(self, a0: QShowEvent | None) -> None:
        self._look_for_devices()
        self._timer.start()

    def hideEvent(self, a0: QHideEvent | None) -> None:
        self._timer.stop()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(12)
        choose_file = button(
            self.tr("Video file\u2026"), self.tr("Use a video file as the camera"), clicked=self._choose_file
        )
        choose_takes = button(self.tr("Choose\u2026"), self.tr("Folder of recorded takes"), clicked=self._choose_takes)
        test = button(self.tr("Test tone"), self.tr("Play a short, quiet tone on this device"),
                      clicked=lambda: self.tone_wanted.emit(self._chosen["audio"]))  # fmt: skip
        for line, (text, widget, beside_it) in enumerate(
            (
                (self.tr("Camera"), self._camera, choose_file),
                (self.tr("Sound"), self._audio, test),
                (self.tr("Delay"), self._buffer, None),
                (self.tr("Takes"), self._takes_shown, choose_takes),
            )
        ):
            grid.addWidget(label(text, "caption"), line, 0)
            grid.addWidget(widget, line, 1)
            if beside_it is not None:
                grid.addWidget(beside_it, line, 2)
        grid.setColumnStretch(1, 1)
        hint = label(
            self.tr("A shorter delay answers sooner, a longer one is safer on a busy machine; 550 ms suits most."),
            "caption", wrap=True,
        )  # fmt: skip
        apply = button(self.tr("Open with these"), self.tr("Open the session again with these devices"),
                       role="primary", clicked=self._apply)  # fmt: skip
        left = column(label(self.tr("Devices"), "heading"), grid, hint, self.preview, beside(1, apply), spacing=14)
        left.setStretch(3, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(16, 4, 16, theme.GAP)
        whole.setSpacing(theme.GAP)
        whole.addWidget(card(left, 16), 1)
        whole.addWidget(card(column(self.machine), 16), 1)

    def _offer(self, devices: Devices) -> None:
        """What was wanted stays listed when it is not there."""
        self._looking = False
        missing = self.tr("{} (not connected)")
        cameras: list[Entry] = list(devices.cameras)
        camera = self._chosen["camera"]
        if Path(camera).is_file():
            cameras.append((camera, Path(camera).name))
        offer(self._camera, cameras, camera, missing)
        offer(self._audio, list(devices.sounds), self._chosen["audio"], missing)
        self._devices = devices

    def _look_for_devices(self) -> None:
        if not self._looking:
            self._looking = True
            run_in_background(find_devices, self._offer, lambda _: self._offer(self._devices), self)

    def _apply(self) -> None:
        self.applied.emit({**self._chosen, "buffer_ms": self._buffer.value(), "takes": self._takes})

    def _end_first_start(self) -> None:
        self.examined.disconnect(self._end_first_start)

        def done(found: dict[str, str]) -> None:
            self._chosen.update(found)
            self._offer(self._devices)
            self._apply()

        run_in_background(found_settings, done, lambda reason: self.said.emit("error", reason), self)

    def _choose_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("A video as the camera"))
        if chosen:
            self._chosen["camera"] = chosen
            self._offer(self._devices)

    def _choose_takes(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Folder of recorded takes"), self._takes)
        if chosen:
            self._takes = chosen
            self._show_takes()

    def _show_takes(self) -> None:
        path = Path(self._takes)
        inside = path.is_relative_to(Path.home())
        self._takes_shown.setText(f"~/{path.relative_to(Path.home())}" if inside else self._takes)
        self._takes_shown.setToolTip(self._takes)
