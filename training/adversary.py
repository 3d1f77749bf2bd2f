"""The adversary of D2M-GAN's training, with its own optimiser: hinge loss and feature matching on spectrograms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from models.discriminators import Discriminators

if TYPE_CHECKING:
    from lightning.fabric import Fabric


class HingeLoss(nn.Module):
    """What the adversary wants small: real audio below 1, fake audio above -1."""

    def __init__(self, net: Discriminators) -> None:
        super().__init__()
        self.net = net

    def forward(self, real: Tensor, fake: Tensor) -> Tensor:
        """Audio [B, N] each -> scalar."""
        pairs = zip(self.net(real), self.net(fake), strict=True)
        hinge = [torch.relu(1 - r).mean() + torch.relu(1 + f).mean() for (_, r), (_, f) in pairs]
        return sum(hinge) / len(hinge)


class Adversary:
    """Each step: learn(all parts of the batch), then judge(real, fake) of each part."""

    def __init__(self, learning_rate: float = 2e-4) -> None:
        self.net = Discriminators()
        self.optimiser = torch.optim.AdamW(self.net.parameters(), lr=learning_rate, betas=(0.5, 0.9))

    def place(self, fabric: Fabric) -> None:
        """Makes it the adversary of all ranks."""
        self._fabric, self._hinge = fabric, fabric.setup_module(HingeLoss(self.net))

    def learn(self, parts: Sequence[tuple[Tensor, Tensor]]) -> None:
        """One step of telling real from fake audio, [B, N] each."""
        self.optimiser.zero_grad()
        for index, (real, fake) in enumerate(parts):
            with self._fabric.no_backward_sync(self._hinge, enabled=index < len(parts) - 1):
                self._fabric.backward(self._hinge(real, fake.detach()) / len(parts))
        self.optimiser.step()

    def judge(self, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
        """The generator's hinge loss and the feature-matching loss of fake audio; the adversary learns nothing."""
        self.net.requires_grad_(False)
        with self._fabric.autocast():
            truth, guess = self.net(real), self.net(fake)
        self.net.requires_grad_(True)
        adversarial = -sum(score.float().mean() for _, score in guess) / len(guess)
        maps = [(a, b) for (x, _), (y, _) in zip(truth, guess, strict=True) for a, b in zip(x, y, strict=True)]
        return adversarial, sum((a.detach() - b).abs().float().mean() for a, b in maps) / len(maps)
