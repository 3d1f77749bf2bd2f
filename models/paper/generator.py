"""The generators: one vector, read as a signal of some 2,050 samples, to a clip's latents (d2m_modules.py:268-477)."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.paper.blocks import SLOPE, begin_as_published, residual_stack
from models.paper.config import Level, PaperConfig

GAIN = 100.0  # the latents of JukeBox reach far beyond what a tanh does


class Stage(NamedTuple):
    """A convolution with padding 1, after reflection padding of `pad` samples."""

    kernel: int
    stride: int
    pad: int


STAGES: dict[Level, tuple[Stage, ...]] = {
    "high": (Stage(6, 2, 0), Stage(41, 2, 0), *[Stage(41, 1, 0)] * 3, Stage(40, 1, 0)),
    "low": (Stage(6, 2, 3), Stage(4, 1, 32), Stage(40, 2, 64), *[Stage(40, 1, 64)] * 5),
}
ENTRANCE: dict[Level, int] = {"high": 2058, "low": 2048}


def _length(level: Level) -> int:
    """Samples after the last convolution."""
    length = ENTRANCE[level]
    for stage in STAGES[level]:
        length = (length + 2 * stage.pad + 2 - stage.kernel) // stage.stride + 1
    return length


class Generator(nn.Module):
    """Motion code, visual code and genre -> latents [B, latent, frames]. Level "low" ends with a Linear over time."""

    def __init__(self, config: PaperConfig) -> None:
        super().__init__()
        level, sizes, latent = config.level, config.generator_channels, config.vqvae.latent
        stages = STAGES[level]
        seen = config.motion_code + config.visual_code
        if config.genres:
            self.genre = nn.Embedding(len(config.genres), config.genre_code)
            seen += config.genre_code
        self.enter = nn.Linear(seen, ENTRANCE[level])
        # The "low" stack ends with a convolution that keeps its channels and has no residual blocks.
        channels = (1, *sizes, *[sizes[-1]] * (len(stages) - len(sizes) - 1), latent)
        self.pads = nn.ModuleList(nn.ReflectionPad1d(stage.pad) for stage in stages)
        self.convs = nn.ModuleList(
            nn.Conv1d(a, b, stage.kernel, stage.stride, padding=1)
            for (a, b), stage in zip(pairwise(channels), stages, strict=True)
        )
        self.stacks = nn.ModuleList(residual_stack(size) for size in sizes)
        self.leave = nn.Linear(_length(level), config.frames) if level == "low" else nn.Identity()
        begin_as_published(self)

    def forward(self, motion: Tensor, visual: Tensor, genre: Tensor | None) -> Tensor:
        """Motion [B, 1, M], visual [B, 1, V], genre [B, G] one-hot or weights that sum to 1 -> [B, latent, frames]."""
        parts = [motion, visual]
        if genre is not None:
            parts.append((genre @ self.genre.weight)[:, None])
        x = self.enter(torch.cat(parts, dim=2))  # [B, 1, about 2,050]
        for index, (pad, conv) in enumerate(zip(self.pads, self.convs, strict=True)):
            x = conv(pad(x))
            if index < len(self.stacks):
                x = nn.functional.leaky_relu(self.stacks[index](x), SLOPE)
        return GAIN * self.leave(x.tanh())
