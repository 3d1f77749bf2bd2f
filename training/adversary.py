"""The adversary of D2M-GAN's training, with its own optimiser: hinge loss and feature matching on spectrograms."""

from __future__ import annotations

import torch
from torch import Tensor

from models.discriminators import Discriminators


class Adversary:
    """judges = Adversary(); each step: judges.learn(real, fake); adversarial, features = judges.judge(real, fake)."""

    def __init__(self, learning_rate: float = 2e-4) -> None:
        self.net = Discriminators()
        self.optimiser = torch.optim.AdamW(self.net.parameters(), lr=learning_rate, betas=(0.5, 0.9))

    def learn(self, real: Tensor, fake: Tensor) -> None:
        """One step of telling real from fake audio, [B, N] each."""
        pairs = zip(self.net(real), self.net(fake.detach()), strict=True)
        hinge = [torch.relu(1 - r).mean() + torch.relu(1 + f).mean() for (_, r), (_, f) in pairs]
        self.optimiser.zero_grad()
        (sum(hinge) / len(hinge)).backward()
        self.optimiser.step()

    def judge(self, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
        """The generator's hinge loss and the feature-matching loss of fake audio; the adversary learns nothing."""
        self.net.requires_grad_(False)
        truth, guess = self.net(real), self.net(fake)
        self.net.requires_grad_(True)
        adversarial = -sum(score.mean() for _, score in guess) / len(guess)
        maps = [(a, b) for (x, _), (y, _) in zip(truth, guess, strict=True) for a, b in zip(x, y, strict=True)]
        return adversarial, sum((a.detach() - b).abs().mean() for a, b in maps) / len(maps)
