"""Four graphs and a manifest in one folder, each graph compared with its torch module before it is written."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from d2m_bridge.engine.plan import STEMS
from d2m_bridge.manifest import MANIFEST_FORMAT, Graph, Manifest, StyleEntry
from export.checkpoints import Sound, Trained
from export.graphs import DecoderGraph, EncoderGraph, GeneratorGraph, PlannerGraph
from export.parity import largest_difference
from export.to_onnx import round_to_half, to_onnx
from models.audio_encoder_file import save_audio_encoder
from models.generator import Generator
from models.planner import Planner
from models.quantizer import ResidualVQ

LICENCE = "CC-BY-4.0"
BLOCK_FRAMES = 4
# Module and graph compute with the same fp16-rounded weights: only the order of float32 sums differs.
TOLERANCE = 1e-4


def export_models(trained: Trained, out: Path, name: str) -> Manifest:
    """Writes encoder, planner, generator and decoder .onnx, the audio encoder and manifest.json; returns the manifest.

    Raises ValueError if a graph differs from its module by more than TOLERANCE of the output's scale.
    """
    facts, encoder, planner = trained.sound.facts, trained.encoder, trained.planner
    embedding, style = facts["embedding"], len(facts["styles"])
    out.mkdir(parents=True, exist_ok=True)
    graphs = {
        "encoder": write_graph(
            out, "encoder", EncoderGraph(encoder), {"features": (1, 1, encoder.enter.in_features)}, "embedding"
        ),
        "planner": write_planner(out, planner, embedding, style),
    }
    return write_sound(trained.sound, out, name, graphs)


def write_planner(out: Path, planner: Planner, embedding: int, styles: int) -> Graph:
    """Writes out/planner.onnx."""
    inputs = planner.enter.in_features - embedding - styles
    shapes = {"embedding": (1, 1, embedding), "style": (1, styles), "inputs": (1, 1, inputs)}
    return write_graph(out, "planner", PlannerGraph(planner), shapes, "logits")


def write_generator(out: Path, generator: Generator, quantizer: ResidualVQ, facts: Mapping[str, Any]) -> Graph:
    """Writes out/generator.onnx. facts: of its checkpoint."""
    styles, widths = len(facts["styles"]), {"embedding": facts["embedding"], "noise": facts["noise"]}
    conditions = generator.enter.in_features - styles - sum(widths.values())
    widths = {"conditions": conditions, "embedding": widths["embedding"], "style": styles, "noise": widths["noise"]}
    shapes = {name: (len(STEMS), BLOCK_FRAMES, width) for name, width in widths.items()}
    return write_graph(out, "generator", GeneratorGraph(generator, quantizer), shapes, "codes")


def write_sound(sound: Sound, out: Path, name: str, graphs: Mapping[str, Graph]) -> Manifest:
    """Writes generator, decoder, audio encoder, and the manifest of these and of the graphs that are there already."""
    config, facts = sound.codec.config, sound.facts
    rows = len(STEMS)
    written = {
        "generator": write_generator(out, sound.generator, sound.codec.quantizer, facts),
        "decoder": write_graph(
            out,
            "decoder",
            DecoderGraph(sound.codec),
            {"codes": (rows, config.books, BLOCK_FRAMES), "excitation": (rows, BLOCK_FRAMES, 2 * config.tonal_bins)},
            "audio",
        ),
    }
    save_audio_encoder(sound.codec.encoder, out, written["decoder"].sha256)
    manifest = Manifest(
        format=MANIFEST_FORMAT,
        name=name,
        licence=LICENCE,
        sample_rate=config.sample_rate,
        hop=config.hop,
        block_frames=BLOCK_FRAMES,
        delay_samples=config.delay,
        look_ahead_frames=sound.generator.look_ahead,
        tonal_window=config.tonal_window,
        tonal_bins=config.tonal_bins,
        books=config.books,
        noise=facts["noise"],
        embedding=facts["embedding"],
        motion_rate_hz=facts["motion_rate_hz"],
        motion_features=tuple(facts["motion_features"]),
        visual_features=tuple(facts["visual_features"]),
        styles=tuple(StyleEntry(*entry) for entry in facts["styles"]),
        graphs={**graphs, **written},
    )
    (out / "manifest.json").write_text(manifest.to_json(), encoding="utf-8")
    return manifest


def write_graph(out: Path, graph: str, module: nn.Module, shapes: Mapping[str, tuple[int, ...]], result: str) -> Graph:
    """Writes out/GRAPH.onnx. shapes: of every input but the state; result: what the first output is called.

    Raises ValueError as export_models.
    """
    examples = {name: _example(name, shape, module) for name, shape in shapes.items()}
    rows = next(iter(shapes.values()))[0]
    examples["state"] = torch.zeros(rows, module.state)
    round_to_half(module)
    content = to_onnx(module, examples, (result, "next_state"))
    difference = largest_difference(content, module, examples)
    print(f"{graph}: {len(content) / 1e6:.2f} MB, largest difference to torch {difference:.1e}", flush=True)
    if difference > TOLERANCE:
        raise ValueError(f"{graph}: the graph differs from its module by {difference:.1e}, allowed {TOLERANCE:.0e}")
    (out / f"{graph}.onnx").write_bytes(content)
    return Graph(f"{graph}.onnx", hashlib.sha256(content).hexdigest(), module.state)


def _example(name: str, shape: tuple[int, ...], module: nn.Module) -> torch.Tensor:
    if name == "codes":
        return torch.randint(module.quantizer.codebooks.shape[1], shape)
    return torch.randn(shape) * 0.1
