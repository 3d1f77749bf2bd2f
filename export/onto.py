"""A part of one's own in an exported model, whose other parts stay as they are."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from d2m_bridge.errors import ModelError
from d2m_bridge.manifest import Graph, Manifest, load_manifest, read_graph
from export.bundle import TOLERANCE, write_generator, write_planner, write_sound
from export.checkpoints import load_generator, load_planner, load_sound
from export.graphs import EncoderGraph
from export.parity import largest_difference
from export.to_onnx import round_to_half
from models.audio_encoder_file import AUDIO_ENCODER
from models.quantizer import ResidualVQ


def export_onto(base: Path, planner_run: Path, out: Path, name: str) -> Manifest:
    """Copies the model in `base` with the planner of a run in place of its own; returns the manifest.

    Raises ModelError when the run's encoder is another one than the base's, which its generator has learnt to
    understand, or when out is base.
    """
    manifest = _base(base, out)
    encoder, planner = load_planner(planner_run, manifest.embedding, len(manifest.styles))
    module = EncoderGraph(encoder)
    round_to_half(module)
    examples = {"features": torch.zeros(1, 1, encoder.enter.in_features), "state": torch.zeros(1, module.state)}
    if largest_difference(read_graph(base, manifest.graphs["encoder"]), module, examples) > TOLERANCE:
        raise ModelError(f"{planner_run}: its encoder is not that of {base}; train it with --encoder-of {base}")
    _copy_all_but("planner", base, manifest, out)
    return _with(manifest, "planner", write_planner(out, planner, manifest.embedding, len(manifest.styles)), out, name)


def export_generator_onto(base: Path, run: Path, out: Path, name: str) -> Manifest:
    """Copies the model in `base` with the generator of a run, which was trained for its codec, in place of its own;
    returns the manifest. Raises ModelError as export_sound_onto, and for latents of another size.
    """
    manifest = _base(base, out)
    generator, facts = load_generator(run)
    _check_facts(run, facts, base, manifest)
    quantizer = _quantizer(base, manifest)
    if generator.leave.out_features != quantizer.codebooks.shape[2]:
        raise ModelError(f"{run}: trained for another codec than {base} has; train it with --codec {base}")
    _copy_all_but("generator", base, manifest, out)
    return _with(manifest, "generator", write_generator(out, generator, quantizer, facts), out, name)


def export_sound_onto(base: Path, codec_run: Path, generator_run: Path, out: Path, name: str) -> Manifest:
    """Copies encoder and planner of the model in `base`, with codec and generator of runs; returns the manifest.

    Raises ModelError when the generator was trained for other embeddings, features or styles, or when out is base.
    """
    manifest = _base(base, out)
    sound = load_sound(codec_run, generator_run)
    _check_facts(generator_run, sound.facts, base, manifest)
    out.mkdir(parents=True, exist_ok=True)
    kept = {graph: manifest.graphs[graph] for graph in ("encoder", "planner")}
    for graph in kept.values():
        shutil.copyfile(base / graph.file, out / graph.file)
    return write_sound(sound, out, name, kept)


def _check_facts(run: Path, facts: Mapping[str, Any], base: Path, manifest: Manifest) -> None:
    styles = [(style.name, style.mode) for style in manifest.styles]
    known = {
        "embedding": manifest.embedding, "styles": styles, "motion_rate_hz": manifest.motion_rate_hz,
        "motion_features": list(manifest.motion_features), "visual_features": list(manifest.visual_features),
    }  # fmt: skip
    for fact, expected in known.items():
        if json.loads(json.dumps(expected)) != facts[fact]:
            raise ModelError(f"{run}: trained for other {fact} than {base} has; train it with --planner {base}")


def _quantizer(base: Path, manifest: Manifest) -> ResidualVQ:
    """The books that the base's generator chooses from."""
    model = onnx.load_from_string(read_graph(base, manifest.graphs["generator"]))
    found = next((each for each in model.graph.initializer if each.name.startswith("quantizer.codebooks")), None)
    if found is None:
        raise ModelError(f"{base / manifest.graphs['generator'].file}: no codebooks in it; give --codec as well")
    books = torch.from_numpy(numpy_helper.to_array(found).astype(np.float32))
    quantizer = ResidualVQ(*books.shape)
    quantizer.codebooks.copy_(books)
    return quantizer


def _copy_all_but(graph: str, base: Path, manifest: Manifest, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    kept = [each.file for name, each in manifest.graphs.items() if name != graph]
    for file in (*kept, *(path.name for path in base.glob(AUDIO_ENCODER))):
        shutil.copyfile(base / file, out / file)


def _with(manifest: Manifest, graph: str, written: Graph, out: Path, name: str) -> Manifest:
    manifest = dataclasses.replace(manifest, name=name, graphs={**manifest.graphs, graph: written})
    (out / "manifest.json").write_text(manifest.to_json(), encoding="utf-8")
    return manifest


def _base(base: Path, out: Path) -> Manifest:
    if out.resolve() == base.resolve():
        raise ModelError(f"{out}: the model to begin with is in this folder; choose another --out")
    return load_manifest(base)
