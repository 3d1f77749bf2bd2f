"""The model's own numbers: export writes them beside the graphs, the runtime reads them and believes nothing else."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from d2m_bridge.errors import InputError, ModelError

MANIFEST_FORMAT = 1
STREAM = "stream"  # the kind of model that this module describes; engine.clip_manifest describes the other
ASSETS = Path(__file__).parent / "assets"
GRAPHS = ("encoder", "planner", "generator", "decoder")


@dataclass(frozen=True, slots=True)
class Graph:
    """One ONNX file. state: floats of explicit state per row of the batch."""

    file: str
    sha256: str
    state: int


@dataclass(frozen=True, slots=True)
class StyleEntry:
    """A style that the model knows. mode: a key of engine.harmony.MODES."""

    name: str
    mode: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Rates, sizes and names that the four graphs agree on.

    hop: samples a latent frame. block_frames: latent frames a call of generator and decoder. delay_samples: lag of the
    decoder. look_ahead_frames: lag of the generator. tonal_window, tonal_bins: see engine.excitation.TonalClock.
    """

    format: int
    name: str
    licence: str
    sample_rate: int
    hop: int
    block_frames: int
    delay_samples: int
    look_ahead_frames: int
    tonal_window: int
    tonal_bins: int
    books: int
    noise: int
    embedding: int
    motion_rate_hz: float
    motion_features: tuple[str, ...]
    visual_features: tuple[str, ...]
    styles: tuple[StyleEntry, ...]
    graphs: dict[str, Graph]

    def style_index(self, name: str) -> int:
        """Where a style stands; InputError naming the known ones otherwise."""
        return place_of_style([style.name for style in self.styles], name)

    def to_json(self) -> str:
        """The text that load_manifest reads."""
        return json.dumps(dataclasses.asdict(self), indent=1) + "\n"


def place_of_style(names: list[str], name: str) -> int:
    """Its index. Raises InputError for a style that is not among the names."""
    if name not in names:
        raise InputError(f"unknown style {name!r}: this model knows {', '.join(names)}")
    return names.index(name)


def load_manifest(folder: Path) -> Manifest:
    """Reads folder/manifest.json; ModelError when it is missing or not exactly of our format."""
    path, facts = folder / "manifest.json", read_facts(folder)
    kind = facts.get("kind", STREAM)
    if kind != STREAM:
        raise ModelError(f"{path}: a {kind} model makes whole clips and cannot stream; play it with d2m render")
    expected = {field.name for field in dataclasses.fields(Manifest)}
    if set(facts) != expected:
        odd = ", ".join(sorted(set(facts) ^ expected))
        raise ModelError(f"{path}: keys missing or unknown: {odd}; export the model again")
    try:
        lists = {key: tuple(facts[key]) for key in ("motion_features", "visual_features")}
        styles = tuple(StyleEntry(**style) for style in facts["styles"])
        graphs = {name: Graph(**graph) for name, graph in facts["graphs"].items()}
    except (TypeError, AttributeError) as error:
        raise ModelError(f"{path}: {error}; export the model again") from None
    if set(graphs) != set(GRAPHS):
        raise ModelError(f"{path}: expected the graphs {', '.join(GRAPHS)}, got {', '.join(graphs)}; export again")
    return Manifest(**{**facts, **lists, "styles": styles, "graphs": graphs})


def read_facts(folder: Path) -> dict[str, Any]:
    """What folder/manifest.json says; "kind" is missing in STREAM models. ModelError when it is no manifest of ours."""
    path = folder / "manifest.json"
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelError(f"{path}: no model there; reinstall d2m, or export one with python -m export") from None
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: cannot be read as a model manifest ({error}); reinstall or export again") from None
    if not isinstance(facts, dict) or facts.get("format") != MANIFEST_FORMAT:
        got = facts.get("format") if isinstance(facts, dict) else type(facts).__name__
        raise ModelError(f"{path}: expected manifest format {MANIFEST_FORMAT}, got {got}; export the model again")
    return facts


def read_graph(folder: Path, graph: Graph) -> bytes:
    """The bytes of a graph, if they are the ones that the manifest means; ModelError otherwise."""
    path = folder / graph.file
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror or error}; reinstall d2m or export the model again") from None
    found = hashlib.sha256(content).hexdigest()
    if found != graph.sha256:
        raise ModelError(f"{path}: wrong file: expected sha256 {graph.sha256[:12]}…, got {found[:12]}…; reinstall d2m")
    return content
