"""What a system plays for the measures: scene after scene, by as many workers as there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from training.scores.scenes import Scene, System, Take
from training.workers import Staff

SECOND_SEED = 1000  # added to a scene's own
_BEGINNING_S = 12.0  # of a scene, for the second seed and the still dancer
_STILL_SCENES = 4  # the most energetic ones: they are compared with standing still


@dataclass(frozen=True, slots=True)
class Request:
    """Music that is wanted. again: with another seed, so only of a system to which that makes a difference."""

    scene: Scene
    seed: int
    again: bool = False

    def __str__(self) -> str:
        return f"{self.scene.name}, seed {self.seed}"


class Player:
    """A worker's part: one system, set up once. make: must go from process to process."""

    def __init__(self, make: Callable[[], System]) -> None:
        self._system = make()

    def __call__(self, request: Request) -> Take | None:
        """None for another seed of what has no seed."""
        if request.again and not self._system.has_seed:
            return None
        return self._system.play(request.scene, request.seed)


@dataclass(frozen=True, slots=True)
class Played:
    """A system's takes: for every scene; its beginning with another seed; the energetic ones danced and stood still."""

    takes: Sequence[Take]
    again: Sequence[Take] | None
    danced: Sequence[Take]
    stood: Sequence[Take]


def play(name: str, make: Callable[[], System], scenes: Sequence[Scene], staff: Staff) -> Played:
    """Everything that the measures need of a system; the seeds are the scenes' numbers."""
    energetic = sorted(range(len(scenes)), key=lambda index: -_mean_energy(scenes[index]))[:_STILL_SCENES]
    requests = [
        *(Request(scene, index) for index, scene in enumerate(scenes)),
        *(Request(scene.short(_BEGINNING_S), index + SECOND_SEED, again=True) for index, scene in enumerate(scenes)),
        *(Request(scenes[index].short(_BEGINNING_S).still(), index) for index in energetic),
    ]
    made = staff.map(name, partial(Player, make), requests)
    takes, again, stood = made[: len(scenes)], made[len(scenes) : 2 * len(scenes)], made[2 * len(scenes) :]
    has_seed = all(take is not None for take in again)
    return Played(takes, again if has_seed else None, [takes[index] for index in energetic], stood)


def _mean_energy(scene: Scene) -> float:
    return float(np.mean([frame.energy for frame in scene.motion]))
