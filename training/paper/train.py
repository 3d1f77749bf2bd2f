"""Train D2M-GAN: one optimiser for motion encoder and generator, one for the adversary, the VQ-VAE frozen.

Run by training.runner as our own models are. A row of a batch is a clip drawn at random, and its loudness.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from torch import Tensor
from torch.utils.data import Dataset

from d2m_bridge.errors import InputError
from d2m_bridge.timeline import Float32
from models.paper.config import PaperConfig
from models.paper.d2m_gan import D2MGAN
from models.paper.vqvae import VQVAE
from training.batches import collate
from training.board import Board
from training.checkpoint import save_checkpoint
from training.paper.clips import Item, Key
from training.paper.objective import BETAS, LEARNING_RATE, Adversary, Objective, Variant, weighted
from training.task import Outcome, Task

if TYPE_CHECKING:
    from lightning.fabric import Fabric

LAST = "last.safetensors"
_HELD_OUT = 16  # clips


class ClipRow(NamedTuple):
    """audio [N], motion [F, C], visual [F, C], genre [G], which is empty where none is learnt; float32."""

    audio: NDArray[np.float32]
    motion: NDArray[np.float32]
    visual: NDArray[np.float32]
    genre: NDArray[np.float32]


class PaperTask(Task):
    """Motion encoder and generator, the frozen VQ-VAE that makes their latents heard, and the adversary."""

    largest_gradient = math.inf  # the public code has no limit

    def __init__(
        self, config: PaperConfig, vqvae: VQVAE, clips: Dataset[Item] | None, variant: Variant, seed: int,
        licence: str, terms: str, held_out: Dataset[Item] | None = None,
    ) -> None:  # fmt: skip
        """clips: learnt from; None: nothing is. held_out: others, to look at. licence: of the weights that it begins
        with; terms: what that asks of users.
        """
        self._clips = clips
        self._held_out = None if held_out is None else _first(held_out)
        self._objective = Objective(config, vqvae, variant)
        self._sample_rate = config.vqvae.sample_rate
        self.net, self.adversary = D2MGAN(config), Adversary(config)
        self.optimiser = torch.optim.Adam(self.net.parameters(), lr=LEARNING_RATE, betas=BETAS)
        self.modules = {"model": self.net, "vqvae": vqvae, "adversary": self.adversary.net}
        self.optimisers = {"optimiser": self.optimiser, "opponent": self.adversary.optimiser}
        self.facts = {
            "kind": "paper", "variant": variant, "seed": seed, "config": asdict(config), "licence": licence,
            "terms": terms,
        }  # fmt: skip

    def place(self, fabric: Fabric, *, mixed: bool) -> None:
        super().place(fabric, mixed=mixed)
        self._objective.to(fabric.device)
        if self._held_out is not None:
            self._held_out = fabric.to_device(self._held_out)

    def row(self, rng: np.random.Generator) -> ClipRow:
        return _row(self._clips[int(rng.integers(len(self._clips))), int(rng.integers(2**31))])

    def schedule(self, step: int, steps: int) -> bool:
        return True

    def outcome(self, part: ClipRow, known: None) -> Outcome:
        truth = self._objective.truth(part.audio)
        latent = self.everywhere(part.motion, part.visual, _genre(part))
        return Outcome(weighted(self._objective(latent, truth)), truth.latent, latent)

    def judged(self, *verdict: Tensor) -> dict[str, Tensor]:
        """discriminator: a number to look at; it has no gradient."""
        adversarial, features, own = verdict
        return {**weighted({"adversarial": adversarial, "features": features}), "discriminator": own}

    @torch.no_grad()
    def check(self) -> dict[str, Tensor]:
        if self._held_out is None:
            return {}
        clips = self._held_out
        latent = self.net(clips.motion, clips.visual, _genre(clips))
        return weighted(self._objective(latent, self._objective.truth(clips.audio)))

    @torch.no_grad()
    def show(self, board: Board, outcome: Outcome, step: int) -> None:
        """The first clip of the last batch: the true latent's nearest codes, decoded, and the generated one's."""
        for name, latent in (("true", outcome.real), ("generated", outcome.ours)):
            board.sound(f"sound/{name}", self._objective.hear(latent[:1])[0], self._sample_rate, step)


def save_untrained(run: Path, task: PaperTask) -> None:
    """Writes RUN/last.safetensors at step 0: the networks as they are, and the facts that export needs."""
    run.mkdir(parents=True, exist_ok=True)
    save_checkpoint(run / LAST, task.modules, task.optimisers, {"step": 0, **task.facts})


def check_run(run: Path, facts: Mapping[str, Any]) -> None:
    """InputError when there is a run of another variant, seed or configuration. facts: of the task that is to go on."""
    path = run / LAST
    if not path.exists():
        return
    with safe_open(path, "pt") as file:
        began = json.loads(file.metadata()["facts"])
    for name in ("variant", "seed", "config"):
        if began.get(name) != json.loads(json.dumps(facts[name])):
            raise InputError(f"{path}: began with another {name}; give the same options, or another --run")


def _row(item: Item) -> ClipRow:
    nothing: Float32 = np.zeros(0, np.float32)
    genre = item["genre"].numpy() if "genre" in item else nothing
    return ClipRow(item["audio"].numpy(), item["motion"].numpy(), item["visual"].numpy(), genre)


def _first(clips: Dataset[Item]) -> ClipRow:
    """A batch of the first clips, as loud as can be."""
    keys: list[Key] = [(index, None) for index in range(min(_HELD_OUT, len(clips)))]
    return collate([_row(clips[key]) for key in keys])


def _genre(part: ClipRow) -> Tensor | None:
    return part.genre if part.genre.shape[1] else None
