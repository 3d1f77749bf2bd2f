"""The PoseEstimator that runs MediaPipe's Pose Landmarker (BlazePose, 33 landmarks).

A *tracker* follows the people it knows from frame to frame. It is opened for as many as are there, because an open
place costs a run of the detector on every frame. A *scout* looks at single pictures: once a second it counts the
people, beside the tracker's work, and while nobody is seen it searches the picture in smaller windows.
"""

from __future__ import annotations

import logging
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from d2m_bridge.errors import ModelError
from d2m_bridge.pose.census import Census
from d2m_bridge.pose.landmarker import Device, Landmarker, choose_gpu
from d2m_bridge.pose.reserve import Reserve
from d2m_bridge.pose.slim import without_mask
from d2m_bridge.pose.tracking import distinct
from d2m_bridge.pose.viewport import Viewport, around, search_windows, suits, whole
from d2m_bridge.timeline import Float32, Frame, Pose, UInt8

log = logging.getLogger(__name__)

COUNT_EVERY_S = 1.0
WINDOWS_PER_FRAME = 3
# A larger picture costs time and adds nothing: the landmark net sees a body at 256 pixels.
MAX_SIDE = 1920
NO_PICTURE = Viewport(0, 0, 0, 0)


class MediaPipePose:
    """Everyone in the picture, up to max_people, small dancers included. Not for use from two threads."""

    def __init__(
        self, model_path: Path, max_people: int = 2, device: Device = "auto", *, reserve: bool = False
    ) -> None:
        """Loads the model. Raises ModelError if it cannot be read or MediaPipe refuses it.

        reserve: keep a second tracker ready, 90 MB, so that a change of view does not stop a live session.
        """
        if max_people < 1:
            raise ValueError(f"max_people must be 1 or more, got {max_people}")
        try:
            self._model = without_mask(model_path.read_bytes())
        except OSError as error:
            reason = error.strerror
            raise ModelError(
                f"cannot read the pose model {model_path} ({reason}): fetch it with `d2m models fetch`"
            ) from error
        self._max_people = max_people
        self._gpu = choose_gpu(self._model, device)
        self._scout = Landmarker(self._model, max_people, follow=False, gpu=self._gpu)
        self._tracker = self._open_tracker(1)
        self._reserve = Reserve(self._open_tracker, 1) if reserve else None
        self._census: Census[list[Pose]] = Census()
        self._closed = False
        self._picture = self._view = NO_PICTURE
        self._next_window = 0
        self._next_count = -np.inf
        self._most_seen = 0

    def estimate(self, frame: Frame) -> tuple[Pose, ...]:
        """Everyone seen in the frame. Raises ValueError after close()."""
        if self._closed:
            raise ValueError("the pose estimator is closed")
        image = _shrunk(frame.image)
        if whole(image) != self._picture:
            self._begin(whole(image))
        people = self._track(image, frame.t)
        if not people and self._search(image, frame.t):
            people = self._track(image, frame.t)
        if people and self._count(image, frame.t, people):
            people = self._track(image, frame.t)
        if people and not suits(self._view, _pixels(people, self._picture), self._picture):
            self._watch(around(_pixels(people, self._picture), self._picture), len(people))
        return tuple(people)

    def close(self) -> None:
        """Frees the model. A second call does nothing."""
        if not self._closed:
            self._closed = True
            self._census.close()
            self._tracker.close()
            self._scout.close()
            if self._reserve is not None:
                self._reserve.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _begin(self, picture: Viewport) -> None:
        self._census.forget()
        if self._picture != NO_PICTURE:
            self._watch(picture, 1)
        self._picture = self._view = picture
        self._next_count = -np.inf

    def _open_tracker(self, people: int) -> Landmarker:
        return Landmarker(self._model, people, follow=True, gpu=self._gpu)

    def _watch(self, view: Viewport, people: int) -> None:
        # A tracker carries on from where people were in the old view, so a new view needs a new one.
        log.debug("pose: %d people in %s", people, view)
        self._tracker.close()
        self._tracker = self._open_tracker(people) if self._reserve is None else self._reserve.take(people)
        self._view = view

    def _track(self, image: UInt8, t: float) -> list[Pose]:
        return self._find(self._tracker, image, t, self._view)

    def _look(self, image: UInt8, t: float, view: Viewport) -> list[Pose]:
        return self._find(self._scout, image, t, view)

    def _find(self, landmarker: Landmarker, image: UInt8, t: float, view: Viewport) -> list[Pose]:
        height = np.float32(self._picture.height)
        bodies = landmarker.find(view.crop(image), t)
        return distinct([Pose(t, view.to_pixels(body.points) / height, body.confidence) for body in bodies])

    def _count(self, image: UInt8, t: float, people: list[Pose]) -> bool:
        """Once a second, whether more or fewer people are there, or someone large enough for the whole picture.

        The first time at once, then the answer comes some pictures later. True: others are followed now.
        """
        self._most_seen = max(self._most_seen, len(people))
        is_first, is_time = self._next_count == -np.inf, t >= self._next_count and not self._census.is_asked
        if is_time:
            self._next_count = t + COUNT_EVERY_S
        if is_time and not is_first:
            self._census.ask(lambda: self._look(image, t, self._picture))
            return False
        seen = self._look(image, t, self._picture) if is_first else self._census.take()
        if seen is None:
            return False
        wanted = max(self._most_seen, len(seen))
        self._most_seen = 0
        if seen and self._view != self._picture:
            self._watch(self._picture, len(seen))
            return True
        if wanted == self._tracker.people or self._max_people == 1:
            return False
        self._watch(self._view, wanted)
        return True

    def _search(self, image: UInt8, t: float) -> bool:
        """Looks into the next few windows; True if someone was found and is now watched."""
        self._census.forget()
        windows = search_windows(self._picture)
        if self._view != self._picture:
            windows = (self._picture, *windows)
        for _ in range(min(WINDOWS_PER_FRAME, len(windows))):
            window = windows[self._next_window % len(windows)]
            self._next_window += 1
            if seen := self._look(image, t, window):
                self._watch(around(_pixels(seen, self._picture), self._picture), len(seen))
                self._next_window = 0
                return True
        return False


def _shrunk(image: UInt8) -> UInt8:
    import cv2

    scale = MAX_SIDE / max(image.shape[:2])
    if scale >= 1:
        return image
    return cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _pixels(people: list[Pose], picture: Viewport) -> Float32:
    return np.stack([pose.points for pose in people]) * np.float32(picture.height)
