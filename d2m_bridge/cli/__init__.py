"""The command line: d2m render, d2m models. Prints; the rest of the program does not.

Exit codes: 0 all went well; 2 something was wrong with an input (what could be rendered was); 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from d2m_bridge import __version__
from d2m_bridge.conductor.choose import TEMPO_SOURCES
from d2m_bridge.errors import D2MError, InputError
from d2m_bridge.manifest import ASSETS, load_manifest

if TYPE_CHECKING:
    from d2m_bridge.engine.graphs import Models
    from d2m_bridge.pipeline.render import RenderOptions, Report
    from d2m_bridge.pipeline.watch import Progress

OK, BAD_INPUT, INTERRUPTED = 0, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    said = logging.StreamHandler()
    said.addFilter(_NotTwice())
    logging.basicConfig(
        format="%(message)s", level=logging.INFO if options.verbose else logging.WARNING, handlers=[said]
    )
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # on its first day it reports on its font cache
    with _interrupt.listening():
        try:
            code: int = options.run(options)
        except BaseException as error:
            if _interrupt.came:
                _complain("interrupted; files that were finished are whole")
                sys.stdout.flush()
                # All is tidied up; on the usual way out a library's thread cut off in its work aborts the process.
                os._exit(INTERRUPTED)
            if not isinstance(error, D2MError):
                raise
            _complain(str(error))
            return BAD_INPUT
    return code


class _Interrupt:
    """SIGINT and SIGTERM raise KeyboardInterrupt, but only the first: another must not break the tidying up.

    came: one of them did. A library that is interrupted may raise anything.
    """

    def __init__(self) -> None:
        self.came = False
        self._waits = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """In this block."""
        before = {signum: signal.signal(signum, self._handle) for signum in (signal.SIGINT, signal.SIGTERM)}
        self.came = False
        try:
            yield
        finally:
            for signum, handler in before.items():
                signal.signal(signum, handler)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Not in this block, but after it: libraries that are interrupted while they start talk about it at the end."""
        self._waits = True
        try:
            yield
        finally:
            self._waits = False
            if self.came:
                raise KeyboardInterrupt

    def _handle(self, signum: int, frame: object) -> None:
        first, self.came = not self.came, True
        if first and not self._waits:
            raise KeyboardInterrupt


_interrupt = _Interrupt()


class _NotTwice(logging.Filter):
    """Every clip opens what the clip before it opened; where it runs is said once."""

    def __init__(self) -> None:
        super().__init__()
        self._said: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this is new."""
        new = record.getMessage() not in self._said
        self._said.add(record.getMessage())
        return new


class _Parser(argparse.ArgumentParser):
    """One line on a wrong command line, like on everything else."""

    def error(self, message: str) -> NoReturn:
        """Ends the program."""
        self.exit(BAD_INPUT, f"d2m: {message}; see {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="d2m", description="Music that follows a dancer.")
    parser.add_argument("--version", action="version", version=f"d2m {__version__}")
    parser.add_argument("-v", "--verbose", action="store_true", help="say what runs where")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    render = commands.add_parser("render", help="make music for dance videos")
    render.set_defaults(run=_render)
    render.add_argument("videos", nargs="+", type=Path, metavar="VIDEO")
    render.add_argument("-o", "--out", type=Path, default=Path("out"), metavar="DIR", help="output folder (out)")
    render.add_argument("--bpm", type=float, metavar="N", help="beats per minute, 40 to 240: a fixed tempo")
    render.add_argument(
        "--tempo", choices=TEMPO_SOURCES,
        help="where the tempo comes from: the dancer (follow, the default), the clip's own sound, or --bpm (fixed)",
    )  # fmt: skip
    render.add_argument("--style", metavar="NAME", help=f"one of: {', '.join(_styles())}")
    render.add_argument("--seed", type=int, default=1, metavar="N", help="another number, another piece of music (1)")
    render.add_argument("--stems", action="store_true", help="also drums, bass, harmony and lead as files of their own")
    render.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="where the networks run")
    render.add_argument("--osc", metavar="HOST:PORT", help="then send the events over OSC in real time")
    render.add_argument("--json", action="store_true", help="print one JSON object a clip")
    render.add_argument("--model", type=Path, default=ASSETS, metavar="DIR", help="a model of your own")

    models = commands.add_parser("models", help="list or fetch the models that d2m needs")
    models.set_defaults(run=_models)
    models.add_argument("action", nargs="?", choices=("list", "fetch"), default="list")
    return parser


def _styles() -> tuple[str, ...]:
    try:
        return tuple(style.name for style in load_manifest(ASSETS).styles)
    except D2MError:  # --help must answer even where the model is broken
        return ("see the model's manifest",)


def _complain(text: str) -> None:
    print(f"d2m: {text}", file=sys.stderr)


def _models(options: argparse.Namespace) -> int:
    from d2m_bridge.pose.fetch import list_models

    if options.action == "fetch":
        _pose_model()
    for model in list_models():
        size = f"{model.size / 1e6:.1f} MB" if model.size else "-"
        print(f"{model.name}  {model.state}  {size}  {model.path}  {model.source}")
    return OK


def _pose_model() -> Path:
    """The pose model, fetched if it is not there."""
    from d2m_bridge.pose.fetch import fetch_pose_model

    with _bar() as progress:
        return fetch_pose_model(
            lambda what, done, total: progress(what, done / total if total else 0.0),
        )


def _render(options: argparse.Namespace) -> int:
    from d2m_bridge.conductor.choose import find_tempo
    from d2m_bridge.engine.graphs import load_models
    from d2m_bridge.osc.sender import parse_target
    from d2m_bridge.pipeline.render import RenderOptions, work_folder

    # What is wrong with the call is said once, and before hours of work.
    if not 0 <= options.seed < 2**63:
        raise InputError(f"--seed {options.seed}: expected a whole number from 0 to 2^63-1")
    if options.tempo is None:
        options.tempo = "follow" if options.bpm is None else "fixed"
    if options.tempo == "fixed" or options.bpm is not None:
        find_tempo(options.tempo, options.bpm, (), Path())
    target = parse_target(options.osc) if options.osc else None
    with _interrupt.waiting():
        models = load_models(options.model, options.device)
    style = options.style or models.manifest.styles[0].name
    models.manifest.style_index(style)
    choice = RenderOptions(style, options.seed, options.tempo, options.bpm, options.stems)
    with work_folder(options.out):
        pass
    pose_model = _pose_model()
    code = OK
    names: dict[str, Path] = {}
    for path in options.videos:
        try:
            if names.setdefault(path.stem, path) is not path:
                raise InputError(
                    f"{path}: {names[path.stem]} of this call has the same name; render it into another -o"
                )
            report = _render_one(path, options, choice, models, pose_model)
        except D2MError as error:
            if _interrupt.came:
                raise
            _complain(str(error))
            if options.json:
                print(json.dumps({"path": str(path), "error": str(error)}), flush=True)
            code = BAD_INPUT
            continue
        if report.flaws:
            code = BAD_INPUT
        for text in (*report.flaws, *report.notes):
            _complain(text)
        print(json.dumps(_facts(report)) if options.json else _summary(report), flush=True)
        if target:
            _send(report, target)
    return code


def _render_one(
    path: Path, options: argparse.Namespace, choice: RenderOptions, models: Models, pose_model: Path
) -> Report:
    from d2m_bridge.pipeline.render import render
    from d2m_bridge.pose.mediapipe_pose import MediaPipePose

    def open_estimator() -> MediaPipePose:
        with ExitStack() as opened:
            with _interrupt.waiting():
                estimator = opened.enter_context(MediaPipePose(pose_model, device=options.device))
            opened.pop_all()
        return estimator

    with _bar(path.name) as progress:
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


@contextmanager
def _bar(title: str = "") -> Iterator[Progress]:
    """A progress bar on stderr with stage and time left; nothing where stderr is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.fields[title]} {task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=1.0, title=title)
        stage = ""

        def show(what: str, part: float) -> None:
            nonlocal stage
            if what != stage:
                stage = what
                bar.reset(task, description=what, total=1.0)
            bar.update(task, completed=part)

        yield show


if __name__ == "__main__":
    sys.exit(main())
