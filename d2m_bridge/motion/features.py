"""Ticks of joints -> MotionFrames: what the networks and the conductor know of the dancer.

Positions are measured from the middle of the hips in torso lengths, x right and y down as in the picture. The units
below bring ordinary dancing to about -1..1; everything is clipped to -LIMIT..LIMIT.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.motion.accent import AccentCurve
from d2m_bridge.motion.body import ANKLES, HIPS, SPAN, BodyScale, Float64, JointWindow, finite_joints
from d2m_bridge.motion.feet import Feet
from d2m_bridge.motion.resample import PoseTick
from d2m_bridge.pose.skeleton import COCO_17, COCO_INDICES
from d2m_bridge.timeline import MotionFrame

# Ticks that a frame comes after its tick was pushed; index and t are those of the tick it describes. Derivatives are
# slopes over the ticks k-2 .. k+1, so they lag by another half tick.
DELAY = 1
LIMIT = 3.0
VELOCITY_UNIT = 3.0  # torsos per second
ACCELERATION_UNIT = 60.0  # torsos per second squared

MOTION_FEATURES = (
    *(f"{joint}.{axis}" for joint in COCO_17 for axis in "xy"),
    *(f"{joint}.v{axis}" for joint in COCO_17 for axis in "xy"),
    *(f"{joint}.acceleration" for joint in COCO_17),
    "root.vx",
    "root.vy",
    "left_foot.contact",
    "right_foot.contact",
    "energy",
    "accent",
    "present",
)
POSITIONS = slice(0, 34)
VELOCITIES = slice(34, 68)
ACCELERATIONS = slice(68, 85)
ROOT_VELOCITY = slice(85, 87)
CONTACTS = slice(87, 89)

# How much a joint says about the dance: five face points are one head, and its points tremble most.
_WEIGHT = np.array([0.4, 0.1, 0.1, 0.1, 0.1, 0.8, 0.8, 0.7, 0.7, 1.0, 1.0, 1.0, 1.0, 0.8, 0.8, 1.0, 1.0])
_SURE = 0.5  # a joint with this confidence counts fully
_SLOPE = np.array([-3.0, -1.0, 1.0, 3.0]) / 10
_CURVATURE = np.array([1.0, -1.0, -1.0, 1.0]) / 2

_SPEED_SMOOTHING_S = 0.08
_ENERGY_SMOOTHING_S = 0.5
_STILL_SPEED = 0.15  # torsos per second; below is the estimator's trembling
_ORDINARY_SPEED = 0.65  # torsos per second above _STILL_SPEED: energy 0.5
_MARKED_ENERGY = 0.13  # before smoothing; accents fade below, so that trembling marks nothing


class MotionFeatures:
    """Joints in, one MotionFrame per tick out, DELAY ticks later. A frame depends on no tick after index + DELAY.

    Nobody in the picture for more than resample.MAX_GAP_S: not present, all features 0 but a fading energy.
    """

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz = rate_hz
        self._window = JointWindow(rate_hz)
        self._scale = BodyScale(rate_hz)
        self._accent = AccentCurve(rate_hz)
        self._feet = Feet(rate_hz)
        self._ticks = 0
        self._torso = 1.0
        self._weight = _WEIGHT
        self._velocity: Float64 = np.zeros((len(COCO_17), 2))
        self._energy = 0.0

    def push(self, tick: PoseTick) -> list[MotionFrame]:
        """Takes the next tick of a PoseResampler of the same rate."""
        if tick.points is None or tick.confidence is None:
            return self.push_coco(tick.index, None)
        indices = list(COCO_INDICES)
        return self.push_coco(tick.index, tick.points[indices], tick.confidence[indices])

    def push_coco(
        self, index: int, joints: NDArray[np.floating] | None, confidence: NDArray[np.floating] | None = None
    ) -> list[MotionFrame]:
        """joints: [17, 2] COCO keypoints in image heights, y down, None or NaN where not seen; confidence: [17], 0..1.

        Ticks come in order without holes: ValueError otherwise, or for another shape.
        """
        if index != self._ticks:
            raise ValueError(f"expected tick {self._ticks}, got {index}")
        if joints is not None and joints.shape != (len(COCO_17), 2):
            raise ValueError(f"expected joints [{len(COCO_17)}, 2], got {list(joints.shape)}")
        self._ticks += 1
        before = self._window.joints[-1]
        was_there = self._window.is_valid
        self._see(joints, confidence)
        return [self._frame(index - DELAY, before, was_there)] if index >= DELAY else []

    def finish(self) -> list[MotionFrame]:
        """The frame of the last tick."""
        if self._ticks == 0:
            return []
        before, was_there = self._window.joints[-1], self._window.is_valid
        self._see(None, None)
        return [self._frame(self._ticks - DELAY, before, was_there)]

    def _see(self, joints: NDArray[np.floating] | None, confidence: NDArray[np.floating] | None) -> None:
        found = None if joints is None else finite_joints(joints, self._window.joints[-1])
        if self._window.push(found, self._torso):
            self._scale.reset()
            self._feet.reset()
        if found is not None:
            self._torso = self._scale.update(found)
            sure = 1.0 if confidence is None else np.clip(np.nan_to_num(confidence) / _SURE, 0.0, 1.0)
            weight = _WEIGHT * sure
            self._weight = weight if weight.any() else _WEIGHT

    def _frame(self, index: int, joints: Float64, present: bool) -> MotionFrame:
        row = np.zeros(len(MOTION_FEATURES))
        accent = 0.0
        if present:
            accent = self._describe(row, joints)
        else:
            self._velocity = np.zeros_like(self._velocity)
            self._accent.reset()
        speed = float(np.linalg.norm(self._velocity, axis=1) @ self._weight / self._weight.sum())
        hard = 1.0 - 2.0 ** -(max(0.0, speed - _STILL_SPEED) / _ORDINARY_SPEED)
        accent *= min(1.0, hard / _MARKED_ENERGY)
        self._energy += (hard - self._energy) / max(1.0, _ENERGY_SMOOTHING_S * self._rate_hz)
        row[-3:] = self._energy, accent, present
        features = np.clip(row, -LIMIT, LIMIT).astype(np.float32)
        return MotionFrame(index, index / self._rate_hz, features, self._energy, accent, present)

    def _describe(self, row: Float64, joints: Float64) -> float:
        """Fills in all but the last three features; joints: the tick's own [17, 2]. Returns the accent."""
        window = self._window.joints
        velocity = np.tensordot(_SLOPE, window, axes=1) * self._rate_hz / self._torso  # [17, 2]
        root_velocity = velocity[HIPS].mean(axis=0)
        curvature = np.tensordot(_CURVATURE, window, axes=1) * self._rate_hz**2 / self._torso
        # Being lost and found is no sudden movement.
        is_sure = self._window.seen >= SPAN
        acceleration = np.linalg.norm(curvature, axis=1) * is_sure
        self._velocity += (velocity - self._velocity) / max(1.0, _SPEED_SMOOTHING_S * self._rate_hz)
        contacts, strike = self._feet.update(joints[ANKLES], velocity[ANKLES], self._torso, is_sure=is_sure)
        row[POSITIONS] = ((joints - joints[HIPS].mean(axis=0)) / self._torso).ravel()
        row[VELOCITIES] = ((velocity - root_velocity) / VELOCITY_UNIT).ravel()
        row[ACCELERATIONS] = acceleration / ACCELERATION_UNIT
        row[ROOT_VELOCITY] = root_velocity / VELOCITY_UNIT
        row[CONTACTS] = contacts
        # The root of the mean square, so that one hard hit of a hand is heard among quiet joints.
        impulse = np.sqrt(acceleration**2 @ self._weight / self._weight.sum()) + strike
        return self._accent.update(float(impulse))
