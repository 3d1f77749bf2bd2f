"""Joints of the data sets in this project's form: COCO-17, image heights, at the motion rate."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.motion.body import HIPS, JOINTS, SHOULDERS
from d2m_bridge.timeline import Float32
from training.datasets.clip import Body, DroppedError

# OpenPose's BODY_25 joints in the order of COCO-17 (its doc/02_output.md).
BODY_25_TO_COCO = (0, 16, 15, 18, 17, 5, 2, 6, 3, 7, 4, 12, 9, 13, 10, 14, 11)
_TORSO = 0.25  # image heights: of somebody who is seen whole
_SAME_TIME = 1e-6


def on_ticks(frames: NDArray[Any], fps: float, rate_hz: float) -> NDArray[Any]:
    """Frames [N, ...] from 0 s on -> float32 [T, ...] at the ticks up to the last frame. Linear; NaN beside NaN."""
    count = int((len(frames) - 1) / fps * rate_hz + _SAME_TIME) + 1
    places = np.arange(count) * fps / rate_hz
    low = np.minimum(np.floor(places + _SAME_TIME).astype(int), len(frames) - 1)
    part = np.clip(places - low, 0, 1).reshape(-1, *[1] * (frames.ndim - 1))
    between = frames[low] * (1 - part) + frames[np.minimum(low + 1, len(frames) - 1)] * part
    return np.where(part < _SAME_TIME, frames[low], between).astype(np.float32)


def body_of(joints: NDArray[Any], height: float | None, fps: float, rate_hz: float) -> Body:
    """joints: [N, 17, 3], x, y in pixels and confidence; NaN or confidence 0: not seen.

    height: of the picture, in pixels; None where the data does not say: the dancer then gets an ordinary size, which
    does no harm, as motion features are measured in torsos.
    """
    if joints.ndim != 3 or joints.shape[1:] != (JOINTS, 3) or len(joints) < 2:
        raise DroppedError("wrong shape", f"expected joints [N, {JOINTS}, 3], got {list(joints.shape)}")
    lost = ~np.isfinite(joints).all(axis=2) | (joints[:, :, 2] <= 0)
    points = np.where(lost[:, :, None], np.nan, joints[:, :, :2].astype(float))
    height = _height_of(points) if height is None else height
    confidence = np.where(lost, 0.0, joints[:, :, 2].astype(float))
    return Body(on_ticks(points / height, fps, rate_hz), on_ticks(np.clip(confidence, 0, 1), fps, rate_hz))


def _height_of(points: NDArray[np.float64]) -> float:
    torsos = np.linalg.norm(points[:, SHOULDERS].mean(axis=1) - points[:, HIPS].mean(axis=1), axis=1)
    torsos = torsos[torsos > 0]
    if not len(torsos):
        raise DroppedError("no person", "shoulders and hips are seen in no frame")
    return float(np.median(torsos)) / _TORSO


def seen_share(points: Float32) -> float:
    """Share of the ticks [T, 17, 2] at which most of the body was seen, 0..1."""
    return float((np.isfinite(points).all(axis=2).mean(axis=1) > 0.5).mean())
