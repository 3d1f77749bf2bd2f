"""The residual block that motion encoder and generators are made of, and how the published code begins."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm
from torch.nn.utils.parametrize import is_parametrized

SLOPE = 0.2
DILATIONS = (1, 3, 9, 27)
_STD = 0.02


class ResidualBlock(nn.Module):
    """MelGAN's (Kumar et al., 2019; d2m_modules.py:81-94). Keeps the length, which must exceed the dilation."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.pad = nn.ReflectionPad1d(dilation)
        self.dilated = weight_norm(nn.Conv1d(channels, channels, 3, dilation=dilation))
        self.mix = weight_norm(nn.Conv1d(channels, channels, 1))
        self.shortcut = weight_norm(nn.Conv1d(channels, channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        """X [B, C, T] -> [B, C, T]."""
        y = self.dilated(self.pad(nn.functional.leaky_relu(x, SLOPE)))
        return self.shortcut(x) + self.mix(nn.functional.leaky_relu(y, SLOPE))


def residual_stack(channels: int) -> nn.Sequential:
    """Four blocks that see ever wider."""
    return nn.Sequential(*(ResidualBlock(channels, dilation) for dilation in DILATIONS))


@torch.no_grad()
def begin_as_published(module: nn.Module) -> None:
    """Plain convolutions begin with N(0, 0.02) (d2m_modules.py:9-15).

    Normalised ones keep torch's own beginning: what the published code writes into their weight is computed anew from
    norm and direction before the first use.
    """
    for part in module.modules():
        if isinstance(part, nn.Conv1d) and not is_parametrized(part):
            part.weight.normal_(0.0, _STD)
