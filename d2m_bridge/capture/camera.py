"""Pictures as they happen: a webcam, or a video file paced in real time as if it were one."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol, cast

import numpy as np

from d2m_bridge import plugins
from d2m_bridge.capture.video import VideoFile
from d2m_bridge.errors import DeviceError
from d2m_bridge.timeline import Frame, UInt8

log = logging.getLogger(__name__)

Wanted = Callable[[float], bool]
Now = Callable[[], float]
_RETRY_S = 1.0
_NAP_S = 0.1  # longest sleep, so that closing never waits


class Capture(Protocol):
    """What is used of cv2.VideoCapture."""

    def isOpened(self) -> bool: ...  # noqa: D102, N802
    def read(self) -> tuple[bool, UInt8]: ...  # noqa: D102
    def release(self) -> None: ...  # noqa: D102


class Camera(Protocol):
    """Runs on a thread of its own."""

    @property
    def name(self) -> str:
        """For people."""
        ...

    def frames(self, wanted: Wanted) -> Iterator[Frame | None]:
        """Pictures whose time, in seconds on the session clock, is wanted; None now and then while there is none."""
        ...

    def close(self) -> None:
        """Ends `frames` soon. Callable from any thread, twice."""
        ...


class FileCamera:
    """A video file as a camera: each picture comes when its time has come, and after the last the first again."""

    def __init__(self, path: Path, now: Now, sleep: Callable[[float], None] = time.sleep) -> None:
        """Raises InputError if the file is no video."""
        VideoFile(path).close()
        self.name = path.name
        self._path, self._now, self._sleep = path, now, sleep
        self._open = True

    def frames(self, wanted: Wanted) -> Iterator[Frame | None]:
        """See Camera. A picture that is late is given at once; whoever looks takes the latest."""
        begin, index = 0.0, 0
        while self._open:
            with VideoFile(self._path) as film:
                for frame in film.frames(lambda t, begin=begin: wanted(begin + t)):  # type: ignore[misc]
                    while self._open and (wait := begin + frame.t - self._now()) > 0:
                        self._sleep(min(wait, _NAP_S))
                    if not self._open:
                        return
                    yield Frame(index, begin + frame.t, frame.image)
                    index += 1
                begin += max(film.end_s, 0.04)

    def close(self) -> None:
        """See Camera."""
        self._open = False


class Webcam:
    """A camera of this machine through OpenCV. When it is unplugged it is looked for once a second until it is back."""

    def __init__(self, number: int, now: Now, open_capture: Callable[[int], Capture] | None = None) -> None:
        """Raises DeviceError when there is no such camera."""
        self.name = camera_names().get(number, f"camera {number}")
        self._number, self._now = number, now
        self._open_capture = open_capture or _open_capture
        self._open = True
        self._capture = self._open_capture(number)
        if not self._capture.isOpened():
            known = ", ".join(f"{index} ({name})" for index, name in camera_names().items()) or "none"
            raise DeviceError(f"camera {number} does not open; cameras here: {known}; choose one with --camera")

    def frames(self, wanted: Wanted) -> Iterator[Frame | None]:
        """See Camera."""
        index = 0
        try:
            while self._open:
                there, picture = self._capture.read()
                t = self._now()
                if not there:
                    yield None
                    self._look_again()
                elif wanted(t):
                    yield Frame(index, t, _rgb(picture))
                    index += 1
        finally:
            self._capture.release()

    def close(self) -> None:
        """See Camera."""
        self._open = False

    def _look_again(self) -> None:
        self._capture.release()
        until = self._now() + _RETRY_S
        while self._open and self._now() < until:
            time.sleep(_NAP_S)
        if self._open:
            self._capture = self._open_capture(self._number)


def open_camera(text: str, now: Now) -> Camera:
    """A camera by number, by (part of) its name, a plug-in's as NAME:REST, or a video file by path.

    Raises InputError or DeviceError.
    """
    if text.isdecimal():
        return Webcam(int(text), now)
    source, colon, rest = text.partition(":")
    if colon and source in plugins.names(plugins.SOURCES):
        return plugins.open_source(source, rest, now)
    for number, name in camera_names().items():
        if text.casefold() in name.casefold():
            return Webcam(number, now)
    return FileCamera(Path(text), now)


def camera_names() -> dict[int, str]:
    """The cameras that the system lists by name; empty where it does not say."""
    found = {}
    for entry in sorted(Path("/sys/class/video4linux").glob("video*")):
        number = re.fullmatch(r"video(\d+)", entry.name)
        if number:
            found[int(number[1])] = (entry / "name").read_text(errors="replace").strip()
    return found


def _open_capture(number: int) -> Capture:
    import cv2

    capture = cv2.VideoCapture(number)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # an old picture is worth nothing
    return cast(Capture, capture)


def _rgb(picture: UInt8) -> UInt8:
    import cv2

    return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)
