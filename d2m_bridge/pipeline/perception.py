"""Pictures in, motion ticks out: estimator, tracker, smoothing, resampling and features as one stream. Opens nothing."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from d2m_bridge.motion.features import MotionFeatures
from d2m_bridge.motion.resample import PoseResampler, PoseTick
from d2m_bridge.pose.estimator import PoseEstimator
from d2m_bridge.pose.smoothing import PoseSmoother
from d2m_bridge.pose.tracking import DancerTracker
from d2m_bridge.timeline import Float32, Frame, MotionFrame, VisualFrame
from d2m_bridge.visual.statistics import VISUAL_FEATURES, VisualStatistics


@dataclass(frozen=True, slots=True)
class Sight:
    """One tick of the motion rate: the body, and the latest picture's features float32 [V] at that time."""

    motion: MotionFrame
    visual: Float32


class Perception:
    """frames: pictures taken so far; seen: those with a dancer."""

    def __init__(self, estimator: PoseEstimator, motion_rate_hz: float) -> None:
        self._estimator = estimator
        self._tracker = DancerTracker()
        self._smoother = PoseSmoother()
        self._resampler = PoseResampler(motion_rate_hz)
        self._features = MotionFeatures(motion_rate_hz)
        self._statistics = VisualStatistics()
        self._pictures: deque[VisualFrame] = deque()
        self._picture: Float32 = np.zeros(len(VISUAL_FEATURES), np.float32)
        self.frames = 0
        self.seen = 0

    def push(self, frame: Frame) -> list[Sight]:
        """The ticks that this picture completes. Blocks for the estimator."""
        height, width = frame.image.shape[:2]
        dancer = self._tracker.update(frame.t, self._estimator.estimate(frame), width / height).dancer
        self.frames += 1
        self.seen += dancer is not None
        self._pictures.append(self._statistics.push(frame))
        pose = None if dancer is None else self._smoother.smooth(dancer)
        return self._sights(self._resampler.push(frame.t, pose))

    def finish(self, end_s: float) -> list[Sight]:
        """The remaining ticks up to the end of the video."""
        sights = self._sights(self._resampler.finish(end_s))
        return sights + [self._sight(motion) for motion in self._features.finish()]

    def _sights(self, ticks: list[PoseTick]) -> list[Sight]:
        return [self._sight(motion) for tick in ticks for motion in self._features.push(tick)]

    def _sight(self, motion: MotionFrame) -> Sight:
        while self._pictures and self._pictures[0].t <= motion.t:
            self._picture = self._pictures.popleft().features
        return Sight(motion, self._picture)
