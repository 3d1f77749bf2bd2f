"""The four ONNX graphs as functions that carry their state."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.engine.conditioning import CONDITIONS
from d2m_bridge.engine.excitation import TonalClock
from d2m_bridge.engine.plan import STEMS
from d2m_bridge.engine.planner import PLANNER_INPUTS
from d2m_bridge.engine.tokens import TOTAL_CLASSES
from d2m_bridge.errors import ModelError
from d2m_bridge.manifest import Manifest, load_manifest, read_graph
from d2m_bridge.providers import Device, open_session
from d2m_bridge.timeline import Float32

if TYPE_CHECKING:
    import onnxruntime


@dataclass(frozen=True, slots=True)
class Models:
    """Loaded graphs, shared by any number of engines; they hold no state of a stream."""

    manifest: Manifest
    sessions: dict[str, onnxruntime.InferenceSession]

    @property
    def clock(self) -> TonalClock:
        """The time base of latents and excitation."""
        facts = self.manifest
        return TonalClock(facts.sample_rate, facts.hop, facts.tonal_window, facts.tonal_bins, facts.delay_samples)


def load_models(folder: Path, device: Device = "auto") -> Models:
    """Reads and verifies a model folder; ModelError when a file is missing, damaged, or of other shapes than ours."""
    manifest = load_manifest(folder)
    sessions = {
        name: open_session(read_graph(folder, graph), "cpu" if name in ("encoder", "planner") else device)
        for name, graph in manifest.graphs.items()
    }
    for graph, tensor, axis, expected in (
        ("encoder", "features", 2, len(manifest.motion_features) + len(manifest.visual_features)),
        ("planner", "inputs", 2, PLANNER_INPUTS),
        ("planner", "style", 1, len(manifest.styles)),
        ("generator", "conditions", 2, CONDITIONS),
        ("generator", "conditions", 0, len(STEMS)),
        ("generator", "conditions", 1, manifest.block_frames),
        ("decoder", "codes", 1, manifest.books),
        ("decoder", "excitation", 2, 2 * manifest.tonal_bins),
    ):
        shapes = {put.name: put.shape for put in sessions[graph].get_inputs()}
        got = shapes[tensor][axis] if tensor in shapes else "no such input"
        if got != expected:
            raise ModelError(
                f"{folder}: {graph}.{tensor} axis {axis}: this version of d2m gives {expected}, the graph takes {got}; "
                "export the model again"
            )
    return Models(manifest, sessions)


class Stream:
    """One graph with the state of one stream."""

    def __init__(self, models: Models, name: str, rows: int = 1) -> None:
        self._session = models.sessions[name]
        self._outputs = [put.name for put in self._session.get_outputs()]
        self._state: NDArray[np.float32] = np.zeros((rows, models.manifest.graphs[name].state), np.float32)

    def __call__(self, **inputs: NDArray[Any]) -> NDArray[Any]:
        """Runs once; inputs by name; returns the first output and keeps the state for the next call."""
        result, self._state = self._session.run(self._outputs, {**inputs, "state": self._state})
        return np.asarray(result)


class EncoderStream:
    """Motion and picture -> embedding, a tick at a time."""

    def __init__(self, models: Models) -> None:
        self._stream = Stream(models, "encoder")

    def __call__(self, motion: Float32, visual: Float32) -> Float32:
        """Motion float32 [F], visual float32 [V] -> float32 [E]."""
        embedding: Float32 = self._stream(features=np.concatenate([motion, visual])[None, None])[0, 0]
        return embedding


class PlannerStream:
    """Embedding and the plan's past -> logits of a step. style: float32 [S], may change between calls."""

    def __init__(self, models: Models, style: Float32) -> None:
        self._stream = Stream(models, "planner")
        self.style = style

    def __call__(self, embedding: Float32, inputs: Float32) -> Float32:
        """Embedding float32 [E], inputs float32 [PLANNER_INPUTS] -> float32 [TOTAL_CLASSES]."""
        logits = self._stream(embedding=embedding[None, None], style=self.style[None], inputs=inputs[None, None])
        return logits.reshape(TOTAL_CLASSES)
