"""Ours against the authors' figures: parameters and output shapes, part by part, by building and running each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models.paper.config import LEVELS, Level, PaperConfig
from models.paper.discriminators import MultiScaleDiscriminator
from models.paper.generator import Generator
from models.paper.motion import MotionEncoder
from models.paper.vqvae import VQVAE
from training.paper.presets import Preset, make_config

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Official:
    """Counted by running the authors' modules. JukeBox's audio has a channel axis more at its end."""

    parameters: int
    shape: Shape


@dataclass(frozen=True, slots=True)
class Row:
    """One part of ours and of theirs."""

    part: str
    parameters: int
    shape: Shape
    official: Official

    @property
    def is_equal(self) -> bool:
        """Whether both agree."""
        return Official(self.parameters, self.shape) == self.official


OFFICIAL = {
    "motion encoder, AIST++": Official(31_361_665, (1, 1, 1024)),
    "motion encoder, TikTok": Official(31_154_305, (1, 1, 1024)),
    "generator high, AIST++": Official(22_310_378, (1, 64, 344)),
    "generator high, TikTok": Official(21_780_970, (1, 64, 344)),
    "generator low, AIST++": Official(108_694_092, (1, 64, 1378)),
    # Scores of the first scale.
    "discriminator, high": Official(9_212_358, (1, 1, 86)),
    "discriminator, low": Official(9_212_358, (1, 1, 345)),
    "VQ-VAE encoder, level 0": Official(441_856, (1, 64, 5512)),
    "VQ-VAE encoder, level 1": Official(116_384, (1, 64, 1378)),
    "VQ-VAE encoder, level 2": Official(168_224, (1, 64, 344)),
    "VQ-VAE decoder, level 0": Official(458_177, (1, 44096)),
    "VQ-VAE decoder, level 1": Official(124_641, (1, 44096)),
    "VQ-VAE decoder, level 2": Official(176_481, (1, 44032)),
    # Buffers, not parameters; the shape is that of the three together.
    "VQ-VAE codebooks": Official(0, (3, 2048, 64)),
    "VQ-VAE": Official(1_485_763, (1, 44032)),
}
_SETS: tuple[tuple[str, Preset, tuple[Level, ...]], ...] = (
    ("AIST++", "aist", ("high", "low")),
    ("TikTok", "tiktok", ("high",)),
)


def check() -> list[Row]:
    """A row for each part of OFFICIAL, in its order; with random weights, on the CPU."""
    with torch.no_grad():
        ours = {part: (parameters, shape) for part, parameters, shape in _parts()}
    return [Row(part, *ours[part], official) for part, official in OFFICIAL.items()]


def _parts() -> Iterator[tuple[str, int, Shape]]:
    for name, preset, levels in _SETS:
        config = make_config(preset, "high")
        encoder = MotionEncoder(config)
        code = encoder(torch.randn(1, config.motion_frames, config.motion_features))
        yield f"motion encoder, {name}", _count(encoder), _shape(code)
        for level in levels:
            config = make_config(preset, level)
            generator = Generator(config)
            latent = generator(code, torch.randn(1, 1, config.visual_code), _genre(config))
            yield f"generator {level}, {name}", _count(generator), _shape(latent)
            judges = MultiScaleDiscriminator(config)
            yield f"discriminator, {level}", _count(judges), _shape(judges(latent)[0][1])
    yield from _vqvae_parts(make_config("aist", "high"))


def _vqvae_parts(config: PaperConfig) -> Iterator[tuple[str, int, Shape]]:
    vqvae = VQVAE(config.vqvae)
    audio = torch.randn(1, config.vqvae.clip_samples)
    for level in range(len(config.vqvae.downs)):
        latent = vqvae.encode(audio, level)
        yield f"VQ-VAE encoder, level {level}", _count(vqvae.encoders[level]), _shape(latent)
        sound = vqvae.decode(vqvae.lookup(vqvae.quantise(latent, level), level), level)
        yield f"VQ-VAE decoder, level {level}", _count(vqvae.decoders[level]), _shape(sound)
    books = torch.cat([quantizer.codebooks for quantizer in vqvae.quantizers])
    yield "VQ-VAE codebooks", _count(vqvae.quantizers), _shape(books)
    yield "VQ-VAE", _count(vqvae), _shape(vqvae(audio, LEVELS["high"])[0])


def _genre(config: PaperConfig) -> Tensor | None:
    return torch.eye(len(config.genres))[:1] if config.genres else None


def _count(module: nn.Module) -> int:
    return sum(weight.numel() for weight in module.parameters())


def _shape(tensor: Tensor) -> Shape:
    return tuple(tensor.shape)
