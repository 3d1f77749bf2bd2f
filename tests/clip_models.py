"""A clip model whose music says what it was made from: no weights, but real graphs, and every sample can be foretold.

All codes of a clip are motion[0, 0] + 1000 * visual[0, 0] + 100000 * (genre . (0, 1, 2, ...)); the sound is the code
times a carrier.
"""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from d2m_bridge.engine.clip_manifest import CLIP, ClipInput, ClipManifest, ClipStyle
from d2m_bridge.manifest import MANIFEST_FORMAT, Graph

CODES = 344
# 1,000 samples and 100 motion frames a second; clips of 344 samples, one every 300.
MANIFEST = ClipManifest(
    format=MANIFEST_FORMAT, kind=CLIP, name="countable", licence="CC0-1.0", terms="", sample_rate=1000,
    clip_samples=CODES, hop_samples=300, motion_rate_hz=100.0, motion=ClipInput("file", 40, 2),
    visual=ClipInput("file", 1, 3), has_genre=True, styles=(ClipStyle("house"), ClipStyle("lock")), graphs={},
)  # fmt: skip


def write_clip_model(folder: Path, carrier: np.ndarray | None = None, **changes: object) -> ClipManifest:
    """carrier: float32 [clip_samples], ones by default. changes: of MANIFEST."""
    manifest = dataclasses.replace(MANIFEST, **changes)
    carrier = np.ones(manifest.clip_samples, np.float32) if carrier is None else carrier
    contents = {"generator": _generator(manifest), "decoder": _decoder(manifest, carrier)}
    folder.mkdir(parents=True, exist_ok=True)
    graphs = {}
    for name, content in contents.items():
        (folder / f"{name}.onnx").write_bytes(content)
        graphs[name] = Graph(f"{name}.onnx", hashlib.sha256(content).hexdigest(), 0)
    manifest = dataclasses.replace(manifest, graphs=graphs)
    (folder / "manifest.json").write_text(manifest.to_json())
    return manifest


def _generator(manifest: ClipManifest) -> bytes:
    constants = {
        "place": np.array([0, 0, 0], np.int64),
        "after": np.array([1, 1, 1], np.int64),
        "one": np.array([1], np.int64),
        "thousand": np.array(1000, np.float32),
        "shape": np.array([1, CODES], np.int64),
    }
    nodes = [
        helper.make_node("Slice", ["motion", "place", "after"], ["first.motion"]),
        helper.make_node("Slice", ["visual", "place", "after"], ["first.visual"]),
        helper.make_node("Mul", ["first.visual", "thousand"], ["scaled"]),
        helper.make_node("Add", ["first.motion", "scaled"], ["both"]),
        helper.make_node("Reshape", ["both", "one"], ["flat"]),
    ]
    total = "flat"
    inputs = {
        "motion": [1, manifest.motion.frames, manifest.motion.features],
        "visual": [1, manifest.visual.frames, manifest.visual.features],
    }
    if manifest.has_genre:
        inputs["genre"] = [1, len(manifest.styles)]
        constants["styles"] = 1e5 * np.arange(len(manifest.styles), dtype=np.float32)[:, None]
        nodes += [
            helper.make_node("MatMul", ["genre", "styles"], ["style"]),
            helper.make_node("Add", ["style", "flat"], ["total"]),
        ]
        total = "total"
    nodes += [
        helper.make_node("Round", [total], ["rounded"]),
        helper.make_node("Cast", ["rounded"], ["number"], to=TensorProto.INT64),
        helper.make_node("Expand", ["number", "shape"], ["codes"]),
    ]
    return _graph(nodes, inputs, ("codes", TensorProto.INT64, [1, CODES]), constants)


def _decoder(manifest: ClipManifest, carrier: np.ndarray) -> bytes:
    constants = {
        "carrier": carrier.astype(np.float32),
        "place": np.array([0, 0], np.int64),
        "after": np.array([1, 1], np.int64),
    }
    nodes = [
        helper.make_node("Slice", ["codes", "place", "after"], ["code"]),
        helper.make_node("Cast", ["code"], ["value"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["value", "carrier"], ["audio"]),
    ]
    return _graph(
        nodes, {"codes": [1, CODES]}, ("audio", TensorProto.FLOAT, [1, manifest.clip_samples]), constants,
        kind=TensorProto.INT64,
    )  # fmt: skip


def _graph(nodes, inputs, output, constants, kind=TensorProto.FLOAT) -> bytes:
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info(name, kind, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(*output)],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10).SerializeToString()
