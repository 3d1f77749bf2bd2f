"""Export a run of training.paper as a clip model that d2m render plays.

    python -m export.paper --run RUN --out DIR [--name NAME]

Writes two graphs of fixed size and manifest.json, after comparing each graph with its torch module. Weight norm is
folded; weights are stored as fp16 and used as fp32.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from torch import Tensor, nn
from torch.nn.utils.parametrize import is_parametrized

from d2m_bridge.engine.clip_manifest import CLIP, ClipInput, ClipManifest, ClipStyle, Source
from d2m_bridge.manifest import MANIFEST_FORMAT, Graph
from d2m_bridge.providers import open_session
from export.to_onnx import round_to_half, to_onnx
from models.paper.config import LEVELS, PaperConfig, config_from
from models.paper.d2m_gan import D2MGAN
from models.paper.vqvae import VQVAE

# Clips follow each other every 1.8 s: whole motion frames at 30 and 60 Hz, and a crossfade of 0.2 s.
HOP_S = 1.8
# Module and graph compute with the same fp16-rounded weights: only the order of float32 sums differs.
TOLERANCE = 1e-4
# The same difference turns a latent that lies between two codes to either.
CODES_TOLERANCE = 0.01
_COMPARED = 3


@dataclass(frozen=True, slots=True)
class Trained:
    """What is exported. facts: of the run."""

    model: D2MGAN
    vqvae: VQVAE
    facts: dict[str, Any]


class GeneratorGraph(nn.Module):
    """motion [1, F, C], visual [1, F, C], genre [1, G] if there are genres -> codes int64 [1, T]."""

    def __init__(self, model: D2MGAN, vqvae: VQVAE) -> None:
        super().__init__()
        self.model = _folded(model)
        self.quantizer = vqvae.quantizers[LEVELS[model.config.level]]

    def forward(self, motion: Tensor, visual: Tensor, genre: Tensor | None = None) -> Tensor:
        latent = self.model(motion, visual, genre)
        return self.quantizer.encode(latent.transpose(1, 2))[:, 0]


class DecoderGraph(nn.Module):
    """codes int64 [1, T] -> audio [1, T * hop]."""

    def __init__(self, vqvae: VQVAE, level: int) -> None:
        super().__init__()
        self.quantizer, self.decoder = vqvae.quantizers[level], vqvae.decoders[level]

    def forward(self, codes: Tensor) -> Tensor:
        return self.decoder(self.quantizer.lookup(codes[:, None]).transpose(1, 2))


def load_run(run: Path) -> Trained:
    """RUN/last.safetensors, strictly: too many or too few tensors are refused. ValueError when it is another run."""
    with safe_open(run / "last.safetensors", "pt") as file:
        facts = json.loads(file.metadata()["facts"])
        if facts.get("kind") != "paper":
            raise ValueError(f"{run}: expected a run of training.paper, got one of kind {facts.get('kind')!r}")
        config = config_from(facts["config"])
        parts = {"model": D2MGAN(config), "vqvae": VQVAE(config.vqvae)}
        for name, module in parts.items():
            keys = [key for key in file.keys() if key.startswith(f"{name}/")]  # noqa: SIM118
            module.load_state_dict({key.removeprefix(f"{name}/"): file.get_tensor(key) for key in keys})
    return Trained(parts["model"].eval(), parts["vqvae"].eval(), facts)


def export_paper(trained: Trained, out: Path, name: str) -> ClipManifest:
    """Writes generator.onnx, decoder.onnx and manifest.json; returns the manifest.

    Raises ValueError if a graph differs from its module by more than the tolerances.
    """
    config, facts = trained.model.config, trained.facts
    inputs = {
        "motion": torch.randn(1, config.motion_frames, config.motion_features),
        "visual": torch.randn(1, config.visual_frames, config.visual_features),
    }
    if config.genres:
        inputs["genre"] = torch.eye(len(config.genres))[:1]
    codes = {"codes": torch.randint(config.vqvae.codes, (1, config.frames))}
    out.mkdir(parents=True, exist_ok=True)
    graphs = {
        "generator": _write(out, "generator", GeneratorGraph(trained.model, trained.vqvae), inputs, "codes"),
        "decoder": _write(out, "decoder", DecoderGraph(trained.vqvae, LEVELS[config.level]), codes, "audio"),
    }
    manifest = ClipManifest(
        format=MANIFEST_FORMAT,
        kind=CLIP,
        name=name,
        licence=facts["licence"],
        terms=facts["terms"],
        sample_rate=config.vqvae.sample_rate,
        clip_samples=config.samples,
        hop_samples=round(HOP_S * config.vqvae.sample_rate),
        motion_rate_hz=config.motion_rate_hz,
        motion=ClipInput(_source(config), config.motion_frames, config.motion_features),
        visual=ClipInput(_source(config), config.visual_frames, config.visual_features),
        has_genre=bool(config.genres),
        styles=tuple(ClipStyle(genre) for genre in config.genres or ("any",)),
        graphs=graphs,
    )
    (out / "manifest.json").write_text(manifest.to_json(), encoding="utf-8")
    return manifest


@torch.no_grad()
def largest_difference(content: bytes, module: nn.Module, examples: dict[str, Tensor]) -> float:
    """Of outputs on fresh random inputs, relative to the largest; of codes, the share that differs."""
    session = open_session(content, "cpu")
    generator = torch.Generator().manual_seed(0)
    worst = 0.0
    for _ in range(_COMPARED):
        fresh = {name: _like(value, generator) for name, value in examples.items()}
        ours = module(*fresh.values()).numpy()
        (theirs,) = session.run(None, {name: value.numpy() for name, value in fresh.items()})
        if ours.dtype == np.int64:
            worst = max(worst, float(np.mean(ours != theirs)))
        else:
            worst = max(worst, float(np.abs(ours - theirs).max() / np.abs(ours).max()))
    return worst


def _write(out: Path, name: str, module: nn.Module, examples: dict[str, Tensor], output: str) -> Graph:
    module = module.eval().requires_grad_(False)
    round_to_half(module)
    content = to_onnx(module, examples, (output,))
    difference = largest_difference(content, module, examples)
    allowed = CODES_TOLERANCE if output == "codes" else TOLERANCE
    print(f"{name}: {len(content) / 1e6:.2f} MB, largest difference to torch {difference:.1e}", flush=True)
    if difference > allowed:
        raise ValueError(f"{name}: the graph differs from its module by {difference:.1e}, allowed {allowed:.0e}")
    (out / f"{name}.onnx").write_bytes(content)
    return Graph(f"{name}.onnx", hashlib.sha256(content).hexdigest(), 0)


def _like(example: Tensor, generator: torch.Generator) -> Tensor:
    if example.dtype == torch.int64:
        return torch.randint(int(example.max()) + 1, example.shape, generator=generator)
    return torch.randn(example.shape, generator=generator)


def _folded(module: nn.Module) -> nn.Module:
    """A copy whose weights are plain numbers instead of norm and direction.

    torch's remove_parametrizations would do, but it changes the class that a copy shares with its original.
    """
    module = copy.deepcopy(module)
    for parent in list(module.modules()):
        for name, part in parent.named_children():
            if isinstance(part, nn.Conv1d) and is_parametrized(part, "weight"):
                plain = nn.Conv1d(part.in_channels, part.out_channels, part.kernel_size, dilation=part.dilation)
                plain.load_state_dict({"weight": part.weight, "bias": part.bias})
                setattr(parent, name, plain)
    return module


def _source(config: PaperConfig) -> Source:
    """The published inputs (SMPL, OpenPose, I3D) come from files; a series of pictures is what the runtime sees."""
    return "seen" if config.visual_frames > 1 else "file"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--name", default="d2m-gan")
    options = parser.parse_args()
    manifest = export_paper(load_run(options.run), options.out, options.name)
    print(f"{options.out}: {manifest.name}, clips of {manifest.clip_samples / manifest.sample_rate:.2f} s")
    if manifest.terms:
        print(manifest.terms)


if __name__ == "__main__":
    main()
