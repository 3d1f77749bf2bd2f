"""The shipped model's music on dances that it never saw, beside what knows the dance and what does not.

docs/evaluation.md defines every figure. Systems: `ours` and `ours_live`; `chance`, which is ours against another clip's
plan, grid, dance, style and reference; and the baselines of training.scores.baselines.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from d2m_bridge.errors import D2MError, InputError
from training.scores.frechet import Embedding
from training.scores.measures import FIGURES, Judging, Row, measure, measure_chance
from training.scores.playing import SECOND_SEED, Player, Request, play
from training.scores.scenes import Scene, System, Take, load_scenes
from training.scores.stage import SYSTEMS, Stage
from training.styles import STYLE_NAMES, STYLES
from training.workers import Staff

if TYPE_CHECKING:
    from training.scores.judges import Judges

T = TypeVar("T")


def measure_music(stage: Stage, kept: Path, embedding: Embedding, staff: Staff) -> dict[str, Row]:
    """System -> figure -> value, `ours` first. What cannot be made here is named on stderr and its figures are None.

    kept: a folder for the judges; staff: who plays. Raises InputError when there is no test dance.
    """
    manifest = stage.models.manifest
    styles = [style.name for style in manifest.styles if style.name in STYLES]
    if not styles:
        raise InputError(f"the model knows none of the styles that can be judged: {', '.join(STYLE_NAMES)}")
    scenes = load_scenes(stage.data, styles)

    def judges() -> Judges:
        from training.scores.judges import LESSONS, load_judges, make_lessons

        return load_judges(kept, lambda: make_lessons(stage.data, stage.band("train"), LESSONS))

    def references() -> list[Take]:
        requests = [Request(scene, index + SECOND_SEED) for index, scene in enumerate(scenes)]
        takes = staff.map("references", partial(Player, stage.maker("teacher")), requests)
        return [take for take in takes if take is not None]

    judging = Judging(
        manifest.sample_rate,
        _try("the references", references),
        _try("the judges", judges),
        embedding,
        _try("the band", partial(stage.band, "test")),
    )
    return measure_systems(scenes, {name: stage.maker(name) for name in SYSTEMS}, judging, staff)


def measure_systems(
    scenes: Sequence[Scene], makers: Mapping[str, Callable[[], System]], judging: Judging, staff: Staff
) -> dict[str, Row]:
    """The table for systems by name, the first of which is also measured against chance."""
    table: dict[str, Row] = {}
    for name, make in makers.items():
        played = _try(name, partial(play, name, make, scenes, staff))
        if played is None:
            table[name] = dict.fromkeys(FIGURES)
            continue
        table[name] = measure(scenes, played, judging)
        if "chance" not in table:
            table["chance"] = measure_chance(scenes, played.takes, judging)
    return table


def _try(what: str, make: Callable[[], T]) -> T | None:
    """What `make` gives, or None, and on stderr why."""
    try:
        return make()
    except D2MError as error:
        print(f"left out: {what}: {error}", file=sys.stderr)
        return None
