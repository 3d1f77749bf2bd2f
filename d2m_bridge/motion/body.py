"""The dancer's body over the last few ticks: gaps closed, jumps taken out, and its size in the picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.motion.resample import MAX_GAP_S
from d2m_bridge.pose.skeleton import COCO_17

Float64 = NDArray[np.float64]

JOINTS = len(COCO_17)
SHOULDERS = [COCO_17.index("left_shoulder"), COCO_17.index("right_shoulder")]
HIPS = [COCO_17.index("left_hip"), COCO_17.index("right_hip")]
KNEES = [COCO_17.index("left_knee"), COCO_17.index("right_knee")]
ANKLES = [COCO_17.index("left_ankle"), COCO_17.index("right_ankle")]
SPAN = 4  # ticks in the window: k-2, k-1, k, k+1

_TORSO_PER_LEG = 0.62
_GROW_S, _SHRINK_S = 1.0, 8.0
_SMALLEST = 0.01  # image heights
_FARTHEST = 100.0  # image heights; keeps whatever comes in finite
# No hand is faster than this (16 m/s): what moves more has been mistaken for something else.
_MAX_SPEED = 32.0  # torsos per second
_COAST = 0.5


class BodyScale:
    """Follows the torso length in the picture, slowly.

    A length can only look shorter than it is (a torso bends, a leg lifts), so the scale takes the longest of torso and
    legs, grows fast and shrinks slowly. Turning sideways changes neither.
    """

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz = rate_hz
        self._log = 0.0
        self._count = 0

    def reset(self) -> None:
        """Forgets the person."""
        self._count = 0

    def update(self, joints: Float64) -> float:
        """joints: [17, 2] -> torso length in the same unit."""
        torso = np.linalg.norm(joints[SHOULDERS].mean(0) - joints[HIPS].mean(0))
        thighs = np.linalg.norm(joints[KNEES] - joints[HIPS], axis=1)
        shanks = np.linalg.norm(joints[ANKLES] - joints[KNEES], axis=1)
        seen = np.log(max(float(torso), _TORSO_PER_LEG * float((thighs + shanks).max()), _SMALLEST))
        error = seen - self._log if self._count == 0 else float(np.clip(seen - self._log, -0.7, 0.7))
        self._count += 1
        time_constant_s = _GROW_S if error > 0 else _SHRINK_S
        self._log += error * max(1.0 / self._count, 1.0 / (time_constant_s * self._rate_hz))
        return float(np.exp(self._log))


class JointWindow:
    """The joints at the last SPAN ticks, whatever the estimator did.

    Short gaps coast to a stop and are filled in when the dancer is back; a lost joint stays where it was; a joint (or
    the whole body) that jumps faster than anyone moves takes its past along, so that no speed comes of it.
    """

    def __init__(self, rate_hz: float) -> None:
        self.joints: Float64 = np.zeros((SPAN, JOINTS, 2))
        self.coasting = 0  # ticks since somebody was really seen
        self.seen = 0  # ticks for which somebody has been seen without a break
        self.is_valid = False
        self._is_new = False
        self._seen: Float64 = self.joints[-1]
        self._rate_hz = rate_hz

    def push(self, joints: Float64 | None, scale: float) -> bool:
        """Adds a tick; joints: [17, 2], finite, or None; scale: torso length. True when somebody new stands there."""
        if joints is None:
            self._coast()
            return False
        is_new = not self.is_valid
        if is_new:
            self.joints = np.repeat(joints[None], SPAN, axis=0)
        else:
            is_new = self._take_along(joints, scale)
            self._join(joints)
        self.is_valid = True
        self._is_new = is_new
        self._seen = joints
        self.coasting = 0
        self.seen = 1 if is_new else self.seen + 1
        return is_new

    def _coast(self) -> None:
        self.coasting += 1
        self.seen = 0
        self.is_valid &= self.coasting <= MAX_GAP_S * self._rate_hz
        ahead = self.joints[-1] + _COAST * (self.joints[-1] - self.joints[-2])
        self.joints = np.concatenate([self.joints[1:], ahead[None]])

    def _take_along(self, joints: Float64, scale: float) -> bool:
        jump = joints - self._seen
        limit = _MAX_SPEED / self._rate_hz * scale * (self.coasting + 1)
        jumped = np.linalg.norm(jump, axis=1) > limit
        shift = np.where(jumped[:, None], jump, 0.0)
        self.joints = self.joints + shift
        self._seen = self._seen + shift
        return bool(jumped[HIPS].all())

    def _join(self, joints: Float64) -> None:
        gap = self.coasting + 1
        step = (joints - self._seen) / gap
        # What was made up is replaced by the way from where the dancer was to where they are. Of somebody new even
        # the first position has no past: they are taken to have come the way they go.
        made_up = SPAN - 1 if self._is_new else min(self.coasting, SPAN - 1)
        back = np.arange(made_up, -1, -1)[:, None, None]
        self.joints = np.concatenate([self.joints[1 : SPAN - made_up], joints - back * step])


def finite_joints(joints: NDArray[np.floating], before: Float64) -> Float64 | None:
    """joints: [17, 2] with lost ones not finite -> all finite: a lost joint is where it was; None if all are lost."""
    lost = ~np.isfinite(joints).all(axis=1)
    if lost.all():
        return None
    held = np.where(lost[:, None], before, joints)
    return np.clip(held.astype(np.float64), -_FARTHEST, _FARTHEST)
