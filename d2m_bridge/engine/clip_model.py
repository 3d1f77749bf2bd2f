"""A model of fixed-length clips, played at any length: overlapped windows and a crossfade. No file or clock inside.

    motion of a window ─┐
    picture, style ─────┴> generator ─> codes ─> decoder ─> clip ─> crossfade ─> blocks

Window k sees the dance from k hops on, counted in samples, so that music and dance never drift apart. Neighbours
overlap, and the one fades into the other at equal power, as two pieces that know nothing of each other need it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from d2m_bridge.engine.clip_manifest import ClipInput, ClipManifest, load_clip_manifest
from d2m_bridge.errors import ModelError
from d2m_bridge.manifest import read_graph
from d2m_bridge.motion.features import MOTION_FEATURES
from d2m_bridge.providers import Device, open_session
from d2m_bridge.timeline import Float32, sample_at
from d2m_bridge.visual.statistics import VISUAL_FEATURES

if TYPE_CHECKING:
    import onnxruntime


@dataclass(frozen=True, slots=True)
class ClipModel:
    """Loaded graphs; they hold no state."""

    manifest: ClipManifest
    sessions: dict[str, onnxruntime.InferenceSession]


@dataclass(frozen=True, slots=True)
class Series:
    """values: float32 [T, C], row i at i / rate_hz seconds, T at least 1."""

    values: Float32
    rate_hz: float

    def cut(self, t: float, wanted: ClipInput, clip_s: float) -> Float32:
        """The rows of a clip that begins at t: float32 [1, frames, C]; beyond an end, the row at that end.

        One frame for a whole clip is the row at its middle.
        """
        first = round(t * self.rate_hz) if wanted.frames > 1 else int((t + clip_s / 2) * self.rate_hz)
        rows = np.clip(np.arange(first, first + wanted.frames), 0, len(self.values) - 1)
        return self.values[rows][None]


def load_clip_model(folder: Path, device: Device = "auto") -> ClipModel:
    """Reads and verifies a model folder; ModelError when a file is missing, damaged, or of other shapes."""
    manifest = load_clip_manifest(folder)
    sessions = {name: open_session(read_graph(folder, graph), device) for name, graph in manifest.graphs.items()}
    for name, put, seen in (("motion", manifest.motion, MOTION_FEATURES), ("visual", manifest.visual, VISUAL_FEATURES)):
        if put.source == "seen" and put.features != len(seen):
            raise ModelError(
                f"{folder}: {name}: this version of d2m sees {len(seen)} features, the model takes {put.features}; "
                "train it anew"
            )
    expected: dict[str, list[int]] = {
        "motion": [1, manifest.motion.frames, manifest.motion.features],
        "visual": [1, manifest.visual.frames, manifest.visual.features],
    }
    if manifest.has_genre:
        expected["genre"] = [1, len(manifest.styles)]
    got = {put.name: put.shape for put in sessions["generator"].get_inputs()}
    sound = sessions["decoder"].get_outputs()[0].shape
    if got != expected or sound != [1, manifest.clip_samples]:
        raise ModelError(
            f"{folder}: the manifest gives {expected} for {manifest.clip_samples} samples, the graphs take {got} for "
            f"{sound}; export the model again"
        )
    return ClipModel(manifest, sessions)


def play_clips(model: ClipModel, motion: Series, visual: Series, style: Float32, seconds: float) -> Iterator[Float32]:
    """Mono samples float32 [N] in order, at most a hop each, exactly `seconds` long together.

    style: float32 [S], weights that sum to 1.
    """
    facts = model.manifest
    end = sample_at(seconds, facts.sample_rate)
    overlap = facts.clip_samples - facts.hop_samples
    turn = (np.arange(overlap, dtype=np.float32) + 0.5) / max(1, overlap) * np.float32(np.pi / 2)
    rise, fall = np.sin(turn), np.cos(turn)
    tail: Float32 | None = None
    for start in range(0, end, facts.hop_samples):
        clip = make_clip(model, motion, visual, style, start / facts.sample_rate)
        head = clip[:overlap] if tail is None else rise * clip[:overlap] + fall * tail
        tail = clip[facts.hop_samples :]
        yield np.concatenate([head, clip[overlap : facts.hop_samples]])[: end - start]


def make_clip(model: ClipModel, motion: Series, visual: Series, style: Float32, t: float) -> Float32:
    """The clip that answers the dance from t seconds on: mono float32 [clip_samples]."""
    facts = model.manifest
    clip_s = facts.motion.frames / facts.motion_rate_hz
    inputs = {"motion": motion.cut(t, facts.motion, clip_s), "visual": visual.cut(t, facts.visual, clip_s)}
    if facts.has_genre:
        inputs["genre"] = style[None]
    (codes,) = model.sessions["generator"].run(["codes"], inputs)
    (audio,) = model.sessions["decoder"].run(["audio"], {"codes": codes})
    samples: Float32 = np.asarray(audio)[0]
    return samples
