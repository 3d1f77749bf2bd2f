"""d2m render: music for dance videos."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from d2m_bridge.cli.arguments import add_feel_options, add_model_options, check_seed, feel_of
from d2m_bridge.cli.interrupt import interrupt
from d2m_bridge.cli.models import pose_estimator
from d2m_bridge.cli.say import BAD_INPUT, OK, bar, complain
from d2m_bridge.conductor.choose import TEMPO_SOURCES
from d2m_bridge.errors import D2MError, InputError

if TYPE_CHECKING:
    from d2m_bridge.pipeline.kinds import Model
    from d2m_bridge.pipeline.render import RenderOptions, Report
    from d2m_bridge.pose.estimator import PoseEstimator


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's options."""
    render = commands.add_parser("render", help="make music for dance videos")
    render.set_defaults(run=run)
    render.add_argument("videos", nargs="+", type=Path, metavar="VIDEO")
    render.add_argument("-o", "--out", type=Path, default=Path("out"), metavar="DIR", help="output folder (out)")
    render.add_argument("--bpm", type=float, metavar="N", help="beats per minute, 40 to 240: a fixed tempo")
    render.add_argument(
        "--tempo", choices=TEMPO_SOURCES,
        help="where the tempo comes from: the dancer (follow, the default), the clip's own sound, or --bpm (fixed)",
    )  # fmt: skip
    render.add_argument("--stems", action="store_true", help="also drums, bass, harmony and lead as files of their own")
    render.add_argument(
        "--as-live", action="store_true",
        help="compose as d2m live does, which cannot look ahead; otherwise accents are struck with the dancer",
    )  # fmt: skip
    render.add_argument("--osc", metavar="HOST:PORT", help="then send the events over OSC in real time")
    render.add_argument("--json", action="store_true", help="print one JSON object a clip")
    add_feel_options(render)
    add_model_options(render)


def run(options: argparse.Namespace) -> int:
    """Renders one clip after the other; one that cannot be rendered leaves the others be."""
    from d2m_bridge.conductor.choose import find_tempo
    from d2m_bridge.engine.blend import style_weights
    from d2m_bridge.osc.sender import parse_target
    from d2m_bridge.pipeline.kinds import load_model
    from d2m_bridge.pipeline.render import RenderOptions, work_folder

    # What is wrong with the call is said once, and before hours of work.
    check_seed(options.seed)
    feel = feel_of(options)
    if options.tempo is None:
        options.tempo = "follow" if options.bpm is None else "fixed"
    if options.tempo == "fixed" or options.bpm is not None:
        find_tempo(options.tempo, options.bpm, (), Path())
    target = parse_target(options.osc) if options.osc else None
    with interrupt.waiting():
        models = load_model(options.model, options.device)
    style = options.style or models.manifest.styles[0].name
    style_weights(models.manifest, style)
    choice = RenderOptions(
        style, options.seed, options.tempo, options.bpm, options.stems, options.key, feel, options.as_live
    )
    with work_folder(options.out):
        pass
    open_pose = pose_estimator(options)
    code = OK
    names: dict[str, Path] = {}
    for path in options.videos:
        try:
            if names.setdefault(path.stem, path) is not path:
                raise InputError(
                    f"{path}: {names[path.stem]} of this call has the same name; render it into another -o"
                )
            report = _render_one(path, options, choice, models, open_pose)
        except D2MError as error:
            if interrupt.came:
                raise
            complain(str(error))
            if options.json:
                print(json.dumps({"path": str(path), "error": str(error)}), flush=True)
            code = BAD_INPUT
            continue
        if report.flaws:
            code = BAD_INPUT
        for text in (*report.flaws, *report.notes):
            complain(text)
        print(json.dumps(_facts(report)) if options.json else _summary(report), flush=True)
        if target:
            _send(report, target)
    return code


def _render_one(
    path: Path,
    options: argparse.Namespace,
    choice: RenderOptions,
    models: Model,
    open_pose: Callable[[], PoseEstimator],
) -> Report:
    from d2m_bridge.pipeline.render import render

    def open_estimator() -> PoseEstimator:
        with ExitStack() as opened:
            with interrupt.waiting():
                estimator = opened.enter_context(open_pose())
            opened.pop_all()
        return estimator

    with bar(path.name) as progress:
        return render(path, options.out, choice, models, open_estimator, progress)


def _send(report: Report, target: tuple[str, int]) -> None:
    from d2m_bridge.osc.sender import MonotonicClock, OscSender, play_events

    with OscSender(*target) as sender:
        play_events(report.events, sender, MonotonicClock())


def _facts(report: Report) -> dict[str, object]:
    return {
        "path": str(report.path),
        "seconds": round(report.seconds, 4),
        "frames": report.frames,
        "pose_coverage": round(report.pose_coverage, 4),
        "bpm": round(report.tempo.grid.bpm, 3),
        "tempo_source": report.tempo.source,
        "beats": report.beats,
        "style": report.style,
        "seed": report.seed,
        "loudness_lufs": _finite(report.loudness.lufs),
        "true_peak_dbtp": _finite(report.loudness.dbtp),
        "wall_s": round(report.wall_s, 3),
        "realtime_factor": round(report.seconds / report.wall_s, 3),
        "stages": {name: round(seconds, 3) for name, seconds in report.stages.items()},
    }


def _finite(value: float) -> float | None:
    """JSON knows no infinity: silence has no level."""
    return round(value, 2) if abs(value) != float("inf") else None


def _summary(report: Report) -> str:
    facts = _facts(report)
    files = "\n".join(f"  {file}" for file in report.files)
    return (
        f"{report.path}: {report.seconds:.1f} s, {facts['bpm']:.1f} BPM ({report.tempo.source}), {report.style}, "
        f"seed {report.seed}, {facts['loudness_lufs']} LUFS, {facts['realtime_factor']} x real time\n{files}"
    )
