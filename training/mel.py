"""Mel and chroma bases, from librosa, as torch tensors."""

from __future__ import annotations

import librosa
import torch
from torch import Tensor


def mel_basis(sample_rate: int, size: int, bands: int) -> Tensor:
    """float32 [bands, size/2+1], Slaney, rows sum to about one (so that full scale stays about one)."""
    basis = torch.from_numpy(librosa.filters.mel(sr=sample_rate, n_fft=size, n_mels=bands, norm=None))
    return basis / basis.sum(1, keepdim=True).clamp(min=1e-6)


def chroma_basis(sample_rate: int, size: int) -> Tensor:
    """float32 [12, size/2+1], from C, the octaves about 880 Hz count most."""
    return torch.from_numpy(librosa.filters.chroma(sr=sample_rate, n_fft=size, tuning=0.0))


def codec_bases(sample_rate: int) -> tuple[Tensor, Tensor]:
    """The two bases of models.codec.Encoder."""
    return mel_basis(sample_rate, 2048, 128), mel_basis(sample_rate, 256, 12)
