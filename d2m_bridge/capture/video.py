"""A video file as upright RGB frames with exact presentation times. Decodes; does not seek, resample or play."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from d2m_bridge.errors import InputError
from d2m_bridge.timeline import Frame, UInt8

if TYPE_CHECKING:
    import av
    from av.container import InputContainer

RECENT_FRAMES = 31
FALLBACK_RATE = Fraction(25)
CUT_OFF_TOLERANCE_S = 0.25


class VideoFile:
    """Reads one video file forward, once; use it as a context manager.

    path: as given. width, height: pixels of every frame, upright and with square pixels. duration_s: what the file
    announces, or None. frame_count_estimate: likewise. has_audio: it has a soundtrack. start_s: time of the first
    frame on the file's own clock. While and after frames() runs, frame_count is the number of frames read, end_s the
    time at which the last of them ends, and damage is None or one line saying what could not be read.

    Raises InputError if the file is missing, not a video, or holds no frame that can be decoded.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.end_s = 0.0
        self.frame_count = 0
        self.damage: str | None = None
        self._container = open_container(self.path)
        try:
            self._open_stream()
        except InputError:
            self._container.close()
            raise

    def _open_stream(self) -> None:
        import av

        # To FFmpeg, the cover of a music file and a page of text are videos too.
        cover = av.stream.Disposition.attached_pic
        pictures = [s for s in self._container.streams.video if not s.disposition & cover]
        if any(s.codec_context is None for s in pictures):
            raise InputError(f"{self.path}: this video is in a format unknown here; convert it to H.264 and try again")
        pictures = [s for s in pictures if s.name != "ansi"]
        if not pictures:
            raise InputError(f"{self.path}: there is no video in this file; expected a video of a dancer")
        self._stream = pictures[0]
        self._stream.thread_type = "AUTO"
        self._clock = _Clock(self._stream.average_rate or FALLBACK_RATE)
        # The AVI demuxer gives decode order as presentation times; its decode times are in step with the pictures.
        self._has_pts = self._container.format.name != "avi"
        self._reached_s = 0.0
        self._decoded = self._decode()
        first = next(self._decoded, None)
        if first is None:
            raise InputError(f"{self.path}: no frame of this video can be decoded; expected a complete, undamaged file")
        self._first: av.VideoFrame | None = first

        stamp = self._stamp(first)
        self.start_s = float(stamp) if self._has_pts and stamp is not None else 0.0
        square = self._stream.codec_context.sample_aspect_ratio or Fraction(1)
        self._size = round(first.width * square), first.height
        self._turns = round(first.rotation / 90) % 4
        self.width, self.height = self._size if self._turns % 2 == 0 else self._size[::-1]

    @property
    def duration_s(self) -> float | None:
        """Length in seconds as the file announces it; None if it does not."""
        if self._stream.duration is not None and self._stream.time_base is not None:
            return float(self._stream.duration * self._stream.time_base)
        return self._announced_s

    @property
    def frame_count_estimate(self) -> int | None:
        """Number of frames as the file announces it, or from its length and rate; None if neither is known."""
        if self._stream.frames:
            return self._stream.frames
        if self.duration_s is None or not self._stream.average_rate:
            return None
        return round(self.duration_s * self._stream.average_rate)

    @property
    def has_audio(self) -> bool:
        """The file has a soundtrack."""
        return bool(self._container.streams.audio)

    def frames(self, wanted: Callable[[float], bool] = lambda t: True) -> Iterator[Frame]:
        """Every frame in order; t starts at 0 and rises strictly. Call it once.

        wanted: is asked with each t in turn; other frames are read but not made into pictures.
        A damaged stretch is left out and a cut-off file ends early: damage then says so. Never raises for either.
        """
        while (picture := self._first or next(self._decoded, None)) is not None:
            self._first = None
            t = self._clock.time_of(self._stamp(picture), _length(picture))
            if t is None:
                continue
            self.end_s = self._clock.end_s
            self.frame_count += 1
            if wanted(t):
                yield Frame(self.frame_count - 1, t, self._upright(picture))
        if self._announced_s is not None and self._reached_s < self._announced_s - CUT_OFF_TOLERANCE_S:
            self.damage = f"{self.path}: cut off: {self.end_s:.1f} s of {self._announced_s:.1f} s can be read"

    def close(self) -> None:
        """Release the file; safe to call twice."""
        self._container.close()

    def __enter__(self) -> VideoFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def _announced_s(self) -> float | None:
        """Length of the whole file, soundtrack included."""
        return None if self._container.duration is None else self._container.duration / 1e6

    def _decode(self) -> Iterator[av.VideoFrame]:
        import av

        packets = self._container.demux()
        while True:
            try:
                packet = next(packets, None)
                if packet is None:
                    return
                self._note_reach(packet)
                pictures = packet.decode() if packet.stream is self._stream else []
            except av.FFmpegError:
                self._note_damage()
                continue
            for picture in pictures:
                if isinstance(picture, av.VideoFrame):
                    if picture.is_corrupt:
                        self._note_damage()
                    yield picture

    def _note_reach(self, packet: av.Packet[Any]) -> None:
        stamp = packet.dts if packet.pts is None else packet.pts
        if stamp is not None and packet.time_base:
            end_s = float((stamp + (packet.duration or 0)) * packet.time_base)
            self._reached_s = max(self._reached_s, end_s - (self._container.start_time or 0) / 1e6)

    def _note_damage(self) -> None:
        self.damage = (
            self.damage or f"{self.path}: damaged at about {self._clock.end_s:.1f} s; what can be read is used"
        )

    def _stamp(self, picture: av.VideoFrame) -> Fraction | None:
        stamp = picture.pts if self._has_pts else picture.dts
        return None if stamp is None or picture.time_base is None else stamp * picture.time_base

    def _upright(self, picture: av.VideoFrame) -> UInt8:
        # A fixed size also for the few files whose picture size changes on the way.
        image = picture.to_ndarray(format="rgb24", width=self._size[0], height=self._size[1])
        return _turned(image.astype(np.uint8, copy=False), self._turns)


class _Clock:
    """Turns the time stamps of a file, which may lack or repeat, into times that start at 0 and rise strictly."""

    def __init__(self, rate: Fraction) -> None:
        self.end_s = 0.0
        self._origin: Fraction | None = None
        self._recent: deque[float] = deque(maxlen=RECENT_FRAMES)
        self._usual_s = float(1 / rate)

    def time_of(self, stamp: Fraction | None, length: Fraction | None) -> float | None:
        """Seconds at which a frame starts; None if that is not after the frame before. length: how long it is shown."""
        if stamp is None:
            t = self.end_s
        else:
            if self._origin is None:
                self._origin = stamp - Fraction(self.end_s)
            t = float(stamp - self._origin)
        if self._recent and t <= self._recent[-1]:
            return None
        self._recent.append(t)
        if length is None and len(self._recent) > 1:
            self._usual_s = median(b - a for a, b in pairwise(self._recent))
        self.end_s = t + (self._usual_s if length is None else float(length))
        return t


def open_container(path: Path) -> InputContainer:
    """A media file opened for reading. Raises InputError if it is missing, a folder, or no media file."""
    import av

    if path.is_dir():
        raise InputError(f"{path}: this is a folder; expected a video file (name the files in it, or use a pattern)")
    if not path.exists():
        raise InputError(f"{path}: no such file; expected a video file")
    try:
        # The prefix keeps a colon in a name from being read as a protocol.
        return av.open(f"file:{path}")
    except av.FFmpegError as error:
        raise InputError(
            f"{path}: cannot be read as a video ({error.strerror}); "
            "expected a complete video file such as MP4, MOV, MKV or WebM"
        ) from error


def _turned(image: UInt8, quarter_turns: int) -> UInt8:
    """The image turned counter-clockwise; OpenCV does it several times faster than a strided copy."""
    import cv2

    if quarter_turns == 0:
        return image
    codes = {1: cv2.ROTATE_90_COUNTERCLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_CLOCKWISE}
    return cv2.rotate(image, codes[quarter_turns]).astype(np.uint8, copy=False)


def _length(picture: av.VideoFrame) -> Fraction | None:
    return picture.duration * picture.time_base if picture.duration and picture.time_base else None
