"""Sound to codes by a trained codec, for data that is prepared once and read often."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.errors import InputError
from d2m_bridge.manifest import load_manifest
from d2m_bridge.timeline import Float32
from training.shards import load_facts

if TYPE_CHECKING:
    from models.codec import Codec

Encode = Callable[[Float32], NDArray[np.int16]]

_AT_ONCE_S = 60.0


def codec_file(run: Path) -> Path:
    """What decides the codes of a run of training.train_codec, or of an exported model."""
    from models.audio_encoder_file import AUDIO_ENCODER
    from training.exported import is_exported

    return run / (AUDIO_ENCODER if is_exported(run) else "last.safetensors")


def codec_rate(run: Path) -> int:
    """The sample rate of a codec in Hz. InputError or ModelError when there is none."""
    from training.exported import is_exported

    if is_exported(run):
        return load_manifest(run).sample_rate
    try:
        return int(load_facts(codec_file(run))["config"]["sample_rate"])
    except InputError as error:
        raise InputError(f"{run}: expected a run of training.train_codec ({error})") from error


def load_encoder(run: Path) -> Encode:
    """Audio float32 [N] -> codes int16 [K, N / hop] by the codec of a run or model."""
    import torch

    from training.train_codec import load_codec

    torch.set_num_threads(1)  # more of them may add up in another order
    return partial(_codes, load_codec(run))


def _codes(codec: Codec, audio: Float32) -> NDArray[np.int16]:
    """A long clip goes through in pieces: the encoder looks a few frames both ways, and so do the pieces."""
    import torch

    config = codec.config
    margin = codec.encoder.stack.memory + 2
    step = int(_AT_ONCE_S * config.sample_rate / config.hop)
    frames = len(audio) // config.hop
    pieces = []
    with torch.no_grad():
        for start in range(0, frames, step):
            first, last = max(0, start - margin), min(frames, start + step + margin)
            latent = codec.encoder(torch.from_numpy(audio[None, first * config.hop : last * config.hop]))
            pieces.append(codec.quantizer.encode(latent[:, start - first : start - first + step])[0])
    return torch.cat(pieces, dim=1).numpy().astype(np.int16)
