"""The shipped model with one graph changed, its manifest telling the truth about it."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from pathlib import Path

import onnx

from d2m_bridge.manifest import ASSETS, load_manifest


def with_changed(folder: Path, name: str, change: Callable[[onnx.ModelProto], None]) -> Path:
    """Writes the changed graph and the manifest into a folder; returns it."""
    manifest = load_manifest(ASSETS)
    graph = manifest.graphs[name]
    model = onnx.load(ASSETS / graph.file)
    change(model)
    content = model.SerializeToString()
    (folder / graph.file).write_bytes(content)
    changed = dataclasses.replace(graph, sha256=hashlib.sha256(content).hexdigest())
    manifest = dataclasses.replace(manifest, graphs={**manifest.graphs, name: changed})
    (folder / "manifest.json").write_text(manifest.to_json())
    return folder


def with_another_function(model: onnx.ModelProto) -> None:
    """A change: every Gelu becomes a Tanh."""
    for node in model.graph.node:
        if node.op_type == "Gelu":
            node.op_type, node.domain = "Tanh", ""
            del node.attribute[:]
