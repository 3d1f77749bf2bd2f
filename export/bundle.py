"""Four graphs and a manifest in one folder, each graph compared with its torch module before it is written."""

from __future__ import annotations

import hashlib
from pathlib import Path

import torch
from torch import nn

from d2m_bridge.engine.plan import STEMS
from d2m_bridge.manifest import MANIFEST_FORMAT, Graph, Manifest, StyleEntry
from export.checkpoints import Trained
from export.graphs import DecoderGraph, EncoderGraph, GeneratorGraph, PlannerGraph
from export.parity import largest_difference
from export.to_onnx import round_to_half, to_onnx

LICENCE = "CC-BY-4.0"
BLOCK_FRAMES = 4
# Module and graph compute with the same fp16-rounded weights: only the order of float32 sums differs.
TOLERANCE = 1e-4


def export_models(trained: Trained, out: Path, name: str) -> Manifest:
    """Writes encoder, planner, generator and decoder .onnx and manifest.json; returns the manifest.

    Raises ValueError if a graph differs from its module by more than TOLERANCE of the output's scale.
    """
    config, facts = trained.codec.config, trained.facts
    rows, block, style = len(STEMS), BLOCK_FRAMES, len(facts["styles"])
    embedding, noise = facts["embedding"], facts["noise"]
    conditions = trained.generator.enter.in_features - embedding - style - noise
    inputs = trained.planner.enter.in_features - embedding - style
    modules = {
        "encoder": EncoderGraph(trained.encoder),
        "planner": PlannerGraph(trained.planner),
        "generator": GeneratorGraph(trained.generator, trained.codec),
        "decoder": DecoderGraph(trained.codec),
    }
    shapes: dict[str, dict[str, tuple[int, ...]]] = {
        "encoder": {"features": (1, 1, trained.encoder.enter.in_features)},
        "planner": {"embedding": (1, 1, embedding), "style": (1, style), "inputs": (1, 1, inputs)},
        "generator": {
            "conditions": (rows, block, conditions), "embedding": (rows, block, embedding),
            "style": (rows, block, style), "noise": (rows, block, noise),
        },
        "decoder": {"codes": (rows, config.books, block), "excitation": (rows, block, 2 * config.tonal_bins)},
    }  # fmt: skip
    results = {"encoder": "embedding", "planner": "logits", "generator": "codes", "decoder": "audio"}
    out.mkdir(parents=True, exist_ok=True)
    graphs = {}
    for graph, module in modules.items():
        size = shapes[graph]["codes" if graph == "decoder" else next(iter(shapes[graph]))][0]
        examples = {key: _example(key, shape, config.entries) for key, shape in shapes[graph].items()}
        examples["state"] = torch.zeros(size, module.state)
        graphs[graph] = write_graph(out, graph, module, examples, results[graph])
    manifest = Manifest(
        format=MANIFEST_FORMAT,
        name=name,
        licence=LICENCE,
        sample_rate=config.sample_rate,
        hop=config.hop,
        block_frames=block,
        delay_samples=config.delay,
        look_ahead_frames=trained.generator.look_ahead,
        tonal_window=config.tonal_window,
        tonal_bins=config.tonal_bins,
        books=config.books,
        noise=noise,
        embedding=embedding,
        motion_rate_hz=facts["motion_rate_hz"],
        motion_features=tuple(facts["motion_features"]),
        visual_features=tuple(facts["visual_features"]),
        styles=tuple(StyleEntry(*entry) for entry in facts["styles"]),
        graphs=graphs,
    )
    (out / "manifest.json").write_text(manifest.to_json(), encoding="utf-8")
    return manifest


def write_graph(out: Path, graph: str, module: nn.Module, examples: dict[str, torch.Tensor], result: str) -> Graph:
    """Writes out/GRAPH.onnx. examples: an input of every name, state included; result: what the first output is called.

    Raises ValueError as export_models.
    """
    round_to_half(module)
    content = to_onnx(module, examples, (result, "next_state"))
    difference = largest_difference(content, module, examples)
    print(f"{graph}: {len(content) / 1e6:.2f} MB, largest difference to torch {difference:.1e}", flush=True)
    if difference > TOLERANCE:
        raise ValueError(f"{graph}: the graph differs from its module by {difference:.1e}, allowed {TOLERANCE:.0e}")
    (out / f"{graph}.onnx").write_bytes(content)
    return Graph(f"{graph}.onnx", hashlib.sha256(content).hexdigest(), module.state)


def _example(name: str, shape: tuple[int, ...], entries: int) -> torch.Tensor:
    return torch.randint(entries, shape) if name == "codes" else torch.randn(shape) * 0.1
