"""Streaming blocks: every forward takes the past it needs and returns the past that the next call needs.

Layout is [B, T, C]. A whole signal is one call with zero state, a stream is many calls: there is no second code path.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class CausalDepthwise(nn.Module):
    """Depthwise convolution over time.

    It is learnt as shifted products, because autograd's grouped convolution takes ten times as long on a CPU. In an
    exported graph those are slower than its own operator.
    """

    def __init__(self, channels: int, kernel: int, dilation: int = 1) -> None:
        super().__init__()
        self.kernel, self.dilation = kernel, dilation
        self.weight = nn.Parameter(torch.randn(kernel, channels) / kernel**0.5)
        self.bias = nn.Parameter(torch.zeros(channels))

    @property
    def memory(self) -> int:
        """Past frames needed."""
        return (self.kernel - 1) * self.dilation

    def forward(self, x: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """X [B, T, C], past [B, memory, C] -> y [B, T, C], next past."""
        frames = x.shape[1]
        seen = torch.cat([past, x], dim=1)
        if torch.onnx.is_in_onnx_export():
            # With a height of one: onnxruntime has a fast kernel for pictures only.
            picture, taps = seen.transpose(1, 2)[:, :, None], self.weight.T[:, None, None]
            y = nn.functional.conv2d(picture, taps, self.bias, dilation=(1, self.dilation), groups=taps.shape[0])
            return y[:, :, 0].transpose(1, 2), seen[:, frames:]
        y = self.bias.expand_as(x)
        for tap in range(self.kernel):
            start = tap * self.dilation
            y = torch.addcmul(y, seen[:, start : start + frames], self.weight[tap])
        return y, seen[:, frames:]


class CausalConvNeXt(nn.Module):
    """ConvNeXt block (Liu et al., 2022) over time, causal."""

    def __init__(self, channels: int, kernel: int = 7, dilation: int = 1, widen: int = 3) -> None:
        super().__init__()
        self.depthwise = CausalDepthwise(channels, kernel, dilation)
        self.norm = nn.LayerNorm(channels)
        self.expand = nn.Linear(channels, widen * channels)
        self.shrink = nn.Linear(widen * channels, channels)
        self.scale = nn.Parameter(torch.full((channels,), 0.3))

    def forward(self, x: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """X [B, T, C], past [B, memory, C] -> y [B, T, C], next past."""
        y, past = self.depthwise(x, past)
        y = self.shrink(nn.functional.gelu(self.expand(self.norm(y)), approximate="tanh"))
        return x + self.scale * y, past


class CausalStack(nn.Module):
    """Several blocks; their pasts travel as one tensor [B, total memory, C]."""

    def __init__(self, channels: int, dilations: tuple[int, ...], kernel: int = 7, widen: int = 3) -> None:
        super().__init__()
        self.channels = channels
        self.blocks = nn.ModuleList(CausalConvNeXt(channels, kernel, d, widen) for d in dilations)
        self.splits = [block.depthwise.memory for block in self.blocks]

    @property
    def memory(self) -> int:
        """Rows of the shared past tensor."""
        return sum(self.splits)

    def forward(self, x: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """X [B, T, C], past [B, memory, C] -> y [B, T, C], next past."""
        pasts = []
        for block, before in zip(self.blocks, past.split(self.splits, dim=1), strict=True):
            x, after = block(x, before)
            pasts.append(after)
        return x, torch.cat(pasts, dim=1)
