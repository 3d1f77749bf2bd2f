"""Does the music of a model follow dances that it did not learn from? A few prepared clips are enough.

Every dance of the splits val and test is played in the model's first styles, three of them; within a style every dance
is compared with every other (training.scores.match). `ours` plays as d2m render, `ours_live` as d2m live. `chance` is
the music of `ours`, held against every other dance in turn as if it were its own: near one half whatever the model.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from d2m_bridge.conductor.follow import follow
from d2m_bridge.errors import InputError
from training.datasets.real_pairs import load_seen
from training.scores.hearing import Float64
from training.scores.match import curve_of_sound, curves_of_dance, win_share
from training.scores.playing import Player, Request
from training.scores.scenes import LONGEST_S, SHORTEST_S, Scene
from training.scores.stage import Stage
from training.workers import Staff

HELD_OUT = ("val", "test")
STYLES_HEARD = 3


def measure_match(stage: Stage, folders: Sequence[Path], staff: Staff) -> dict[str, dict[str, float | None]]:
    """System -> matched_over_shuffled. folders: of training.prepare. InputError with fewer than two dances."""
    manifest = stage.models.manifest
    scenes = [scene for folder in folders for scene in held_out_scenes(folder, manifest.styles[0].name)]
    if len(scenes) < 2:
        named = ", ".join(map(str, folders))
        raise InputError(
            f"{named}: {len(scenes)} dances of {SHORTEST_S:g} s or more in val and test; two can be compared, three or "
            "more tell something"
        )
    styles = [style.name for style in manifest.styles[:STYLES_HEARD]]
    requests = [Request(replace(scene, style=style), index) for style in styles for index, scene in enumerate(scenes)]
    table: dict[str, dict[str, float | None]] = {}
    for name in ("ours", "ours_live"):
        takes = staff.map(name, partial(Player, stage.maker(name)), requests)
        sounds = [curve_of_sound(take.mix, manifest.sample_rate) for take in takes]
        table[name] = {"matched_over_shuffled": _share(scenes, sounds)}
        if name == "ours":
            turned = [_share([*scenes[by:], *scenes[:by]], sounds) for by in range(1, len(scenes))]
            chance = {"matched_over_shuffled": None if None in turned else float(np.mean(turned))}
    pairs = len(scenes) * (len(scenes) - 1)
    print(f"{len(scenes)} dances, {pairs} pairs, in {len(styles)} styles", file=sys.stderr)
    return table | {"chance": chance}


def held_out_scenes(folder: Path, style: str) -> list[Scene]:
    """The dances of a prepared folder that nothing is trained on, at most LONGEST_S each, on their music's beats where
    it is known, else on the dancer's own.
    """
    scenes = []
    for seen in (seen for split in HELD_OUT for seen in load_seen(folder, split)):
        ticks = int(LONGEST_S * seen.rate_hz)
        motion = seen.frames[:ticks]
        if motion[-1].t >= SHORTEST_S:
            scenes.append(Scene(seen.name, seen.points[:ticks], motion, seen.grid or follow(motion).grid, style))
    return scenes


def _share(scenes: Sequence[Scene], sounds: Sequence[Float64]) -> float | None:
    """The mean over the styles; sounds: style after style."""
    dances = [curves_of_dance(scene.motion, scene.grid) for scene in scenes]
    by_style = [sounds[begin : begin + len(dances)] for begin in range(0, len(sounds), len(dances))]
    shares = [share for part in by_style if (share := win_share(dances, part)) is not None]
    return float(np.mean(shares)) if shares else None
