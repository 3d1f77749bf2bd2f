"""The watching half of a live session: camera thread and pose thread. The latest picture wins.

    camera thread ─ one picture ─> pose thread ─ sights ─> the musician
                                       └─ reactions (at once: accents, energy, people)

The camera thread may wait for its device, the pose thread for a picture; neither ever waits for the music: when the
musician is behind, the oldest sights go.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from d2m_bridge.capture.camera import Camera
from d2m_bridge.errors import D2MError
from d2m_bridge.pipeline.pace import Pace
from d2m_bridge.pipeline.perception import Look, Perception, Sight
from d2m_bridge.pipeline.watch import LOOKS_PER_S, OpenEstimator
from d2m_bridge.timeline import Frame
from d2m_bridge.visual.statistics import VisualStatistics

log = logging.getLogger(__name__)

SIGHTS_WAITING = 64
_NO_PICTURE_S = 0.5
_RATE_OVER = 40  # looks over which the frame rate is measured

# Called on the pose thread with every look and the sights that it completed; must return at once.
React = Callable[[Look, list[Sight]], None]


@dataclass(frozen=True, slots=True)
class WatchStatus:
    """camera: its name. seen: the latest look, None before the first. fps: looks a second. error: in words, or None."""

    camera: str
    seen: Look | None
    frame: Frame | None
    fps: float
    stalled: bool
    error: str | None


class LiveWatch:
    """Loads the estimator at once (`ready` says when), looks from start() on, ends with close()."""

    def __init__(
        self,
        camera: Camera,
        open_estimator: OpenEstimator,
        motion_rate_hz: float,
        now: Callable[[], float],
        react: React,
    ) -> None:
        self.sights: queue.Queue[Sight] = queue.Queue(SIGHTS_WAITING)
        self._camera, self._open_estimator, self._now, self._react = camera, open_estimator, now, react
        self._perception = Perception(motion_rate_hz)
        self._latest: queue.Queue[Frame] = queue.Queue(1)
        self._times: deque[float] = deque(maxlen=_RATE_OVER)
        self._seen: tuple[Look, Frame] | None = None
        self._error: str | None = None
        self._stop = threading.Event()
        self.ready = threading.Event()
        self._threads = [threading.Thread(target=self._guarded, args=(self._look,), name="pose", daemon=True)]
        self._threads[0].start()

    def start(self) -> None:
        """Pictures are taken from now on."""
        camera = threading.Thread(target=self._guarded, args=(self._capture,), name="camera", daemon=True)
        self._threads.append(camera)
        camera.start()

    @property
    def status(self) -> WatchStatus:
        """For display; from any thread."""
        times = list(self._times)
        fps = (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else 0.0
        stalled = not times or self._now() - times[-1] > _NO_PICTURE_S
        look, frame = self._seen or (None, None)
        return WatchStatus(self._camera.name, look, frame, 0.0 if stalled else fps, stalled, self._error)

    def close(self) -> None:
        """Ends both threads. Safe to call twice."""
        self._stop.set()
        self._camera.close()
        for thread in self._threads:
            thread.join()

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except D2MError as error:
            self._error = str(error)
            log.error("%s", error)
            self.ready.set()

    def _capture(self) -> None:
        pace = Pace(LOOKS_PER_S)
        for frame in self._camera.frames(pace.wants):
            if self._stop.is_set():
                return
            if frame is not None:
                _put_latest(self._latest, frame)

    def _look(self) -> None:
        statistics = VisualStatistics()
        with self._open_estimator() as estimator:
            self.ready.set()
            while not self._stop.is_set():
                try:
                    frame = self._latest.get(timeout=0.1)
                except queue.Empty:
                    continue
                height, width = frame.image.shape[:2]
                look = Look(frame.t, width / height, estimator.estimate(frame), statistics.push(frame))
                sights = self._perception.push(look)
                self._react(look, sights)
                self._seen = look, frame
                self._times.append(frame.t)
                for sight in sights:
                    _put_latest(self.sights, sight)


def _put_latest(waiting: queue.Queue[Frame] | queue.Queue[Sight], item: Frame | Sight) -> None:
    """Puts an item; when there is no room the oldest goes."""
    while True:
        try:
            waiting.put_nowait(item)  # type: ignore[arg-type]
        except queue.Full:
            try:
                waiting.get_nowait()
            except queue.Empty:
                continue
        else:
            return
