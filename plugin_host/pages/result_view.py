"""The result of a render: heard and seen on one time line, compared with other seeds, saved, dragged into a DAW."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PyQt6.QtCore import QMimeData, Qt, QUrl, pyqtSignal
from PyQt6.QtGui import QDrag, QHideEvent, QMouseEvent
from PyQt6.QtWidgets import QFileDialog, QLabel, QMenu, QSizePolicy, QWidget

from plugin_host.background import run_in_background
from plugin_host.offline.jobs import Job
from plugin_host.player.exports import FORMS, STEMS, can_export, export, music_of, stems_of
from plugin_host.player.film import Film, FilmPicture
from plugin_host.player.result import Result, load_result
from plugin_host.player.ruler import clock
from plugin_host.player.timeline import Timeline
from plugin_host.widgets.basics import Digits, beside, button, column, label
from plugin_host.widgets.choices import Choice, Choices


class ResultView(QWidget):
    """chosen: the number of another take of the clip. another: one more is wanted. said: level and one line."""

    chosen = pyqtSignal(int)
    another = pyqtSignal(int)
    said = pyqtSignal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self._job: Job | None = None
        self._title = label(self.tr("Result"), "heading")
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._takes = Choices(columns=8, even=False, role="small")
        self._takes.chosen.connect(lambda number: self.chosen.emit(int(number)))
        self._picture, self._timeline = FilmPicture(), Timeline()
        self.film = Film(self._picture)
        self.film.moved.connect(self._show_position)
        self.film.turned.connect(self._show_playing)
        self.film.failed.connect(self._picture.say)
        self._timeline.seek.connect(self.film.seek)
        self._play = button(self.tr("Listen"), self.tr("Hear and see the result, or hold it"), role="primary",
                            clicked=self.film.toggle)  # fmt: skip
        self._time = Digits("00:00.0 / 00:00.0", "muted", self.tr("Where it plays, and how long it is"))
        self._another = button(
            self.tr("Another"), self.tr("Another piece of music for this clip: the next seed; both stay"),
            clicked=lambda: self.another.emit(self._job.number) if self._job else None,
        )  # fmt: skip
        self._save = button(self.tr("Save as\u2026"), self.tr("Save music, stems, MIDI, video or a DAW project"))
        self._menu = QMenu(self._save)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._save.setMenu(self._menu)
        self._handle = DragHandle()
        row = beside(self._play, self._time, 1, self._another, self._save, self._handle, spacing=8)
        whole = column(beside(self._title, self._takes, spacing=8), self._picture, self._timeline, row, spacing=8)
        whole.setStretch(1, 3)
        whole.setStretch(2, 2)
        self.setLayout(whole)
        self.show_job(None)

    @property
    def job(self) -> Job | None:
        """The one that is shown."""
        return self._job

    def show_job(self, job: Job | None, takes: tuple[Job, ...] = ()) -> None:
        """None, or one that is not done: nothing to show. takes: all that was made of its clip.

        Another take of the same clip goes on where the one before was.
        """
        done = job if job is not None and job.state == "done" else None
        before, self._job = self._job, done
        self._show_takes(takes)
        for made in (self._play, self._another, self._save, self._handle):
            made.setEnabled(done is not None)
        if done == before and done is not None:
            return
        self._title.setText(Path(done.path).stem if done else self.tr("Result"))
        self._handle.carry(done)
        self.film.load(
            done.result(".mp4") if done else None,
            keep=done is not None and before is not None and before.path == done.path,
        )
        music, log = (music_of(done), done.result(".events.jsonl")) if done else (None, None)
        if done is None or music is None or log is None:
            self._timeline.show_result(None)
        else:
            run_in_background(
                partial(load_result, music, log), partial(self._show_result, done.number), self._fail, self
            )

    def export_to(self, form: str, to: Path) -> None:
        """Saves the result that is shown. form: a key of exports.FORMS; to: a file, for stems a folder."""
        job = self._job
        if job is None:
            return

        def done(_: object) -> None:
            self.said.emit("ok", self.tr("Saved: {}").format(to))

        run_in_background(lambda: export(job, form, to), done, self._fail, self)

    def hideEvent(self, a0: QHideEvent | None) -> None:
        self.film.hold()  # another page: a show may begin there

    def _show_takes(self, takes: tuple[Job, ...]) -> None:
        shown = [
            Choice(str(take.number), self.tr("Seed {}").format(take.options.seed),
                   self.tr("Hear seed {}, {}, at the same place").format(take.options.seed, take.options.style))
            for take in takes
        ]  # fmt: skip
        self._takes.offer(shown if len(shown) > 1 else [])
        self._takes.show_chosen(str(self._job.number) if self._job else "")

    def _show_result(self, number: int, result: Result) -> None:
        if self._job is not None and self._job.number == number:
            self._timeline.show_result(result)
            self._show_position(self.film.position_s)

    def _show_position(self, t: float) -> None:
        self._timeline.show_position(t)
        self._time.setText(f"{clock(t)} / {clock(self._timeline.seconds)}")

    def _show_playing(self, plays: bool) -> None:
        self._play.setText(self.tr("Pause") if plays else self.tr("Listen"))

    def _fail(self, reason: str) -> None:
        self.said.emit("warn", reason)

    def _fill_menu(self) -> None:
        self._menu.clear()
        for name, form in FORMS.items():
            action = self._menu.addAction(f"{form.text}\u2026", partial(self._save_as, name))
            if action is not None:
                action.setEnabled(self._job is not None and can_export(self._job, name))

    def _save_as(self, form: str) -> None:
        music = music_of(self._job) if self._job is not None else None
        if music is None:
            return
        if form == STEMS:
            chosen = QFileDialog.getExistingDirectory(self, self.tr("Folder for the stems"))
        else:
            suffix = FORMS[form].suffix
            proposed = str(Path.home() / f"{music.stem}{suffix}")
            chosen, _ = QFileDialog.getSaveFileName(self, FORMS[form].text, proposed, f"*{suffix}")
        if chosen:
            self.export_to(form, Path(chosen))


class DragHandle(QLabel):
    """Dragged into a DAW it carries music, stems and MIDI."""

    def __init__(self) -> None:
        super().__init__(self.tr("\u283f Drag"))
        self._files: tuple[Path, ...] = ()
        self.setProperty("role", "key")
        self.setAccessibleName(self.tr("Drag into a DAW: music, stems and MIDI"))
        self.setToolTip(self.accessibleName())
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def carry(self, job: Job | None) -> None:
        """The files of this result."""
        carried = (music_of(job), *stems_of(job), job.result(".mid")) if job is not None else ()
        self._files = tuple(file for file in carried if file is not None)

    def mime(self) -> QMimeData:
        """What is dropped: the files, as their addresses."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(file.resolve())) for file in self._files])
        return data

    def mouseMoveEvent(self, ev: QMouseEvent | None) -> None:
        if ev is None or not self._files or not ev.buttons() & Qt.MouseButton.LeftButton:
            return
        drag = QDrag(self)
        drag.setMimeData(self.mime())
        drag.exec(Qt.DropAction.CopyAction)
