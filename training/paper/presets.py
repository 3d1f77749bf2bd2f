"""The configurations that can be trained: the authors' two data sets, and what the runtime sees in a video."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from d2m_bridge.motion.features import MOTION_FEATURES
from d2m_bridge.visual.statistics import VISUAL_FEATURES
from models.paper.config import GENERATOR_CHANNELS, Level, PaperConfig, VQVAEConfig
from training.datasets.aist import GENRES as AIST_GENRES

Preset = Literal["aist", "tiktok", "features"]

# In the order of the authors' one-hot.
GENRES = tuple(AIST_GENRES.values())

_PRESETS: dict[Preset, PaperConfig] = {
    # 24 SMPL joints x 9 (rotation matrices) + root translation, at 60 Hz; one I3D vector; genre.
    "aist": PaperConfig(genres=GENRES),
    # 25 OpenPose joints x (x, y, confidence), at 30 Hz; one I3D vector; no genre.
    "tiktok": PaperConfig(motion_rate_hz=30.0, motion_features=75),
    # What d2m_bridge sees by itself: its motion features and visual statistics, at 30 Hz.
    "features": PaperConfig(
        motion_rate_hz=30.0,
        motion_features=len(MOTION_FEATURES),
        visual_frames=60,
        visual_features=len(VISUAL_FEATURES),
        genres=GENRES,
    ),
}
PRESETS = tuple(_PRESETS)


def make_config(preset: Preset, level: Level, *, small: bool = False) -> PaperConfig:
    """The published sizes; small: as few channels as still run through every line, for trying things out on a CPU."""
    config = replace(_PRESETS[preset], level=level, generator_channels=GENERATOR_CHANNELS[level])
    if not small:
        return config
    return replace(
        config,
        motion_channels=(8, 12, 16),
        motion_code=32,
        visual_code=32 if config.visual_frames > 1 else config.visual_code,
        genre_code=8,
        generator_channels=(4, 6, 8, 8, 8, 8)[: len(config.generator_channels)],
        judge_channels=(8, 8, 16, 16, 16, 16),
        vqvae=VQVAEConfig(width=8, depth=2, latent=16, codes=64),
    )
