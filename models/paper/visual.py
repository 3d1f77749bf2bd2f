"""The picture's part: one vector a clip, as published, or made from a series of frame features."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.paper.config import PaperConfig


class VisualPart(nn.Module):
    """Visual [B, frames, features] -> code [B, 1, visual_code].

    One frame is the published case: the vector of the user's image network goes through unchanged. A series (the
    runtime's light visual statistics) is summed up as mean and standard deviation over the clip.
    """

    def __init__(self, config: PaperConfig) -> None:
        super().__init__()
        self.leave: nn.Module = nn.Identity()
        self.is_series = config.visual_frames > 1
        if self.is_series:
            self.leave = nn.Linear(2 * config.visual_features, config.visual_code)
        elif config.visual_features != config.visual_code:
            raise ValueError(
                f"one visual vector goes through unchanged: expected {config.visual_code} features, "
                f"got {config.visual_features}"
            )

    def forward(self, visual: Tensor) -> Tensor:
        """Visual [B, frames, features] -> [B, 1, visual_code]."""
        if not self.is_series:
            return visual
        mean = visual.mean(dim=1, keepdim=True)
        spread = ((visual - mean).square().mean(dim=1, keepdim=True) + 1e-8).sqrt()
        return self.leave(torch.cat([mean, spread], dim=2))
