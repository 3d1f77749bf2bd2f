"""What pictures show in, motion ticks out: tracker, smoothing, resampling and features as one stream. Opens nothing."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from d2m_bridge.motion.features import MotionFeatures
from d2m_bridge.motion.resample import PoseResampler, PoseTick
from d2m_bridge.pose.smoothing import PoseSmoother
from d2m_bridge.pose.tracking import DancerTracker
from d2m_bridge.timeline import Float32, MotionFrame, Pose, VisualFrame
from d2m_bridge.visual.statistics import VISUAL_FEATURES


@dataclass(frozen=True, slots=True)
class Look:
    """What one picture showed: its width in image heights, everyone in it, and its own features."""

    t: float
    width: float
    people: tuple[Pose, ...]
    visual: VisualFrame


@dataclass(frozen=True, slots=True)
class Sight:
    """One tick of the motion rate: the body, and the latest picture's features float32 [V] at that time."""

    motion: MotionFrame
    visual: Float32


class Perception:
    """One stream of pictures, in order of time."""

    def __init__(self, motion_rate_hz: float) -> None:
        self._tracker = DancerTracker()
        self._smoother = PoseSmoother()
        self._resampler = PoseResampler(motion_rate_hz)
        self._features = MotionFeatures(motion_rate_hz)
        self._visuals: deque[VisualFrame] = deque()
        self._visual: Float32 = np.zeros(len(VISUAL_FEATURES), np.float32)
        self._looks = 0
        self._seen = 0

    @property
    def coverage(self) -> float:
        """Share of the pictures so far with a dancer in them, 0..1."""
        return self._seen / max(1, self._looks)

    def push(self, look: Look) -> list[Sight]:
        """The ticks that this picture completes."""
        dancer = self._tracker.update(look.t, look.people, look.width).dancer
        self._looks += 1
        self._seen += dancer is not None
        self._visuals.append(look.visual)
        pose = None if dancer is None else self._smoother.smooth(dancer)
        return self._sights(self._resampler.push(look.t, pose))

    def finish(self, end_s: float) -> list[Sight]:
        """The remaining ticks up to the end of the video."""
        sights = self._sights(self._resampler.finish(end_s))
        return sights + [self._sight(motion) for motion in self._features.finish()]

    def _sights(self, ticks: list[PoseTick]) -> list[Sight]:
        return [self._sight(motion) for tick in ticks for motion in self._features.push(tick)]

    def _sight(self, motion: MotionFrame) -> Sight:
        while self._visuals and self._visuals[0].t <= motion.t:
            self._visual = self._visuals.popleft().features
        return Sight(motion, self._visual)
