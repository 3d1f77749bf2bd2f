"""Plays the video of a result, picture and sound, through Qt's media player."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QRectF, QSize, Qt, QTimer, QUrl, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from plugin_host import theme

if TYPE_CHECKING:
    from PyQt6.QtMultimedia import QVideoFrame

_TELL_EVERY_MS = 33


class Film(QObject):
    """moved: it is at this second. turned: whether it plays. failed: why it cannot be played, one line.

    The player is made with the first video: it loads codecs and looks for the sound device.
    """

    moved = pyqtSignal(float)
    turned = pyqtSignal(bool)
    failed = pyqtSignal(str)

    def __init__(self, picture: FilmPicture) -> None:
        super().__init__()
        self._picture = picture
        self._made = False
        self._wanted: tuple[float, bool] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_TELL_EVERY_MS)
        self._timer.timeout.connect(self._tell)

    @property
    def position_s(self) -> float:
        """Where it is, or will be when it is loaded."""
        if self._wanted is not None:
            return self._wanted[0]
        return self._player.position() / 1000 if self._made else 0.0

    @property
    def is_playing(self) -> bool:
        """It sounds."""
        if self._wanted is not None:
            return self._wanted[1]
        return self._made and self._player.isPlaying()

    def load(self, video: Path | None, *, keep: bool = False) -> None:
        """None: nothing. keep: go on at the same second, playing or not, so that two takes can be compared."""
        if video is None:
            self._wanted = None
            self._picture.show_frame(None)
            if self._made:
                self._player.setSource(QUrl())
            return
        if not self._make():
            return
        wanted = (self.position_s, self.is_playing) if keep else (0.0, False)
        self._player.stop()  # or it would say of the old video that it is loaded
        self._wanted = wanted
        self._player.setSource(QUrl.fromLocalFile(str(video.resolve())))

    def toggle(self) -> None:
        """Plays or holds."""
        if self._made and self._wanted is None:
            if self._player.isPlaying():
                self._player.pause()
            else:
                if self._player.position() >= self._player.duration():
                    self._player.setPosition(0)
                self._player.play()

    def hold(self) -> None:
        """Plays no longer."""
        if self.is_playing:
            self._wanted = None if self._wanted is None else (self._wanted[0], False)
            self._player.pause()

    def seek(self, t: float) -> None:
        """Goes there, and plays on if it plays."""
        if self._wanted is not None:
            self._wanted = t, self._wanted[1]
        elif self._made:
            self._player.setPosition(round(1000 * t))
            self.moved.emit(t)

    def _make(self) -> bool:
        if self._made:
            return True
        try:
            from PyQt6.QtMultimedia import QAudioOutput, QMediaPlayer, QVideoSink
        except ImportError as error:
            self.failed.emit(self.tr("No player here ({}): the files can be opened in another program").format(error))
            return False
        self._player, self._sink, self._sound = QMediaPlayer(self), QVideoSink(self), QAudioOutput(self)
        self._player.setVideoSink(self._sink)
        self._player.setAudioOutput(self._sound)
        self._sink.videoFrameChanged.connect(self._picture.show_frame)
        self._player.mediaStatusChanged.connect(self._go_on)
        self._player.playingChanged.connect(self._turn)
        self._player.errorOccurred.connect(lambda _, text: self.failed.emit(text))
        self._made = True
        return True

    def _go_on(self) -> None:
        """Where it was wanted, once the new video is there; pausing shows its picture."""
        from PyQt6.QtMultimedia import QMediaPlayer

        if self._wanted is None or self._player.mediaStatus() != QMediaPlayer.MediaStatus.LoadedMedia:
            return
        (t, plays), self._wanted = self._wanted, None
        self._player.pause()
        self._player.setPosition(round(1000 * t))
        if plays:
            self._player.play()
        self.moved.emit(t)
        self.turned.emit(plays)

    def _turn(self, plays: bool) -> None:
        if plays:
            self._timer.start()
        else:
            self._timer.stop()
        self._tell()
        self.turned.emit(self.is_playing)

    def _tell(self) -> None:
        self.moved.emit(self.position_s)


class FilmPicture(QWidget):
    """The picture of the film, whole, in the middle of its place."""

    def __init__(self) -> None:
        super().__init__()
        self._frame: QImage | None = None
        self._said = self.tr("What was rendered is seen and heard here, with its plan on a time line")
        self.setAccessibleName(self.tr("Video of the result"))
        self.setToolTip(self.tr("Your pictures with the music"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(self, 240), theme.px(self, 120))

    def say(self, text: str) -> None:
        """In place of a picture."""
        self._said, self._frame = text, None
        self.update()

    def show_frame(self, frame: QVideoFrame | None) -> None:
        """None: no picture."""
        if frame is None:
            self._frame = None
        elif frame.isValid():
            # The player takes its frames back: what is painted later has to be a picture of our own.
            self._frame = frame.toImage()
        self.update()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.GROUND))
        painter.drawRoundedRect(QRectF(self.rect()), theme.px(self, 8), theme.px(self, 8))
        if self._frame is None:
            painter.setPen(QColor(theme.MUTED))
            wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()), wrapped, self._said)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = self._frame.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        painter.drawImage(QRectF(left, top, size.width(), size.height()), self._frame)
