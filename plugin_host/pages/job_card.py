"""One clip of the queue: its picture, how far it is, and what can be done with it."""

from __future__ import annotations

from PyQt6.QtCore import QT_TRANSLATE_NOOP, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QImage, QMouseEvent, QPixmap
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QSizePolicy

from plugin_host.offline.jobs import Job
from plugin_host.offline.progress import RenderProgress, spoken, stage_words
from plugin_host.widgets.basics import button, column, label, restyle, set_level
from plugin_host.words import translate

THUMBNAIL = QSize(96, 54)
_TEMPI = {
    "follow": QT_TRANSLATE_NOOP("Job", "dancer's tempo"),
    "soundtrack": QT_TRANSLATE_NOOP("Job", "the clip's tempo"),
    "fixed": QT_TRANSLATE_NOOP("Job", "fixed tempo"),
}
_STATES = {
    "waiting": (QT_TRANSLATE_NOOP("Job", "Waiting"), "muted"),
    "running": (QT_TRANSLATE_NOOP("Job", "Beginning"), "accent"),
    "done": (QT_TRANSLATE_NOOP("Job", "\u2713 Done"), "ok"),
    "failed": (QT_TRANSLATE_NOOP("Job", "\u25a0 Failed"), "error"),
    "cancelled": (QT_TRANSLATE_NOOP("Job", "Cancelled"), "warn"),
}


class JobCard(QFrame):
    """wanted: what to do (cancel, retry, options, folder, remove) with which job. chosen: show its result."""

    wanted = pyqtSignal(str, int)
    chosen = pyqtSignal(int)

    def __init__(self, job: Job) -> None:
        super().__init__()
        self.number = job.number
        self.setProperty("role", "row")
        self.setAccessibleName(job.name)
        self._thumbnail = QLabel()
        self._thumbnail.setFixedSize(THUMBNAIL)
        self._thumbnail.setProperty("role", "thumbnail")
        self._thumbnail.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._name, self._detail, self._state = label(job.name, "value"), label("", "caption"), label("", "caption")
        for text in (self._name, self._detail):
            text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._state.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._bar = QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress of {}").format(job.name))
        head = QHBoxLayout()
        head.addWidget(self._name, 1)
        head.addWidget(self._state)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 10, 10, 10)
        row.setSpacing(12)
        row.addWidget(self._thumbnail)
        row.addLayout(column(head, self._detail, self._bar, spacing=4), 1)
        self._buttons = {}
        for what, word, meaning in (
            ("cancel", self.tr("Cancel"), self.tr("Stop this one; nothing half made stays")),
            ("retry", self.tr("Retry"), self.tr("Render it again")),
            ("options", self.tr("Options"), self.tr("How this clip is rendered")),
            ("folder", self.tr("Folder"), self.tr("Open the folder of the result")),
            ("remove", "\u2715", self.tr("Take it off the list; its files stay")),
        ):
            made = button(word, meaning, role="small")
            made.clicked.connect(lambda _, what=what: self.wanted.emit(what, self.number))
            self._buttons[what] = made
            row.addWidget(made)
        self.show_job(job)

    def show_job(self, job: Job) -> None:
        """As it is now."""
        options = job.options
        text, level = _STATES[job.state]
        self._state.setText(translate("Job", text))
        set_level(self._state, level)
        tempo = f"{options.bpm:g} BPM" if options.bpm else translate("Job", _TEMPI[options.tempo])
        plan = self.tr("{}, seed {}, {}  \u2192  {}").format(
            options.style or self.tr("first style"), options.seed, tempo, options.out
        )
        self._detail.setText(job.note if job.state == "failed" else job.facts or plan)
        self._detail.setToolTip("\n".join(part for part in (job.path, plan, job.facts, job.note) if part))
        self._bar.setVisible(job.state == "running")
        self._bar.setValue(0)
        for what, states in {
            "cancel": ("waiting", "running"),
            "retry": ("failed", "cancelled"),
            "options": ("waiting", "done", "failed", "cancelled"),
            "folder": ("done",),
            "remove": ("done", "failed", "cancelled"),
        }.items():
            self._buttons[what].setVisible(job.state in states)

    def show_progress(self, progress: RenderProgress, now: float) -> None:
        """While it runs."""
        self._bar.setValue(round(1000 * progress.whole))
        left = progress.left_s(now)
        words = f"{stage_words(progress.stage)}, {100 * progress.whole:.0f} %"
        self._state.setText(f"{words}, {spoken(left)}" if left is not None else words)

    def show_chosen(self, *, chosen: bool) -> None:
        """Whether its result is the one that is shown."""
        self.setProperty("chosen", chosen)
        restyle(self)

    def show_thumbnail(self, picture: QImage) -> None:
        """Of the clip."""
        shown = picture.scaled(
            THUMBNAIL, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        self._thumbnail.setPixmap(QPixmap.fromImage(shown))

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        self.chosen.emit(self.number)
