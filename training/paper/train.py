"""Train D2M-GAN: one optimiser for motion encoder and generator, one for the adversary, the VQ-VAE frozen.

Resumes from RUN/last.safetensors, written every thousand steps and at the end: a run that was stopped ends where one
that was not does, on the same machine.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from d2m_bridge.errors import InputError
from models.paper.config import PaperConfig
from models.paper.d2m_gan import D2MGAN
from models.paper.vqvae import VQVAE
from training.checkpoint import load_checkpoint, save_checkpoint
from training.paper.clips import Item, Key
from training.paper.objective import BETAS, LEARNING_RATE, Adversary, Objective, Variant, weighted_sum

SAVE_EVERY, LOG_EVERY = 1000, 100
LAST = "last.safetensors"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is to do. terms: what the licence of the weights that it began with asks of users, or nothing."""

    run: Path
    variant: Variant
    steps: int
    batch: int = 16
    seed: int = 1
    workers: int = 0
    licence: str = "unspecified"
    terms: str = ""


class Trainer:
    """The networks of a run, their optimisers and the step that they have reached."""

    def __init__(self, config: PaperConfig, vqvae: VQVAE, variant: Variant, device: torch.device) -> None:
        self.device = device
        self.model = D2MGAN(config).to(device)
        self.objective = Objective(config, vqvae, variant).to(device)
        self.adversary = Adversary(config, device)
        self.optimiser = torch.optim.Adam(self.model.parameters(), lr=LEARNING_RATE, betas=BETAS)
        self.done = 0

    def step(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """One step of adversary and generator; the six unweighted terms, and the adversary's own loss."""
        batch = {key: value.to(self.device, non_blocking=True) for key, value in batch.items()}
        truth = self.objective.truth(batch["audio"])
        latent = self.model(batch["motion"], batch["visual"], batch.get("genre"))
        real, loss = self.adversary.learn(truth.latent, latent)
        terms = self.adversary.judge(latent, real) | self.objective(latent, truth)
        self.optimiser.zero_grad()
        weighted_sum(terms).backward()
        self.optimiser.step()
        self.done += 1
        return {name: term.detach() for name, term in terms.items()} | {"discriminator": loss}

    def save(self, plan: Plan) -> None:
        """Writes RUN/last.safetensors: networks, optimisers, and the facts that export needs."""
        facts = {
            "kind": "paper",
            "step": self.done,
            "variant": plan.variant,
            "seed": plan.seed,
            "config": asdict(self.model.config),
            "licence": plan.licence,
            "terms": plan.terms,
        }
        save_checkpoint(plan.run / LAST, self._modules, self._optimisers, facts)

    def resume(self, plan: Plan) -> None:
        """Goes on from RUN/last.safetensors; InputError when that run is of another variant, seed or configuration."""
        path = plan.run / LAST
        with safe_open(path, "pt") as file:
            facts = json.loads(file.metadata()["facts"])
        asked = {"variant": plan.variant, "seed": plan.seed, "config": asdict(self.model.config)}
        for name, ours in asked.items():
            if facts[name] != json.loads(json.dumps(ours)):
                raise InputError(f"{path}: began with another {name}; give the same options, or another --run")
        load_checkpoint(path, self._modules, self._optimisers)
        self.done = int(facts["step"])

    @property
    def _modules(self) -> dict[str, torch.nn.Module]:
        return {"model": self.model, "vqvae": self.objective.vqvae, "adversary": self.adversary.net}

    @property
    def _optimisers(self) -> dict[str, torch.optim.Optimizer]:
        return {"optimiser": self.optimiser, "opponent": self.adversary.optimiser}


def train(
    plan: Plan, config: PaperConfig, vqvae: VQVAE, clips: Dataset[Item], device: torch.device
) -> dict[str, float]:
    """Trains up to plan.steps and returns the terms of the last step (nothing, if there was none left to do)."""
    torch.manual_seed(plan.seed)
    plan.run.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(config, vqvae, plan.variant, device)
    if (plan.run / LAST).exists():
        trainer.resume(plan)
    batches = _batches(len(clips), plan, trainer.done)
    terms: dict[str, Tensor] = {}
    for batch in DataLoader(clips, batch_sampler=batches, num_workers=plan.workers):
        terms = trainer.step(batch)
        if trainer.done % LOG_EVERY == 0:
            shown = " ".join(f"{name} {value.item():.4f}" for name, value in terms.items())
            logger.info("step %d %s", trainer.done, shown)
        if trainer.done % SAVE_EVERY == 0:
            trainer.save(plan)
    trainer.save(plan)
    return {name: value.item() for name, value in terms.items()}


def _batches(count: int, plan: Plan, done: int) -> Iterator[list[Key]]:
    """The clips of each batch from step `done` on, each with a seed: the same, wherever a run begins."""
    size = min(plan.batch, count)
    a_pass = count // size
    for step in range(done, plan.steps):
        shuffle = torch.Generator().manual_seed(plan.seed * 1_000_003 + step // a_pass)
        first = step % a_pass * size
        order = torch.randperm(count, generator=shuffle)[first : first + size].tolist()
        yield [(index, (plan.seed * 1_000_003 + step) * count + index) for index in order]
