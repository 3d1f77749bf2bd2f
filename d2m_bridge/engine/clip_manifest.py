"""The manifest of a clip model: one that makes music in pieces of fixed length, such as D2M-GAN as published."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from d2m_bridge.errors import ModelError
from d2m_bridge.manifest import Graph, place_of_style, read_facts

CLIP = "clip"
GRAPHS = ("generator", "decoder")
# Where an input comes from: what the runtime sees in the video, or a file beside it.
Source = Literal["seen", "file"]


@dataclass(frozen=True, slots=True)
class ClipStyle:
    """A genre that the model knows."""

    name: str


@dataclass(frozen=True, slots=True)
class ClipInput:
    """One input of a clip: frames x features, evenly spread over its time (1 frame: one vector for all of it)."""

    source: Source
    frames: int
    features: int


@dataclass(frozen=True, slots=True)
class ClipManifest:
    """clip_samples: what the decoder makes of a clip. hop_samples: from the first sample of a clip to the next one's.

    motion_rate_hz: frames a second of the motion. has_genre: the style is an input. terms: what the licence asks of who
    uses the music, in one line, or nothing.
    """

    format: int
    kind: str
    name: str
    licence: str
    terms: str
    sample_rate: int
    clip_samples: int
    hop_samples: int
    motion_rate_hz: float
    motion: ClipInput
    visual: ClipInput
    has_genre: bool
    styles: tuple[ClipStyle, ...]
    graphs: dict[str, Graph]

    def style_index(self, name: str) -> int:
        """Where a style stands; InputError naming the known ones otherwise."""
        return place_of_style([style.name for style in self.styles], name)

    def to_json(self) -> str:
        """The text that load_clip_manifest reads."""
        return json.dumps(dataclasses.asdict(self), indent=1) + "\n"


def load_clip_manifest(folder: Path) -> ClipManifest:
    """Reads folder/manifest.json; ModelError when it is missing or not exactly that of a clip model."""
    path, facts = folder / "manifest.json", read_facts(folder)
    expected = {field.name for field in dataclasses.fields(ClipManifest)}
    if set(facts) != expected:
        odd = ", ".join(sorted(set(facts) ^ expected))
        raise ModelError(f"{path}: keys missing or unknown: {odd}; export the model again")
    try:
        inputs = {key: ClipInput(**facts[key]) for key in ("motion", "visual")}
        styles = tuple(ClipStyle(**style) for style in facts["styles"])
        graphs = {name: Graph(**graph) for name, graph in facts["graphs"].items()}
    except (TypeError, AttributeError) as error:
        raise ModelError(f"{path}: {error}; export the model again") from None
    if set(graphs) != set(GRAPHS):
        raise ModelError(f"{path}: expected the graphs {', '.join(GRAPHS)}, got {', '.join(graphs)}; export again")
    manifest = ClipManifest(**{**facts, **inputs, "styles": styles, "graphs": graphs})
    if not 0 < manifest.hop_samples <= manifest.clip_samples <= 2 * manifest.hop_samples:
        raise ModelError(
            f"{path}: clips of {manifest.clip_samples} samples cannot follow each other every {manifest.hop_samples}: "
            "expected from half a clip to a whole one; export the model again"
        )
    return manifest
