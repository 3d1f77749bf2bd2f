"""Presets of a form: a list to choose from, and a name to save under."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QLineEdit, QWidget

from d2m_bridge.errors import InputError
from plugin_host.offline.jobs import JobOptions
from plugin_host.offline.presets import load_presets, presets_path, store_preset
from plugin_host.widgets.basics import beside, button
from plugin_host.widgets.inputs import Dropdown


class PresetsRow(QWidget):
    """chosen: the options of a preset. wanted: a name under which the form is to be stored. problem: one line."""

    chosen = pyqtSignal(object)  # JobOptions
    wanted = pyqtSignal(str)
    problem = pyqtSignal(str)

    def __init__(self, file: Path | None) -> None:
        """file: None is the user's own."""
        super().__init__()
        self._file = file or presets_path()
        self._presets: dict[str, JobOptions] = {}
        self._list = Dropdown(self.tr("Presets: choose one to take over its options"))
        self._list.setMinimumContentsLength(5)
        self._list.activated.connect(self._choose)
        self._name = QLineEdit()
        self._name.setPlaceholderText(self.tr("name"))
        self._name.setAccessibleName(self.tr("Name under which these options are saved"))
        self._name.setToolTip(self._name.accessibleName())
        self._name.returnPressed.connect(self._want)
        save = button(self.tr("Save"), self.tr("Save these options as a preset of this name"), clicked=self._want)
        remove = button("\u2715", self.tr("Forget the preset that is chosen"), clicked=self._remove)
        self.setLayout(beside(self._list, remove, self._name, save, spacing=8))
        self.problems = self._load()

    def store(self, name: str, options: JobOptions) -> None:
        """Under this name, in place of one that had it."""
        self._write(name, options)
        self._list.setCurrentIndex(max(0, self._list.findData(name)))

    def _load(self) -> tuple[str, ...]:
        self._presets, problems = load_presets(self._file)
        self._list.clear()
        self._list.addItem(self.tr("none"), "")
        for name in sorted(self._presets, key=str.casefold):
            self._list.addItem(name, name)
        return problems

    def _choose(self) -> None:
        name = self._list.currentData()
        if name:
            self._name.setText(name)
            self.chosen.emit(self._presets[name])

    def _want(self) -> None:
        name = self._name.text().strip()
        if name:
            self.wanted.emit(name)
        else:
            self.problem.emit(self.tr("A preset needs a name: type one beside Save"))

    def _remove(self) -> None:
        name = self._list.currentData()
        if name:
            self._write(name, None)

    def _write(self, name: str, options: JobOptions | None) -> None:
        try:
            store_preset(self._file, name, options)
        except InputError as error:
            self.problem.emit(str(error))
        self._load()
