"""Torch module -> ONNX bytes: fixed shapes, weights stored as fp16 and used as fp32."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Collection, Iterator

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
    _store_as_half(model, {name for name, _ in _exact_tables(module)})
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
    exact = {id(table) for _, table in _exact_tables(module)}
    for tensor in (*module.parameters(), *module.buffers()):
        if tensor.is_floating_point() and tensor.numel() >= _STORED_AS_HALF_FROM and id(tensor) not in exact:
            tensor.copy_(tensor.half())


def _exact_tables(module: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """Those of the inverse DFTs: they are small, and what they lose is lost in every sample."""
    for name, part in module.named_modules():
        if isinstance(part, InverseDFT):
            yield from part.named_buffers(prefix=name)


def _store_as_half(model: onnx.ModelProto, exact: Collection[str]) -> None:
    graph = model.graph
    casts = []
    for tensor in graph.initializer:
        is_large = tensor.data_type == TensorProto.FLOAT and math.prod(tensor.dims) >= _STORED_AS_HALF_FROM
        if not is_large or tensor.name in exact:
            continue
        name, values = tensor.name, numpy_helper.to_array(tensor)
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    for cast in reversed(casts):
        graph.node.insert(0, cast)
