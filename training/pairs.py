"""Dances with musical time: clips become MotionFrames on a beat grid, seen by a camera that moves from song to song.

No licence-clean corpus of dance with synchronised music is at hand, so the pairs are made: the dance gives tempo,
accents and energy; training.teacher gives the music.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from d2m_bridge.conductor.follow import follow
from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.engine.harmony import plan_step
from d2m_bridge.motion.camera import Camera
from d2m_bridge.motion.features import MotionFeatures
from d2m_bridge.timeline import STEPS_PER_BAR, STEPS_PER_BEAT, MotionFrame
from training.corpus import SAMPLE_RATE, Library, save_song
from training.datasets.aist import PICTURE, load_keypoints
from training.effects import style_mixing
from training.render_song import render_stems
from training.styles import STYLE_NAMES, STYLES
from training.teacher import draw_material, teach

MOTION_RATE_HZ = 30.0
_LONGEST_S = 28.0
_FREEZE_SHARE = 0.35
# Dancers also mark: the steps with little of the movement. Hardly a clip does, and calm must be learnt, too.
_MARKING_SHARE, _MARKED, _COURSE_S = 0.4, (0.02, 0.5), 1.5
_TREMBLE = 0.002  # of the picture's height: what a pose estimator does to a still body


@dataclass(frozen=True, slots=True)
class Clip:
    """Raw motion. joints: float [T, 17, 3] metres or [T, 17, 2] AIST++ pixels; bpm: if known, with beat 0 at 0 s."""

    name: str
    joints: NDArray[np.float64]
    fps: float
    bpm: float | None


@dataclass(frozen=True, slots=True)
class Dance:
    """A clip as the product would see it."""

    name: str
    frames: tuple[MotionFrame, ...]
    grid: BeatGrid


def load_clips(data: Path, split: str) -> list[Clip]:
    """The dances of a split of data/splits.json: 3-D mocap and AIST++ keypoints."""
    splits = json.loads((data / "splits.json").read_text())
    clips = []
    for name in splits["motion"][split]:
        file = np.load(data / "motion" / f"{name}.npz")
        clips.append(Clip(name, file["kp"] * float(file["scale"]) + file["origin"], float(file["fps"]), None))
    for name in splits["motion_aist2d"].get(split, []):
        found = load_keypoints(data / "motion_aist2d" / f"{name}.npz")
        clips.append(Clip(name, found.pixels, found.fps, found.bpm))
    return clips


def perform(clip: Clip, rng: np.random.Generator, *, marking: bool = False) -> Dance:
    """One performance of a clip: another tempo, side and camera; now and then the dancer freezes. marking: or marks."""
    warp = float(rng.uniform(0.85, 1.2))
    source_rate = clip.fps * warp  # source frames a second of the performance
    last = (len(clip.joints) - 1) / source_rate
    start = rng.uniform(0, max(0.0, last - _LONGEST_S)) if clip.bpm is None else 0.0
    times = start + np.arange(int(min(_LONGEST_S, last - start) * MOTION_RATE_HZ)) / MOTION_RATE_HZ
    frozen = np.zeros(len(times), bool)
    if rng.random() < _FREEZE_SHARE:
        begin = rng.integers(len(times))
        frozen[begin : begin + int(rng.uniform(3, 10) * MOTION_RATE_HZ)] = True
        times = np.where(frozen, times[begin], times)
    places = np.clip(times * source_rate, 0, len(clip.joints) - 1)
    low = np.floor(places).astype(int)
    part = (places - low)[:, None, None]
    joints = clip.joints[low] * (1 - part) + clip.joints[np.minimum(low + 1, len(clip.joints) - 1)] * part
    if marking and rng.random() < _MARKING_SHARE:
        joints = marked(joints, float(rng.uniform(*_MARKED)))
    if joints.shape[2] == 3:
        camera = Camera(
            yaw_deg=float(rng.uniform(-60, 60)),
            height_m=float(rng.uniform(0.7, 1.8)),
            distance_m=float(rng.uniform(2.5, 5)),
        )
        points = camera.project(joints)
    else:
        points = joints / PICTURE[1]
    if rng.random() < 0.5:
        points = mirrored(points)
    points = points + rng.normal(0, _TREMBLE, points.shape)
    frames = motion_frames(points)
    grid = follow(frames).grid if clip.bpm is None else BeatGrid.steady(clip.bpm * warp, 0.0, "known")
    return Dance(clip.name, frames, grid)


def marked(joints: NDArray[np.floating], share: float) -> NDArray[np.float64]:
    """Float [T, 17, D] at the motion rate, moved by a share of what it moved about its course."""
    course = uniform_filter1d(joints, int(_COURSE_S * MOTION_RATE_HZ), axis=0, mode="nearest")
    return course + share * (joints - course)


def mirrored(points: NDArray[np.floating]) -> NDArray[np.float64]:
    """Float [T, 17, 2] seen in a mirror: left and right change places in the picture and in the body."""
    order = [0, *(i + 1 if i % 2 else i - 1 for i in range(1, 17))]
    return (points * np.array([-1.0, 1.0]))[:, order]


def motion_frames(points: NDArray[np.floating]) -> tuple[MotionFrame, ...]:
    """Float [T, 17, 2] at the motion rate -> MotionFrames."""
    features = MotionFeatures(MOTION_RATE_HZ)
    frames = [frame for index, joints in enumerate(points) for frame in features.push_coco(index, joints)]
    return (*frames, *features.finish())


def steps_of(dance: Dance) -> int:
    """Whole bars of 16ths from the grid's origin that the dance covers."""
    beats = dance.grid.beat_at(dance.frames[-1].t)
    return max(1, int(beats * STEPS_PER_BEAT) // STEPS_PER_BAR) * STEPS_PER_BAR


def per_step(dance: Dance) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean energy and strongest accent on each 16th, float [S] each. An accent counts for the nearest 16th."""
    steps = steps_of(dance)
    times = np.array([frame.t for frame in dance.frames])
    place = np.array([dance.grid.beat_at(t) for t in times]) * STEPS_PER_BEAT
    energy, accent, count = np.zeros(steps), np.zeros(steps), np.zeros(steps)
    for frame, at in zip(dance.frames, place, strict=True):
        here, near = int(np.floor(at)), round(at)
        if 0 <= here < steps:
            energy[here] += frame.energy
            count[here] += 1
        if 0 <= near < steps:
            accent[near] = max(accent[near], frame.accent)
    return energy / np.maximum(count, 1), accent


def dance_song(folder: Path, index: int, clips: list[Clip], library: Library) -> None:
    """A performance of a clip, and its music in the style's own sounds, exactly on the grid."""
    rng = np.random.default_rng([2, index])
    clip = clips[index % len(clips)]
    name = STYLE_NAMES[int(rng.integers(len(STYLE_NAMES)))]
    dance = perform(clip, rng, marking=True)
    energy, accent = per_step(dance)
    takes = library.takes["train"]
    material = draw_material(name, takes.grooves, takes.fills, rng)
    tokens = teach(material, energy, accent, rng)
    key = int(rng.integers(12))
    plan = [plan_step(step, row, key, material.style.mode) for step, row in enumerate(tokens)]
    length = int(dance.grid.time_at(len(plan) / STEPS_PER_BEAT) * SAMPLE_RATE)
    stems = render_stems(
        plan,
        dance.grid.step_time,
        energy,
        STYLES[name],
        style_mixing(name),
        library.instruments,
        SAMPLE_RATE,
        length,
    )
    motion = np.stack([frame.features for frame in dance.frames])
    meta = {"style": name, "key": key, "dance": clip.name, "split": "train", "unseen": False}
    save_song(folder, stems, tokens, dance.grid, motion, meta)
