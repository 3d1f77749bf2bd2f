"""A camera's picture as the screen has it: scaled, mirrored, and around it its own colours, dark and slow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtGui import QImage, QPainter

from d2m_bridge.timeline import Float32, UInt8

_ROWS, _LIGHT, _FOLLOWS = 8, 0.3, 0.06  # of the surround: colours, their brightness, how fast they change
_ROOM = 256  # pixels: memory is asked for in such steps


class Picture:
    """Lies in memory that is used again: asking for new memory takes longer than drawing.

    place: where the camera's picture lies, in Qt's pixels.
    """

    def __init__(self) -> None:
        self.place = QRectF()
        self._fitted: tuple[QSize, tuple[int, int], float] | None = None
        self._image = QImage()
        self._memory: NDArray[np.uint32] = np.zeros((0, 0), np.uint32)
        self._scaled_memory: UInt8 = np.zeros(0, np.uint8)
        self._mood: Float32 | None = None

    def fit(self, size: QSize, camera: tuple[int, int], ratio: float) -> bool:
        """size: of the whole, in device pixels. camera: height and width of its pictures. ratio: of device pixels to
        Qt's. True when something is another than before: what was shown is gone.
        """
        if self._fitted == (size, camera, ratio):
            return False
        self._fitted = size, camera, ratio
        width, height = max(1, size.width()), max(1, size.height())
        self._make_room(width, height)
        part = min(width / camera[1], height / camera[0])
        wide, tall = max(1, round(camera[1] * part)), max(1, round(camera[0] * part))
        left, top = (width - wide) // 2, (height - tall) // 2
        self._whole = QRectF(0, 0, width, height)
        self.place = QRectF(left / ratio, top / ratio, wide / ratio, tall / ratio)
        self._pixels = self._memory[:height, :width]
        self._inside = self._memory.view(np.uint8).reshape(*self._memory.shape, 4)[top : top + tall, left : left + wide]
        self._scaled = self._scaled_memory[: 3 * tall * wide].reshape(tall, wide, 3)
        self._margins = (
            np.s_[:top, :], np.s_[top + tall : height, :], np.s_[:, :left], np.s_[:, left + wide : width]
        )  # fmt: skip
        return True

    def show(self, pixels: UInt8, *, mirrored: bool) -> None:
        """uint8 [H, W, 3] RGB of the camera."""
        import cv2

        tall, wide = self._scaled.shape[:2]
        every = max(1, pixels.shape[1] // (2 * wide))
        cv2.resize(pixels[::every, ::every], (wide, tall), dst=self._scaled, interpolation=cv2.INTER_LINEAR)
        if mirrored:
            cv2.flip(self._scaled, 1, dst=self._scaled)
        cv2.cvtColor(self._scaled, cv2.COLOR_RGB2BGRA, dst=self._inside)
        if self._inside.shape[:2] != self._pixels.shape:
            self._fill_margins(pixels)

    def draw(self, painter: QPainter, ratio: float) -> None:
        """At the painter's origin."""
        target = QRectF(0, 0, self._whole.width() / ratio, self._whole.height() / ratio)
        painter.drawImage(target, self._image, self._whole)

    def _make_room(self, width: int, height: int) -> None:
        if width <= self._image.width() and height <= self._image.height():
            return
        room = [-(-size // _ROOM) * _ROOM for size in (width, height)]
        self._image = QImage(room[0], room[1], QImage.Format.Format_RGB32)
        # The image's own memory, which nothing else ever shares.
        memory = self._image.bits().asarray(self._image.sizeInBytes())
        flat: NDArray[np.uint32] = np.frombuffer(memory, np.uint32)  # type: ignore[call-overload]  # PyQt's stub
        self._memory = flat.reshape(room[1], room[0])
        self._scaled_memory = np.empty(3 * room[0] * room[1], np.uint8)

    def _fill_margins(self, pixels: UInt8) -> None:
        import cv2

        now = _rows_of(pixels)
        self._mood = now if self._mood is None else self._mood + np.float32(_FOLLOWS) * (now - self._mood)
        column = np.full((len(self._pixels), 1, 4), 255, np.uint8)
        column[..., 2::-1] = cv2.resize(self._mood[:, None], (1, len(column))).reshape(-1, 1, 3).round()
        colours = column.view(np.uint32)[..., 0]
        for rows, columns in self._margins:
            self._pixels[rows, columns] = colours[rows]


def picture_of(pixels: UInt8) -> QImage:
    """uint8 [H, W, 3] RGB as a picture of its own."""
    height, width = pixels.shape[:2]
    return QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _rows_of(pixels: UInt8) -> Float32:
    """float32 [_ROWS, 3]: the picture's colour from top to bottom, darkened."""
    import cv2

    few = pixels[:: max(1, pixels.shape[0] // 64), ::16].astype(np.float32)
    rows = cv2.resize(few, (1, _ROWS), interpolation=cv2.INTER_AREA)[:, 0]
    return np.asarray(rows * _LIGHT, np.float32)
