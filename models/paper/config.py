"""Sizes of the networks. The defaults are the published ones; other channel counts keep every length."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Level = Literal["high", "low"]
# Which of the VQ-VAE's three levels a generator speaks: 2 is the coarsest (d2m_aist.py:70-79).
LEVELS: dict[Level, int] = {"high": 2, "low": 1}
CLIP_S = 2.0
GENERATOR_CHANNELS: dict[Level, tuple[int, ...]] = {
    "high": (32, 64, 128, 256, 512),
    "low": (32, 64, 128, 256, 512, 1024),
}


@dataclass(frozen=True, slots=True)
class VQVAEConfig:
    """JukeBox "5b" (hparams.py:38-59). downs: halvings that each level adds; multipliers: of width and depth, by level.

    latent: values a frame. codes: entries of a codebook. growth: dilation of one residual block against the last.
    """

    sample_rate: int = 22050
    downs: tuple[int, ...] = (3, 2, 2)
    multipliers: tuple[int, ...] = (2, 1, 1)
    width: int = 32
    depth: int = 4
    growth: int = 3
    latent: int = 64
    codes: int = 2048

    def hop(self, level: int) -> int:
        """Samples a latent frame."""
        return 2 ** sum(self.downs[: level + 1])

    @property
    def clip_samples(self) -> int:
        """Samples of a clip as it goes into the encoders."""
        return round(CLIP_S * self.sample_rate)

    def frames(self, level: int) -> int:
        """Latent frames of a clip: what is left over after each halving is dropped."""
        return self.clip_samples // self.hop(level)


@dataclass(frozen=True, slots=True)
class PaperConfig:
    """One D2M-GAN. genres: their names in the order of the one-hot input; empty: no genre input (TikTok).

    motion_rate_hz: frames a second of the motion input, which holds CLIP_S seconds. visual_frames: 1 where the visual
    input is one vector for the whole clip (published: I3D's), more where it is a series that the visual part sums up.
    """

    level: Level = "high"
    motion_rate_hz: float = 60.0
    motion_features: int = 219
    visual_frames: int = 1
    visual_features: int = 2048
    genres: tuple[str, ...] = ()
    motion_width: int = 800
    motion_channels: tuple[int, ...] = (256, 512, 1024)
    motion_code: int = 1024
    visual_code: int = 2048
    genre_code: int = 256
    generator_channels: tuple[int, ...] = GENERATOR_CHANNELS["high"]
    judge_channels: tuple[int, ...] = (32, 128, 512, 1024, 1024, 512)
    vqvae: VQVAEConfig = field(default_factory=VQVAEConfig)

    @property
    def motion_frames(self) -> int:
        """Motion frames of a clip."""
        return round(CLIP_S * self.motion_rate_hz)

    @property
    def frames(self) -> int:
        """Latent frames that the generator makes."""
        return self.vqvae.frames(LEVELS[self.level])

    @property
    def samples(self) -> int:
        """Samples of a made clip: a little less than CLIP_S seconds."""
        return self.frames * self.vqvae.hop(LEVELS[self.level])


def config_from(facts: Mapping[str, Any]) -> PaperConfig:
    """The config that dataclasses.asdict made, also after a journey through JSON."""
    plain = {key: tuple(value) if isinstance(value, list) else value for key, value in facts.items() if key != "vqvae"}
    sizes = {key: tuple(value) if isinstance(value, list) else value for key, value in facts["vqvae"].items()}
    return PaperConfig(**plain, vqvae=VQVAEConfig(**sizes))
