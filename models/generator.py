"""Plan, embedding, style and noise -> codec latents. D2M-GAN's generator, made causal, with the plan as condition."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.blocks import CausalStack


class Generator(nn.Module):
    """A row of the batch is one stem. Output t belongs to input frame t - look_ahead."""

    def __init__(
        self,
        conditions: int,
        embedding: int,
        styles: int,
        noise: int,
        latent: int,
        channels: int = 256,
        look_ahead: int = 2,
    ) -> None:
        super().__init__()
        self.look_ahead, self.noise = look_ahead, noise
        self.enter = nn.Linear(conditions + embedding + styles + noise, channels)
        self.stack = CausalStack(channels, (1, 1, 2, 4, 1, 2, 4, 1))
        self.norm = nn.LayerNorm(channels)
        self.leave = nn.Linear(channels, latent)
        self.register_buffer("latent_mean", torch.zeros(latent))
        self.register_buffer("latent_std", torch.ones(latent))

    def forward(
        self, conditions: Tensor, embedding: Tensor, style: Tensor, noise: Tensor, past: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Conditions [B, T, C], embedding [B, T, E], style [B, T, S], noise [B, T, N] -> latent [B, T, D], past."""
        x, past = self.stack(self.enter(torch.cat([conditions, embedding, style, noise], dim=2)), past)
        return self.leave(self.norm(x)) * self.latent_std + self.latent_mean, past
