"""Embedding, style and the plan so far -> logits of the next step's decisions."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Planner(nn.Module):
    """One GRU step a 16th."""

    def __init__(self, embedding: int, styles: int, inputs: int, classes: int, width: int = 256) -> None:
        super().__init__()
        self.width = width
        self.enter = nn.Linear(embedding + styles + inputs, width)
        self.memory = nn.GRU(width, width, batch_first=True)
        self.leave = nn.Sequential(
            nn.LayerNorm(2 * width), nn.Linear(2 * width, width), nn.GELU(), nn.Linear(width, classes)
        )

    def forward(self, embedding: Tensor, style: Tensor, inputs: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Embedding [B, S, E], style [B, styles] weights, inputs [B, S, I], hidden [1, B, width] -> logits, hidden."""
        held = style[:, None].expand(-1, embedding.shape[1], -1)
        x = nn.functional.gelu(self.enter(torch.cat([embedding, held, inputs], dim=2)))
        y, hidden = self.memory(x, hidden)
        return self.leave(torch.cat([x, y], dim=2)), hidden
