"""A planner of one's own in an exported model, whose encoder, generator and decoder stay as they are."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import torch

from d2m_bridge.errors import ModelError
from d2m_bridge.manifest import Manifest, load_manifest, read_graph
from export.bundle import TOLERANCE, write_graph
from export.checkpoints import load_planner
from export.graphs import EncoderGraph, PlannerGraph
from export.parity import largest_difference
from export.to_onnx import round_to_half


def export_onto(base: Path, planner_run: Path, out: Path, name: str) -> Manifest:
    """Copies the model in `base` with the planner of a run in place of its own; returns the manifest.

    Raises ModelError when the run's encoder is another one than the base's, which its generator has learnt to
    understand, or when out is base.
    """
    if out.resolve() == base.resolve():
        raise ModelError(f"{out}: the model to begin with is in this folder; choose another --out")
    manifest = load_manifest(base)
    encoder, planner = load_planner(planner_run, manifest.embedding, len(manifest.styles))
    module = EncoderGraph(encoder)
    round_to_half(module)
    examples = {"features": torch.zeros(1, 1, encoder.enter.in_features), "state": torch.zeros(1, module.state)}
    if largest_difference(read_graph(base, manifest.graphs["encoder"]), module, examples) > TOLERANCE:
        raise ModelError(f"{planner_run}: its encoder is not that of {base}; train it with --encoder-of {base}")
    out.mkdir(parents=True, exist_ok=True)
    for kept in ("encoder", "generator", "decoder"):
        shutil.copyfile(base / manifest.graphs[kept].file, out / manifest.graphs[kept].file)
    inputs = planner.enter.in_features - manifest.embedding - len(manifest.styles)
    graph = PlannerGraph(planner)
    written = write_graph(
        out, "planner", graph,
        {
            "embedding": torch.zeros(1, 1, manifest.embedding), "style": torch.zeros(1, len(manifest.styles)),
            "inputs": torch.zeros(1, 1, inputs), "state": torch.zeros(1, graph.state),
        },
        "logits",
    )  # fmt: skip
    manifest = dataclasses.replace(manifest, name=name, graphs={**manifest.graphs, "planner": written})
    (out / "manifest.json").write_text(manifest.to_json(), encoding="utf-8")
    return manifest
