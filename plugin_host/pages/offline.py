"""The page for files: drop videos, they are rendered one after the other in a process of their own."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from PyQt6.QtCore import Qt, QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QImage
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
from plugin_host.widgets.basics import button, card, column, label
from plugin_host.widgets.preview import picture_of


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
        self.form.folder_chosen.connect(self.folder_chosen)
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 6, 0)
        self._list.setSpacing(8)
        self._list.addStretch(1)
        self._empty = label("Drop dance videos or a folder here", "title")
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
            self._messages.say("warn", "No video there: expected files such as .mp4, .mov or .mkv", topic="queue")
        for path in videos:
            try:
                self._runner.add(path, self.form.options())
            except InputError as error:
                self._messages.say("warn", str(error), topic="queue")

    def finish(self) -> None:
        """The window closes."""
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
        head.addWidget(label("Queue", "heading"))
        head.addWidget(self._summary, 1)
        head.addWidget(button("Add videos\u2026", "Choose dance videos", role="primary", clicked=self._choose_files))
        head.addWidget(button("Add a folder\u2026", "All videos of a folder", clicked=self._choose_folder))
        inside = QWidget()
        inside.setLayout(self._list)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inside)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName("Clips of the queue")
        left = column(head, self._empty, area, spacing=12)
        left.setStretch(1, 1)
        left.setStretch(2, 1)
        self._area = area
        form = column(label("New clips get", "heading"), self.form, spacing=10)
        result = column(self.result)
        right = column(card(form, 16), card(result, 16), spacing=theme.GAP)
        right.setStretch(1, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 16, theme.GAP)
        row.setSpacing(theme.GAP)
        row.addWidget(card(left, 16), 54)
        row.addLayout(right, 46)

    def _choose_files(self) -> None:
        kinds = " ".join(f"*{suffix}" for suffix in sorted(VIDEO_SUFFIXES))
        chosen, _ = QFileDialog.getOpenFileNames(self, "Dance videos", "", f"Videos ({kinds});;All files (*)")
        if chosen:
            self.add([Path(path) for path in chosen])

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "A folder of dance videos")
        if chosen:
            self.add([Path(chosen)])

    def _show_job(self, number: int) -> None:
        job = self._runner.queue.get(number)
        if number in self._cards:
            self._cards[number].show_job(job)
        else:
            self._add_card(job)
        if job.state == "done" and (self._chosen in (0, number) or job.note):
            self._choose(number)
        if job.note and job.state in ("failed", "done"):
            self._messages.say("warn", job.note, topic=f"job{number}")
        self._show_summary()

    def _add_card(self, job: Job) -> None:
        made = self._cards[job.number] = JobCard(job)
        made.wanted.connect(self._do)
        made.chosen.connect(self._choose)
        self._list.insertWidget(self._list.count() - 1, made)
        run_in_background(lambda: _first_picture(Path(job.path)), made.show_thumbnail, lambda _: None, made)
        if job.state == "done":
            self._choose(job.number)

    def _show_progress(self, number: int, progress: RenderProgress) -> None:
        if number in self._cards:
            self._cards[number].show_progress(progress, time.monotonic())

    def _show_summary(self) -> None:
        jobs = self._runner.queue.jobs
        counts = {state: sum(job.state == state for job in jobs) for state in ("running", "waiting", "done", "failed")}
        self._summary.setText(", ".join(f"{count} {state}" for state, count in counts.items() if count))
        self._empty.setVisible(not jobs)
        self._area.setVisible(bool(jobs))

    def _choose(self, number: int) -> None:
        self._chosen = number
        for shown in self._cards.values():
            shown.show_chosen(chosen=shown.number == number)
        self.result.show_job(self._runner.queue.get(number))

    def _do(self, what: str, number: int) -> None:
        job = self._runner.queue.get(number)
        match what:
            case "cancel":
                self._runner.cancel(number)
            case "retry":
                self._runner.retry(number)
            case "another":
                self._add_another(job)
            case "folder":
                QDesktopServices.openUrl(QUrl.fromLocalFile(job.options.out))
            case "remove":
                self._runner.queue.remove(number)
                gone = self._cards.pop(number)
                gone.hide()
                gone.deleteLater()
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
