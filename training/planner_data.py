"""What encoder and planner learn from: performances of dances, set to music by the teacher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.engine.felt import Felt
from d2m_bridge.engine.planner import PLANNER_INPUTS, one_hot, position_features
from d2m_bridge.engine.tokens import HEADS, LOOK_BACK
from d2m_bridge.motion.features import MOTION_FEATURES
from d2m_bridge.timeline import STEPS_PER_BAR, STEPS_PER_BEAT
from d2m_bridge.visual.statistics import VISUAL_FEATURES
from training.grooves import Performance
from training.pairs import Clip, Dance, per_step, perform
from training.styles import STYLE_NAMES
from training.teacher import draw_material, teach

STEPS_SEEN = 8 * STEPS_PER_BAR


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A performance made ready. motion float32 [T, F]; tick int [S]: the last known when a step is planned, or -1.

    felt: float32 [2, S, FELT], as it is live and with foresight.
    """

    motion: NDArray[np.float32]
    tick: NDArray[np.int64]
    energy: NDArray[np.float64]
    accent: NDArray[np.float64]
    felt: NDArray[np.float32]


def rehearse(dance: Dance) -> Rehearsal:
    """Exactly what the engine knows: the embedding of step s is of ticks at or before the start of step s-1."""
    energy, accent = per_step(dance)
    times = np.array([frame.t for frame in dance.frames])
    before = [dance.grid.time_at((step - 1) / STEPS_PER_BEAT) for step in range(len(energy))]
    motion = np.stack([frame.features for frame in dance.frames])
    felt = np.stack([feel_steps(dance, len(energy), foresight=foresight) for foresight in (False, True)])
    return Rehearsal(motion, np.searchsorted(times, before, side="right") - 1, energy, accent, felt)


def feel_steps(dance: Dance, steps: int, *, foresight: bool) -> NDArray[np.float32]:
    """What the engine tells the planner of each step, float32 [S, FELT]."""
    felt = Felt(dance.grid, foresight=foresight)
    for frame in dance.frames:
        felt.push(frame)
    return np.stack([felt.at(step, felt.needs(step)) for step in range(steps)])


def planner_inputs(
    tokens: NDArray[np.int64], felt: NDArray[np.float32], rng: np.random.Generator, forget: float
) -> NDArray[np.float32]:
    """float32 [S, PLANNER_INPUTS]; forget: chance that a piece of the past is hidden, against learning by heart."""
    steps = len(tokens)
    parts = [np.stack([position_features(step) for step in range(steps)]), felt[:steps]]
    for back in LOOK_BACK:
        past = np.full_like(tokens, -1)
        past[back:] = tokens[: max(0, steps - back)]
        past[rng.random(past.shape) < forget] = -1
        past[rng.random(steps) < forget] = -1
        parts.append(one_hot(past))
    return np.concatenate(parts, axis=1).astype(np.float32)


class PlanRow(NamedTuple):
    """A performance set to music, padded. motion float32 [T, F+V]; style float32 [styles].

    tick int64 [S], inputs float32 [S, PLANNER_INPUTS], tokens int64 [S, heads], known bool [S]: where there is music.
    """

    motion: NDArray[np.float32]
    tick: NDArray[np.int64]
    style: NDArray[np.float32]
    inputs: NDArray[np.float32]
    tokens: NDArray[np.int64]
    known: NDArray[np.bool_]


class PlanSampler:
    """Performances are made once; every draw has one set to music anew."""

    def __init__(self, rehearsals: list[Rehearsal], grooves: list[Performance], fills: list[Performance]) -> None:
        self._rehearsals, self._grooves, self._fills = rehearsals, grooves, fills
        self._ticks = max(len(r.motion) for r in rehearsals)

    def draw(self, rng: np.random.Generator, forget: float = 0.3) -> PlanRow:
        """forget: see planner_inputs."""
        piece = self._rehearsals[rng.integers(len(self._rehearsals))]
        chosen = int(rng.integers(len(STYLE_NAMES)))
        material = draw_material(STYLE_NAMES[chosen], self._grooves, self._fills, rng)
        written = teach(material, piece.energy, piece.accent, rng)
        steps = min(STEPS_SEEN, len(written))
        style = np.zeros(len(STYLE_NAMES), np.float32)
        style[chosen] = 1
        motion = np.zeros((self._ticks, len(MOTION_FEATURES) + len(VISUAL_FEATURES)), np.float32)
        motion[: len(piece.motion), : len(MOTION_FEATURES)] = piece.motion
        if rng.random() < 0.5:  # mocap has no picture: any picture must do
            picture = rng.random(len(VISUAL_FEATURES)) + rng.normal(0, 0.05, (self._ticks, len(VISUAL_FEATURES)))
            motion[:, len(MOTION_FEATURES) :] = picture
        tick = np.full(STEPS_SEEN, -1)
        tick[:steps] = piece.tick[:steps]
        inputs = np.zeros((STEPS_SEEN, PLANNER_INPUTS), np.float32)
        foresight = int(rng.integers(len(piece.felt)))  # one planner for the stage and for the studio
        inputs[:steps] = planner_inputs(written, piece.felt[foresight], rng, forget)[:steps]
        tokens = np.zeros((STEPS_SEEN, len(HEADS)), np.int64)
        tokens[:steps] = written[:steps]
        return PlanRow(motion, tick, style, inputs, tokens, np.arange(STEPS_SEEN) < steps)


def rehearse_all(clips: Sequence[Clip], count: int, seed: int) -> list[Rehearsal]:
    """`count` performances of the clips, in turn."""
    return [
        rehearse(perform(clips[i % len(clips)], np.random.default_rng([seed, i]), marking=True)) for i in range(count)
    ]
