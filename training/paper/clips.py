"""Two-second clips for D2M-GAN: of its segment lists, treated as in its d2m/dataset.py:88-235, or of prepared data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import soxr
import torch
from torch import Tensor
from torch.utils.data import Dataset

from d2m_bridge.errors import InputError
from d2m_bridge.timeline import Float32
from models.paper.config import CLIP_S, PaperConfig
from training.datasets.d2mgan import D2mGan
from training.datasets.real_pairs import RealPair, load_pairs
from training.datasets.segments import read_numbers, read_sound

PEAK = 0.95
AMPLITUDE = (0.3, 1.0)  # of the training augmentation
# audio [N], motion [F, C], visual [F, C] and, where the configuration has genres, genre [G]; float32.
Item = dict[str, Tensor]
# Which clip, and a seed for its loudness, as in training; None: as loud as can be.
Key = tuple[int, int | None]


class SegmentClips(Dataset[Item]):
    """D2M-GAN's lists of AIST++ or TikTok: its presets' published inputs."""

    def __init__(
        self, folder: Path, subset: Literal["aist", "tiktok"], config: PaperConfig, split: Literal["train", "test"]
    ) -> None:
        """Raises InputError when the lists are missing or disagree."""
        self.config = config
        self._segments = D2mGan(folder, subset).segments(split)

    def __len__(self) -> int:
        return len(self._segments)

    def __getitem__(self, key: Key) -> Item:
        index, draw = key
        segment, config = self._segments[index], self.config
        sound, video, motion = segment.files
        samples, rate = read_sound(sound, CLIP_S)
        item = {
            "audio": heard(soxr.resample(samples, rate, config.vqvae.sample_rate), config, draw),
            "motion": _array(motion, (config.motion_frames, config.motion_features)),
            "visual": _array(video, (config.visual_frames, config.visual_features)),
        }
        return item | ({"genre": one_hot(segment.genre, config)} if segment.genre else {})


class PreparedClips(Dataset[Item]):
    """A folder of training.prepare, cut every two seconds: the inputs of the preset "features", in memory.

    config: as it was given, without genres where those of some clips are not known.
    """

    def __init__(self, folder: Path, config: PaperConfig, split: str) -> None:
        """Raises InputError when it is no such folder, or no clip of the split is as long as two seconds."""
        self._cuts: list[tuple[RealPair, int]] = []
        self._motion: dict[str, Float32] = {}
        genres_known = True
        for pair in load_pairs(folder, split):
            motion = np.stack([frame.features for frame in pair.dance.frames])
            shortest_s = min(len(motion) / config.motion_rate_hz, len(pair.audio) / pair.sample_rate)
            self._motion[pair.dance.name] = motion
            self._cuts += [(pair, index) for index in range(int(shortest_s / CLIP_S))]
            genres_known &= pair.genre is not None
        if not self._cuts:
            raise InputError(f"{folder}: no clip of 2 s with joints, beats and music in its split {split!r}")
        self.config = config if genres_known else replace(config, genres=())

    def __len__(self) -> int:
        return len(self._cuts)

    def __getitem__(self, key: Key) -> Item:
        index, draw = key
        (pair, cut), config = self._cuts[index], self.config
        begin, end = cut * CLIP_S, (cut + 1) * CLIP_S
        ticks = slice(round(begin * config.motion_rate_hz), round(end * config.motion_rate_hz))
        samples = pair.audio[round(begin * pair.sample_rate) : round(end * pair.sample_rate)] / np.float32(32768)
        item = {
            "audio": heard(soxr.resample(samples, pair.sample_rate, config.vqvae.sample_rate), config, draw),
            "motion": torch.from_numpy(self._motion[pair.dance.name][ticks]),
            "visual": torch.from_numpy(pair.visual[ticks]),
        }
        return item | ({"genre": one_hot(pair.genre, config)} if config.genres and pair.genre else {})


def heard(samples: Float32, config: PaperConfig, draw: int | None) -> Tensor:
    """Mono samples at the VQ-VAE's rate -> float32 [N] of a clip's length, its peak at PEAK or as softly as drawn."""
    peak = float(np.abs(samples).max(initial=0.0))
    gain = PEAK / peak if peak else 0.0
    if draw is not None:
        gain *= np.random.default_rng(draw).uniform(*AMPLITUDE)
    wanted = config.vqvae.clip_samples
    part = samples[:wanted] * np.float32(gain)
    return torch.from_numpy(np.pad(part, (0, wanted - len(part)))).float()


def one_hot(genre: str, config: PaperConfig) -> Tensor:
    """float32 [G]."""
    return torch.eye(len(config.genres))[config.genres.index(genre)]


def _array(path: Path, shape: tuple[int, int]) -> Tensor:
    numbers = read_numbers(path)
    # TikTok's motion is [60, 25, 3] in some files and [60, 75] in others.
    if numbers.size != shape[0] * shape[1]:
        raise InputError(f"{path}: expected {list(shape)}, got {list(numbers.shape)}; check --preset")
    return torch.from_numpy(numbers.reshape(shape)).float()
