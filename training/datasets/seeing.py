"""A film as the runtime sees it: its tracker, smoothing, resampling and picture features, tick by tick.

pipeline.watch does the same with two viewers and keeps the motion features alone; training also wants the joints, to
turn and film them anew, and has a worker a film instead.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from d2m_bridge.capture.video import VideoFile
from d2m_bridge.motion.resample import PoseResampler, PoseTick
from d2m_bridge.pipeline.pace import Pace
from d2m_bridge.pipeline.watch import LOOKS_PER_S, OpenEstimator
from d2m_bridge.pose.skeleton import COCO_17, COCO_INDICES
from d2m_bridge.pose.smoothing import PoseSmoother
from d2m_bridge.pose.tracking import DancerTracker
from d2m_bridge.timeline import Float32, VisualFrame
from d2m_bridge.visual.statistics import VISUAL_FEATURES, VisualStatistics
from training.datasets.clip import Body


@dataclass(frozen=True, slots=True)
class Film:
    """visual: float32 [T, V], the latest picture's features at each tick. damage: what could not be read, or None."""

    seconds: float
    body: Body
    visual: Float32
    damage: str | None


def see(path: Path, open_estimator: OpenEstimator | None, rate_hz: float) -> Film:
    """A whole film at the ticks of rate_hz. Without an estimator nobody is looked for. InputError as of VideoFile."""
    tracker, smoother, resampler = DancerTracker(), PoseSmoother(), PoseResampler(rate_hz)
    pace, statistics = Pace(LOOKS_PER_S), VisualStatistics()
    ticks: list[PoseTick] = []
    pictures: list[VisualFrame] = []
    with ExitStack() as stack:
        film = stack.enter_context(VideoFile(path))
        estimator = stack.enter_context(open_estimator()) if open_estimator else None
        for frame in film.frames(pace.wants):
            height, width = frame.image.shape[:2]
            people = estimator.estimate(frame) if estimator else ()
            dancer = tracker.update(frame.t, people, width / height).dancer
            ticks += resampler.push(frame.t, None if dancer is None else smoother.smooth(dancer))
            pictures.append(statistics.push(frame))
        ticks += resampler.finish(film.end_s)
        return Film(film.end_s, _body(ticks), _at(ticks, pictures), film.damage)


def _body(ticks: list[PoseTick]) -> Body:
    points = np.full((len(ticks), len(COCO_17), 2), np.nan, np.float32)
    confidence = np.zeros((len(ticks), len(COCO_17)), np.float32)
    for row, tick in enumerate(ticks):
        if tick.points is not None and tick.confidence is not None:
            points[row] = tick.points[list(COCO_INDICES)]
            confidence[row] = tick.confidence[list(COCO_INDICES)]
    return Body(points, confidence)


def _at(ticks: list[PoseTick], pictures: list[VisualFrame]) -> Float32:
    nothing = np.zeros((1, len(VISUAL_FEATURES)), np.float32)
    seen = np.concatenate([nothing, *(picture.features[None] for picture in pictures)])
    times = [picture.t for picture in pictures]
    return seen[np.searchsorted(times, [tick.t for tick in ticks], side="right")]
