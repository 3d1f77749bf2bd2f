"""Foreign controls are taught here: choose a command, press Learn, move the control."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from d2m_bridge.osc.learn import Learned, Lesson, is_source
from plugin_host.live.teachable import spoken, teachable
from plugin_host.widgets.basics import beside, button, column, label
from plugin_host.widgets.inputs import Dropdown

_MIDI_SIZED = 127.0


class LearnPanel(QWidget):
    """taught: all lessons, as they are now."""

    taught = pyqtSignal(object)  # tuple[Lesson, ...]

    def __init__(self, lessons: tuple[Lesson, ...], styles: tuple[str, ...]) -> None:
        super().__init__()
        self._lessons = lessons
        self._command = Dropdown(self.tr("What the control is to do"))
        for command in teachable(styles):
            self._command.addItem(spoken(command), command)
        self._learn = button(
            self.tr("Learn"), self.tr("Then move a control of a MIDI desk or an OSC program"), checkable=True
        )
        self._learn.clicked.connect(self._arm)
        self._said = label("", "caption", wrap=True)
        self._rows = QVBoxLayout()
        self._rows.setContentsMargins(0, 0, 8, 0)
        self._rows.setSpacing(6)
        inside = QWidget()
        inside.setLayout(self._rows)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(self.tr("What has been learnt"))
        whole = column(beside(self._command, self._learn), self._said, area, spacing=10)
        whole.setStretch(2, 1)
        self.setLayout(whole)
        self._armed = False
        self._say_idle()
        self._show_lessons()

    def show_learned(self, learned: Learned) -> None:
        """Whether a control was moved since Learn was pressed."""
        if not self._learn.isChecked():
            return
        if not self._armed:
            self._armed, learned.last = True, None
        elif learned.last is not None:
            source, value = learned.last
            if is_source(source):
                self._add(source, value)

    def _arm(self) -> None:
        self._armed = False
        if self._learn.isChecked():
            self._said.setText(self.tr("Move the control now"))
        else:
            self._say_idle()

    def _add(self, source: str, value: float) -> None:
        high = 1.0 if abs(value) <= 1 else max(_MIDI_SIZED, abs(value))
        lesson = Lesson(source, str(self._command.currentData()), 0.0, high)
        self._learn.setChecked(False)
        self._say_idle()
        self._teach((*(one for one in self._lessons if one.source != source), lesson))

    def _teach(self, lessons: tuple[Lesson, ...]) -> None:
        self._lessons = lessons
        self._show_lessons()
        self.taught.emit(lessons)

    def _say_idle(self) -> None:
        self._said.setText(
            self.tr("Commands of other programs that are not ours, and MIDI knobs and pads, can mean one of these.")
        )

    def _show_lessons(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            inside = item.widget()
            if inside is not None:
                inside.deleteLater()
        for lesson in self._lessons:
            self._rows.addWidget(self._row(lesson))
        self._rows.addStretch(1)

    def _row(self, lesson: Lesson) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label(lesson.source, "key"))
        row.addWidget(label(f"\u2192 {spoken(lesson.command)}", wrap=True), 1)
        forget = button("\u2715", self.tr("Forget what {} means").format(lesson.source), role="small")
        forget.clicked.connect(lambda: self._teach(tuple(one for one in self._lessons if one is not lesson)))
        row.addWidget(forget)
        return made
