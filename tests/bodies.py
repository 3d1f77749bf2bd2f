"""Made-up people for tests of what comes after the pose model."""

import numpy as np

from d2m_bridge.pose.skeleton import INDEX, LANDMARK_COUNT
from d2m_bridge.timeline import Pose

# Offsets from the hips in torso lengths, x right and y down; the right side mirrors the left.
LEFT = {
    "shoulder": (0.35, -1.0),
    "elbow": (0.55, -0.45),
    "wrist": (0.6, 0.05),
    "hip": (0.18, 0.0),
    "knee": (0.2, 0.8),
    "ankle": (0.2, 1.6),
}


def standing(t: float, x: float, y: float = 0.5, torso: float = 0.2, confidence: float = 0.9) -> Pose:
    """Someone upright whose hips are at (x, y), in image heights; hands, feet and face lie at the hips."""
    points = np.tile(np.float32([x, y]), (LANDMARK_COUNT, 1))
    for name, (dx, dy) in LEFT.items():
        points[INDEX[f"left_{name}"]] += np.float32([dx, dy]) * np.float32(torso)
        points[INDEX[f"right_{name}"]] += np.float32([-dx, dy]) * np.float32(torso)
    return Pose(t, points, np.full(LANDMARK_COUNT, confidence, np.float32))
