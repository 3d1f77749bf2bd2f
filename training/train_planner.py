"""Train motion encoder and planner together, on plans that the teacher writes for performances of the training dances.

    python -m training.train_planner --data DATA --run runs/planner --steps 3000

Resumes from RUN/last.safetensors; a checkpoint is written every five minutes and at the end.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from d2m_bridge.engine.plan import DRUMS
from d2m_bridge.engine.planner import PLANNER_INPUTS, one_hot, position_features
from d2m_bridge.engine.tokens import HEAD_INDEX, HEADS, LOOK_BACK, TOTAL_CLASSES
from d2m_bridge.motion.features import MOTION_FEATURES
from d2m_bridge.timeline import STEPS_PER_BAR, STEPS_PER_BEAT
from d2m_bridge.visual.statistics import VISUAL_FEATURES
from models.motion_encoder import MotionEncoder
from models.planner import Planner
from training.checkpoint import load_checkpoint, save_checkpoint
from training.grooves import Performance, load_grooves
from training.pairs import Dance, load_clips, per_step, perform
from training.styles import STYLE_NAMES
from training.teacher import draw_material, teach

CHECKPOINT_S = 300.0
EMBEDDING = 64
STEPS_SEEN = 8 * STEPS_PER_BAR
# Then the encoder stands still, so that the generator can be trained on its embeddings while the planner goes on.
ENCODER_LEARNS = 0.4


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A performance made ready. motion float32 [T, F]; tick int [S]: the last known when a step is planned, or -1."""

    motion: NDArray[np.float32]
    tick: NDArray[np.int64]
    energy: NDArray[np.float64]
    accent: NDArray[np.float64]


def rehearse(dance: Dance) -> Rehearsal:
    """Exactly what the engine knows: step s is planned from ticks at or before the start of step s-1."""
    energy, accent = per_step(dance)
    times = np.array([frame.t for frame in dance.frames])
    before = [dance.grid.time_at((step - 1) / STEPS_PER_BEAT) for step in range(len(energy))]
    motion = np.stack([frame.features for frame in dance.frames])
    return Rehearsal(motion, np.searchsorted(times, before, side="right") - 1, energy, accent)


def planner_inputs(tokens: NDArray[np.int64], rng: np.random.Generator, forget: float) -> NDArray[np.float32]:
    """float32 [S, PLANNER_INPUTS]; forget: chance that a piece of the past is hidden, against learning by heart."""
    steps = len(tokens)
    parts = [np.stack([position_features(step) for step in range(steps)])]
    for back in LOOK_BACK:
        past = np.full_like(tokens, -1)
        past[back:] = tokens[: max(0, steps - back)]
        past[rng.random(past.shape) < forget] = -1
        past[rng.random(steps) < forget] = -1
        parts.append(one_hot(past))
    return np.concatenate(parts, axis=1).astype(np.float32)


class PlanBatches:
    """Performances are made once; every batch has them set to music anew."""

    def __init__(self, rehearsals: list[Rehearsal], grooves: list[Performance], fills: list[Performance]) -> None:
        self._rehearsals, self._grooves, self._fills = rehearsals, grooves, fills

    def batch(self, size: int, rng: np.random.Generator, forget: float = 0.3) -> dict[str, Tensor]:
        """Padded tensors: motion [B, T, F+V], tick, style, inputs, tokens, known [B, S]."""
        ticks = max(len(r.motion) for r in self._rehearsals)
        width = len(MOTION_FEATURES) + len(VISUAL_FEATURES)
        motion = np.zeros((size, ticks, width), np.float32)
        tick = np.full((size, STEPS_SEEN), -1)
        inputs = np.zeros((size, STEPS_SEEN, PLANNER_INPUTS), np.float32)
        tokens = np.zeros((size, STEPS_SEEN, len(HEADS)), np.int64)
        known = np.zeros((size, STEPS_SEEN), bool)
        style = np.zeros((size, len(STYLE_NAMES)), np.float32)
        for row in range(size):
            piece = self._rehearsals[rng.integers(len(self._rehearsals))]
            chosen = int(rng.integers(len(STYLE_NAMES)))
            material = draw_material(STYLE_NAMES[chosen], self._grooves, self._fills, rng)
            written = teach(material, piece.energy, piece.accent, rng)
            steps = min(STEPS_SEEN, len(written))
            style[row, chosen] = 1
            motion[row, : len(piece.motion), : len(MOTION_FEATURES)] = piece.motion
            if rng.random() < 0.5:  # mocap has no picture: any picture must do
                picture = rng.random(len(VISUAL_FEATURES)) + rng.normal(0, 0.05, (ticks, len(VISUAL_FEATURES)))
                motion[row, :, len(MOTION_FEATURES) :] = picture
            tick[row, :steps] = piece.tick[:steps]
            inputs[row, :steps] = planner_inputs(written, rng, forget)[:steps]
            tokens[row, :steps] = written[:steps]
            known[row, :steps] = True
        arrays = {"motion": motion, "tick": tick, "style": style, "inputs": inputs, "tokens": tokens, "known": known}
        return {name: torch.from_numpy(array) for name, array in arrays.items()}


class PlannerTrainee(nn.Module):
    """Encoder and planner, and a probe that keeps energy and accent readable in the embedding."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = MotionEncoder(len(MOTION_FEATURES) + len(VISUAL_FEATURES), embedding=EMBEDDING)
        self.planner = Planner(EMBEDDING, len(STYLE_NAMES), PLANNER_INPUTS, TOTAL_CLASSES)
        self.probe = nn.Linear(EMBEDDING, 2)

    def embeddings(self, motion: Tensor) -> Tensor:
        """Motion [B, T, F+V] -> [B, T, E]."""
        stack = self.encoder.stack
        return self.encoder(motion, motion.new_zeros(motion.shape[0], stack.memory, stack.channels))[0]

    def losses(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """Cross-entropy of each decision where it is one, and the probe's error."""
        embedding = self.embeddings(batch["motion"])
        energy_accent = batch["motion"][:, :, len(MOTION_FEATURES) - 3 : len(MOTION_FEATURES) - 1]
        tick = batch["tick"]
        rows = torch.arange(len(tick))[:, None]
        seen = embedding[rows, tick.clamp(min=0)] * (tick >= 0)[:, :, None]
        hidden = seen.new_zeros(1, len(tick), self.planner.width)
        logits, _ = self.planner(seen, batch["style"], batch["inputs"], hidden)
        terms = {"probe": (self.probe(embedding) - energy_accent).square().mean()}
        at_bar = torch.arange(STEPS_SEEN)[None] % STEPS_PER_BAR == 0
        for index, (head, scores) in enumerate(
            zip(HEADS, logits.split([h.classes for h in HEADS], dim=2), strict=True)
        ):
            target = batch["tokens"][:, :, index]
            counts = batch["known"]
            if head.name in ("section", "chord"):
                counts = counts & at_bar
            if head.name.endswith(("_length", "_velocity")):
                counts = counts & (batch["tokens"][:, :, HEAD_INDEX[head.name.split("_")[0]]] > 0)
            if counts.any():
                terms[head.name] = nn.functional.cross_entropy(scores[counts], target[counts])
        return terms


def load_trainee(run: Path) -> PlannerTrainee:
    """Encoder and planner of a run, ready to use."""
    trainee = PlannerTrainee()
    load_checkpoint(run / "last.safetensors", {"trainee": trainee})
    return trainee.eval()


def load_rehearsals(data: Path, split: str, count: int, seed: int) -> list[Rehearsal]:
    """`count` performances of a split's clips, in turn."""
    clips = load_clips(data, split)
    return [rehearse(perform(clips[i % len(clips)], np.random.default_rng([seed, i]))) for i in range(count)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--batch", type=int, default=12)
    parser.add_argument("--performances", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    options.run.mkdir(parents=True, exist_ok=True)
    midi = options.data / "midi"

    def batches(split: str, groove_split: str, count: int) -> PlanBatches:
        rehearsals = load_rehearsals(options.data, split, count, options.seed)
        return PlanBatches(rehearsals, load_grooves(midi, groove_split), load_grooves(midi, groove_split, fills=True))

    training, held_out = batches("train", "train", options.performances), batches("val", "validation", 20)
    trainee = PlannerTrainee()
    optimiser = torch.optim.AdamW(trainee.parameters(), lr=1e-3, weight_decay=1e-2)
    last = options.run / "last.safetensors"
    step = int(load_checkpoint(last, {"trainee": trainee}, {"optimiser": optimiser})["step"]) if last.exists() else 0
    saved = time.monotonic()
    drums = len(DRUMS)
    while step < options.steps:
        for group in optimiser.param_groups:
            group["lr"] = 1e-3 * min(1.0, (step + 1) / 100) * (1 - 0.9 * step / options.steps)
        trainee.encoder.requires_grad_(step < ENCODER_LEARNS * options.steps)
        terms = trainee.losses(training.batch(options.batch, np.random.default_rng([options.seed, step])))
        optimiser.zero_grad()
        sum(terms.values()).backward()
        nn.utils.clip_grad_norm_(trainee.parameters(), 1.0)
        optimiser.step()
        step += 1
        if step % 100 == 0:
            with torch.no_grad():
                check = trainee.losses(held_out.batch(12, np.random.default_rng(7), forget=0.0))
            for name, values in (("train", terms), ("val", check)):
                shown = [
                    f"{key} {values[key].item():.3f}" for key in ("kick", "bass", "harmony", "lead", "chord", "probe")
                ]
                mean = sum(values[head.name].item() for head in HEADS[2 : 2 + drums]) / drums
                print(step, name, f"sum {sum(values.values()).item():.3f} drums {mean:.3f}", *shown, flush=True)
        if time.monotonic() - saved > CHECKPOINT_S or step == options.steps:
            save_checkpoint(last, {"trainee": trainee}, {"optimiser": optimiser}, {"step": step})
            saved = time.monotonic()


if __name__ == "__main__":
    main()
