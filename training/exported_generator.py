"""The generator of an exported model as a torch module again, so that it can go on learning."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch

from d2m_bridge.engine.conditioning import CONDITIONS
from d2m_bridge.errors import ModelError
from d2m_bridge.manifest import Manifest, load_manifest, read_graph
from d2m_bridge.providers import open_session
from models.codec import Codec
from models.generator import Generator
from training.exported import CALLS, CANNOT
from training.read_back import read_back, weights_of

_INPUTS = ("conditions", "embedding", "style", "noise")
_SAME_CODES = 0.99  # a latent that lies between two codes may take either; one wrong weight changes most


def load_exported_generator(folder: Path, codec: Codec) -> Generator:
    """The generator of a model, in evaluation mode. codec: the one that it makes latents for.

    ModelError when the folder holds no such model, its generator was not made from a Generator of this size, or it was
    made for another codec.
    """
    manifest = load_manifest(folder)
    graph = manifest.graphs["generator"]
    path, content = folder / graph.file, read_graph(folder, graph)
    styles, latent = len(manifest.styles), codec.config.latent
    generator = Generator(CONDITIONS, manifest.embedding, styles, manifest.noise, latent).eval()
    layers = weights_of(generator.enter, generator.stack, generator.norm, generator.leave)
    if not read_back(onnx.load_from_string(content), (*layers, generator.latent_std, generator.latent_mean)):
        raise ModelError(f"{path}: not a generator of the size of models.generator")
    if _share_of_same_codes(generator, codec, content, manifest) < _SAME_CODES:
        raise ModelError(f"{path}: made for another codec, or {CANNOT}")
    return generator


@torch.no_grad()
def _share_of_same_codes(generator: Generator, codec: Codec, content: bytes, manifest: Manifest) -> float:
    """Over a few blocks with carried state."""
    session, rng = open_session(content, "cpu"), np.random.default_rng(0)
    shapes = {each.name: each.shape for each in session.get_inputs()}
    state, same = np.zeros(shapes.pop("state"), np.float32), []
    past = torch.from_numpy(state).reshape(-1, generator.stack.memory, generator.stack.channels)
    for _ in range(CALLS):
        block = {name: rng.normal(0, 0.5, shape).astype(np.float32) for name, shape in shapes.items()}
        latent, past = generator(*(torch.from_numpy(block[name]) for name in _INPUTS), past)
        codes, state = session.run(None, {**block, "state": state})
        same.append((codec.quantizer.encode(latent).numpy() == codes).mean())
    return float(np.mean(same))
