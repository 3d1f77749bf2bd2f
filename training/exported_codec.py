"""The codec of an exported model as a torch module again, for those who have it and not its training run."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from safetensors import SafetensorError
from torch import Tensor

from d2m_bridge.errors import ModelError
from d2m_bridge.manifest import load_manifest, read_graph
from d2m_bridge.providers import open_session
from models.audio_encoder_file import AUDIO_ENCODER, load_audio_encoder
from models.codec import Codec, CodecConfig, DecoderState
from training.exported import CALLS, CANNOT, TOLERANCE
from training.mel import codec_bases
from training.read_back import read_back, weights_of

_BOOKS = "quantizer.codebooks"  # and ".half" where they are stored so


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
    if not read_back(model, _weights_of_decoder(codec)):
        raise ModelError(f"{path}: not a decoder of the size of models.codec")
    if _difference_of_decoder(codec, content, manifest.block_frames) > TOLERANCE:
        raise ModelError(f"{path}: {CANNOT}")
    return codec


def _weights_of_decoder(codec: Codec) -> Iterator[Tensor]:
    part = codec.decoder
    yield from weights_of(part.enter, part.slow, part.tonal, part.tonal_norm, part.tonal_level)
    yield from weights_of(part.split, part.fast, part.fast_norm, part.fast_head, part.fast_blur)


@torch.no_grad()
def _difference_of_decoder(codec: Codec, content: bytes, frames: int) -> float:
    """The same for a few blocks of sound, relative to the loudest sample."""
    session, rng, config = open_session(content, "cpu"), np.random.default_rng(0), codec.config
    rows = session.get_inputs()[0].shape[0]
    past = codec.decoder.initial_state(rows)
    state = np.concatenate([part.flatten(1).numpy() for part in past], axis=1)
    worst, top = 0.0, 0.0
    for _ in range(CALLS):
        codes = rng.integers(config.entries, size=(rows, config.books, frames))
        excitation = rng.normal(0, 0.1, (rows, frames, 2 * config.tonal_bins)).astype(np.float32)
        latent = codec.quantizer.lookup(torch.from_numpy(codes))
        ours, past = codec.decoder(latent, torch.from_numpy(excitation), DecoderState(*past))
        theirs, state = session.run(None, {"codes": codes, "excitation": excitation, "state": state})
        worst, top = max(worst, float(np.abs(ours.numpy() - theirs).max())), max(top, float(np.abs(theirs).max()))
    return worst / top if top else math.inf
