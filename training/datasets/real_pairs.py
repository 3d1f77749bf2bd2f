"""Dances with the music that they were danced to, out of a folder of training.prepare.

Training reads them as it reads the constructed ones: `load_clips` gives what training.pairs performs, `load_pairs` what
was really danced to what. Real music has no plan and no stems, so it can teach tempo, accents, codec and a generator of
whole mixes, but not the generator of stems, which is conditioned on a plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.motion.features import MotionFeatures
from d2m_bridge.timeline import Float32, MotionFrame
from d2m_bridge.visual.statistics import VISUAL_FEATURES
from training.datasets.aist import PICTURE
from training.pairs import Clip, Dance
from training.prepared_folder import PreparedFolder
from training.shards import Shard, load_facts, load_shard

_OF_DANCES = frozenset({"points"})
_OF_PAIRS = _OF_DANCES | {"beats", "audio"}


@dataclass(frozen=True, slots=True)
class RealPair:
    """A dance on the grid of its music, and the music.

    visual: float32 [T, V] beside dance.frames, 0 where the data has no pictures. audio: int16 [N] mono from 0 s on.
    codes: int16 [K, F] of the codec that the folder was prepared with, or None. genre: a name of training.styles, or
    None.
    """

    dance: Dance
    visual: Float32
    audio: NDArray[np.int16]
    sample_rate: int
    codes: NDArray[np.int16] | None
    genre: str | None


@dataclass(frozen=True, slots=True)
class SeenDance:
    """points: float32 [T, 17, 2] in image heights at rate_hz, NaN where nobody was seen; frames: the same as features.

    grid: the beats of its music, None where they are not known.
    """

    name: str
    points: Float32
    frames: tuple[MotionFrame, ...]
    grid: BeatGrid | None
    rate_hz: float


def load_clips(folder: Path, split: str) -> list[Clip]:
    """Raw motion for training.pairs.perform: in 3-D where it is there, so that a camera can be drawn for it.

    Clips without joints are left out. bpm: where the data set's names say it, with beat 0 at 0 s.
    """
    return [_clip(shard) for shard in _shards(folder, split, _OF_DANCES)]


def load_seen(folder: Path, split: str) -> Iterator[SeenDance]:
    """Every clip of a split that has joints, as it was filmed."""
    for shard in _shards(folder, split, _OF_DANCES):
        yield _seen(shard)


def has_pairs(folder: Path, split: str) -> bool:
    """Whether load_pairs would give any."""
    return any(True for _ in _paths(folder, split, _OF_PAIRS))


def load_pairs(folder: Path, split: str) -> Iterator[RealPair]:
    """Every clip of a split that has joints, beats and music; one at a time, as music is large."""
    for shard in _shards(folder, split, _OF_PAIRS):
        arrays, facts, seen = shard.arrays, shard.facts, _seen(shard)
        nothing = np.zeros((len(seen.frames), len(VISUAL_FEATURES)), np.float32)
        yield RealPair(
            Dance(seen.name, seen.frames, seen.grid),
            arrays.get("visual", nothing),
            arrays["audio"],
            facts["sample_rate"],
            arrays.get("codes"),
            facts.get("genre"),
        )


def frames_of(points: Float32, confidence: Float32, rate_hz: float) -> tuple[MotionFrame, ...]:
    """float32 [T, 17, 2] and [T, 17] -> the MotionFrames that the runtime would make of them."""
    features = MotionFeatures(rate_hz)
    frames = []
    for index, (joints, sure) in enumerate(zip(points, confidence, strict=True)):
        frames += features.push_coco(index, joints if np.isfinite(joints).any() else None, sure)
    return (*frames, *features.finish())


def _shards(folder: Path, split: str, needed: frozenset[str]) -> Iterator[Shard]:
    return map(load_shard, _paths(folder, split, needed))


def _paths(folder: Path, split: str, needed: frozenset[str]) -> Iterator[Path]:
    for path in PreparedFolder(folder).shards():
        facts = load_facts(path)
        if facts["split"] == split and needed <= set(facts["holds"]):
            yield path


def _seen(shard: Shard) -> SeenDance:
    arrays, facts = shard.arrays, shard.facts
    rate_hz = float(facts["motion_rate_hz"])
    frames = frames_of(arrays["points"], arrays["confidence"], rate_hz)
    grid = BeatGrid(arrays["beats"], facts["beats_from"]) if "beats" in arrays else None
    return SeenDance(facts["name"], arrays["points"], frames, grid, rate_hz)


def _clip(shard: Shard) -> Clip:
    name, rate_hz = shard.facts["name"], float(shard.facts["motion_rate_hz"])
    if "joints3d" in shard.arrays:
        joints = shard.arrays["joints3d"].astype(float)
    else:  # Clip counts pixels of AIST++'s videos
        joints = shard.arrays["points"].astype(float) * PICTURE[1]
    return Clip(name, joints, rate_hz, shard.facts.get("bpm"))
