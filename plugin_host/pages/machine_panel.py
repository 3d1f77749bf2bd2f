"""What was found on this machine: the check's findings, the steps of a first start, and the plug-ins."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QHBoxLayout, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from d2m_bridge import plugins
from d2m_bridge.pipeline.doctor import Finding
from plugin_host.background import run_in_background
from plugin_host.first_start import Progress
from plugin_host.widgets.basics import beside, button, column, label

log = logging.getLogger(__name__)

_VERDICTS = {"good": ("\u2713", "ok"), "poor": ("\u25cb", "warn"), "bad": ("\u25a0", "error")}

Work = Callable[[Progress], Iterable[Finding]]


class _Told(QObject):
    finding = pyqtSignal(object)
    progress = pyqtSignal(str, float)


class MachinePanel(QWidget):
    """examine_wanted: the button was pressed. ended: the work that `run` was given is over."""

    examine_wanted = pyqtSignal()
    ended = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._told = _Told(self)
        self._told.finding.connect(self._show_finding)
        self._told.progress.connect(self._show_progress)
        self._title = label(self.tr("This machine"), "heading")
        self._examine = button(self.tr("Check this machine"), self.tr("Try every part; takes some seconds"),
                               clicked=self.examine_wanted.emit)  # fmt: skip
        self._doing = label("", "caption")
        self._bar = QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("How much of it is done"))
        self._findings, self._plugins = QVBoxLayout(), QVBoxLayout()
        hint = label(self.tr("Camera, sound, models, GPU and speed are tried one after the other."), "muted", wrap=True)
        self._findings.addWidget(hint)
        inside = QWidget()
        inside.setLayout(column(self._findings, self._plugins, 1, spacing=14))
        for rows in (self._findings, self._plugins):
            rows.setContentsMargins(0, 0, 8, 0)
            rows.setSpacing(12)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(self.tr("What was found"))
        whole = column(beside(self._title, 1, self._examine), self._doing, self._bar, area, spacing=10)
        whole.setStretch(3, 1)
        self.setLayout(whole)
        self._show_progress("", 1.0)

    def run(self, title: str, work: Work) -> None:
        """Shows what the work finds, as it goes; on a thread."""
        self._title.setText(title)
        self._examine.setEnabled(False)
        _empty(self._findings)

        def tell() -> None:
            try:
                for finding in work(self._told.progress.emit):
                    self._told.finding.emit(finding)
            except RuntimeError:
                log.debug("the window was closed meanwhile")

        def fail(reason: str) -> None:
            self._told.finding.emit(Finding("check", "bad", reason))
            self._end()

        run_in_background(tell, lambda _: self._end(), fail, self)

    def showEvent(self, a0: QShowEvent | None) -> None:
        run_in_background(plugins.found, self._show_plugins, lambda _: None, self)

    def try_plugins(self) -> None:
        """Loads each once, so that what does not work says why."""
        run_in_background(plugins.try_all, self._show_plugins, lambda _: None, self)

    def _end(self) -> None:
        self._examine.setEnabled(True)
        self._show_progress("", 1.0)
        self.ended.emit()

    def _show_progress(self, what: str, part: float) -> None:
        self._doing.setText(what)
        self._doing.setVisible(bool(what))
        self._bar.setVisible(bool(what))
        self._bar.setValue(round(1000 * part))

    def _show_finding(self, finding: Finding) -> None:
        sign, level = _VERDICTS[finding.verdict]
        self._findings.addWidget(_row(sign, level, finding.part, finding.fact, finding.remedy))

    def _show_plugins(self, found: tuple[plugins.Plugin, ...]) -> None:
        _empty(self._plugins)
        if found:
            self._plugins.addWidget(label(self.tr("Plug-ins"), "heading"))
        for plugin in found:
            fact = f"{plugins.GROUPS[plugin.group]}, {plugin.package}"
            row = _row("\u25a0" if plugin.problem else "\u2713", "error" if plugin.problem else "ok",
                       plugin.name, fact, plugin.problem)  # fmt: skip
            row.setAccessibleName(
                self.tr("{}, which does not work").format(plugin.name) if plugin.problem else plugin.name
            )
            row.setEnabled(not plugin.problem)
            self._plugins.addWidget(row)


def _row(sign: str, level: str, part: str, fact: str, remedy: str) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(12)
    shown = label(sign, "verdict")
    shown.setProperty("level", level)
    texts: list[QWidget] = [label(fact, wrap=True)]
    if remedy:
        texts.append(label(remedy, "caption", wrap=True))
    row.addWidget(shown, alignment=Qt.AlignmentFlag.AlignTop)
    row.addWidget(label(part[:1].upper() + part[1:], "part", wrap=True), alignment=Qt.AlignmentFlag.AlignTop)
    row.addLayout(column(*texts, spacing=2), 1)
    return made


def _empty(rows: QVBoxLayout) -> None:
    while (item := rows.takeAt(0)) is not None:
        inside = item.widget()
        if inside is not None:
            inside.deleteLater()
