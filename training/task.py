"""One step of learning, the same for one process and many, for a batch that comes whole or in parts.

A Task says what is learnt (net, rows, losses); `take_step` does the step. Everything random of a row is drawn with the
row (training.batches), everything random of a step from torch's generator, which is set anew for each step and alike
on all ranks; so who takes which part of a batch does not matter.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from training.adversary import Adversary
from training.precision import keep_float32

if TYPE_CHECKING:
    from lightning.fabric import Fabric

    from training.board import Board


def averaged(net: nn.Module) -> AveragedModel:
    """A copy of a net that follows it slowly: what is shipped."""
    return AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(0.998), use_buffers=True)


class Outcome(NamedTuple):
    """What a net made of a part of a batch. terms: the losses by name; real, ours: audio [B, N] for the adversary."""

    terms: dict[str, Tensor]
    real: Tensor | None = None
    ours: Tensor | None = None


class Task(ABC):
    """What is learnt. Subclasses set the attributes.

    modules, optimisers, facts: what a checkpoint holds, the others included. average: follows the net slowly.
    float32_parts: of the net, when the rest computes in bfloat16.
    """

    net: nn.Module
    optimiser: torch.optim.Optimizer
    modules: Mapping[str, nn.Module]
    optimisers: Mapping[str, torch.optim.Optimizer]
    facts: Mapping[str, object]
    largest_gradient: float
    adversary: Adversary | None = None
    average: AveragedModel | None = None
    float32_parts: Sequence[nn.Module] = ()

    def place(self, fabric: Fabric, *, mixed: bool) -> None:
        """Puts everything where it computes. mixed: the net computes in bfloat16, but for its float32_parts."""
        self.fabric = fabric
        for module in self.modules.values():
            module.to(fabric.device)
        for part in self.float32_parts if mixed else ():
            keep_float32(part)
        self.everywhere = fabric.setup_module(self.net)
        if self.adversary is not None:
            self.adversary.place(fabric)

    @abstractmethod
    def row(self, rng: np.random.Generator) -> NamedTuple:
        """One row of a batch, NumPy arrays."""

    @abstractmethod
    def schedule(self, step: int, steps: int) -> bool:
        """Sets what depends on the time (learning rate, what stands still); True if the adversary takes part."""

    def survey(self, parts: Sequence[Any]) -> list[Any]:
        """For each part what can only be known of the whole batch, on all ranks; `outcome` gets it."""
        return [None] * len(parts)

    @abstractmethod
    def outcome(self, part: Any, known: Any) -> Outcome:
        """Runs `everywhere` on a part. Its terms, averaged over parts and ranks, are those of the whole batch."""

    def judged(self, adversarial: Tensor, features: Tensor) -> dict[str, Tensor]:
        """The adversary's verdict as loss terms."""
        raise NotImplementedError(f"{type(self).__name__} has an adversary but no weights for its verdict")

    def check(self) -> dict[str, Tensor]:
        """The loss terms on held-out data, where a task has some. Called on one rank."""
        return {}

    def summary(self, terms: Mapping[str, float]) -> dict[str, float]:
        """What of the terms is printed."""
        return dict(terms)

    @abstractmethod
    def show(self, board: Board, outcome: Outcome, step: int) -> None:
        """Lets somebody hear and see what came of the last part of a step. Called on one rank."""


def take_step(task: Task, seed: int, step: int, steps: int, parts: Sequence[Any]) -> tuple[dict[str, Tensor], Outcome]:
    """One update of the task's net, and of its adversary. Returns this rank's mean terms and its last outcome."""
    torch.manual_seed(int(np.random.SeedSequence([seed, step]).generate_state(1)[0]))
    adversary = task.adversary if task.schedule(step, steps) else None
    surveyed = list(zip(parts, task.survey(parts), strict=True))
    if adversary is not None and len(parts) > 1:
        # It learns from the whole batch before it judges any part, and a part's graph is not kept for so long.
        with torch.no_grad():
            heard = [(outcome.real, outcome.ours) for outcome in (task.outcome(*each) for each in surveyed)]
        adversary.learn(heard)
    task.optimiser.zero_grad()
    means: dict[str, Tensor] = {}
    for index, (part, known) in enumerate(surveyed):
        with task.fabric.no_backward_sync(task.everywhere, enabled=index < len(parts) - 1):
            outcome = task.outcome(part, known)
            if adversary is not None:
                if len(parts) == 1:
                    adversary.learn([(outcome.real, outcome.ours)])
                outcome.terms.update(task.judged(*adversary.judge(outcome.real, outcome.ours)))
            task.fabric.backward(sum(outcome.terms.values()) / len(parts))
        for name, term in outcome.terms.items():
            means[name] = means.get(name, 0) + term.detach() / len(parts)
    nn.utils.clip_grad_norm_(task.net.parameters(), task.largest_gradient)
    task.optimiser.step()
    if task.average is not None:
        task.average.update_parameters(task.net)
    return means, outcome
