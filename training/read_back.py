"""The weights of an ONNX graph as those of the torch module that it was exported from.

The exporter keeps the values and the order in which they are used, but not all names: weights that it turned round or
cut are found by the node that uses them. Whoever reads them back believes them only when they compute what the graph
computes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn

from models.blocks import CausalStack

# Where weights lie the other way round; a convolution's taps are [channels, 1, 1, taps] there.
_TURNED = {"MatMul", "Conv"}
_SMALLEST_CHANNELS = 8  # smaller constants are shapes and indices


@torch.no_grad()
def read_back(model: onnx.ModelProto, wanted: Iterable[Tensor]) -> bool:
    """Fills parameters, given in the order of their use, from a graph; False if it has not all of them.

    What lies between them in the graph and has no place among them are tables: windows, cosines, dice.
    """
    constants = _constants(model)
    for parameter in wanted:
        value = next((each for each in map(_once, constants) if each.size == parameter.numel()), None)
        if value is None:
            return False
        parameter.copy_(torch.from_numpy(value.astype(np.float32)).reshape(parameter.shape))
    return True


def weights_of(*layers: nn.Linear | nn.LayerNorm | CausalStack) -> Iterator[Tensor]:
    """The parameters of layers in the order of their use."""
    for layer in layers:
        if not isinstance(layer, CausalStack):
            yield from (layer.weight, layer.bias)
            continue
        for block in layer.blocks:
            yield from (block.depthwise.weight, block.depthwise.bias, block.norm.weight, block.norm.bias)
            yield from (block.expand.weight, block.expand.bias, block.shrink.weight, block.shrink.bias, block.scale)


def _once(value: NDArray[np.floating]) -> NDArray[np.floating]:
    """One row of what the exporter has repeated for every row and frame."""
    repeated = value.ndim == 3 and bool((value == value[:1, :1]).all())
    return value[0, 0] if repeated else value


def _constants(model: onnx.ModelProto) -> Iterator[NDArray[np.floating]]:
    """The weights of a graph as its nodes use them, one after the other, each once: some nodes share the cutting."""
    known = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Cast" and node.input[0] in known:  # stored as fp16
            known[node.output[0]] = known.pop(node.input[0])
            continue
        for name in node.input:
            value = known.pop(name, None)
            if value is not None and value.dtype.kind == "f" and value.size >= _SMALLEST_CHANNELS:
                yield value.T if node.op_type in _TURNED else value
