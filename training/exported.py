"""The encoder of an exported model as a torch module again, for those who have the model and not its training run.

The exporter keeps the values and the order in which they are used, but not all names: weights that it turned round or
cut are found by the node that uses them. What was read is believed only when it computes what the graph computes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor

from d2m_bridge.errors import ModelError
from d2m_bridge.manifest import load_manifest, read_graph
from d2m_bridge.providers import open_session
from models.motion_encoder import MotionEncoder

_SMALLEST_CHANNELS = 8  # smaller constants are shapes and indices
_CALLS = 3
_TOLERANCE = 1e-4  # float32 sums in another order


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
    used = list(_constants(onnx.load_from_string(content)))
    wanted = list(_in_order_of_use(encoder))
    if [value.size for value in used] != [parameter.numel() for parameter in wanted]:
        raise ModelError(f"{path}: not a motion encoder of the size of models.motion_encoder")
    with torch.no_grad():
        for parameter, value in zip(wanted, used, strict=True):
            turned = value.T if value.ndim == 2 else value.reshape(parameter.shape)
            parameter.copy_(torch.from_numpy(turned.astype(np.float32)))
    if _difference(encoder, content) > _TOLERANCE:
        raise ModelError(f"{path}: its weights cannot be read back; give the run that it was exported from")
    return encoder


def _in_order_of_use(encoder: MotionEncoder) -> Iterator[Tensor]:
    yield from (encoder.enter.weight, encoder.enter.bias)
    for block in encoder.stack.blocks:
        taps = block.depthwise.weight
        yield from (taps[0], block.depthwise.bias, *taps[1:], block.norm.weight, block.norm.bias)
        yield from (block.expand.weight, block.expand.bias, block.shrink.weight, block.shrink.bias, block.scale)
    yield from (encoder.norm.weight, encoder.norm.bias, encoder.leave.weight, encoder.leave.bias)


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
def _difference(encoder: MotionEncoder, content: bytes) -> float:
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
