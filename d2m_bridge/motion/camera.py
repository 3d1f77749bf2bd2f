"""A pinhole camera: 3-D joints in metres -> what a webcam would see, in image heights. Used by training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.timeline import Float32

# Where the camera looks: the middle of a standing person.
_TARGET_HEIGHT_M = 0.9
_NEAREST_M = 0.1


@dataclass(frozen=True, slots=True)
class Camera:
    """Stands distance_m from the middle of the clip, height_m above the floor, turned yaw_deg around the dancer.

    yaw 0 sees a dancer who faces +Z from the front, 90 from the dancer's left. fov_deg: vertical field of view.
    aspect: picture width / height.
    """

    yaw_deg: float = 0.0
    height_m: float = 1.2
    distance_m: float = 3.5
    fov_deg: float = 45.0
    aspect: float = 16 / 9

    def project(self, joints: NDArray[np.floating]) -> Float32:
        """joints: [T, J, 3] metres, Y up, right-handed -> float32 [T, J, 2], x right and y down, in image heights."""
        middle = joints.mean(axis=(0, 1))
        yaw = np.radians(self.yaw_deg)
        target = np.array([middle[0], _TARGET_HEIGHT_M, middle[2]])
        away = np.array([np.sin(yaw), 0.0, np.cos(yaw)])
        eye = np.array([middle[0], self.height_m, middle[2]]) + self.distance_m * away
        forward = (target - eye) / np.linalg.norm(target - eye)
        right = np.cross(forward, (0.0, 1.0, 0.0))
        right /= np.linalg.norm(right)
        down = np.cross(forward, right)
        seen = (joints - eye) @ np.stack([right, down, forward], axis=-1)
        focal = 0.5 / np.tan(np.radians(self.fov_deg) / 2)
        points = focal * seen[..., :2] / np.maximum(seen[..., 2:], _NEAREST_M) + (self.aspect / 2, 0.5)
        return np.asarray(points, np.float32)
