"""All measured systems by name, made where they are to play: in this process, or in that of a worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from d2m_bridge.engine.graphs import Models, load_models
from d2m_bridge.errors import InputError
from training.scores import baselines
from training.scores.baselines import Band
from training.scores.scenes import Ours, System
from training.scores.taught import TeacherThroughGenerator


@dataclass(frozen=True)
class Stage:
    """What the systems are made from. model: an exported model; data: as docs/training.md; run: a codec's,
    or the model.

    It goes from process to process without what it has opened.
    """

    model: Path
    data: Path
    run: Path
    soundfont: Path

    def __reduce__(self) -> tuple[type[Stage], tuple[Path, ...]]:
        return Stage, (self.model, self.data, self.run, self.soundfont)

    @cached_property
    def models(self) -> Models:
        """The graphs, on the CPU."""
        return load_models(self.model, "cpu")

    def band(self, split: str) -> Band:
        """The teacher's instruments with the drummers of a split; InputError where they are not."""
        return self._studio[split]

    def maker(self, name: str) -> Callable[[], System]:
        """What makes a system of SYSTEMS; it raises D2MError when it cannot be made here."""
        return partial(_make, self, name)

    @cached_property
    def _studio(self) -> dict[str, Band]:
        from training.corpus import load_library

        try:
            library = load_library(self.data, self.soundfont)
        except (OSError, ValueError) as error:
            raise InputError(str(error)) from error
        rate = self.models.manifest.sample_rate
        return {split: Band(library.instruments, takes, rate) for split, takes in library.takes.items()}


SYSTEMS: dict[str, Callable[[Stage], System]] = {
    "ours": lambda stage: Ours(stage.models),
    "ours_live": lambda stage: Ours(stage.models, foresight=False),
    "random_track": lambda stage: baselines.RandomTrack.of(stage.data, stage.models.manifest.sample_rate),
    "random_phase": lambda stage: baselines.RandomPhase(stage.band("test")),
    "metronome": lambda stage: baselines.Metronome(stage.models.manifest.sample_rate),
    "sine": lambda stage: baselines.Sine(stage.models.manifest.sample_rate),
    "silence": lambda stage: baselines.Silence(stage.models.manifest.sample_rate),
    "teacher": lambda stage: baselines.Teacher(stage.band("test")),
    "teacher_generated": lambda stage: TeacherThroughGenerator(baselines.Teacher(stage.band("test")), stage.models),
    "teacher_codec": lambda stage: baselines.TeacherThroughCodec(baselines.Teacher(stage.band("test")), stage.run),
}


def _make(stage: Stage, name: str) -> System:
    return SYSTEMS[name](stage)
