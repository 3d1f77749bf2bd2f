"""The page for devices: camera and sound by name, folders, delay, and whether all is well on this machine."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from d2m_bridge.pipeline.doctor import Finding
from plugin_host import theme
from plugin_host.background import run_in_background
from plugin_host.settings import LONGEST_BUFFER_MS, SHORTEST_BUFFER_MS, Settings
from plugin_host.widgets.basics import button, card, column, label
from plugin_host.widgets.inputs import Dropdown

_VERDICTS = {"good": ("\u2713", "ok"), "poor": ("\u25cb", "warn"), "bad": ("\u25a0", "error")}


class _Found(QObject):
    finding = pyqtSignal(object)


class SetupPage(QWidget):
    """applied: the settings to open the session with, by name. examined: `examine` has ended."""

    applied = pyqtSignal(dict)
    examine_wanted = pyqtSignal()
    examined = pyqtSignal()

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self._camera, self._audio = Dropdown("Camera"), Dropdown("Sound device")
        self._buffer = QSpinBox()
        self._buffer.setRange(SHORTEST_BUFFER_MS, LONGEST_BUFFER_MS)
        self._buffer.setSingleStep(50)
        self._buffer.setSuffix(" ms")
        self._buffer.setValue(settings.buffer_ms)
        self._takes = settings.takes
        self._takes_shown = label("", "value")
        self._buffer.setAccessibleName("From the dancer's move to its sound")
        self._buffer.setToolTip("From the dancer's move to its sound")
        self._found = _Found(self)
        self._found.finding.connect(self._show_finding)
        self._examine = button("Check this machine", "Try every part; takes some seconds")
        self._examine.clicked.connect(lambda: self.examine_wanted.emit())
        self._findings = QVBoxLayout()
        self._lay_out()
        self._offer(self._camera, [("0", "First camera")], settings.camera)
        self._offer(self._audio, [("default", "Usual device"), ("null", "No sound, keeps time")], settings.audio)
        self._show_takes()
        self._look_for_devices(settings)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(12)
        choose_file = button("Video file\u2026", "Use a video file as the camera", clicked=self._choose_file)
        choose_takes = button("Choose\u2026", "Folder of recorded takes", clicked=self._choose_takes)
        for line, (text, widget, beside) in enumerate(
            (
                ("Camera", self._camera, choose_file),
                ("Sound", self._audio, None),
                ("Delay", self._buffer, None),
                ("Takes", self._takes_shown, choose_takes),
            )
        ):
            grid.addWidget(label(text, "caption"), line, 0)
            grid.addWidget(widget, line, 1)
            if beside is not None:
                grid.addWidget(beside, line, 2)
        grid.setColumnStretch(1, 1)
        hint = label("A shorter delay answers sooner, a longer one is safer on a busy machine; 400 ms suits most.",
                     "caption", wrap=True)  # fmt: skip
        apply = button(
            "Open with these", "Open the session again with these devices", role="primary", clicked=self._apply
        )
        left = column(label("Devices", "heading"), grid, hint, 1, apply, spacing=14)
        inside = QWidget()
        inside.setLayout(self._findings)
        self._findings.setContentsMargins(0, 0, 8, 0)
        self._findings.setSpacing(14)
        self._findings.addWidget(label("Camera, sound, models, GPU and speed are tried one after the other.", "muted"))
        self._findings.addStretch(1)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName("What was found")
        head = QHBoxLayout()
        head.addWidget(label("This machine", "heading"), 1)
        head.addWidget(self._examine)
        right = column(head, area, spacing=14)
        right.setStretch(1, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(16, 4, 16, theme.GAP)
        whole.setSpacing(theme.GAP)
        whole.addWidget(card(left, 20), 1)
        whole.addWidget(card(right, 20), 1)

    @staticmethod
    def _offer(box: QComboBox, entries: list[tuple[str, str]], wanted: str) -> None:
        """What was wanted stays listed when it is not there."""
        box.clear()
        for value, text in entries:
            box.addItem(text, value)
        if box.findData(wanted) < 0:
            there = Path(wanted).exists()
            box.addItem(Path(wanted).name if there else f"{wanted} (not connected)", wanted)
        box.setCurrentIndex(box.findData(wanted))

    def _look_for_devices(self, settings: Settings) -> None:
        def work() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
            from d2m_bridge.audio.output import output_devices
            from d2m_bridge.capture.camera import camera_names
            from d2m_bridge.errors import DeviceError

            cameras = [(str(number), f"{name} ({number})") for number, name in camera_names().items()]
            try:
                sounds = [(one.name, f"{one.name} ({one.host}, {one.channels} channels)") for one in output_devices()]
            except DeviceError:
                sounds = []
            return cameras, sounds

        def done(found: tuple[list[tuple[str, str]], list[tuple[str, str]]]) -> None:
            cameras, sounds = found
            self._offer(self._camera, cameras or [("0", "First camera")], settings.camera)
            usual = [("default", "Usual device"), ("null", "No sound, keeps time")]
            self._offer(self._audio, usual + sounds, settings.audio)

        run_in_background(work, done, lambda _: None, self)

    def _apply(self) -> None:
        self.applied.emit(
            {
                "camera": self._camera.currentData(),
                "audio": self._audio.currentData(),
                "buffer_ms": self._buffer.value(),
                "takes": self._takes,
            }
        )

    def _choose_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "A video as the camera")
        if chosen:
            self._offer(self._camera, [(self._camera.itemData(i), self._camera.itemText(i))
                                       for i in range(self._camera.count())], chosen)  # fmt: skip

    def _choose_takes(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Folder of recorded takes", self._takes)
        if chosen:
            self._takes = chosen
            self._show_takes()

    def _show_takes(self) -> None:
        path = Path(self._takes)
        inside = path.is_relative_to(Path.home())
        self._takes_shown.setText(f"~/{path.relative_to(Path.home())}" if inside else self._takes)
        self._takes_shown.setToolTip(self._takes)

    def examine(self) -> None:
        """Tries every part of this machine."""
        from d2m_bridge.pipeline import doctor

        self._examine.setEnabled(False)
        while self._findings.count() > 1:
            item = self._findings.takeAt(0)
            inside = item.widget() if item is not None else None
            if inside is not None:
                inside.deleteLater()

        def work() -> None:
            for finding in doctor.examine():
                self._found.finding.emit(finding)

        run_in_background(work, lambda _: self._end_examining(), lambda _: self._end_examining(), self)

    def _end_examining(self) -> None:
        self._examine.setEnabled(True)
        self.examined.emit()

    def _show_finding(self, finding: Finding) -> None:
        sign, level = _VERDICTS[finding.verdict]
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        shown = label(sign, "verdict")
        shown.setProperty("level", level)
        part = label(finding.part[:1].upper() + finding.part[1:], "part")
        texts: list[QWidget] = [label(finding.fact, wrap=True)]
        if finding.remedy:
            texts.append(label(finding.remedy, "caption", wrap=True))
        row.addWidget(shown, alignment=Qt.AlignmentFlag.AlignTop)
        row.addWidget(part, alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(column(*texts, spacing=2), 1)
        self._findings.insertWidget(self._findings.count() - 1, made)
