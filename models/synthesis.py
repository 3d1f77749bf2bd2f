"""From frames of spectrum to samples: inverse DFT as a product, windowed overlap-add with an explicit tail."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class OverlapAdd(nn.Module):
    """Windowed frames -> samples. The window is Hann, scaled so that overlapping windows sum to one."""

    def __init__(self, window: int, hop: int) -> None:
        super().__init__()
        self.hop, self.overlap = hop, window // hop
        self.register_buffer("window", torch.hann_window(window) * 2 / self.overlap, persistent=False)

    @property
    def memory(self) -> int:
        """Samples of tail."""
        return (self.overlap - 1) * self.hop

    def forward(self, frames: Tensor, tail: Tensor) -> tuple[Tensor, Tensor]:
        """Frames [B, T, window], tail [B, memory] -> samples [B, T*hop], next tail. Frame t starts at sample t*hop."""
        batch, count, _ = frames.shape
        after = self.overlap - 1
        chunks = (frames * self.window).unflatten(2, (self.overlap, self.hop))
        rows = nn.functional.pad(tail.reshape(batch, after, self.hop), (0, 0, 0, count))
        for i in range(self.overlap):
            rows = rows + nn.functional.pad(chunks[:, :, i], (0, 0, i, after - i))
        return rows[:, :count].reshape(batch, count * self.hop), rows[:, count:].reshape(batch, after * self.hop)


class InverseDFT(nn.Module):
    """Real signal frames from the lowest `bins` bins of a `size`-point spectrum."""

    def __init__(self, size: int, bins: int) -> None:
        super().__init__()
        angle = torch.arange(bins)[:, None] * torch.arange(size)[None, :] * (2 * math.pi / size)
        weight = torch.full((bins, 1), 2.0 / size)
        weight[0] = 1.0 / size
        self.register_buffer("basis", torch.cat([weight * angle.cos(), -weight * angle.sin()]), persistent=False)

    def forward(self, real: Tensor, imaginary: Tensor) -> Tensor:
        """real, imaginary [B, T, bins] -> [B, T, size]."""
        return torch.cat([real, imaginary], dim=2) @ self.basis


def rotate(real: Tensor, imaginary: Tensor, quarter_turns: Tensor) -> tuple[Tensor, Tensor]:
    """Multiply a spectrum by i**quarter_turns (whole numbers as float, broadcast): the advance of each bin's own sine.

    With it a constant network output is a steady sinusoid instead of a pulse a frame (research/codec.md, 2.5).
    """
    angle = quarter_turns * (math.pi / 2)
    c, s = angle.cos(), angle.sin()
    return real * c - imaginary * s, real * s + imaginary * c
