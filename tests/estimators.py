"""Pose estimators that need no model, for tests of everything behind the pose."""

import time
from types import TracebackType
from typing import Self

import numpy as np

from d2m_bridge.timeline import Frame, Pose
from tests.dancers import joints_at, pose_of, steady_beats


class MadeUpDancer:
    """Sees the dancer of tests.dancers whatever the picture shows. delay_s: time that a look takes at least."""

    def __init__(self, bpm: float = 100.0, delay_s: float = 0.0) -> None:
        self._beats = steady_beats(bpm)
        self._delay_s = delay_s

    def estimate(self, frame: Frame) -> tuple[Pose, ...]:
        time.sleep(self._delay_s)
        return (pose_of(frame.t, joints_at(np.array([frame.t]), self._beats)[0], person=0),)

    def close(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Nobody(MadeUpDancer):
    """Sees nobody."""

    def estimate(self, frame: Frame) -> tuple[Pose, ...]:
        return ()
