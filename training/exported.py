"""Encoder, planner and generator of an exported model as torch modules again, for those who have it and not its
training runs.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn

from d2m_bridge.engine.planner import PLANNER_INPUTS
from d2m_bridge.engine.tokens import TOTAL_CLASSES
from d2m_bridge.errors import ModelError
from d2m_bridge.manifest import Manifest, load_manifest, read_graph
from d2m_bridge.providers import open_session
from models.motion_encoder import MotionEncoder
from models.planner import Planner
from training.read_back import read_back, weights_of

CALLS = 3
TOLERANCE = 1e-3  # float32 sums in another order; one wrong weight is far above it
CANNOT = "its weights cannot be read back; give the run that it was exported from"


def is_exported(folder: Path) -> bool:
    """A folder of python -m export, not a run."""
    return (folder / "manifest.json").is_file()


def load_exported_encoder(folder: Path) -> MotionEncoder:
    """The motion encoder of a model for d2m render and d2m live, in evaluation mode.

    ModelError when the folder holds no such model, or its encoder was not made from a MotionEncoder of this size.
    """
    manifest, content = _graph_of(folder, "encoder")
    features = len(manifest.motion_features) + len(manifest.visual_features)
    encoder = MotionEncoder(features, embedding=manifest.embedding).eval()
    layers = weights_of(encoder.enter, encoder.stack, encoder.norm, encoder.leave)
    if not read_back(onnx.load_from_string(content), layers):
        path = _path(folder, manifest, "encoder")
        raise ModelError(f"{path}: not a motion encoder of the size of models.motion_encoder")
    if _difference_of_encoder(encoder, content) > TOLERANCE:
        raise ModelError(f"{_path(folder, manifest, 'encoder')}: {CANNOT}")
    return encoder


def _path(folder: Path, manifest: Manifest, graph: str) -> Path:
    return folder / manifest.graphs[graph].file


def _graph_of(folder: Path, name: str) -> tuple[Manifest, bytes]:
    manifest = load_manifest(folder)
    return manifest, read_graph(folder, manifest.graphs[name])


@torch.no_grad()
def _difference_of_encoder(encoder: MotionEncoder, content: bytes) -> float:
    """Largest difference to the graph over a few ticks with carried state."""
    session, rng = open_session(content, "cpu"), np.random.default_rng(0)
    past = torch.zeros(1, encoder.stack.memory, encoder.stack.channels)
    state, worst = past.flatten(1).numpy(), 0.0
    for _ in range(CALLS):
        tick = rng.normal(0, 0.5, (1, 1, encoder.enter.in_features)).astype(np.float32)
        ours, past = encoder(torch.from_numpy(tick), past)
        theirs, state = session.run(None, {"features": tick, "state": state})
        worst = max(worst, float(np.abs(ours.numpy() - theirs).max()))
    return worst


def load_exported_planner(folder: Path) -> Planner:
    """The planner of a model, in evaluation mode. ModelError as for the encoder."""
    manifest, content = _graph_of(folder, "planner")
    planner = Planner(manifest.embedding, len(manifest.styles), PLANNER_INPUTS, TOTAL_CLASSES).eval()
    memory = planner.memory
    biases = torch.empty(2, *memory.bias_ih_l0.shape)  # one tensor in the graph, its gates in ONNX' order
    first = (*weights_of(planner.enter), memory.weight_ih_l0, memory.weight_hh_l0, biases)
    layers = [layer for layer in planner.leave if isinstance(layer, nn.LayerNorm | nn.Linear)]
    if not read_back(onnx.load_from_string(content), (*first, *weights_of(*layers))):
        raise ModelError(f"{_path(folder, manifest, 'planner')}: not a planner of the size of models.planner")
    with torch.no_grad():
        for bias, read in zip((memory.bias_ih_l0, memory.bias_hh_l0), biases, strict=True):
            update, reset, new = read.chunk(3)
            bias.copy_(torch.cat([reset, update, new]))
    if _difference_of_planner(planner, content, manifest) > TOLERANCE:
        raise ModelError(f"{_path(folder, manifest, 'planner')}: {CANNOT}")
    return planner


@torch.no_grad()
def _difference_of_planner(planner: Planner, content: bytes, manifest: Manifest) -> float:
    """Largest difference to the graph over a few steps with carried state."""
    session, rng = open_session(content, "cpu"), np.random.default_rng(0)
    style = np.full((1, len(manifest.styles)), 1 / len(manifest.styles), np.float32)
    hidden, worst = torch.zeros(1, 1, planner.width), 0.0
    state = hidden[0].numpy()
    for _ in range(CALLS):
        embedding = rng.normal(0, 0.5, (1, 1, manifest.embedding)).astype(np.float32)
        inputs = (rng.random((1, 1, PLANNER_INPUTS)) < 0.1).astype(np.float32)
        ours, hidden = planner(*map(torch.from_numpy, (embedding, style, inputs)), hidden)
        fed = {"embedding": embedding, "style": style, "inputs": inputs, "state": state}
        theirs, state = session.run(None, fed)
        worst = max(worst, float(np.abs(ours.numpy() - theirs).max()))
    return worst
