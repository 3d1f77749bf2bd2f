"""A video file to motion, on two cores: each half of the film has a viewer of its own.

    half of the file ─ decode thread ─> pictures ─ look thread ─> looks ─┐
    half of the file ─ decode thread ─> pictures ─ look thread ─> looks ─┴─> perception ─> sights

Looking for people takes most of a render's time, and the estimator works on one core. The second viewer begins a little
before its half, so that it follows the dancer as steadily as the first when its half begins. Where the halves meet
depends on the file alone. All threads have ended when `watch` returns.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from d2m_bridge.capture.video import VideoFile
from d2m_bridge.errors import InputError
from d2m_bridge.pipeline.pace import Pace
from d2m_bridge.pipeline.perception import Look, Perception, Sight
from d2m_bridge.pipeline.prefetch import Prefetched
from d2m_bridge.pose.estimator import PoseEstimator
from d2m_bridge.visual.statistics import VisualStatistics

Progress = Callable[[str, float], None]  # stage, and how much of it is done, 0..1
OpenEstimator = Callable[[], PoseEstimator]

# Measured once, by hand, on the sample video (examples/render_dancer.py --joints writes its true joints): looking more
# often finds no more of the dancer's accents (F1 at 70 ms: 0.75 at 30 Hz, 0.79 at 20 Hz, 0.72 at 15 Hz), and looking is
# what a render's time goes into.
LOOKS_PER_S = 20.0
WARM_UP_S = 0.5
SHORTEST_HALVED_S = 6.0
DECODED_AHEAD = 3  # pictures: at 4K one takes 25 MB
LOOKED_AHEAD = 1 << 20  # looks of the second half wait until the first half is seen: 1 kB each


@dataclass(frozen=True, slots=True)
class Watched:
    """What the video showed beside the dancer.

    frames: all that could be read. coverage: share of the pictures looked at with a dancer in them. damage: one line on
    what could not be read, or None.
    """

    frames: int
    coverage: float
    seconds: float
    damage: str | None


def watch(
    path: Path, open_estimator: OpenEstimator, motion_rate_hz: float, progress: Progress
) -> tuple[list[Sight], Watched]:
    """A video file's dancer, tick by tick, and what else there is to say.

    Raises InputError when there is nothing to watch.
    """
    perception = Perception(motion_rate_hz)
    sights: list[Sight] = []
    with ExitStack() as stack:
        film = stack.enter_context(VideoFile(path))
        length = film.duration_s or 0.0
        parts = [(film, 0.0, math.inf)]
        if length >= SHORTEST_HALVED_S:
            parts = [(stack.enter_context(VideoFile(path)), 0.0, length / 2), (film, length / 2, math.inf)]
        viewers = [stack.enter_context(Prefetched(_looks(*part, open_estimator), LOOKED_AHEAD)) for part in parts]
        for viewer, (_, begin, end) in zip(viewers, parts, strict=True):
            for look in viewer:
                sights += perception.push(look)
                if length:
                    progress("watching", min(1.0, (look.t - begin) / (min(end, length) - begin)))
        if film.frame_count < 2:
            raise InputError(f"{path}: one frame is a picture, not a dance; give a video of at least two frames")
        sights += perception.finish(film.end_s)
        return sights, Watched(film.frame_count, perception.coverage, film.end_s, film.damage)


def _looks(video: VideoFile, begin: float, end: float, open_estimator: OpenEstimator) -> Iterator[Look]:
    """Looks at the pictures from `begin` to before `end`, in seconds."""
    pace = Pace(LOOKS_PER_S)
    statistics = VisualStatistics()
    pictures = video.frames(lambda t: pace.wants(t) and t >= begin - WARM_UP_S)
    with Prefetched(pictures, DECODED_AHEAD) as frames, open_estimator() as estimator:
        for frame in takewhile(lambda frame: frame.t < end, frames):
            height, width = frame.image.shape[:2]
            look = Look(frame.t, width / height, estimator.estimate(frame), statistics.push(frame))
            if look.t >= begin:
                yield look
