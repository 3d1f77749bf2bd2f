"""What new clips of the queue get: style, seed, tempo, stems, folder."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QDoubleSpinBox, QFileDialog, QGridLayout, QLabel, QSpinBox, QWidget

from d2m_bridge.conductor.choose import TEMPO_SOURCES
from d2m_bridge.osc.commands import MAX_BPM, MIN_BPM
from plugin_host.offline.jobs import JobOptions
from plugin_host.widgets.basics import button, label
from plugin_host.widgets.inputs import Dropdown, Switch

_TEMPI = {"follow": "From the dancer", "soundtrack": "From the clip's own sound", "fixed": "Fixed"}


class RenderOptionsForm(QWidget):
    """folder_chosen: another output folder."""

    folder_chosen = pyqtSignal(str)

    def __init__(self, styles: tuple[str, ...], out: str) -> None:
        super().__init__()
        self._out = out
        self._style = Dropdown("Style of the music")
        self._style.addItems([style.capitalize() for style in styles])
        self._styles = styles
        self._seed = QSpinBox()
        self._seed.setRange(0, 2**31 - 1)
        self._seed.setValue(1)
        self._tempo = Dropdown("Where the tempo comes from")
        for source in TEMPO_SOURCES:
            self._tempo.addItem(_TEMPI[source], source)
        self._bpm = QDoubleSpinBox()
        self._bpm.setRange(MIN_BPM, MAX_BPM)
        self._bpm.setDecimals(1)
        self._bpm.setValue(120.0)
        self._bpm.setSuffix(" BPM")
        self._bpm.setEnabled(False)
        self._tempo.currentIndexChanged.connect(lambda: self._bpm.setEnabled(self._tempo.currentData() == "fixed"))
        self._stems = Switch("Also drums, bass, harmony and lead as files of their own", "Write stems")
        self._stems.setChecked(True)
        self._folder = label("", "value")
        for widget, name in (
            (self._seed, "Seed: another number, another piece of music"),
            (self._bpm, "Fixed tempo in beats a minute"),
        ):
            widget.setAccessibleName(name)
            widget.setToolTip(name)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.addWidget(_caption("Style", self._style), 0, 0)
        grid.addWidget(self._style, 0, 1)
        grid.addWidget(_caption("Seed", self._seed), 0, 2)
        grid.addWidget(self._seed, 0, 3)
        grid.addWidget(_caption("Tempo", self._tempo), 1, 0)
        grid.addWidget(self._tempo, 1, 1)
        grid.addWidget(self._bpm, 1, 3)
        grid.addWidget(self._stems, 2, 1, 1, 3)
        grid.addWidget(label("Folder", "caption"), 3, 0)
        grid.addWidget(self._folder, 3, 1, 1, 2)
        choose = button("Choose\u2026", "Choose the folder of the results", clicked=self._choose)
        grid.addWidget(choose, 3, 3, Qt.AlignmentFlag.AlignRight)
        grid.setColumnStretch(1, 3)
        grid.setColumnStretch(3, 2)
        self._show_folder()

    def options(self) -> JobOptions:
        """As they stand."""
        tempo = self._tempo.currentData()
        bpm = self._bpm.value() if tempo == "fixed" else None
        style = self._styles[self._style.currentIndex()] if self._styles else ""
        return JobOptions(self._out, style, self._seed.value(), tempo, bpm, self._stems.isChecked())

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Folder of the results", self._out)
        if chosen:
            self._out = chosen
            self._show_folder()
            self.folder_chosen.emit(chosen)

    def _show_folder(self) -> None:
        path = Path(self._out)
        try:
            text = f"~/{path.relative_to(Path.home())}"
        except ValueError:
            text = str(path)
        self._folder.setText(text)
        self._folder.setToolTip(self._out)


def _caption(text: str, of: QWidget) -> QLabel:
    made = label(text, "caption")
    made.setBuddy(of)
    return made
