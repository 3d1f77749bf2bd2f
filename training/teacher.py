"""The teacher: which music a dance deserves, written down as rules with variation, so that a network can learn them.

A song draws its material once (a drummer's take, a progression, bass and chord patterns, a lead motif); the dance then
decides, bar by bar and step by step, how much of it sounds:

- energy (0..1) chooses how dense the drums are, how loud everything is, and the section;
- a still dancer leaves a quiet chord; bass joins first, then drums, then lead;
- the dancer's accents are struck by kick and snare, strong ones by a crash;
- the last bar of a phrase ends in a fill when there is energy to spend.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.engine.plan import DRUMS, SECTIONS
from d2m_bridge.engine.tokens import (
    BASS_DEGREES,
    HEAD_INDEX,
    HEADS,
    LEAD_DEGREES,
    LENGTHS,
    length_token,
    velocity_token,
)
from d2m_bridge.timeline import BARS_PER_PHRASE, STEPS_PER_BAR, STEPS_PER_BEAT
from training.grooves import Performance
from training.styles import STYLES, Style

STILL, BASS_JOINS, DRUMS_JOIN, LEAD_JOINS, DROP = 0.08, 0.12, 0.10, 0.30, 0.62
_KICK, _SNARE, _CRASH = DRUMS.index("kick"), DRUMS.index("snare"), DRUMS.index("crash")


@dataclass(frozen=True, slots=True)
class Material:
    """What one song is made of. ladder, fills: velocities and offsets [2, B, 16, 8] of grooves.Performance, the ladder
    from sparse to dense. motif: (step, degree, length), two bars.
    """

    style: Style
    ladder: NDArray[np.float32]
    fills: NDArray[np.float32]
    progression: tuple[int, ...]
    bass: tuple[tuple[int, int, int], ...]
    harmony: tuple[tuple[int, int], ...]
    motif: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """The plan of a song, and how the drummer plays it.

    tokens: int64 [S, len(HEADS)]. velocities: float [S, 8] 0..1, before they became tokens. offsets: float [S, 8] in
    16ths (grooves.Performance).
    """

    tokens: NDArray[np.int64]
    velocities: NDArray[np.float64]
    offsets: NDArray[np.float64]


def _motif(rng: np.random.Generator, density: float) -> tuple[tuple[int, int, int], ...]:
    """A two-bar melody: a random walk on the scale in eighths and sixteenths that starts on strong steps."""
    notes = []
    degree = int(rng.integers(2, 8))
    step = 0
    while step < 2 * STEPS_PER_BAR:
        length = int(rng.choice([1, 2, 3, 4, 6], p=[0.12, 0.38, 0.16, 0.24, 0.10]))
        length = min(length, STEPS_PER_BAR - step % STEPS_PER_BAR)
        if rng.random() < density or step % (2 * STEPS_PER_BEAT) == 0:
            notes.append((step, degree, LENGTHS[length_token(length)]))
            degree = int(
                np.clip(
                    degree + rng.choice([-2, -1, 1, 2, 4, -3], p=[0.2, 0.3, 0.25, 0.15, 0.05, 0.05]),
                    0,
                    LEAD_DEGREES - 1,
                )
            )
        step += length
    return tuple(notes)


def draw_material(
    style_name: str, grooves: list[Performance], fills: list[Performance], rng: np.random.Generator
) -> Material:
    """One song's material in a style."""
    style = STYLES[style_name]
    takes = [take for take in grooves if take.style.startswith(style.grooves)]
    take = takes[rng.integers(len(takes))]
    bars = np.stack([take.bars, take.offsets])[:, rng.permutation(len(take.bars))[:8]]
    ladder = bars[:, np.argsort((bars[0] > 0).sum(axis=(1, 2)), kind="stable")].copy()
    if style.four_on_floor:
        ladder[..., _KICK] = 0
        ladder[0, :, ::STEPS_PER_BEAT, _KICK] = 0.95
    own = [np.stack([fill.bars, fill.offsets]) for fill in fills if fill.style.startswith(style.grooves)]
    return Material(
        style,
        ladder,
        np.concatenate(own, axis=1) if own else bars[:, -1:],
        style.progressions[rng.integers(len(style.progressions))],
        style.bass[rng.integers(len(style.bass))],
        style.harmony[rng.integers(len(style.harmony))],
        _motif(rng, style.lead_density),
    )


def _section(bar: int, energy: float, before: float) -> str:
    if energy < DRUMS_JOIN:
        return "intro" if bar < BARS_PER_PHRASE else "break"
    if energy > DROP:
        return "drop"
    return "build" if energy > before + 0.12 else "groove"


def _drum_bar(
    material: Material, bar: int, energy: NDArray[np.float64], accent: NDArray[np.float64], rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Velocities and offsets of one bar, float [16, 8] each; energy and accent are float [16]."""
    mean = float(energy.mean())
    rung = int(np.clip(mean * 1.3, 0, 0.999) * material.ladder.shape[1])
    hits, offsets = material.ladder[:, rung].astype(float)
    hits *= 0.55 + 0.6 * energy[:, None]
    if bar % BARS_PER_PHRASE == BARS_PER_PHRASE - 1 and mean > 0.35:
        fill = material.fills[:, rng.integers(material.fills.shape[1]), 8:]
        hits[8:], offsets[8:] = fill[0] * (0.6 + 0.5 * energy[8:, None]), fill[1]
    if bar % BARS_PER_PHRASE == 0 and mean > 0.4 and bar:
        hits[0, _CRASH] = 0.9
        hits[0, _KICK] = 0.95
    struck = accent > 0.5
    hits[struck, _KICK] = np.maximum(hits[struck, _KICK], 0.8)
    backbeat = np.arange(STEPS_PER_BAR) % (2 * STEPS_PER_BEAT) == STEPS_PER_BEAT
    hits[struck & backbeat, _SNARE] = 0.95
    hits[accent > 0.85, _CRASH] = 0.8
    hits[energy < DRUMS_JOIN] = 0
    hits[hits < 0.25] = 0
    return np.minimum(hits, 1), offsets


def teach(
    material: Material, energy: NDArray[np.float64], accent: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """The plan alone of write_lesson: int64 [S, len(HEADS)] tokens."""
    return write_lesson(material, energy, accent, rng).tokens


def write_lesson(
    material: Material, energy: NDArray[np.float64], accent: NDArray[np.float64], rng: np.random.Generator
) -> Lesson:
    """The music of a song for a dance. energy, accent: float [S] per 16th, 0..1, S a whole number of bars."""
    steps = len(energy)
    velocities, offsets = np.zeros((steps, len(DRUMS))), np.zeros((steps, len(DRUMS)))
    tokens = np.zeros((steps, len(HEADS)), np.int64)
    loudness = np.clip(0.35 + 0.75 * energy, 0, 1)

    def put(step: int, stem: str, degree: int, length: int, weight: float = 1.0) -> None:
        tokens[step, HEAD_INDEX[stem]] = degree
        tokens[step, HEAD_INDEX[f"{stem}_length"]] = length_token(length)
        tokens[step, HEAD_INDEX[f"{stem}_velocity"]] = velocity_token(float(loudness[step]) * weight)

    before = float(energy[:STEPS_PER_BAR].mean())
    for bar in range(steps // STEPS_PER_BAR):
        here = slice(bar * STEPS_PER_BAR, (bar + 1) * STEPS_PER_BAR)
        mean = float(energy[here].mean())
        tokens[here, HEAD_INDEX["section"]] = SECTIONS.index(_section(bar, mean, before))
        tokens[here, HEAD_INDEX["chord"]] = material.progression[bar % len(material.progression)]
        velocities[here], offsets[here] = _drum_bar(material, bar, energy[here], accent[here], rng)
        for step, voice in zip(*np.nonzero(velocities[here]), strict=True):
            loud = velocities[here.start + step, voice]
            tokens[here.start + step, HEAD_INDEX[DRUMS[voice]]] = 1 + velocity_token(loud)
        if mean < STILL:
            put(here.start, "harmony", 1, STEPS_PER_BAR, 0.5)
        else:
            for step, length in material.harmony:
                put(here.start + step, "harmony", 1, length)
        for step, degree, length in material.bass:
            if energy[here.start + step] >= BASS_JOINS:
                put(here.start + step, "bass", 1 + degree % len(BASS_DEGREES), length)
        if (mean > LEAD_JOINS and (bar // 2) % 2 == 0) or mean > DROP:
            for step, degree, length in material.motif:
                if step // STEPS_PER_BAR == bar % 2:
                    put(here.start + step % STEPS_PER_BAR, "lead", 1 + degree, length)
        before = mean
    return Lesson(tokens, velocities, offsets)
