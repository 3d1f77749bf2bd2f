"""Who is who from frame to frame, and who the dancer is. Pure: poses and times in, the same poses with ids out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from d2m_bridge.pose.skeleton import HIPS, INDEX, SHOULDERS
from d2m_bridge.timeline import Float32, Pose

# All lengths below are in body scales (about a torso), so that they hold for dancers near and far.
# Detections of one body differ by far less than this, two people by more, even where they cross.
SAME_BODY = 0.3
# A body may be this far from where it was expected, and farther the longer it was unseen.
REACH = 1.0
REACH_PER_S = 3.0
# Weight of a change of size (natural logarithm) against one body scale of distance.
SIZE_WEIGHT = 1.0
# Speed says where a body will be for this long; after that it is expected where it would have got to.
FORESIGHT_S = 0.4
SPEED_MEMORY_S = 0.1
# Files repeat times now and then.
MIN_ELAPSED_S = 1e-3
# A body unseen for longer is someone new when it returns, and then another person may become the dancer.
FORGET_S = 1.0

_BODY = list(range(INDEX["left_shoulder"], INDEX["right_wrist"] + 1)) + list(
    range(INDEX["left_hip"], INDEX["right_ankle"] + 1)
)


@dataclass(frozen=True, slots=True)
class Tracked:
    """people: everyone in the frame once, with ids from 1. dancer: the one to follow, None while out of sight."""

    people: tuple[Pose, ...]
    dancer: Pose | None


@dataclass(frozen=True, slots=True)
class _Track:
    person: int
    t: float
    centre: Float32
    velocity: Float32  # image heights per second
    scale: float

    def expected(self, t: float) -> Float32:
        return self.centre + self.velocity * np.float32(min(t - self.t, FORESIGHT_S))

    def misfit(self, pose: Pose, t: float) -> float:
        """Distance from what was expected, in body scales; infinite if it cannot be the same person."""
        scale = body_scale(pose)
        distance = float(np.linalg.norm(hip_centre(pose) - self.expected(t))) / max(scale, self.scale)
        if distance > REACH + REACH_PER_S * (t - self.t):
            return math.inf
        return distance + SIZE_WEIGHT * abs(math.log(scale / self.scale))

    def moved(self, pose: Pose, t: float) -> _Track:
        elapsed = max(t - self.t, MIN_ELAPSED_S)
        centre = hip_centre(pose)
        trust = 1.0 - math.exp(-elapsed / SPEED_MEMORY_S)
        velocity = self.velocity + np.float32(trust) * ((centre - self.centre) / np.float32(elapsed) - self.velocity)
        return _Track(self.person, t, centre, velocity, body_scale(pose))


class DancerTracker:
    """Gives people ids that stay theirs, and follows one dancer: at first the largest and most central.

    While the dancer is out of sight another known person is not taken for them until FORGET_S has passed.
    """

    def __init__(self) -> None:
        self._tracks: dict[int, _Track] = {}
        self._newest = 0
        self._dancer: _Track | None = None

    def update(self, t: float, poses: Sequence[Pose], width: float) -> Tracked:
        """The people of the frame at t seconds, not before the last. width: of the picture, in image heights."""
        self._tracks = {person: track for person, track in self._tracks.items() if t - track.t <= FORGET_S}
        newcomers_from = self._newest + 1
        people = self._identify(t, distinct(poses))
        dancer = self._choose(t, people, newcomers_from, width)
        if dancer:
            self._dancer = self._tracks[dancer.person]
        return Tracked(people, dancer)

    def _identify(self, t: float, poses: Sequence[Pose]) -> tuple[Pose, ...]:
        fits = sorted(
            (misfit, person, index)
            for person, track in self._tracks.items()
            for index, pose in enumerate(poses)
            if (misfit := track.misfit(pose, t)) < math.inf
        )
        person_of: dict[int, int] = {}
        for _, person, index in fits:
            if index not in person_of and person not in person_of.values():
                person_of[index] = person
        return tuple(self._continue(t, pose, person_of.get(index)) for index, pose in enumerate(poses))

    def _continue(self, t: float, pose: Pose, person: int | None) -> Pose:
        if person is None:
            self._newest += 1
            person = self._newest
            still = np.zeros(2, np.float32)
            self._tracks[person] = _Track(person, t, hip_centre(pose), still, body_scale(pose))
        else:
            self._tracks[person] = self._tracks[person].moved(pose, t)
        return replace(pose, person=person)

    def _choose(self, t: float, people: Sequence[Pose], newcomers_from: int, width: float) -> Pose | None:
        last = self._dancer
        if last is None:
            return max(people, key=lambda pose: _prominence(pose, width), default=None)
        for pose in people:
            if pose.person == last.person:
                return pose
        # A newcomer may be the dancer after a jump or a cut; someone known is not.
        candidates = people if t - last.t > FORGET_S else [pose for pose in people if pose.person >= newcomers_from]
        return min(candidates, key=lambda pose: float(np.linalg.norm(hip_centre(pose) - last.centre)), default=None)


def distinct(poses: Sequence[Pose]) -> list[Pose]:
    """The poses without second detections of one body; of two the more confident stays."""
    kept: list[Pose] = []
    for pose in sorted(poses, key=lambda pose: -float(pose.confidence.mean())):
        if not any(_same_body(pose, other) for other in kept):
            kept.append(pose)
    return kept


def hip_centre(pose: Pose) -> Float32:
    """float32 [2], in image heights."""
    centre: Float32 = pose.points[list(HIPS)].mean(axis=0)
    return centre


def body_scale(pose: Pose) -> float:
    """About a torso's length in image heights, also for a dancer who bends or stands sideways; above 0."""
    shoulders, hips = pose.points[list(SHOULDERS)], pose.points[list(HIPS)]
    torso = np.linalg.norm(shoulders.mean(axis=0) - hips.mean(axis=0))
    across = np.linalg.norm(shoulders[0] - shoulders[1])
    return max(float(torso), float(across), 1e-3)


def _same_body(a: Pose, b: Pose) -> bool:
    apart = np.linalg.norm(a.points[_BODY] - b.points[_BODY], axis=1).mean()
    return bool(apart < SAME_BODY * max(body_scale(a), body_scale(b)))


def _prominence(pose: Pose, width: float) -> float:
    low, high = pose.points.min(axis=0), pose.points.max(axis=0)
    off_centre = abs(float(low[0] + high[0]) / width - 1.0)  # 0 in the middle, 1 at the edge
    return float(high[1] - low[1]) * (1.0 - 0.5 * min(off_centre, 1.0))
