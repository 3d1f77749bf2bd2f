"""Encoder and decoder of an exported model as torch modules again, for those who have it and not its training runs.

The exporter keeps the values and the order in which they are used, but not all names: weights that it turned round or
cut are found by the node that uses them. What was read is believed only when it computes what the graph computes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from safetensors import SafetensorError
from torch import Tensor, nn

from d2m_bridge.errors import ModelError
from d2m_bridge.manifest import load_manifest, read_graph
from d2m_bridge.providers import open_session
from models.audio_encoder_file import AUDIO_ENCODER, load_audio_encoder
from models.blocks import CausalStack
from models.codec import Codec, CodecConfig, DecoderState
from models.motion_encoder import MotionEncoder
from training.mel import codec_bases

_SMALLEST_CHANNELS = 8  # smaller constants are shapes and indices
_CALLS = 3
_TOLERANCE = 1e-3  # float32 sums in another order; one wrong weight is far above it
_BOOKS = "quantizer.codebooks"  # and ".half" where they are stored so
_CANNOT = "its weights cannot be read back; give the run that it was exported from"


def is_exported(folder: Path) -> bool:
    """A folder of python -m export, not a run."""
    return (folder / "manifest.json").is_file()


def load_exported_encoder(folder: Path) -> MotionEncoder:
    """The motion encoder of a model for d2m render and d2m live, in evaluation mode.

    ModelError when the folder holds no such model, or its encoder was not made from a MotionEncoder of this size.
    """
    manifest = load_manifest(folder)
    graph = manifest.graphs["encoder"]
    path, content = folder / graph.file, read_graph(folder, graph)
    features = len(manifest.motion_features) + len(manifest.visual_features)
    encoder = MotionEncoder(features, embedding=manifest.embedding).eval()
    if not _read_back(onnx.load_from_string(content), list(_weights_of_encoder(encoder))):
        raise ModelError(f"{path}: not a motion encoder of the size of models.motion_encoder")
    if _difference_of_encoder(encoder, content) > _TOLERANCE:
        raise ModelError(f"{path}: {_CANNOT}")
    return encoder


def load_exported_codec(folder: Path) -> Codec:
    """The codec of a model for d2m render and d2m live, in evaluation mode: graph, and encoder for sound beside it.

    ModelError when the folder holds no such model, its decoder was not made from a Codec of this size, or there is no
    encoder for it.
    """
    codec, wanted = _decoder_and_books(folder), load_manifest(folder).graphs["decoder"].sha256
    try:
        belongs_to = load_audio_encoder(codec.encoder, folder)
    except FileNotFoundError:
        raise ModelError(
            f"{folder}: no {AUDIO_ENCODER} there, without which sound has no codes; export it again"
        ) from None
    except (SafetensorError, RuntimeError) as error:
        raise ModelError(f"{folder / AUDIO_ENCODER}: not an encoder of models.codec ({error})") from error
    if belongs_to != wanted:
        raise ModelError(f"{folder / AUDIO_ENCODER}: for another decoder than that of {folder}; export it again")
    return codec


def _decoder_and_books(folder: Path) -> Codec:
    """As load_exported_codec; the encoder is untrained."""
    manifest = load_manifest(folder)
    graph = manifest.graphs["decoder"]
    path, content = folder / graph.file, read_graph(folder, graph)
    model = onnx.load_from_string(content)
    books = next((tensor for tensor in model.graph.initializer if tensor.name.startswith(_BOOKS)), None)
    if books is None:
        raise ModelError(f"{path}: not a decoder of models.codec")
    entries = numpy_helper.to_array(books).astype(np.float32)
    shared = {key: getattr(manifest, key) for key in ("sample_rate", "hop", "books", "tonal_window", "tonal_bins")}
    config = CodecConfig(**shared, delay=manifest.delay_samples, entries=entries.shape[1], latent=entries.shape[2])
    codec = Codec(config, *codec_bases(config.sample_rate)).eval()
    codec.quantizer.codebooks.copy_(torch.from_numpy(entries))
    if not _read_back(model, list(_weights_of_decoder(codec))):
        raise ModelError(f"{path}: not a decoder of the size of models.codec")
    if _difference_of_decoder(codec, content, manifest.block_frames) > _TOLERANCE:
        raise ModelError(f"{path}: {_CANNOT}")
    return codec


@torch.no_grad()
def _read_back(model: onnx.ModelProto, wanted: list[Tensor]) -> bool:
    """Fills parameters, given in the order of their use, from a graph; False if it has not all of them.

    What lies between them in the graph and has no place among them are tables: windows, cosines, dice.
    """
    constants = _constants(model)
    for parameter in wanted:
        value = next((each for each in map(_once, constants) if each.size == parameter.numel()), None)
        if value is None:
            return False
        # Matrices are turned round; so are a convolution's taps, which are [channels, 1, 1, taps] there.
        turned = value.T if value.ndim in {2, 4} else value
        parameter.copy_(torch.from_numpy(turned.astype(np.float32)).reshape(parameter.shape))
    return True


def _once(value: NDArray[np.floating]) -> NDArray[np.floating]:
    """One row of what the exporter has repeated for every row and frame."""
    repeated = value.ndim == 3 and bool((value == value[:1, :1]).all())
    return value[0, 0] if repeated else value


def _weights_of_encoder(encoder: MotionEncoder) -> Iterator[Tensor]:
    yield from _weights_of(encoder.enter, encoder.stack, encoder.norm, encoder.leave)


def _weights_of_decoder(codec: Codec) -> Iterator[Tensor]:
    part = codec.decoder
    yield from _weights_of(part.enter, part.slow, part.tonal, part.tonal_norm, part.tonal_level)
    yield from _weights_of(part.split, part.fast, part.fast_norm, part.fast_head, part.fast_blur)


def _weights_of(*layers: nn.Linear | nn.LayerNorm | CausalStack) -> Iterator[Tensor]:
    for layer in layers:
        if not isinstance(layer, CausalStack):
            yield from (layer.weight, layer.bias)
            continue
        for block in layer.blocks:
            yield from (block.depthwise.weight, block.depthwise.bias, block.norm.weight, block.norm.bias)
            yield from (block.expand.weight, block.expand.bias, block.shrink.weight, block.shrink.bias, block.scale)


def _constants(model: onnx.ModelProto) -> Iterator[NDArray[np.floating]]:
    """The weights of a graph as its nodes use them, one after the other."""
    known = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Cast" and node.input[0] in known:  # stored as fp16
            known[node.output[0]] = known[node.input[0]]
            continue
        for name in node.input:
            value = known.get(name)
            if value is not None and value.dtype.kind == "f" and value.size >= _SMALLEST_CHANNELS:
                yield value


@torch.no_grad()
def _difference_of_encoder(encoder: MotionEncoder, content: bytes) -> float:
    """Largest difference to the graph over a few ticks with carried state."""
    session, rng = open_session(content, "cpu"), np.random.default_rng(0)
    past = torch.zeros(1, encoder.stack.memory, encoder.stack.channels)
    state, worst = past.flatten(1).numpy(), 0.0
    for _ in range(_CALLS):
        tick = rng.normal(0, 0.5, (1, 1, encoder.enter.in_features)).astype(np.float32)
        ours, past = encoder(torch.from_numpy(tick), past)
        theirs, state = session.run(None, {"features": tick, "state": state})
        worst = max(worst, float(np.abs(ours.numpy() - theirs).max()))
    return worst


@torch.no_grad()
def _difference_of_decoder(codec: Codec, content: bytes, frames: int) -> float:
    """The same for a few blocks of sound, relative to the loudest sample."""
    session, rng, config = open_session(content, "cpu"), np.random.default_rng(0), codec.config
    rows = session.get_inputs()[0].shape[0]
    past = codec.decoder.initial_state(rows)
    state = np.concatenate([part.flatten(1).numpy() for part in past], axis=1)
    worst, top = 0.0, 0.0
    for _ in range(_CALLS):
        codes = rng.integers(config.entries, size=(rows, config.books, frames))
        excitation = rng.normal(0, 0.1, (rows, frames, 2 * config.tonal_bins)).astype(np.float32)
        latent = codec.quantizer.lookup(torch.from_numpy(codes))
        ours, past = codec.decoder(latent, torch.from_numpy(excitation), DecoderState(*past))
        theirs, state = session.run(None, {"codes": codes, "excitation": excitation, "state": state})
        worst, top = max(worst, float(np.abs(ours.numpy() - theirs).max())), max(top, float(np.abs(theirs).max()))
    return worst / top if top else math.inf
