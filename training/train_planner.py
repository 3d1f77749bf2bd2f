"""Train motion encoder and planner together, on plans that the teacher writes for performances of the training dances.

    python -m training.train_planner --data DATA --run runs/planner --steps 3000

Resumes from RUN/last.safetensors; a checkpoint is written every five minutes and at the end (training.runner).
--encoder-of runs/other keeps the encoder of another run, so that a generator that was trained on its embeddings stays
valid: only the planner learns. --start-from MODEL goes on with the planner of an exported model.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from d2m_bridge.engine.plan import DRUMS
from d2m_bridge.engine.planner import PLANNER_INPUTS
from d2m_bridge.engine.tokens import HEAD_INDEX, HEADS, TOTAL_CLASSES
from d2m_bridge.manifest import load_manifest
from d2m_bridge.motion.features import MOTION_FEATURES
from d2m_bridge.timeline import STEPS_PER_BAR
from d2m_bridge.visual.statistics import VISUAL_FEATURES
from models.motion_encoder import MotionEncoder
from models.planner import Planner
from models.ranks import ranks, total_of_ranks
from training.batches import collate
from training.board import Board
from training.checkpoint import load_part
from training.dances import load_dances
from training.exported import is_exported, load_exported_encoder, load_exported_planner
from training.grooves import load_grooves
from training.planner_data import STEPS_SEEN, PlanRow, PlanSampler, rehearse_all
from training.runner import RunOptions, add_run_options, launch, one_line_errors, train
from training.styles import STYLE_NAMES
from training.task import Outcome, Task

if TYPE_CHECKING:
    from lightning.fabric import Fabric

EMBEDDING = 64
_NO_DECISION = -100
# Then the encoder stands still, so that the generator can be trained on its embeddings while the planner goes on.
ENCODER_LEARNS = 0.4
# At its height; a planner that has learnt already would forget at the rate of one that has not.
LEARNING_RATE, RATE_OF_GOING_ON = 1e-3, 4e-4


def load_encoder(run: Path) -> MotionEncoder:
    """The encoder of a run, or of an exported model, ready to use."""
    if is_exported(run):
        return load_exported_encoder(run)
    encoder = new_encoder()
    load_part(run / "last.safetensors", "trainee/encoder.", encoder)
    return encoder.eval()


def encoder_file(run: Path) -> Path:
    """What decides the embeddings of a run, or of an exported model."""
    return run / (load_manifest(run).graphs["encoder"].file if is_exported(run) else "last.safetensors")


def new_encoder() -> MotionEncoder:
    """An untrained encoder."""
    return MotionEncoder(len(MOTION_FEATURES) + len(VISUAL_FEATURES), embedding=EMBEDDING)


class PlannerTrainee(nn.Module):
    """Encoder and planner, and a probe that keeps energy and accent readable in the embedding."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = new_encoder()
        self.planner = Planner(EMBEDDING, len(STYLE_NAMES), PLANNER_INPUTS, TOTAL_CLASSES)
        self.probe = nn.Linear(EMBEDDING, 2)

    def forward(self, motion: Tensor, tick: Tensor, style: Tensor, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """A batch of PlanRow -> logits [B, S, TOTAL_CLASSES], energy and accent as the probe reads them [B, T, 2]."""
        embedding = self.encoder.whole(motion)
        rows = torch.arange(len(tick), device=tick.device)[:, None]
        seen = embedding[rows, tick.clamp(min=0)] * (tick >= 0)[:, :, None]
        hidden = seen.new_zeros(1, len(tick), self.planner.width)
        return self.planner(seen, style, inputs, hidden)[0], self.probe(embedding)


def decisions(batch: PlanRow) -> Tensor:
    """Bool [B, S, heads]: where a decision is one: a bar's at its beginning, a note's length where there is a note."""
    counts = batch.known[:, :, None].repeat(1, 1, len(HEADS))
    at_bar = torch.arange(STEPS_SEEN, device=counts.device) % STEPS_PER_BAR == 0
    for index, head in enumerate(HEADS):
        if head.name in ("section", "chord"):
            counts[:, :, index] &= at_bar
        if head.name.endswith(("_length", "_velocity")):
            counts[:, :, index] &= batch.tokens[:, :, HEAD_INDEX[head.name.split("_")[0]]] > 0
    return counts


def plan_losses(logits: Tensor, probed: Tensor, batch: PlanRow, count: Tensor) -> dict[str, Tensor]:
    """Cross-entropy of each decision where it is one, and the probe's error. count [heads]: decisions in the batch."""
    energy_accent = batch.motion[:, :, len(MOTION_FEATURES) - 3 : len(MOTION_FEATURES) - 1]
    terms = {"probe": (probed - energy_accent).square().mean()}
    targets = batch.tokens.masked_fill(~decisions(batch), _NO_DECISION)
    for index, (head, scores) in enumerate(zip(HEADS, logits.split([h.classes for h in HEADS], dim=2), strict=True)):
        wrong = nn.functional.cross_entropy(
            scores.transpose(1, 2), targets[:, :, index], ignore_index=_NO_DECISION, reduction="sum"
        )
        terms[head.name] = wrong / count[index].clamp(min=1e-6)  # without a decision there is nothing to be wrong
    return terms


class PlannerTask(Task):
    """Motion encoder and planner, on plans that the teacher writes anew for every row."""

    largest_gradient = 1.0

    def __init__(
        self,
        training: PlanSampler,
        held_out: PlanSampler,
        encoder: MotionEncoder | None = None,
        planner: Planner | None = None,
    ) -> None:
        """encoder: one that has learnt already and stands still. planner: one that goes on learning."""
        self._training = training
        self._held_out = collate([held_out.draw(np.random.default_rng([7, row]), forget=0.0) for row in range(12)])
        self.net = PlannerTrainee()
        if encoder is not None:
            self.net.encoder.load_state_dict(encoder.state_dict())
        if planner is not None:
            self.net.planner.load_state_dict(planner.state_dict())
        self._encoder_learns = ENCODER_LEARNS if encoder is None else 0.0
        self._rate = LEARNING_RATE if planner is None else RATE_OF_GOING_ON
        self.optimiser = torch.optim.AdamW(self.net.parameters(), lr=self._rate, weight_decay=1e-2)
        self.modules, self.optimisers, self.facts = {"trainee": self.net}, {"optimiser": self.optimiser}, {}

    def place(self, fabric: Fabric, *, mixed: bool) -> None:
        super().place(fabric, mixed=mixed)
        self._held_out = fabric.to_device(self._held_out)

    def row(self, rng: np.random.Generator) -> PlanRow:
        return self._training.draw(rng)

    def schedule(self, step: int, steps: int) -> bool:
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate * min(1.0, (step + 1) / 100) * (1 - 0.9 * step / steps)
        self.net.encoder.requires_grad_(step < self._encoder_learns * steps)
        return False

    def survey(self, parts: Sequence[PlanRow]) -> list[Tensor]:
        """How many decisions of each head the mean part has, float [heads]."""
        counts = torch.stack([decisions(part).sum((0, 1)).float() for part in parts]).mean(0)
        return [total_of_ranks(counts) / ranks()] * len(parts)

    def outcome(self, part: PlanRow, known: Tensor) -> Outcome:
        logits, probed = self.everywhere(part.motion, part.tick, part.style, part.inputs)
        return Outcome(plan_losses(logits, probed, part, known))

    @torch.no_grad()
    def check(self) -> dict[str, Tensor]:
        batch = self._held_out
        logits, probed = self.net(batch.motion, batch.tick, batch.style, batch.inputs)
        return plan_losses(logits, probed, batch, decisions(batch).sum((0, 1)))

    def summary(self, terms: Mapping[str, float]) -> dict[str, float]:
        drums = sum(terms[head.name] for head in HEADS[2 : 2 + len(DRUMS)]) / len(DRUMS)
        named = {name: terms[name] for name in ("kick", "bass", "harmony", "lead", "chord", "probe")}
        return {"sum": sum(terms.values()), "drums": drums, **named}

    @torch.no_grad()
    def show(self, board: Board, outcome: Outcome, step: int) -> None:
        """The first held-out plan: the teacher's, and how likely each of its decisions is to the planner."""
        batch = self._held_out
        logits, _ = self.net(batch.motion[:1], batch.tick[:1], batch.style[:1], batch.inputs[:1])
        scores = logits[0].split([head.classes for head in HEADS], dim=1)
        taught = [nn.functional.one_hot(batch.tokens[0, :, i], head.classes) for i, head in enumerate(HEADS)]
        board.picture("plan/taught", torch.cat(taught, dim=1).T, step)
        board.picture("plan/planned", torch.cat([each.softmax(1) for each in scores], dim=1).T, step)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    add_run_options(parser, steps=3000, batch=12)
    parser.add_argument("--performances", type=int, default=300)
    parser.add_argument(
        "--encoder-of", type=Path, metavar="RUN", help="a run, or an exported model, whose encoder stays as it is"
    )
    parser.add_argument(
        "--start-from",
        type=Path,
        metavar="MODEL",
        help="an exported model, whose planner goes on learning, and whose encoder stays as it is",
    )
    parser.add_argument(
        "--prepared", type=Path, nargs="+", default=[], metavar="FOLDER",
        help="folders of training.prepare, whose dances take the place of those of DATA",
    )  # fmt: skip
    parsed = parser.parse_args()
    options = RunOptions.of(parsed)
    fabric = launch(options)
    midi = parsed.data / "midi"

    def sampler(split: str, groove_split: str, count: int) -> PlanSampler:
        rehearsals = rehearse_all(load_dances(parsed.data, parsed.prepared, split), count, options.seed)
        return PlanSampler(rehearsals, load_grooves(midi, groove_split), load_grooves(midi, groove_split, fills=True))

    encoder_of = parsed.encoder_of or parsed.start_from  # what a planner has learnt is about its own encoder
    encoder = load_encoder(encoder_of) if encoder_of else None
    planner = load_exported_planner(parsed.start_from) if parsed.start_from else None
    held_out = sampler("val", "validation", 20)
    task = PlannerTask(sampler("train", "train", parsed.performances), held_out, encoder, planner)
    dances = parsed.prepared or [parsed.data / name for name in ("motion", "motion_aist2d", "splits.json")]
    config = vars(parsed) | {"prepared": [str(folder) for folder in parsed.prepared]}
    train(task, fabric, options, config, [path for path in (midi, *dances) if path.exists()])


if __name__ == "__main__":
    with one_line_errors():
        main()
