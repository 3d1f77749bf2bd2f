"""A part of one's own in an exported model, whose other parts stay as they are."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import torch

from d2m_bridge.errors import ModelError
from d2m_bridge.manifest import Manifest, load_manifest, read_graph
from export.bundle import TOLERANCE, write_planner, write_sound
from export.checkpoints import load_planner, load_sound
from export.graphs import EncoderGraph
from export.parity import largest_difference
from export.to_onnx import round_to_half
from models.audio_encoder_file import AUDIO_ENCODER


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
    out.mkdir(parents=True, exist_ok=True)
    kept = [manifest.graphs[graph].file for graph in ("encoder", "generator", "decoder")]
    for file in (*kept, *(path.name for path in base.glob(AUDIO_ENCODER))):
        shutil.copyfile(base / file, out / file)
    written = write_planner(out, planner, manifest.embedding, len(manifest.styles))
    manifest = dataclasses.replace(manifest, name=name, graphs={**manifest.graphs, "planner": written})
    (out / "manifest.json").write_text(manifest.to_json(), encoding="utf-8")
    return manifest


def export_sound_onto(base: Path, codec_run: Path, generator_run: Path, out: Path, name: str) -> Manifest:
    """Copies encoder and planner of the model in `base`, with codec and generator of runs; returns the manifest.

    Raises ModelError when the generator was trained for other embeddings, features or styles, or when out is base.
    """
    manifest = _base(base, out)
    sound = load_sound(codec_run, generator_run)
    styles = [(style.name, style.mode) for style in manifest.styles]
    known = {
        "embedding": manifest.embedding, "styles": styles, "motion_rate_hz": manifest.motion_rate_hz,
        "motion_features": list(manifest.motion_features), "visual_features": list(manifest.visual_features),
    }  # fmt: skip
    for fact, expected in known.items():
        if json.loads(json.dumps(expected)) != sound.facts[fact]:
            raise ModelError(
                f"{generator_run}: trained for other {fact} than {base} has; train it with --planner {base}"
            )
    out.mkdir(parents=True, exist_ok=True)
    kept = {graph: manifest.graphs[graph] for graph in ("encoder", "planner")}
    for graph in kept.values():
        shutil.copyfile(base / graph.file, out / graph.file)
    return write_sound(sound, out, name, kept)


def _base(base: Path, out: Path) -> Manifest:
    if out.resolve() == base.resolve():
        raise ModelError(f"{out}: the model to begin with is in this folder; choose another --out")
    return load_manifest(base)
