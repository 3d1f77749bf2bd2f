"""The codec's encoder in a file beside an exported model: who plays needs none, who trains or measures does."""

from __future__ import annotations

from pathlib import Path

from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from models.codec import Encoder

AUDIO_ENCODER = "audio_encoder.safetensors"
_STORED_AS_HALF_FROM = 2048  # as export.to_onnx has it


def save_audio_encoder(encoder: Encoder, folder: Path, decoder_sha256: str) -> None:
    """Writes folder/AUDIO_ENCODER, large tensors as fp16. decoder_sha256: of the graph that it encodes for."""
    tensors = {name: _stored(value) for name, value in encoder.state_dict().items()}
    save_file(tensors, folder / AUDIO_ENCODER, {"decoder_sha256": decoder_sha256})


def load_audio_encoder(encoder: Encoder, folder: Path) -> str:
    """Fills an encoder of the same size, strictly; returns decoder_sha256. FileNotFoundError if there is no file."""
    path = folder / AUDIO_ENCODER
    with safe_open(path, "pt") as file:
        encoder.load_state_dict({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118 (not a mapping)
        return str(file.metadata()["decoder_sha256"])


def _stored(value: Tensor) -> Tensor:
    value = value.detach().contiguous()
    return value.half() if value.numel() >= _STORED_AS_HALF_FROM else value
