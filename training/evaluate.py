"""Measure the shipped model on dances that it never saw.

    python -m training.evaluate music --data DATA [--model DIR] [--run RUN] [--json | --table FORMAT]
    python -m training.evaluate match --prepared FOLDER ... [--model DIR]
    python -m training.evaluate speed [--model DIR] [--json]
    python -m training.evaluate codec --audio DIR [--unseen DIR] [--run RUN] [--seconds S] [--json]

music: the test split of docs/training.md, through the runtime's own engine, beside baselines; docs/evaluation.md has
the definitions. The first call trains two judges on the training dances and keeps them. match: matched over shuffled
alone, on the held-out dances of prepared folders. speed: compute per second of
music, one thread. codec: every sound file below a folder through the model's codec, with and without quantisation,
and through Opus. training/codec_measures.py defines the figures.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.engine.graphs import load_models
from d2m_bridge.errors import D2MError
from d2m_bridge.manifest import ASSETS
from training.pairs import motion_frames
from training.scores.scenes import Ours, Scene
from training.scores.stage import Stage
from training.scores.tables import FORMATS, Table, as_text
from training.workers import Staff, add_worker_options


def measure_speed(folder: Path) -> dict[str, dict[str, float]]:
    """CPU seconds per second of music for the whole engine, all four stems, at the shipped block length.

    folder: an exported model.
    """
    models, rng = load_models(folder, "cpu"), np.random.default_rng(0)
    points = np.repeat(rng.normal(0.5, 0.1, (1, 17, 2)), 600, axis=0)
    grid = BeatGrid.steady(120.0, 0.0, "fixed")
    scene = Scene("speed", points, motion_frames(points), grid, models.manifest.styles[0].name)
    engine = Ours(models)
    engine.play(scene.short(2.0), 1)
    begin = time.process_time()
    made = engine.play(scene, 1)
    spent = time.process_time() - begin
    seconds = len(made.mix) / models.manifest.sample_rate
    size = sum(path.stat().st_size for path in folder.glob("*.onnx")) / 1e6
    return {"engine": {"cpu_share_of_a_core": spent / seconds, "times_real_time": seconds / spent, "models_mb": size}}


def report_music(options: argparse.Namespace, staff: Staff) -> Table:
    """What `music` measures; with the text it says in which embedding the Fréchet distance is."""
    from training.evaluate_music import measure_music
    from training.scores.frechet import CepstralEmbedding, OnnxEmbedding

    embedding = OnnxEmbedding(options.embedding) if options.embedding else CepstralEmbedding()
    table = measure_music(stage_of(options), options.judges, embedding, staff)
    print(f"frechet is in the embedding {embedding.name}", file=sys.stderr)
    return table


def report_match(options: argparse.Namespace, staff: Staff) -> Table:
    """What `match` measures."""
    from training.evaluate_match import measure_match

    return measure_match(stage_of(options), options.prepared, staff)


def report_speed(options: argparse.Namespace, staff: Staff) -> Table:
    """What `speed` measures, here and now: others beside it would only disturb."""
    return measure_speed(options.model)


def stage_of(options: argparse.Namespace) -> Stage:
    """What the measured systems are made from."""
    return Stage(options.model, options.data, options.run or options.model, options.soundfont)


TABLES = {"music": report_music, "match": report_match, "speed": report_speed}


def report_codec(options: argparse.Namespace) -> None:
    """Prints what `codec` measures."""
    from training.evaluate_codec import evaluate_codec

    report = evaluate_codec(options.run or options.model, options.audio, options.unseen, options.seconds)
    if options.json:
        print(json.dumps(report))
        return
    print(as_text(report["mean"]))
    print("perplexity".ljust(20), *(f"{value:12.1f}" for value in report["perplexity"]))
    if "gap" in report:
        print("gap".ljust(20), f"{report['gap']:12.3f}")


def main(arguments: list[str] | None = None) -> None:
    from d2m_bridge.cli.say import bar

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("music", "match", "speed", "codec"))
    parser.add_argument("--data", type=Path, help="music: the folder that docs/training.md describes")
    parser.add_argument(
        "--prepared", type=Path, nargs="+", metavar="FOLDER", help="match: folders of training.prepare"
    )  # fmt: skip
    parser.add_argument("--model", type=Path, default=ASSETS)
    parser.add_argument("--audio", type=Path, metavar="DIR", help="codec: a folder of music")
    parser.add_argument("--unseen", type=Path, metavar="DIR", help="codec: a second one; how much worse is it there?")
    parser.add_argument("--run", type=Path, help="of training.train_codec, in place of the model's codec")
    parser.add_argument("--seconds", type=float, default=30.0, help="codec: the middle of each file, at most so long")
    parser.add_argument("--embedding", type=Path, metavar="ONNX", help="music: for the Fréchet distance")
    parser.add_argument("--judges", type=Path, default=Path("runs/judges"), help="music: where the judges are kept")
    parser.add_argument("--soundfont", type=Path, default=Path("/usr/share/sounds/sf2/FluidR3_GM.sf2"))
    parser.add_argument("--table", choices=("text", "markdown", "latex"), default="text", help="music and speed")
    parser.add_argument("--json", action="store_true")
    add_worker_options(parser)
    options = parser.parse_args(arguments)
    if options.what == "codec":
        if options.audio is None:
            parser.error("codec needs --audio DIR, any folder of music")
        try:
            report_codec(options)
        except D2MError as error:
            parser.exit(2, f"{error}\n")
        return
    if options.what == "music" and options.data is None:
        parser.error("music needs --data DIR, the folder that docs/training.md describes")
    if options.what == "match" and not options.prepared:
        parser.error("match needs --prepared FOLDER, as python -m training.prepare makes them")
    try:
        with bar(options.what) as show:
            table = TABLES[options.what](options, Staff(options.workers, options.ray, show))
    except D2MError as error:
        parser.exit(2, f"{error}\n")
    print(FORMATS["json" if options.json else options.table](table))


if __name__ == "__main__":
    main()
