"""What every data set says of its clips, whatever its files look like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import NDArray

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.errors import InputError
from d2m_bridge.pipeline.watch import OpenEstimator
from d2m_bridge.timeline import Float32

SPLITS = ("train", "val", "test")


@dataclass(frozen=True, slots=True)
class Needs:
    """How the clips are wanted. open_estimator: must go from process to process."""

    motion_rate_hz: float
    sample_rate: int
    open_estimator: OpenEstimator


@dataclass(frozen=True, slots=True)
class Item:
    """A clip that is there to be read. name: unique in its data set, and a relative path. files: by their role."""

    name: str
    split: str
    files: Mapping[str, tuple[Path, ...]]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Drop:
    """A clip that cannot be used. reason: a few words, the same for all such clips; text: this one's case."""

    name: str
    reason: str
    text: str


class DroppedError(InputError):
    """Raised while a clip is read."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(reason, text)
        self.reason, self.text = reason, text

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Body:
    """The dancer at the ticks of the motion rate from 0 s on.

    points: float32 [T, 17, 2], COCO-17 in image heights, x right and y down, NaN where nobody was seen. confidence:
    float32 [T, 17], 0..1.
    """

    points: Float32
    confidence: Float32


@dataclass(frozen=True, slots=True)
class Material:
    """A clip, read. Times count from its first picture.

    body: None where the data has no joints. visual: float32 [T, V] at the ticks. audio: float32 [N] mono. grid: the
    beats, where they are known. arrays, facts: what else the data set says.
    """

    seconds: float
    body: Body | None = None
    visual: Float32 | None = None
    audio: Float32 | None = None
    grid: BeatGrid | None = None
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


class DataSet(Protocol):
    """One data set in a folder. Must go from process to process."""

    def survey(self) -> tuple[list[Item], list[Drop]]:
        """All its clips in a fixed order, and those that are out unread. InputError: this is not the data set."""
        ...

    def read(self, item: Item, needs: Needs) -> Material:
        """Raises DroppedError, or another InputError for what cannot be read."""
        ...

    def settings(self) -> dict[str, Any]:
        """JSON values: what of it decides the content of the clips."""
        ...
