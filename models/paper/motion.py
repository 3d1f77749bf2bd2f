"""The body's part: motion of a clip -> one vector. The clip's frames are channels (d2m_modules.py:333-373)."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from models.paper.blocks import SLOPE, begin_as_published, residual_stack
from models.paper.config import PaperConfig

_KERNELS = (6, 4, 4, 4)


class MotionEncoder(nn.Module):
    """Motion [B, frames, features] -> code [B, 1, motion_code]."""

    def __init__(self, config: PaperConfig) -> None:
        super().__init__()
        width = config.motion_width
        channels = (config.motion_frames, *config.motion_channels, 1)
        self.enter = nn.Linear(config.motion_features, width)
        self.convs = nn.ModuleList(
            nn.Conv1d(a, b, kernel) for (a, b), kernel in zip(pairwise(channels), _KERNELS, strict=True)
        )
        self.stacks = nn.ModuleList(residual_stack(size) for size in config.motion_channels)
        self.leave = nn.Linear(width - sum(kernel - 1 for kernel in _KERNELS), config.motion_code)
        begin_as_published(self)

    def forward(self, motion: Tensor) -> Tensor:
        """Motion [B, frames, features] -> [B, 1, motion_code]."""
        x = self.enter(motion)  # [B, frames, width]: from here on frames are channels
        x = nn.functional.relu(self.convs[0](x))
        for stack, conv in zip(self.stacks, list(self.convs)[1:], strict=True):
            x = conv(nn.functional.leaky_relu(stack(x), SLOPE))
        return self.leave(x)
