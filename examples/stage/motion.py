"""Motion capture in, joints of a person of ordinary build out."""

from __future__ import annotations

from pathlib import Path

import numpy as np

# COCO-17, as in the motion files.
L_EAR, R_EAR, NOSE = 3, 4, 0
L_SHOULDER, R_SHOULDER, L_ELBOW, R_ELBOW, L_WRIST, R_WRIST = 5, 6, 7, 8, 9, 10
L_HIP, R_HIP, L_KNEE, R_KNEE, L_ANKLE, R_ANKLE = 11, 12, 13, 14, 15, 16

# Metres, of an adult of 1.75 m.
HIP_WIDTH, SHOULDER_WIDTH, TORSO = 0.19, 0.36, 0.49
UPPER_ARM, FOREARM, THIGH, SHIN = 0.29, 0.26, 0.43, 0.42
ANKLE_HEIGHT = 0.085


def load_motion(path: Path, start_s: float, seconds: float, fps: int) -> np.ndarray:
    """Joints float64 [T, 17, 3] in metres at `fps`: x to the dancer's left, y up, z to the front."""
    with np.load(path) as file:
        joints = file["kp"] * float(file["scale"]) + file["origin"]
        rate = float(file["fps"])
    times = start_s + np.arange(round(seconds * fps)) / fps
    if times[-1] * rate > len(joints) - 1:
        raise SystemExit(f"{path} lasts {len(joints) / rate:.1f} s: too short for {seconds} s from {start_s} s")
    at = times * rate
    low = np.floor(at).astype(int)
    part = (at - low)[:, None, None]
    return joints[low] * (1 - part) + joints[np.minimum(low + 1, len(joints) - 1)] * part


def retarget(source: np.ndarray) -> np.ndarray:
    """The same directions of limbs on human lengths, float64 [T, 17, 3]. The floor is y = 0, the middle x = z = 0.

    A robot's or a child's body becomes an adult's. Face points keep their offsets from the shoulders.
    """
    source = _face_front(source)
    out = np.empty_like(source)
    legs = np.linalg.norm(source[:, L_HIP] - source[:, L_KNEE], axis=-1) + np.linalg.norm(
        source[:, L_KNEE] - source[:, L_ANKLE], axis=-1
    )
    scale = (THIGH + SHIN) / np.median(legs)
    hips = source[:, [L_HIP, R_HIP]].mean(axis=1)
    root = (hips - np.median(hips, axis=0)) * scale
    across = unit(source[:, L_HIP] - source[:, R_HIP])
    out[:, L_HIP], out[:, R_HIP] = root + across * HIP_WIDTH / 2, root - across * HIP_WIDTH / 2
    shoulders = source[:, [L_SHOULDER, R_SHOULDER]].mean(axis=1)
    chest = root + unit(shoulders - hips) * TORSO
    across = unit(source[:, L_SHOULDER] - source[:, R_SHOULDER])
    out[:, L_SHOULDER], out[:, R_SHOULDER] = chest + across * SHOULDER_WIDTH / 2, chest - across * SHOULDER_WIDTH / 2
    for parent, child, length in (
        (L_SHOULDER, L_ELBOW, UPPER_ARM),
        (L_ELBOW, L_WRIST, FOREARM),
        (R_SHOULDER, R_ELBOW, UPPER_ARM),
        (R_ELBOW, R_WRIST, FOREARM),
        (L_HIP, L_KNEE, THIGH),
        (L_KNEE, L_ANKLE, SHIN),
        (R_HIP, R_KNEE, THIGH),
        (R_KNEE, R_ANKLE, SHIN),
    ):
        out[:, child] = out[:, parent] + unit(source[:, child] - source[:, parent]) * length
    out[:, :5] = chest[:, None] + (source[:, :5] - shoulders[:, None]) * scale
    out[..., 0] -= (out[..., 0].min() + out[..., 0].max()) / 2
    return _stand(out, source, scale)


def _face_front(source: np.ndarray) -> np.ndarray:
    """The whole motion turned about the vertical, so that the dancer looks to the front most of the time."""
    across = (source[:, L_HIP] - source[:, R_HIP]).sum(axis=0)
    angle = np.arctan2(across[2], across[0])
    cos, sin = np.cos(angle), np.sin(angle)
    return source @ np.array([[cos, 0, -sin], [0, 1, 0], [sin, 0, cos]])


def _stand(joints: np.ndarray, source: np.ndarray, scale: float) -> np.ndarray:
    """Lifts every frame so that the lower foot is as high above the floor as it was in the source."""
    lowest = source[:, [L_ANKLE, R_ANKLE], 1].min(axis=1)
    wanted = ANKLE_HEIGHT + (lowest - np.percentile(lowest, 5)).clip(0) * scale
    joints[..., 1] += (wanted - joints[:, [L_ANKLE, R_ANKLE], 1].min(axis=1))[:, None]
    return joints


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors [..., 3] of length 1."""
    return vectors / np.sqrt(np.maximum((vectors * vectors).sum(-1, keepdims=True), 1e-18))
