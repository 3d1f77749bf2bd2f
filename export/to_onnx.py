"""Torch module -> ONNX bytes: fixed shapes, weights stored as fp16 and used as fp32, DFT tables computed at load."""

from __future__ import annotations

import io
import math
import warnings

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from models.synthesis import InverseDFT

OPSET = 20
# Small tensors (norms, biases) stay fp32: they cost nothing, and scales are what fp16 hurts first.
_STORED_AS_HALF_FROM = 2048


def to_onnx(module: nn.Module, inputs: dict[str, Tensor], outputs: tuple[str, ...]) -> bytes:
    """inputs: name -> example of the exact shape that the runtime feeds."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            module.eval(),
            tuple(inputs.values()),
            input_names=list(inputs),
            output_names=list(outputs),
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
        program.save(buffer)
    model = onnx.load_from_string(buffer.getvalue())
    _forget_sources(model)
    _compute_tables(model, module)
    _store_as_half(model)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def _forget_sources(model: onnx.ModelProto) -> None:
    """The exporter notes file names and stack traces of this machine."""
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    del model.metadata_props[:]
    del model.graph.metadata_props[:]
    for value in (*model.graph.value_info, *model.graph.input, *model.graph.output):
        del value.metadata_props[:]


@torch.no_grad()
def round_to_half(module: nn.Module) -> None:
    """Rounds the weights that to_onnx stores as fp16, so that module and graph compute with the same numbers."""
    tables = {id(part.basis) for part in module.modules() if isinstance(part, InverseDFT)}
    for tensor in (*module.parameters(), *module.buffers()):
        if tensor.is_floating_point() and tensor.numel() >= _STORED_AS_HALF_FROM and id(tensor) not in tables:
            tensor.copy_(tensor.half())


def _store_as_half(model: onnx.ModelProto) -> None:
    graph = model.graph
    casts = []
    for tensor in graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or math.prod(tensor.dims) < _STORED_AS_HALF_FROM:
            continue
        name, values = tensor.name, numpy_helper.to_array(tensor)
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    for cast in reversed(casts):
        graph.node.insert(0, cast)


def _compute_tables(model: onnx.ModelProto, module: nn.Module) -> None:
    """Replaces every inverse-DFT basis by the few nodes that compute it: megabytes that carry no information."""
    graph = model.graph
    by_name = {tensor.name: tensor for tensor in graph.initializer}
    for name, part in module.named_modules():
        if not isinstance(part, InverseDFT):
            continue
        tensor = by_name.get(f"{name}.basis")
        if tensor is None:
            raise ValueError(f"{name}.basis: expected among the graph's initialisers, got {sorted(by_name)}")
        rows, size = tensor.dims
        bins = rows // 2
        weight = np.full((bins, 1), 2.0 / size, np.float32)
        weight[0] = 1.0 / size
        prefix = f"{name}.table"
        constants = {
            "k": np.arange(bins, dtype=np.int64)[:, None],
            "n": np.arange(size, dtype=np.int64)[None],
            "size": np.array(size, np.int64),
            "step": np.array(2 * math.pi / size, np.float32),
            "weight": weight,
        }
        nodes = [
            helper.make_node("Mul", [f"{prefix}.k", f"{prefix}.n"], [f"{prefix}.kn"]),
            helper.make_node("Mod", [f"{prefix}.kn", f"{prefix}.size"], [f"{prefix}.turn"]),
            helper.make_node("Cast", [f"{prefix}.turn"], [f"{prefix}.turns"], to=TensorProto.FLOAT),
            helper.make_node("Mul", [f"{prefix}.turns", f"{prefix}.step"], [f"{prefix}.angle"]),
            helper.make_node("Cos", [f"{prefix}.angle"], [f"{prefix}.cos"]),
            helper.make_node("Sin", [f"{prefix}.angle"], [f"{prefix}.sin"]),
            helper.make_node("Neg", [f"{prefix}.sin"], [f"{prefix}.minus"]),
            helper.make_node("Mul", [f"{prefix}.cos", f"{prefix}.weight"], [f"{prefix}.real"]),
            helper.make_node("Mul", [f"{prefix}.minus", f"{prefix}.weight"], [f"{prefix}.imaginary"]),
            helper.make_node("Concat", [f"{prefix}.real", f"{prefix}.imaginary"], [tensor.name], axis=0),
        ]
        graph.initializer.remove(tensor)
        graph.initializer.extend(numpy_helper.from_array(v, f"{prefix}.{key}") for key, v in constants.items())
        for node in reversed(nodes):
            graph.node.insert(0, node)
