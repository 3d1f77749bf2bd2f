"""JukeBox's VQ-VAE (Dhariwal et al., 2020; vqvae/{vqvae,encdec,resnet,bottleneck}.py): three levels beside each other.

Every level has an encoder, a codebook and a decoder of its own, each straight from and to audio.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.paper.config import VQVAEConfig
from models.quantizer import ResidualVQ

DECAY = 0.99


class PlainBlock(nn.Module):
    """Residual block without normalisation; keeps the length by zero padding."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.dilated = nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation)
        self.mix = nn.Conv1d(width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        """X [B, C, T] -> [B, C, T]."""
        return x + self.mix(self.dilated(x.relu()).relu())


def _stack(width: int, dilations: list[int]) -> nn.Sequential:
    return nn.Sequential(*(PlainBlock(width, dilation) for dilation in dilations))


class DownStage(nn.Module):
    """[B, before, T] -> [B, latent, T / 2**downs]: halvings with a stack after each, and a convolution."""

    def __init__(self, before: int, latent: int, downs: int, width: int, dilations: list[int]) -> None:
        super().__init__()
        self.downs = nn.ModuleList(nn.Conv1d(width if i else before, width, 4, 2, 1) for i in range(downs))
        self.stacks = nn.ModuleList(_stack(width, dilations) for _ in range(downs))
        self.leave = nn.Conv1d(width, latent, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """X [B, before, T] -> [B, latent, T / 2**downs], rounded down at each halving."""
        for down, stack in zip(self.downs, self.stacks, strict=True):
            x = stack(down(x))
        return self.leave(x)


class UpStage(nn.Module):
    """[B, latent, T] -> [B, latent, T * 2**downs]: the mirror of DownStage, wide dilations first."""

    def __init__(self, latent: int, downs: int, width: int, dilations: list[int]) -> None:
        super().__init__()
        self.enter = nn.Conv1d(latent, width, 3, padding=1)
        self.stacks = nn.ModuleList(_stack(width, dilations[::-1]) for _ in range(downs))
        self.ups = nn.ModuleList(
            nn.ConvTranspose1d(width, latent if i == downs - 1 else width, 4, 2, 1) for i in range(downs)
        )

    def forward(self, x: Tensor) -> Tensor:
        """X [B, latent, T] -> [B, latent, T * 2**downs]."""
        x = self.enter(x)
        for stack, up in zip(self.stacks, self.ups, strict=True):
            x = up(stack(x))
        return x


class Encoder(nn.Module):
    """Audio [B, N] -> latent [B, D, N / hop] of one level."""

    def __init__(self, config: VQVAEConfig, level: int) -> None:
        super().__init__()
        width, dilations = _sizes(config, level)
        self.stages = nn.ModuleList(
            DownStage(config.latent if i else 1, config.latent, downs, width, dilations)
            for i, downs in enumerate(config.downs[: level + 1])
        )

    def forward(self, audio: Tensor) -> Tensor:
        """Audio [B, N] -> [B, D, N / hop]."""
        x = audio[:, None]
        for stage in self.stages:
            x = stage(x)
        return x


class Decoder(nn.Module):
    """Latent [B, D, T] -> audio [B, T * hop] of one level."""

    def __init__(self, config: VQVAEConfig, level: int) -> None:
        super().__init__()
        width, dilations = _sizes(config, level)
        # In the order of the encoder, as JukeBox numbers them: the last works first.
        self.stages = nn.ModuleList(
            UpStage(config.latent, downs, width, dilations) for downs in config.downs[: level + 1]
        )
        self.leave = nn.Conv1d(config.latent, 1, 3, padding=1)

    def forward(self, latent: Tensor) -> Tensor:
        """Latent [B, D, T] -> [B, T * hop]."""
        x = latent
        for stage in reversed(self.stages):
            x = stage(x)
        return self.leave(x)[:, 0]


class VQVAE(nn.Module):
    """Levels count from 0, the finest. A latent frame is its nearest code's vector; the codebooks learn by EMA."""

    def __init__(self, config: VQVAEConfig) -> None:
        super().__init__()
        self.config = config
        levels = range(len(config.downs))
        self.encoders = nn.ModuleList(Encoder(config, level) for level in levels)
        self.quantizers = nn.ModuleList(ResidualVQ(1, config.codes, config.latent, DECAY) for _ in levels)
        self.decoders = nn.ModuleList(Decoder(config, level) for level in levels)

    def encode(self, audio: Tensor, level: int) -> Tensor:
        """Audio [B, N], -1..1 -> latent [B, D, N / hop] before quantisation."""
        return self.encoders[level](audio)

    def quantise(self, latent: Tensor, level: int) -> Tensor:
        """Latent [B, D, T] -> codes int64 [B, T]."""
        return self.quantizers[level].encode(latent.transpose(1, 2))[:, 0]

    def lookup(self, codes: Tensor, level: int) -> Tensor:
        """Codes int64 [B, T] -> their vectors [B, D, T]."""
        return self.quantizers[level].lookup(codes[:, None]).transpose(1, 2)

    def decode(self, vectors: Tensor, level: int) -> Tensor:
        """Vectors [B, D, T] -> audio [B, T * hop]."""
        return self.decoders[level](vectors)

    def forward(self, audio: Tensor, level: int) -> tuple[Tensor, Tensor]:
        """Audio [B, N] -> [B, N // hop * hop] through the codes, gradient passed straight through; commitment loss."""
        latent = self.encode(audio, level).transpose(1, 2)
        quantized = self.quantizers[level](latent, torch.ones(len(audio), dtype=torch.int64))
        return self.decode(quantized.latent.transpose(1, 2), level), quantized.commitment


def _sizes(config: VQVAEConfig, level: int) -> tuple[int, list[int]]:
    """Width, and the dilations of a stack."""
    times = config.multipliers[level]
    return config.width * times, [config.growth**i for i in range(config.depth * times)]
