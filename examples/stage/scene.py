"""The stage: camera, backdrop, floor with shadow. The dancer's pixels are computed at twice the size and averaged."""

from __future__ import annotations

import cv2
import numpy as np

from stage.body import CRISP, Cone, body_parts
from stage.light import shade
from stage.motion import unit
from stage.raycast import FAR, Buffer, bounds

OVERSAMPLE = 2
CAMERA_HEIGHT, CAMERA_DISTANCE, CAMERA_PITCH = 1.25, 5.2, 0.07  # metres, metres, radians downwards
VIEW_HEIGHT = 2.55  # metres that fit the picture's height at the dancer
WALL_DISTANCE = 2.2  # metres behind the dancer

SHADOW_DEPTH = 0.75
SHADOW_LEAN = np.array([0.28, 0.16])  # metres aside and back for each metre of height
SHADOW_TEXELS, SHADOW_SPAN = 256, 3.2  # pixels and metres of the shadow's square on the floor
GAMMA = (255 * np.linspace(0, 1, 4096) ** (1 / 2.2) + 0.5).astype(np.uint8)  # linear light to sRGB bytes


class Stage:
    """Renders frames of one size."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.axis = (width * OVERSAMPLE / 2, height * OVERSAMPLE / 2)
        self.focal = height * OVERSAMPLE * CAMERA_DISTANCE / VIEW_HEIGHT
        x = (np.arange(width * OVERSAMPLE, dtype=np.float32) + 0.5 - self.axis[0]) / self.focal
        y = (np.arange(height * OVERSAMPLE, dtype=np.float32) + 0.5 - self.axis[1]) / self.focal
        grid = np.stack([*np.meshgrid(x, y), np.ones((len(y), len(x)), np.float32)], axis=-1)
        self.rays = unit(grid).astype(np.float32)
        self.backdrop = cv2.resize(self._backdrop(), (width, height), interpolation=cv2.INTER_AREA)

    def to_camera(self, points: np.ndarray) -> np.ndarray:
        """World points [..., 3] (y up) in camera axes (y down, z away)."""
        offset = points - np.array([0.0, CAMERA_HEIGHT, CAMERA_DISTANCE])
        return offset @ _rotation().T

    def project(self, points: np.ndarray) -> np.ndarray:
        """World points [..., 3] in pixels [..., 2] of the finished picture."""
        camera = self.to_camera(points)
        return (camera[..., :2] / camera[..., 2:] * self.focal + np.array(self.axis)) / OVERSAMPLE

    def render(self, joints: np.ndarray) -> np.ndarray:
        """The picture of joints [17, 3]: uint8 [height, width, 3] RGB."""
        parts = body_parts(joints)
        light = self.backdrop * (1 - SHADOW_DEPTH * self._shadow(parts))[..., None]
        box = self._box(parts)
        fine = tuple(slice(side.start * OVERSAMPLE, side.stop * OVERSAMPLE) for side in box)
        buffer = self._cast(parts, fine)
        seen = np.flatnonzero(buffer.depth < FAR)
        patch = cv2.resize(light[box], buffer.rays.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        rays = buffer.rays.reshape(-1, 3)
        patch.reshape(-1, 3)[seen] = shade(buffer.normal[seen], buffer.colour[seen], rays[seen])
        light[box] = cv2.resize(patch.clip(0, 1), light[box].shape[1::-1], interpolation=cv2.INTER_AREA)
        return GAMMA[(light.clip(0, 1) * (len(GAMMA) - 1)).astype(np.uint16)]

    def _box(self, parts) -> tuple[slice, slice]:
        """The part of the finished picture that holds the dancer."""
        centres = np.concatenate([[part.a, part.b] if isinstance(part, Cone) else [part.centre] * 2 for part in parts])
        low, high = bounds(self.to_camera(centres), np.full(len(centres), 0.15), self.focal, self.axis)
        left, top = np.clip(low // OVERSAMPLE, 0, (self.width, self.height))
        right, bottom = np.clip(-(-high // OVERSAMPLE), 0, (self.width, self.height))
        return slice(top, bottom), slice(left, right)

    def _cast(self, parts, box: tuple[slice, slice]) -> Buffer:
        buffer = Buffer(self.rays[box], self.focal, (self.axis[0] - box[1].start, self.axis[1] - box[0].start))
        turn = _rotation()
        for part in parts:
            if isinstance(part, Cone):
                a, b = self.to_camera(part.a), self.to_camera(part.b)
                buffer.add_cone(a, b, part.radius_a, part.radius_b, part.colour, part.blend)
            else:
                buffer.add_ellipsoid(self.to_camera(part.centre), turn @ part.axes, part.colour, part.face, CRISP)
        return buffer

    def _backdrop(self) -> np.ndarray:
        """Linear light float32 [H, W, 3] of the empty stage."""
        world = self.rays @ _rotation().astype(np.float32)  # directions, y up
        to_floor = np.where(world[..., 1] < -1e-4, -CAMERA_HEIGHT / np.minimum(world[..., 1], -1e-4), FAR)
        to_wall = -(CAMERA_DISTANCE + WALL_DISTANCE) / np.minimum(world[..., 2], -1e-4)
        on_floor = to_floor < to_wall
        place = np.minimum(to_floor, to_wall)[..., None] * world + np.array([0, CAMERA_HEIGHT, CAMERA_DISTANCE])
        x, y, z = np.moveaxis(place.astype(np.float32), -1, 0)
        glow = np.exp(-((x / 1.9) ** 2) - ((y - 1.5) / 1.5) ** 2)[..., None]
        wall = np.array([0.030, 0.045, 0.085]) + glow * np.array([0.13, 0.19, 0.26])
        pool = np.exp(-((x / 1.9) ** 2) - ((z + 0.1) / 1.7) ** 2)[..., None]
        boards = 1 - 0.10 * (np.abs((x / 0.22) % 1 - 0.5) > 0.475)[..., None]
        floor = (np.array([0.035, 0.028, 0.026]) + pool * np.array([0.30, 0.21, 0.145])) * boards
        # The wall darkens towards the floor, where the two meet.
        wall *= 0.55 + 0.45 * np.clip(y / 0.5, 0, 1)[..., None]
        return np.where(on_floor[..., None], floor, wall).astype(np.float32)

    def _shadow(self, parts) -> np.ndarray:
        """How much light the dancer takes from the floor, float32 [H, W], 0..1."""
        texels = np.zeros((SHADOW_TEXELS, SHADOW_TEXELS), np.float32)
        scale = SHADOW_TEXELS / SHADOW_SPAN
        for part in parts:
            ends = (part.a, part.b) if isinstance(part, Cone) else (part.centre, part.centre)
            radius = max(part.radius_a, part.radius_b) if isinstance(part, Cone) else 0.1
            spots = [end[[0, 2]] + np.array([1.0, -1.0]) * SHADOW_LEAN * end[1] for end in ends]
            start, stop = (tuple(np.int32((spot + SHADOW_SPAN / 2) * scale * 16)) for spot in spots)
            # Near the floor a shadow is dark, farther up the light comes around.
            strength = float(np.exp(-0.55 * min(end[1] for end in ends)))
            layer = np.zeros_like(texels)
            cv2.line(layer, start, stop, strength, max(1, round(2 * radius * scale)), cv2.LINE_AA, 4)
            texels = np.maximum(texels, layer)
        texels = cv2.GaussianBlur(texels, None, 3.5)
        half = SHADOW_SPAN / 2
        corners = np.array([[-half, 0, -half], [half, 0, -half], [half, 0, half], [-half, 0, half]])
        size = SHADOW_TEXELS
        source = np.array([[0, 0], [size, 0], [size, size], [0, size]], np.float32)
        target = self.project(corners).astype(np.float32)
        return cv2.warpPerspective(texels, cv2.getPerspectiveTransform(source, target), (self.width, self.height))


def _rotation() -> np.ndarray:
    """World axes (x right, y up, z to the camera) to camera axes (x right, y down, z away)."""
    c, s = np.cos(CAMERA_PITCH), np.sin(CAMERA_PITCH)
    return np.array([[1, 0, 0], [0, c, -s], [0, -s, -c]]) * np.array([[1], [-1], [1]])
