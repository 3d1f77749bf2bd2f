"""The adversary listens to spectrograms of the decoded audio: on latents it would win by absolute phase alone."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class SpectrogramDiscriminator(nn.Module):
    """Log-magnitude spectrogram [B, bins, frames] -> feature maps and a map of scores, conditioned on nothing."""

    def __init__(self, size: int, channels: int = 12) -> None:
        super().__init__()
        self.size = size
        layers = []
        before = 1
        for stride in ((4, 2), (2, 2), (2, 1)):
            layers.append(nn.utils.parametrizations.weight_norm(nn.Conv2d(before, channels, (7, 3), stride, (3, 1))))
            before = channels
        self.layers = nn.ModuleList(layers)
        self.score = nn.utils.parametrizations.weight_norm(nn.Conv2d(before, 1, 3, padding=1))

    def forward(self, audio: Tensor) -> tuple[list[Tensor], Tensor]:
        """Audio [B, N] -> features, scores."""
        window = torch.hann_window(self.size, device=audio.device)
        spectrum = torch.stft(audio, self.size, self.size // 4, window=window, return_complex=True) * (2 / self.size)
        x = torch.log10(spectrum.abs() + 1e-4)[:, None] / 2 + 1
        features = []
        for layer in self.layers:
            x = nn.functional.leaky_relu(layer(x), 0.2)
            features.append(x)
        return features, self.score(x)


class Discriminators(nn.Module):
    """Three resolutions, as D2M-GAN's three scales."""

    def __init__(self, sizes: tuple[int, ...] = (512, 1024, 2048)) -> None:
        super().__init__()
        self.each = nn.ModuleList(SpectrogramDiscriminator(size) for size in sizes)

    def forward(self, audio: Tensor) -> list[tuple[list[Tensor], Tensor]]:
        """Audio [B, N] -> (features, scores) of each resolution."""
        return [one(audio) for one in self.each]
