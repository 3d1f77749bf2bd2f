"""The two learnt judges: of style, and of the match between dance and music. Made once from training dances and kept.

Their lessons are the corpus' own: performances of training dances, set to music by the teacher with the drummers of
the Groove MIDI Dataset's train split, in every style in turn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError

from d2m_bridge.errors import InputError
from training.checkpoint import load_checkpoint, save_checkpoint
from training.pairs import load_clips, per_step, perform
from training.scores.baselines import Band
from training.scores.genre import StyleJudge, train_style_judge
from training.scores.hearing import Float32, log_mel
from training.scores.match_model import MatchModel, train_match_model
from training.styles import STYLE_NAMES

LESSONS, STYLE_STEPS, MATCH_STEPS = 120, 400, 500
_SEED, _SHORTEST_S = 11, 8.0


@dataclass(frozen=True, slots=True)
class Lessons:
    """Row by row: motion features float32 [T, F], log-mel float32 [T, 64], and the style's place in STYLE_NAMES."""

    dances: list[Float32]
    sounds: list[Float32]
    styles: list[int]


@dataclass(frozen=True, slots=True)
class Judges:
    """Ready to judge."""

    style: StyleJudge
    match: MatchModel


def make_lessons(data: Path, band: Band, count: int) -> Lessons:
    """`count` performances of the training dances of docs/training.md; dances under eight seconds teach nothing."""
    clips = [clip for clip in load_clips(data, "train") if len(clip.joints) / clip.fps > 1.2 * _SHORTEST_S]
    lessons = Lessons([], [], [])
    for index in range(count):
        rng = np.random.default_rng([_SEED, index])
        dance = perform(clips[index % len(clips)], rng)
        style = index % len(STYLE_NAMES)
        take = band.play(STYLE_NAMES[style], dance.grid, *per_step(dance), dance.frames[-1].t, rng)
        lessons.dances.append(np.stack([frame.features for frame in dance.frames]))
        lessons.sounds.append(log_mel(take.mix, band.sample_rate))
        lessons.styles.append(style)
    return lessons


def load_judges(folder: Path, lessons: Callable[[], Lessons]) -> Judges:
    """The judges kept in `folder`; when one is missing, both are trained on `lessons()` and kept.

    Raises InputError when what is kept are other judges, or damaged.
    """
    style_file, match_file = folder / "style.safetensors", folder / "match.safetensors"
    torch.set_num_threads(1)
    if not (style_file.is_file() and match_file.is_file()):
        learnt = lessons()
        folder.mkdir(parents=True, exist_ok=True)
        judge, right = train_style_judge(learnt.sounds, learnt.styles, len(STYLE_NAMES), STYLE_STEPS, _SEED)
        save_checkpoint(style_file, {"judge": judge}, {}, {"styles": STYLE_NAMES, "right_in_training": right})
        model, right = train_match_model(learnt.dances, learnt.sounds, MATCH_STEPS, _SEED)
        save_checkpoint(match_file, {"model": model}, {}, {"right_in_training": right})
    judges = Judges(StyleJudge(len(STYLE_NAMES)), MatchModel())
    try:
        load_checkpoint(style_file, {"judge": judges.style})
        load_checkpoint(match_file, {"model": judges.match})
    except (RuntimeError, OSError, SafetensorError) as error:
        raise InputError(f"{folder}: these judges cannot be used; delete the folder to train new ones") from error
    judges.style.eval()
    judges.match.eval()
    return judges
