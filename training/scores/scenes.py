"""The held-out dances, and what a system plays for one."""

from __future__ import annotations

import dataclasses
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.conductor.follow import follow
from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.engine.engine import Engine
from d2m_bridge.engine.graphs import Models
from d2m_bridge.engine.plan import PlanStep
from d2m_bridge.errors import InputError
from d2m_bridge.motion.camera import Camera
from d2m_bridge.timeline import MotionFrame
from training.pairs import MOTION_RATE_HZ, load_clips, motion_frames
from training.scores.hearing import Float32

LONGEST_S, SHORTEST_S = 25.0, 6.0  # 25 s is LORIS's clip of dance
_PICTURE_HEIGHT = 1080.0
_TREMBLE = 0.002  # of the picture's height: what a pose estimator does to a still body


@dataclass(frozen=True, slots=True)
class Scene:
    """A dance that nothing was trained on. points: float [T, 17, 2] in picture heights at the motion rate.

    grid: of the known tempo, or the dancer's own (conductor.follow). style: what is asked for.
    """

    name: str
    points: NDArray[np.floating]
    motion: tuple[MotionFrame, ...]
    grid: BeatGrid
    style: str

    @property
    def seconds(self) -> float:
        """From the first tick to the last."""
        return self.motion[-1].t

    def rng(self, seed: int) -> np.random.Generator:
        """Chance that belongs to this dance and seed."""
        return np.random.default_rng([seed, zlib.crc32(self.name.encode())])

    def short(self, seconds: float) -> Scene:
        """Its beginning."""
        ticks = int(seconds * MOTION_RATE_HZ)
        return dataclasses.replace(self, points=self.points[:ticks], motion=self.motion[:ticks])

    def still(self) -> Scene:
        """The dancer stands in the pose of the middle, trembling as a pose estimator makes a still body tremble."""
        held = np.repeat(self.points[len(self.points) // 2][None], len(self.points), axis=0)
        points = held + self.rng(0).normal(0, _TREMBLE, held.shape)
        return dataclasses.replace(self, points=points, motion=motion_frames(points))


@dataclass(frozen=True, slots=True)
class Take:
    """Music for a scene. mix: float32 [N]. stems: float32 [4, N], and plan: only of music that has them."""

    mix: Float32
    stems: Float32 | None = None
    plan: Sequence[PlanStep] | None = None


class System(Protocol):
    """Something that makes music for dances. has_seed: another seed makes other music."""

    name: str
    has_seed: bool

    def play(self, scene: Scene, seed: int) -> Take:
        """As long as the scene, or a little longer."""
        ...


def load_scenes(data: Path, styles: Sequence[str]) -> list[Scene]:
    """The test split of docs/training.md: mocap through one camera, keypoints as they are; the styles in turn.

    Raises InputError when there is no dance of six seconds or more.
    """
    if not (data / "splits.json").is_file():
        raise InputError(f"{data}: no splits.json there; docs/training.md says what is in this folder")
    scenes: list[Scene] = []
    for clip in load_clips(data, "test"):
        points = seen_from_the_front(clip.joints, clip.fps)
        motion = motion_frames(points)
        if motion[-1].t < SHORTEST_S:
            continue
        grid = BeatGrid.steady(clip.bpm, 0.0, "known") if clip.bpm else follow(motion).grid
        scenes.append(Scene(clip.name, points, motion, grid, styles[len(scenes) % len(styles)]))
    if not scenes:
        raise InputError(f"{data}: no test dance of {SHORTEST_S:g} s or more; docs/training.md says what is needed")
    return scenes


def seen_from_the_front(joints: NDArray[np.floating], fps: float) -> NDArray[np.floating]:
    """Joints [T, 17, 3] metres or [T, 17, 2] pixels -> at most LONGEST_S of points [T, 17, 2] at the motion rate."""
    points = Camera().project(joints) if joints.shape[2] == 3 else joints / _PICTURE_HEIGHT
    count = int(min(LONGEST_S, len(points) / fps) * MOTION_RATE_HZ)
    places = np.arange(count) * fps / MOTION_RATE_HZ
    low = np.floor(places).astype(int)
    part = (places - low)[:, None, None]
    return points[low] * (1 - part) + points[np.minimum(low + 1, len(points) - 1)] * part


class Ours:
    """The model, through the runtime's own engine; it sees no picture.

    foresight: as `d2m render` plays; without it, as `d2m live` does.
    """

    has_seed = True

    def __init__(self, models: Models, *, foresight: bool = True) -> None:
        self._models, self._foresight = models, foresight
        self.name = "ours" if foresight else "ours_live"

    def play(self, scene: Scene, seed: int) -> Take:
        manifest = self._models.manifest
        engine = Engine(self._models, scene.grid, manifest.style_index(scene.style), seed, foresight=self._foresight)
        picture = np.zeros(len(manifest.visual_features), np.float32)
        outputs = [engine.push(frame, picture) for frame in scene.motion]
        outputs.append(engine.finish(scene.seconds))
        stems = np.concatenate([block.samples for output in outputs for block in output.blocks], axis=1)
        return Take(stems.sum(axis=0), stems, [step for output in outputs for step in output.plan])
