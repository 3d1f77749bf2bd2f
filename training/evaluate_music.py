"""The shipped model's music on dances that it never saw, beside what knows the dance and what does not.

docs/evaluation.md defines every figure. Systems: `ours`; `chance`, which is ours against another clip's plan, grid,
dance, style and reference; and the baselines of training.scores.baselines.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from d2m_bridge.engine.graphs import Models
from d2m_bridge.errors import InputError
from training.scores import baselines
from training.scores.baselines import Band
from training.scores.frechet import Embedding
from training.scores.measures import FIGURES, SECOND_SEED, Judging, Row, measure, measure_chance, play
from training.scores.scenes import Ours, Scene, System, load_scenes
from training.styles import STYLE_NAMES, STYLES

if TYPE_CHECKING:
    from training.scores.judges import Judges

T = TypeVar("T")


def measure_music(
    models: Models, data: Path, run: Path, soundfont: Path, kept: Path, embedding: Embedding
) -> dict[str, Row]:
    """System -> figure -> value, `ours` first. What cannot be made here is named on stderr and its figures are None.

    run: a codec's; kept: a folder for the judges. Raises InputError when there is no test dance.
    """
    rate = models.manifest.sample_rate
    styles = [style.name for style in models.manifest.styles if style.name in STYLES]
    if not styles:
        raise InputError(f"the model knows none of the styles that can be judged: {', '.join(STYLE_NAMES)}")
    scenes = load_scenes(data, styles)
    studio = _try("the teacher's instruments", lambda: _open_studio(data, soundfont, rate))

    def band(split: str) -> Band:
        if studio is None:
            raise InputError("needs the teacher's instruments")
        return studio[split]

    def judges() -> Judges:
        from training.scores.judges import LESSONS, load_judges, make_lessons

        return load_judges(kept, lambda: make_lessons(data, band("train"), LESSONS))

    references = None
    if studio is not None:
        teacher = baselines.Teacher(band("test"))
        references = [teacher.play(scene, index + SECOND_SEED).mix for index, scene in enumerate(scenes)]
    makers: dict[str, Callable[[], System]] = {
        "ours": lambda: Ours(models),
        "random_track": lambda: baselines.RandomTrack.of(data, rate),
        "random_phase": lambda: baselines.RandomPhase(band("test")),
        "metronome": lambda: baselines.Metronome(rate),
        "sine": lambda: baselines.Sine(rate),
        "silence": lambda: baselines.Silence(rate),
        "teacher": lambda: baselines.Teacher(band("test")),
        "teacher_codec": lambda: baselines.TeacherThroughCodec(baselines.Teacher(band("test")), run),
    }
    return measure_systems(scenes, makers, Judging(rate, references, _try("the judges", judges), embedding))


def measure_systems(
    scenes: Sequence[Scene], makers: dict[str, Callable[[], System]], judging: Judging
) -> dict[str, Row]:
    """The table for systems by name, the first of which is also measured against chance."""
    table: dict[str, Row] = {}
    for name, make in makers.items():
        system = _try(name, make)
        if system is None:
            table[name] = dict.fromkeys(FIGURES)
            continue
        played = play(system, scenes)
        table[name] = measure(scenes, played, judging)
        if "chance" not in table:
            table["chance"] = measure_chance(scenes, played.takes, judging)
    return table


def _try(what: str, make: Callable[[], T]) -> T | None:
    """What `make` gives, or None, and on stderr why."""
    try:
        return make()
    except InputError as error:
        print(f"left out: {what}: {error}", file=sys.stderr)
        return None


def _open_studio(data: Path, soundfont: Path, rate: int) -> dict[str, Band]:
    """The teacher's instruments, with the drummers of both splits."""
    from training.corpus import load_library

    try:
        library = load_library(data, soundfont)
    except (OSError, ValueError) as error:
        raise InputError(str(error)) from error
    return {split: Band(library.instruments, takes, rate) for split, takes in library.takes.items()}
