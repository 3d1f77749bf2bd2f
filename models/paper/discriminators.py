"""The adversary: MelGAN's, at three scales (d2m_modules.py:484-554). It sees latents, channel after channel."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm

from models.paper.blocks import SLOPE
from models.paper.config import PaperConfig

SCALES = 3
STRIDE = 4
STRIDED = 4  # layers with a stride


class ScaleDiscriminator(nn.Module):
    """Signal [B, 1, N] -> the features of six layers and a map of scores."""

    def __init__(self, channels: tuple[int, ...]) -> None:
        """channels: of the six layers; each strided one has a quarter of the channels before it as groups."""
        super().__init__()
        self.enter = nn.ReflectionPad1d(7)
        layers = [nn.Conv1d(1, channels[0], 16)]
        for before, after in pairwise(channels[: STRIDED + 1]):
            kernel = 10 * STRIDE + 1
            groups = before // 4
            layers.append(nn.Conv1d(before, after, kernel, STRIDE, padding=kernel // 2, groups=groups))
        layers.append(nn.Conv1d(channels[STRIDED], channels[STRIDED + 1], 5, padding=2))
        self.layers = nn.ModuleList(weight_norm(layer) for layer in layers)
        self.score = weight_norm(nn.Conv1d(channels[-1], 1, 3, padding=1))

    def forward(self, signal: Tensor) -> tuple[list[Tensor], Tensor]:
        """Signal [B, 1, N] -> features, scores [B, 1, about N / 256]."""
        x = self.enter(signal)
        features = []
        for layer in self.layers:
            x = nn.functional.leaky_relu(layer(x), SLOPE)
            features.append(x)
        return features, self.score(x)


class MultiScaleDiscriminator(nn.Module):
    """Three of them, each on half as many samples as the one before."""

    def __init__(self, config: PaperConfig) -> None:
        super().__init__()
        self.scales = nn.ModuleList(ScaleDiscriminator(config.judge_channels) for _ in range(SCALES))
        self.downsample = nn.AvgPool1d(4, stride=2, padding=1, count_include_pad=False)

    def forward(self, latent: Tensor) -> list[tuple[list[Tensor], Tensor]]:
        """Latent [B, D, T] -> (features, scores) of each scale."""
        signal = latent.flatten(1)[:, None]
        results = []
        for scale in self.scales:
            results.append(scale(signal))
            signal = self.downsample(signal)
        return results
