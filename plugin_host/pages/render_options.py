"""How a clip is rendered: style or blend, key, seed, tempo, feel, stems, folder; and presets of all that."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PyQt6.QtCore import QT_TRANSLATE_NOOP, pyqtSignal
from PyQt6.QtWidgets import QDoubleSpinBox, QFileDialog, QGridLayout, QSpinBox, QWidget

from d2m_bridge.conductor.choose import TEMPO_SOURCES
from d2m_bridge.engine.blend import split_style
from d2m_bridge.engine.plan import KEYS, SEEDS_KEY
from d2m_bridge.osc.commands import MAX_BPM, MIN_BPM
from d2m_bridge.settings import MAX_SEED
from plugin_host.offline.jobs import JobOptions
from plugin_host.pages.presets_row import PresetsRow
from plugin_host.widgets.basics import beside, button, label
from plugin_host.widgets.inputs import Dropdown, Switch
from plugin_host.words import translate

_TEMPI = {
    "follow": QT_TRANSLATE_NOOP("Render", "Dancer's tempo"),
    "soundtrack": QT_TRANSLATE_NOOP("Render", "Clip's own sound"),
    "fixed": QT_TRANSLATE_NOOP("Render", "Fixed tempo"),
}
_FEEL = {
    "intensity": (-100, QT_TRANSLATE_NOOP("Render", "Intensity: below 0 softer, above harder than danced")),
    "density": (-100, QT_TRANSLATE_NOOP("Render", "Density: below 0 fewer notes, above more than danced")),
    "complexity": (-100, QT_TRANSLATE_NOOP("Render", "Complexity: below 0 on the beats, above between them")),
    "swing": (0, QT_TRANSLATE_NOOP("Render", "Swing: 0 straight, 100 as in triplets")),
}
_NARROW = 5  # letters of a list, so that a row of them fits beside the result


class RenderOptionsForm(QWidget):
    """folder_chosen: another output folder. problem: one line about a preset."""

    folder_chosen = pyqtSignal(str)
    problem = pyqtSignal(str)

    def __init__(self, styles: tuple[str, ...], out: str, presets: Path | None = None) -> None:
        """presets: their file, None the user's own."""
        super().__init__()
        self._out, self._styles = out, styles
        self._style, self._second = (
            Dropdown(self.tr("Style of the music")),
            Dropdown(self.tr("A second style, mixed in")),
        )
        for style in styles:
            self._style.addItem(style.capitalize(), style)
        self._second.addItem(self.tr("no second"), "")
        for style in styles:
            self._second.addItem(f"+ {style.capitalize()}", style)
        self._share = self._percent(0, self.tr("How much of the second style"))
        self._share.setValue(50)
        self._second.currentIndexChanged.connect(lambda: self._share.setEnabled(bool(self._second.currentData())))
        self._share.setEnabled(False)
        self._key = Dropdown(self.tr("Key"))
        self._key.addItem(self.tr("Key: auto"), SEEDS_KEY)
        for key in KEYS:
            self._key.addItem(key.replace("#", "\u266f"), key)
        self._seed = QSpinBox()
        self._seed.setRange(0, MAX_SEED)
        self._seed.setValue(1)
        self._name(self._seed, self.tr("Seed: another number, another piece of music"))
        self._tempo = Dropdown(self.tr("Where the tempo comes from"))
        for source in TEMPO_SOURCES:
            self._tempo.addItem(translate("Render", _TEMPI[source]), source)
        self._bpm = QDoubleSpinBox()
        self._bpm.setRange(MIN_BPM, MAX_BPM)
        self._bpm.setDecimals(1)
        self._bpm.setValue(120.0)
        self._bpm.setSuffix(" BPM")
        self._bpm.setEnabled(False)
        self._name(self._bpm, self.tr("Fixed tempo in beats a minute"))
        self._tempo.currentIndexChanged.connect(lambda: self._bpm.setEnabled(self._tempo.currentData() == "fixed"))
        self._feel = {name: self._percent(low, translate("Render", text)) for name, (low, text) in _FEEL.items()}
        for box in (self._style, self._second, self._key, self._tempo):
            box.setMinimumContentsLength(_NARROW)
        self._stems = Switch(self.tr("Stems"), self.tr("Also drums, bass, harmony and lead as files of their own"))
        self._stems.setChecked(True)
        self._folder = label("", "value")
        self.presets = PresetsRow(presets)
        self.presets.chosen.connect(lambda options: self.show_options(replace(options, out=self._out)))
        self.presets.wanted.connect(lambda name: self.presets.store(name, self.options()))
        self.presets.problem.connect(self.problem)
        self._lay_out()
        self._show_folder()

    def options(self) -> JobOptions:
        """As they stand."""
        tempo = self._tempo.currentData()
        first, second = self._style.currentData() or "", self._second.currentData() or ""
        blend = f"{first}+{second}:{self._share.value() / 100:g}" if first and second else first
        feel = {name: box.value() / 100 for name, box in self._feel.items()}
        return JobOptions(
            self._out, blend, self._seed.value(), tempo, self._bpm.value() if tempo == "fixed" else None,
            self._stems.isChecked(), self._key.currentData(), **feel,
        )  # fmt: skip

    def show_options(self, options: JobOptions) -> None:
        """Of a clip or a preset. A style that the model does not know is left as it stands."""
        first, second, share = split_style(options.style)
        for box, value in (
            (self._style, first or (self._styles[0] if self._styles else "")),
            (self._second, second),
            (self._key, options.key),
            (self._tempo, options.tempo),
        ):
            index = box.findData(value)
            if index >= 0:
                box.setCurrentIndex(index)
        if second:
            self._share.setValue(round(100 * share))
        self._seed.setValue(options.seed)
        if options.bpm is not None:
            self._bpm.setValue(options.bpm)
        for name, spin in self._feel.items():
            spin.setValue(round(100 * getattr(options, name)))
        self._stems.setChecked(options.stems)
        self._out = options.out
        self._show_folder()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        choose = button(self.tr("Folder\u2026"), self.tr("Choose the folder of the results"), clicked=self._choose)
        feel = []
        for name, box in self._feel.items():
            caption = label(name.capitalize(), "caption")
            caption.setBuddy(box)
            feel += [caption, box]
        captions = [
            label(text, "caption") for text in (self.tr("Preset"), self.tr("Style"), self.tr("Seed"), self.tr("Feel"))
        ]
        for row, caption in enumerate(captions):
            grid.addWidget(caption, row, 0)
        grid.addWidget(self.presets, 0, 1)
        grid.addLayout(beside(self._style, self._second, self._share, self._key, spacing=8), 1, 1)
        grid.addLayout(beside(self._seed, self._tempo, self._bpm, self._stems, spacing=8), 2, 1)
        grid.addLayout(_pairs(feel), 3, 1)
        grid.addLayout(beside(choose, self._folder, 1, spacing=10), 4, 1)
        grid.setColumnStretch(1, 1)

    def _percent(self, low: int, name: str) -> QSpinBox:
        made = QSpinBox()
        made.setRange(low, 100)
        made.setSingleStep(10)
        made.setSuffix(" %")
        self._name(made, name)
        return made

    @staticmethod
    def _name(widget: QWidget, text: str) -> None:
        widget.setAccessibleName(text)
        widget.setToolTip(text)

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Folder of the results"), self._out)
        if chosen:
            self._out = chosen
            self._show_folder()
            self.folder_chosen.emit(chosen)

    def _show_folder(self) -> None:
        path = Path(self._out)
        inside = path.is_relative_to(Path.home())
        self._folder.setText(f"~/{path.relative_to(Path.home())}" if inside else str(path))
        self._folder.setToolTip(self._out)


def _pairs(widgets: list[QWidget]) -> QGridLayout:
    """Captions above their fields, in a row."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(2)
    for index, widget in enumerate(widgets):
        grid.addWidget(widget, index % 2, index // 2)
    return grid
