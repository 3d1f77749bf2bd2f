"""The result of a render: its picture, what can be opened, and a handle to drag its files into a DAW."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QMimeData, QRectF, QSize, Qt, QUrl
from PyQt6.QtGui import QColor, QDesktopServices, QDrag, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from plugin_host import theme
from plugin_host.offline.jobs import Job
from plugin_host.widgets.basics import button, column, label

_OPEN = {"Video": ".mp4", "Music": ".wav", "MIDI": ".mid"}


class Picture(QWidget):
    """A picture, whole, in the middle of its place; dragging it carries the files of the result."""

    def __init__(self) -> None:
        super().__init__()
        self._picture: QPixmap | None = None
        self._hint = "The result of a clip is shown here"
        self._files: tuple[str, ...] = ()
        self.setAccessibleName("Picture of the result")
        self.setToolTip("Movement, plan and sound; drag it into a DAW: it carries music, stems and MIDI")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_files(self, picture: Path | None, files: tuple[str, ...]) -> None:
        """picture: a PNG, or None where there is no result."""
        self._picture = QPixmap(str(picture)) if picture is not None and picture.exists() else None
        self._files = files
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(self, 240), theme.px(self, 180))

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._picture is None:
            painter.setPen(QColor(theme.MUTED))
            painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, self._hint)
            return
        size = self._picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        ratio = self.devicePixelRatioF()
        shown = self._picture.scaled(
            size * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        painter.drawPixmap(QRectF(left, top, size.width(), size.height()), shown, QRectF(shown.rect()))

    def mouseMoveEvent(self, a0: QMouseEvent | None) -> None:
        if a0 is None or not self._files or not a0.buttons() & Qt.MouseButton.LeftButton:
            return
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(file) for file in self._files if file.endswith((".wav", ".mid"))])
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.CopyAction)


class ResultView(QWidget):
    """Of one job."""

    def __init__(self) -> None:
        super().__init__()
        self._job: Job | None = None
        self._title, self._picture = label("Result", "heading"), Picture()
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self._title, 1)
        self._buttons = [
            button(name, f"Open the {name.lower()} of this result", role="small",
                   clicked=lambda suffix=suffix: self._open(suffix))  # type: ignore[misc]
            for name, suffix in _OPEN.items()
        ]  # fmt: skip
        for made in self._buttons:
            row.addWidget(made)
        whole = column(row, self._picture, spacing=8)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self.show_job(None)

    def show_job(self, job: Job | None) -> None:
        """None, or one that is not done: nothing to show."""
        done = job if job is not None and job.state == "done" else None
        self._job = done
        self._title.setText(Path(done.path).stem if done else "Result")
        self._picture.show_files(done.result(".png") if done else None, done.files if done else ())
        for made in self._buttons:
            made.setEnabled(done is not None)

    def _open(self, suffix: str) -> None:
        path = self._job.result(suffix) if self._job else None
        if path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
