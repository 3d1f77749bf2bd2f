"""Rays against round cones and ellipsoids, gathered in a picture-sized buffer of depth, normal and colour.

The camera is at the origin: x right, y down, z away from it.
"""

from __future__ import annotations

import numpy as np

from stage.face import paint_face
from stage.motion import unit

FAR = np.float32(1e6)


class Buffer:
    """What each pixel sees: depth float32 [H * W] metres along its ray, normal and colour float32 [H * W, 3]."""

    def __init__(self, rays: np.ndarray, focal: float, axis: tuple[float, float]) -> None:
        """rays: float32 [H, W, 3] of length 1, the directions of the pixels. focal, and axis (x, y): in pixels."""
        self.rays = np.ascontiguousarray(rays)
        self.focal = focal
        self.axis = axis
        pixels = rays.shape[0] * rays.shape[1]
        self.depth = np.full(pixels, FAR, np.float32)
        self.normal = np.zeros((pixels, 3), np.float32)
        self.colour = np.zeros((pixels, 3), np.float32)

    def add_cone(self, a: np.ndarray, b: np.ndarray, radius_a: float, radius_b: float, colour, blend: float) -> None:
        """Draws a round cone; where it meets what is drawn within `blend` metres the two melt."""
        box = self._box(np.stack([a, b]), np.array([radius_a, radius_b]))
        depth = cone_depth(self.rays[box], a, b, radius_a, radius_b)
        pixels, depth, points = self._hits(box, depth, blend)
        normal = cone_normal(points, a, b, radius_a, radius_b)
        self._merge(pixels, depth, normal, np.asarray(colour, np.float32), blend)

    def add_ellipsoid(self, centre: np.ndarray, axes: np.ndarray, colour, face: bool, blend: float) -> None:
        """Draws an ellipsoid with half-axes in the columns of `axes`."""
        size = np.linalg.norm(axes, axis=0).max()
        box = self._box(centre[None], np.array([size]))
        inverse = np.linalg.inv(axes).astype(np.float32)
        pixels, depth, points = self._hits(box, ellipsoid_depth(self.rays[box], centre, inverse), blend)
        # On the unit sphere that the ellipsoid was stretched from: its own coordinates.
        place = (points - centre.astype(np.float32)) @ inverse.T
        paint = np.asarray(colour, np.float32)
        self._merge(pixels, depth, unit(place @ inverse), paint_face(place, paint) if face else paint, blend)

    def _box(self, centres: np.ndarray, radii: np.ndarray) -> tuple[slice, slice]:
        height, width = self.rays.shape[:2]
        low, high = bounds(centres, radii, self.focal, self.axis)
        left, top = np.clip(low, 0, (width, height))
        right, bottom = np.clip(high, 0, (width, height))
        return slice(top, bottom), slice(left, right)

    def _hits(self, box: tuple[slice, slice], depth: np.ndarray, blend: float):
        """Of a box of depths, those that can be seen: indices of pixels [N], depths [N] and points [N, 3]."""
        old = self.depth.reshape(self.rays.shape[:2])[box]
        rows, columns = np.nonzero((depth < FAR) & (depth < old + np.float32(blend)))
        hit = depth[rows, columns]
        pixels = (rows + box[0].start) * self.rays.shape[1] + columns + box[1].start
        return pixels, hit, hit[:, None] * self.rays.reshape(-1, 3)[pixels]

    def _merge(self, pixels: np.ndarray, depth: np.ndarray, normal: np.ndarray, colour: np.ndarray, blend: float):
        old = self.depth[pixels]
        # A smooth minimum: 1 where the new surface is clearly nearer, 0 where the old one is.
        nearer = np.clip(0.5 + 0.5 * (old - depth) / np.float32(blend), 0, 1)
        melted = old + nearer * (depth - old) - np.float32(blend) * nearer * (1 - nearer)
        self.depth[pixels] = np.where(nearer == 1, depth, melted)
        part = nearer[:, None]
        self.normal[pixels] += part * (normal - self.normal[pixels])
        # Colours of cloth and skin meet at a line, not in a gradient.
        edge = np.clip((part - 0.5) * 8 + 0.5, 0, 1)
        self.colour[pixels] += edge * (colour - self.colour[pixels])


def bounds(centres: np.ndarray, radii: np.ndarray, focal: float, axis: tuple[float, float]):
    """Corners (low, high), int [2] each, of a box of pixels around spheres: centres [N, 3], radii [N]."""
    reach = (1.1 * radii * focal / (centres[:, 2] - radii) + 2)[:, None]
    middle = centres[:, :2] / centres[:, 2:] * focal + np.asarray(axis)
    return np.floor((middle - reach).min(axis=0)).astype(int), np.ceil((middle + reach).max(axis=0)).astype(int)


def cone_depth(rays: np.ndarray, a: np.ndarray, b: np.ndarray, radius_a: float, radius_b: float) -> np.ndarray:
    """Depth float32 [H, W] of a round cone along rays [H, W, 3]; FAR where missed.

    The slanted side is what a sphere, sliding from a to b while its radius changes evenly, touches along a circle: a
    quadratic in the depth. The ends are the two spheres.
    """
    a, b = a.astype(np.float32), b.astype(np.float32)
    depth = np.minimum(sphere_depth(rays, a, radius_a), sphere_depth(rays, b, radius_b))
    axis, taper, slant2 = _slant(a, b, radius_a, radius_b)
    if slant2 <= 0:  # one sphere holds the other
        return depth
    along_ray, along_a = rays @ axis, np.float32(a @ axis) + taper * np.float32(radius_a)
    k2 = slant2 - along_ray**2
    k1 = along_a * along_ray - slant2 * (rays @ a)
    k0 = slant2 * np.float32(a @ a - radius_a * radius_a) - along_a * along_a
    root = k1 * k1 - k0 * k2
    side = (-np.sqrt(np.maximum(root, 0)) - k1) / np.maximum(k2, 1e-9)
    along = side * along_ray - along_a
    on_side = (root >= 0) & (along > 0) & (along < slant2) & (side > 0)
    return np.where(on_side, np.minimum(side, depth), depth)


def cone_normal(points: np.ndarray, a: np.ndarray, b: np.ndarray, radius_a: float, radius_b: float) -> np.ndarray:
    """Outward normals float32 [N, 3] of a round cone at points [N, 3] on it."""
    a, b = a.astype(np.float32), b.astype(np.float32)
    axis, taper, slant2 = _slant(a, b, radius_a, radius_b)
    if slant2 <= 0:
        return unit(points - (a if radius_a > radius_b else b))
    along = (points - a) @ axis - taper * np.float32(radius_a)
    return unit(points - a - np.clip(along / slant2, 0, 1)[:, None] * axis)


def _slant(a: np.ndarray, b: np.ndarray, radius_a: float, radius_b: float):
    axis, taper = b - a, np.float32(radius_a - radius_b)
    return axis, taper, np.float32(axis @ axis) - taper * taper


def sphere_depth(rays: np.ndarray, centre: np.ndarray, radius: float) -> np.ndarray:
    """Depth float32 [H, W] of a sphere; FAR where missed."""
    along = rays @ centre
    root = along**2 - np.float32(centre @ centre - radius * radius)
    return np.where(root >= 0, along - np.sqrt(np.maximum(root, 0)), FAR)


def ellipsoid_depth(rays: np.ndarray, centre: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    """Depth float32 [H, W] of an ellipsoid; FAR where missed. inverse: of the matrix of its half-axes."""
    way = rays @ inverse.T
    start = inverse @ -centre.astype(np.float32)
    a, b, c = (way * way).sum(-1), way @ start, np.float32(start @ start - 1)
    root = b * b - a * c
    return np.where(root >= 0, (-b - np.sqrt(np.maximum(root, 0))) / a, FAR)
