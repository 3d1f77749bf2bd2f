"""The dancer's movement as pulse curves, for the search of a tempo. Looks forward and back in time: offline only.

Four parts of the body give four curves each; sideways movement is left out, because it repeats every two or four
beats and says nothing of the single beat.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.motion.features import POSITIONS, ROOT_VELOCITY, VELOCITY_UNIT
from d2m_bridge.pose.skeleton import COCO_17
from d2m_bridge.timeline import MotionFrame

Float64 = NDArray[np.float64]


def _joints(*names: str) -> list[int]:
    return [COCO_17.index(name) for name in names]


PARTS = (
    _joints("left_elbow", "right_elbow", "left_wrist", "right_wrist"),
    _joints("left_knee", "right_knee", "left_ankle", "right_ankle"),
    _joints("left_hip", "right_hip"),
    _joints("nose", "left_ear", "right_ear", "left_shoulder", "right_shoulder"),
)

_SMOOTHING_S = 1 / 30
_SLOW_S = 0.8  # slower changes are the dance's form, not its pulse
_SILENT = 1e-9
_STANDING_SPEED = 0.15  # torsos per second: keeps the logarithm of a still joint from ringing


@dataclass(frozen=True, slots=True)
class Kinematics:
    """Curves float64 [4 parts, T], each without its slow part and of unit energy (all 0 where nothing moves).

    drop: downward speed. stop: how sharply the joints come to rest. brake: loss of speed. hit: acceleration, as a
    logarithm. present: bool [T].
    """

    rate_hz: float
    drop: Float64
    stop: Float64
    brake: Float64
    hit: Float64
    present: NDArray[np.bool_]

    @property
    def curves(self) -> Float64:
        """All of them, [16, T]."""
        return np.concatenate([self.drop, self.stop, self.brake, self.hit])


def frame_rate(frames: Sequence[MotionFrame]) -> float:
    """The motion rate in Hz of two or more frames."""
    return (frames[-1].index - frames[0].index) / (frames[-1].t - frames[0].t)


def measure(frames: Sequence[MotionFrame]) -> Kinematics:
    """frames: two or more, in order, without holes."""
    rate_hz = frame_rate(frames)
    present = np.array([frame.present for frame in frames])
    joints = _picture_positions(frames, present, rate_hz)
    sigma = _SMOOTHING_S * rate_hz
    velocity = _rate_of_change(_smooth(joints, sigma), rate_hz)
    speed = np.linalg.norm(velocity, axis=2)
    rest = _rate_of_change(_rate_of_change(_smooth(np.log(speed + _STANDING_SPEED), sigma), rate_hz), rate_hz)
    slowing = -_rate_of_change(speed, rate_hz)
    force = np.linalg.norm(_rate_of_change(velocity, rate_hz), axis=2)

    def finish(of_parts: list[Float64]) -> Float64:
        raw: Float64 = np.stack(of_parts) * present
        curves: Float64 = (raw - _smooth(raw.T, _SLOW_S * rate_hz).T) * present
        energy = np.maximum(np.sqrt((curves**2).sum(axis=1, keepdims=True)), _SILENT)
        return np.asarray(curves / energy)

    return Kinematics(
        rate_hz,
        drop=finish([velocity[:, part, 1].mean(axis=1) for part in PARTS]),
        stop=finish([np.maximum(rest[:, part], 0.0).mean(axis=1) for part in PARTS]),
        brake=finish([np.maximum(slowing[:, part], 0.0).mean(axis=1) for part in PARTS]),
        hit=finish([np.log1p(np.sqrt((force[:, part] ** 2).mean(axis=1))) for part in PARTS]),
        present=present,
    )


def _picture_positions(frames: Sequence[MotionFrame], present: NDArray[np.bool_], rate_hz: float) -> Float64:
    """[T, 17, 2] in torsos, the movement of the whole body included; straight lines where nobody was seen."""
    features = np.stack([frame.features for frame in frames]).astype(np.float64)
    relative = features[:, POSITIONS]  # [T, 34]
    if present.any() and not present.all():
        ticks = np.arange(len(frames))
        relative = np.stack([np.interp(ticks, ticks[present], column[present]) for column in relative.T], axis=1)
    root = np.cumsum(features[:, ROOT_VELOCITY] * VELOCITY_UNIT, axis=0) / rate_hz
    return relative.reshape(len(frames), -1, 2) + root[:, None]


def _smooth(values: Float64, sigma: float) -> Float64:
    from scipy.ndimage import gaussian_filter1d

    smoothed: Float64 = gaussian_filter1d(values, sigma, axis=0)
    return smoothed


def _rate_of_change(values: Float64, rate_hz: float) -> Float64:
    slope: Float64 = np.gradient(values, axis=0) * rate_hz
    return slope
