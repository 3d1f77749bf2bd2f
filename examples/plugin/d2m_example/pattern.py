"""d2m live --camera pattern:320x240: a camera that needs none; a bright square wanders through a dark picture."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np

from d2m_bridge.errors import InputError
from d2m_bridge.timeline import Frame

RATE_HZ = 30.0
SQUARE = 16


class PatternCamera:
    """See d2m_bridge.capture.camera.Camera."""

    def __init__(self, width: int, height: int, now: Callable[[], float]) -> None:
        self.name = f"pattern {width}x{height}"
        self._size, self._now, self._open = (width, height), now, True

    def frames(self, wanted: Callable[[float], bool]) -> Iterator[Frame | None]:
        """One picture after the other, each stamped when it is made."""
        index = 0
        while self._open:
            t = self._now()
            yield Frame(index, t, self._picture(index)) if wanted(t) else None
            index += 1
            time.sleep(1 / RATE_HZ)

    def close(self) -> None:
        """Ends `frames` soon; from any thread, twice too."""
        self._open = False

    def _picture(self, index: int) -> np.ndarray:
        width, height = self._size
        image = np.full((height, width, 3), 30, np.uint8)
        left = index * 4 % max(1, width - SQUARE)
        image[height // 2 : height // 2 + SQUARE, left : left + SQUARE] = 255
        return image


def open_camera(rest: str, now: Callable[[], float]) -> PatternCamera:
    """rest: what stands behind the colon of --camera, here WIDTHxHEIGHT."""
    width, _, height = (rest or "320x240").partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise InputError(f"pattern:{rest}: expected a size such as pattern:320x240")
    return PatternCamera(int(width), int(height), now)
