"""The page for files: drop videos, they are rendered one after the other in a process of their own."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from PyQt6.QtCore import Qt, QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QImage, QShowEvent
from PyQt6.QtWidgets import QFileDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from d2m_bridge.errors import InputError
from plugin_host import theme
from plugin_host.background import run_in_background
from plugin_host.messages import Messages
from plugin_host.offline.jobs import VIDEO_SUFFIXES, Job, videos_in
from plugin_host.offline.progress import RenderProgress
from plugin_host.offline.runner import Runner
from plugin_host.pages.job_card import JobCard
from plugin_host.pages.render_options import RenderOptionsForm
from plugin_host.pages.result_view import ResultView
from plugin_host.widgets.basics import beside, button, card, column, label
from plugin_host.widgets.picture import picture_of


class OfflinePage(QWidget):
    """folder_chosen: another output folder, to be remembered."""

    folder_chosen = pyqtSignal(str)

    def __init__(self, runner: Runner, messages: Messages, styles: tuple[str, ...], out: str) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.setAcceptDrops(True)
        self._runner, self._messages = runner, messages
        self._cards: dict[int, JobCard] = {}
        self._chosen = 0
        self.form, self.result = RenderOptionsForm(styles, out), ResultView()
        self.form.folder_chosen.connect(self._keep_folder)
        self.form.problem.connect(lambda text: messages.say("warn", text, topic="presets"))
        for problem in self.form.presets.problems:
            messages.say("error", problem, topic=problem, lasts=True)
        self._out = out
        self._edited = 0
        self._form_title = label("", "heading")
        self._apply = button(self.tr("Render with these"), self.tr("Render this clip, or render it again, so"),
                             role="primary", clicked=self._apply_options)  # fmt: skip
        self._back = button(self.tr("Back"), self.tr("Leave this clip as it is"), clicked=lambda: self._edit(0))
        self.result.chosen.connect(self._choose)
        self.result.another.connect(lambda number: self._add_another(runner.queue.get(number)))
        self.result.said.connect(lambda level, text: messages.say(level, text, topic="result"))
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 6, 0)
        self._list.setSpacing(8)
        self._list.addStretch(1)
        self._empty = label(self.tr("Drop dance videos or a folder here"), "title")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._summary = label("", "muted")
        self._lay_out()
        runner.changed.connect(self._show_job)
        runner.progressed.connect(self._show_progress)
        for job in runner.queue.jobs:
            self._add_card(job)
        self._show_summary()
        runner.start()

    def add(self, paths: list[Path]) -> None:
        """Files and folders, with the options as they stand."""
        videos = videos_in(paths)
        if not videos:
            said = self.tr("No video there: expected files such as .mp4, .mov or .mkv")
            self._messages.say("warn", said, topic="queue")
        for path in videos:
            try:
                self._runner.add(path, self.form.options())
            except InputError as error:
                self._messages.say("warn", str(error), topic="queue")

    def finish(self) -> None:
        """The window closes."""
        self.result.film.load(None)
        self._runner.finish()

    def dragEnterEvent(self, a0: QDragEnterEvent | None) -> None:
        if a0 is not None and (data := a0.mimeData()) is not None and data.hasUrls():
            a0.acceptProposedAction()

    def dropEvent(self, a0: QDropEvent | None) -> None:
        if a0 is not None and (data := a0.mimeData()) is not None:
            self.add([Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()])

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label(self.tr("Queue"), "heading"))
        head.addWidget(self._summary, 1)
        add = button(self.tr("Add videos\u2026"), self.tr("Choose dance videos"), role="primary",
                     clicked=self._choose_files)  # fmt: skip
        head.addWidget(add)
        head.addWidget(
            button(self.tr("Add a folder\u2026"), self.tr("All videos of a folder"), clicked=self._choose_folder)
        )
        inside = QWidget()
        inside.setLayout(self._list)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inside)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(self.tr("Clips of the queue"))
        left = column(head, self._empty, area, spacing=12)
        left.setStretch(1, 1)
        left.setStretch(2, 1)
        self._area = area
        form = column(beside(self._form_title, 1, self._back, self._apply, spacing=8), self.form, spacing=10)
        self._edit(0)
        queue = column(card(left, 16), card(form, 16), spacing=theme.GAP)
        queue.setStretch(0, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 16, theme.GAP)
        row.setSpacing(theme.GAP)
        row.addLayout(queue, 52)
        row.addWidget(card(column(self.result), 16), 48)

    def _choose_files(self) -> None:
        kinds = " ".join(f"*{suffix}" for suffix in sorted(VIDEO_SUFFIXES))
        chosen, _ = QFileDialog.getOpenFileNames(
            self, self.tr("Dance videos"), "", self.tr("Videos ({});;All files (*)").format(kinds)
        )
        if chosen:
            self.add([Path(path) for path in chosen])

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("A folder of dance videos"))
        if chosen:
            self.add([Path(chosen)])

    def _show_job(self, number: int) -> None:
        job = self._runner.queue.get(number)
        if number in self._cards:
            self._cards[number].show_job(job)
        else:
            self._add_card(job)
        if job.state == "done" and self._chosen in (0, number):
            self._choose(number)
        elif self.result.job is not None and self.result.job.path == job.path:
            self._choose(self._chosen)  # there is another take to compare it with, or one fewer
        if job.note and job.state in ("failed", "done"):
            self._messages.say("warn", job.note, topic=f"job{number}")
        self._show_summary()

    def _add_card(self, job: Job) -> None:
        made = self._cards[job.number] = JobCard(job)
        made.wanted.connect(self._do)
        made.chosen.connect(self._choose)
        self._list.insertWidget(self._list.count() - 1, made)
        run_in_background(lambda: _first_picture(Path(job.path)), made.show_thumbnail, lambda _: None, made)

    def showEvent(self, a0: QShowEvent | None) -> None:
        done = [job.number for job in self._runner.queue.jobs if job.state == "done"]
        if done and not self._chosen:
            self._choose(done[-1])

    def _show_progress(self, number: int, progress: RenderProgress) -> None:
        if number in self._cards:
            self._cards[number].show_progress(progress, time.monotonic())

    def _show_summary(self) -> None:
        jobs = self._runner.queue.jobs
        words = {
            "running": self.tr("{} running"), "waiting": self.tr("{} waiting"),
            "done": self.tr("{} done"), "failed": self.tr("{} failed"),
        }  # fmt: skip
        counts = {state: sum(job.state == state for job in jobs) for state in words}
        self._summary.setText(", ".join(words[state].format(count) for state, count in counts.items() if count))
        self._empty.setVisible(not jobs)
        self._area.setVisible(bool(jobs))

    def _choose(self, number: int) -> None:
        self._chosen = number
        for shown in self._cards.values():
            shown.show_chosen(chosen=shown.number == number)
        job = self._runner.queue.get(number)
        self.result.show_job(job, self._runner.queue.takes_of(job.path))

    def _edit(self, number: int) -> None:
        """Shows the options of one clip; 0: those of new clips."""
        if not number and self._edited:
            self.form.show_options(replace(self.form.options(), out=self._out))
        self._edited = number
        for made in (self._apply, self._back):
            made.setVisible(bool(number))
        if number:
            job = self._runner.queue.get(number)
            self._form_title.setText(self.tr("Options of {}").format(job.name))
            self.form.show_options(job.options)
        else:
            self._form_title.setText(self.tr("New clips get"))

    def _apply_options(self) -> None:
        number, options = self._edited, self.form.options()
        self._edit(0)
        if self._runner.queue.get(number).state == "running":
            self._messages.say("warn", self.tr("It is being rendered now: cancel it first"), topic="queue")
            return
        self._runner.change_options(number, options)

    def _keep_folder(self, folder: str) -> None:
        if not self._edited:
            self._out = folder
            self.folder_chosen.emit(folder)

    def _do(self, what: str, number: int) -> None:
        job = self._runner.queue.get(number)
        match what:
            case "cancel":
                self._runner.cancel(number)
            case "retry":
                self._runner.retry(number)
            case "options":
                self._edit(number)
            case "folder":
                QDesktopServices.openUrl(QUrl.fromLocalFile(job.options.out))
            case "remove":
                if self._edited == number:
                    self._edit(0)
                self._runner.queue.remove(number)
                gone = self._cards.pop(number)
                gone.hide()
                gone.deleteLater()
                if self._chosen == number:
                    self._chosen = 0
                    self.result.show_job(None)
                self._show_summary()

    def _add_another(self, job: Job) -> None:
        seed = job.options.seed + 1
        while any(other.path == job.path and other.options.seed == seed for other in self._runner.queue.jobs):
            seed += 1
        folder = Path(job.options.out)
        base = folder.parent if folder.name.startswith("seed ") else folder
        self._runner.add(Path(job.path), replace(job.options, seed=seed, out=str(base / f"seed {seed}")))


def _first_picture(path: Path) -> QImage:
    from d2m_bridge.capture.video import VideoFile

    with VideoFile(path) as film:
        frame = next(film.frames())
    every = max(1, frame.image.shape[1] // 320)
    return picture_of(frame.image[::every, ::every])
