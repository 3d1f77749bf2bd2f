"""Measure the shipped model on dances that it never saw.

    python -m training.evaluate music --data DATA [--model DIR] [--json]
    python -m training.evaluate speed [--model DIR] [--json]
    python -m training.evaluate codec --audio DIR [--unseen DIR] [--run RUN] [--seconds S] [--json]

music: the test split of docs/training.md, through the runtime's own engine. Every figure stands beside `chance`: the
same measure against the plan (or grid, or dance) of another clip. speed: compute per second of music, one thread.
codec: every sound file below a folder through a trained codec, with and without quantisation, and through Opus.
training/codec_measures.py defines the figures.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.engine.engine import Engine
from d2m_bridge.engine.graphs import Models, load_models
from d2m_bridge.engine.plan import PlanStep
from d2m_bridge.errors import InputError
from d2m_bridge.manifest import ASSETS
from d2m_bridge.motion.camera import Camera
from d2m_bridge.timeline import MotionFrame
from training.musical_measures import beat_f1, chroma_match, energy_rank, onset_f1, tempo_found
from training.pairs import MOTION_RATE_HZ, load_clips, motion_frames

_SECONDS = 30.0
_PICTURE_HEIGHT = 1080.0


@dataclass(frozen=True, slots=True)
class Performance:
    """What the engine made of a test clip. stems float32 [4, N]."""

    name: str
    motion: tuple[MotionFrame, ...]
    grid: BeatGrid
    plan: list[PlanStep]
    stems: np.ndarray


def seen_from_the_front(joints: np.ndarray, fps: float) -> tuple[MotionFrame, ...]:
    """Test motion without augmentation: mocap through one camera, keypoints as they are, at the motion rate."""
    points = Camera().project(joints) if joints.shape[2] == 3 else joints / _PICTURE_HEIGHT
    count = int(min(_SECONDS, len(points) / fps) * MOTION_RATE_HZ)
    places = np.arange(count) * fps / MOTION_RATE_HZ
    low = np.floor(places).astype(int)
    part = (places - low)[:, None, None]
    return motion_frames(points[low] * (1 - part) + points[np.minimum(low + 1, len(points) - 1)] * part)


def perform(
    models: Models, name: str, motion: tuple[MotionFrame, ...], grid: BeatGrid, style: int, seed: int
) -> Performance:
    """Plays a whole clip."""
    engine = Engine(models, grid, style, seed)
    picture = np.zeros(len(models.manifest.visual_features), np.float32)
    outputs = [engine.push(frame, picture) for frame in motion]
    outputs.append(engine.finish(motion[-1].t))
    stems = np.concatenate([block.samples for output in outputs for block in output.blocks], axis=1)
    return Performance(name, motion, grid, [step for output in outputs for step in output.plan], stems)


def measure_music(models: Models, data: Path) -> dict[str, dict[str, float]]:
    """Means over the test clips: ours and chance."""
    from d2m_bridge.conductor.follow import follow

    rate = models.manifest.sample_rate
    performances = []
    for index, clip in enumerate(load_clips(data, "test")):
        motion = seen_from_the_front(clip.joints, clip.fps)
        if motion[-1].t < 6:
            continue
        grid = BeatGrid.steady(clip.bpm, 0.0, "known") if clip.bpm else follow(motion).grid
        performances.append(perform(models, clip.name, motion, grid, index % len(models.manifest.styles), index))
    table: dict[str, dict[str, list[float]]] = {"ours": {}, "chance": {}}

    def note(system: str, figure: str, value: float | None) -> None:
        if value is not None:
            table[system].setdefault(figure, []).append(value)

    for index, one in enumerate(performances):
        other = performances[(index + 1) % len(performances)]
        mix = one.stems.sum(axis=0)
        for system, against in (("ours", one), ("chance", other)):
            note(system, "onset_plan_f1", onset_f1(one.stems[0], rate, against.plan, against.grid))
            note(system, "chroma_plan", chroma_match(one.stems[2], rate, against.plan, against.grid))
            note(system, "beat_f1", beat_f1(mix, rate, against.grid))
            note(system, "tempo_within_4pct", tempo_found(mix, rate, against.grid))
            note(system, "energy_rho", energy_rank(mix, rate, against.motion))
    return {system: {key: float(np.mean(values)) for key, values in rows.items()} for system, rows in table.items()}


def measure_speed(models: Models) -> dict[str, dict[str, float]]:
    """CPU seconds per second of music for the whole engine, all four stems, at the shipped block length."""
    rng = np.random.default_rng(0)
    still = motion_frames(np.repeat(rng.normal(0.5, 0.1, (1, 17, 2)), 600, axis=0))
    grid = BeatGrid.steady(120.0, 0.0, "fixed")
    perform(models, "warm-up", still[:60], grid, 0, 1)
    begin = time.process_time()
    made = perform(models, "speed", still, grid, 0, 1)
    spent = time.process_time() - begin
    seconds = made.stems.shape[1] / models.manifest.sample_rate
    size = sum(path.stat().st_size for path in ASSETS.glob("*.onnx")) / 1e6
    return {"engine": {"cpu_share_of_a_core": spent / seconds, "times_real_time": seconds / spent, "models_mb": size}}


def print_table(table: Mapping[str, Mapping[str, float]]) -> None:
    """A line a figure, a column a system."""
    figures = sorted({figure for row in table.values() for figure in row})
    print(" ".join(["".ljust(20), *(system.rjust(12) for system in table)]))
    for figure in figures:
        cells = (f"{row[figure]:12.3f}" if figure in row else " " * 12 for row in table.values())
        print(" ".join([figure.ljust(20), *cells]))


def report_codec(options: argparse.Namespace) -> None:
    """Prints what `codec` measures."""
    from training.evaluate_codec import evaluate_codec

    report = evaluate_codec(options.run, options.audio, options.unseen, options.seconds)
    if options.json:
        print(json.dumps(report))
        return
    print_table(report["mean"])
    print("perplexity".ljust(20), *(f"{value:12.1f}" for value in report["perplexity"]))
    if "gap" in report:
        print("gap".ljust(20), f"{report['gap']:12.3f}")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("music", "speed", "codec"))
    parser.add_argument("--data", type=Path)
    parser.add_argument("--model", type=Path, default=ASSETS)
    parser.add_argument("--audio", type=Path, metavar="DIR", help="codec: a folder of music")
    parser.add_argument("--unseen", type=Path, metavar="DIR", help="codec: a second one; how much worse is it there?")
    parser.add_argument("--run", type=Path, default=Path("runs/codec"), help="codec: a run of training.train_codec")
    parser.add_argument("--seconds", type=float, default=30.0, help="codec: the middle of each file, at most so long")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    if options.what == "codec":
        if options.audio is None:
            parser.error("codec needs --audio DIR, any folder of music")
        try:
            report_codec(options)
        except InputError as error:
            parser.exit(2, f"{error}\n")
        return
    models = load_models(options.model, "cpu")
    if options.what == "speed":
        table = measure_speed(models)
    elif options.data is None:
        parser.error("music needs --data DIR, the folder that docs/training.md describes")
    else:
        table = measure_music(models, options.data)
    if options.json:
        print(json.dumps(table))
    else:
        print_table(table)


if __name__ == "__main__":
    main()
