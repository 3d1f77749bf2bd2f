"""Random stretches of audio for the codec: single stems, mixes and real music."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import soundfile
import soxr
import torch
from numpy.typing import NDArray
from torch import Tensor

MIX_SHARE, REAL_SHARE = 0.15, 0.2
_QUIET = 0.003


def load_songs(corpus: Path) -> list[NDArray[np.int16]]:
    """The stems of every song of training.corpus, int16 [4, N], mapped from disk."""
    songs = [np.load(path, mmap_mode="r") for path in sorted(corpus.glob("*/stems.npy"))]
    if not songs:
        raise FileNotFoundError(f"{corpus}: no songs; run python -m training.corpus --out {corpus}")
    return songs


def load_real_music(data: Path, split: str, sample_rate: int) -> dict[str, NDArray[np.int16]]:
    """Name -> int16 [N] mono: the whole tracks that the manifest puts in a split."""
    names = json.loads((data / "splits.json").read_text())["audio"][split]
    tracks = {}
    for name in names:
        if name.startswith("sonicpi"):
            continue
        samples, rate = soundfile.read(data / "audio" / name, dtype="float32", always_2d=True)
        mono = soxr.resample(samples.mean(axis=1), rate, sample_rate)
        tracks[name] = (np.clip(mono, -1, 1) * 32767).astype(np.int16)
    return tracks


class AudioSampler:
    """Draws batches [B, N] float32. Silence is drawn rarely: it teaches little."""

    def __init__(self, songs: list[NDArray[np.int16]], real: list[NDArray[np.int16]], seed: int) -> None:
        self._songs, self._real = songs, real
        self._rng = np.random.default_rng(seed)

    def _one(self, length: int) -> NDArray[np.float32]:
        rng = self._rng
        for _ in range(6):
            kind = rng.random()
            if self._real and kind < REAL_SHARE:
                track = self._real[rng.integers(len(self._real))]
                start = rng.integers(len(track) - length)
                piece = track[start : start + length].astype(np.float32)
            else:
                song = self._songs[rng.integers(len(self._songs))]
                start = rng.integers(song.shape[1] - length)
                piece = song[:, start : start + length].astype(np.float32)
                piece = piece.sum(axis=0) if kind < REAL_SHARE + MIX_SHARE else piece[rng.integers(len(piece))]
            piece /= 32767
            if np.abs(piece).max() > _QUIET:
                break
        return piece * np.float32(rng.uniform(0.5, 1.1))

    def batch(self, size: int, length: int) -> Tensor:
        """float32 [size, length]."""
        return torch.from_numpy(np.stack([self._one(length) for _ in range(size)]))
