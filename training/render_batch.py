"""Music for every video of a folder, rendered in many processes.

    python -m training.render_batch VIDEOS -o OUT [--workers N] [--ray HOST:6379]

Each video gives the files that `d2m render` gives, byte for byte, in the subfolder of OUT that it has below VIDEOS.
Killed at any moment it leaves whole files; the same command goes on from there, and tries again what failed. OUT/batch
remembers what is done, and report.json in it says how each went.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from d2m_bridge.cli.arguments import add_model_options, check_seed
from d2m_bridge.engine.blend import style_weights
from d2m_bridge.errors import D2MError, InputError
from d2m_bridge.manifest import load_manifest
from d2m_bridge.pipeline.kinds import load_model
from d2m_bridge.pipeline.render import SUFFIXES, RenderOptions, Report, render
from d2m_bridge.pipeline.watch import OpenEstimator
from d2m_bridge.pose.mediapipe_pose import MediaPipePose
from d2m_bridge.providers import Device
from training.datasets.videos import find_videos
from training.resume import agree_on, read_json, remove_partial, write_json
from training.workers import Progress, add_worker_options, map_work

BAD_INPUT, INTERRUPTED = 2, 130


@dataclass(frozen=True, slots=True)
class Batch:
    """What is rendered how. open_estimator: must go from process to process."""

    videos: Path
    out: Path
    options: RenderOptions
    model: Path
    device: Device
    open_estimator: OpenEstimator

    @property
    def memory(self) -> Path:
        """The folder that remembers what is done."""
        return self.out / "batch"

    def record(self, name: str) -> Path:
        """What is remembered of a video."""
        return self.memory / f"{name}.json"

    def is_done(self, name: str) -> bool:
        """Its record and all its files are there."""
        target = self.out / name
        files = (target.with_name(f"{target.stem}{suffix}") for suffix in SUFFIXES)
        return self.record(name).exists() and all(file.exists() for file in files)


class Renderer:
    """A worker's part: the models are loaded once, then one video after the other."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._models = load_model(batch.model, batch.device)

    def __call__(self, name: str) -> dict[str, Any]:
        """Renders a video and remembers it; JSON values of how it went."""
        batch = self._batch
        try:
            report = render(
                batch.videos / name, (batch.out / name).parent, batch.options, self._models, batch.open_estimator,
                lambda stage, part: None,
            )  # fmt: skip
        except InputError as error:
            return {"video": name, "error": str(error)}
        facts = {"video": name, **facts_of(report)}
        write_json(batch.record(name), facts)
        return facts


def facts_of(report: Report) -> dict[str, Any]:
    """What is the same however fast it went."""
    return {
        "seconds": round(report.seconds, 4),
        "bpm": round(report.tempo.grid.bpm, 3),
        "pose_coverage": round(report.pose_coverage, 4),
        "flaws": list(report.flaws),
        "notes": list(report.notes),
    }


def render_batch(batch: Batch, *, workers: int | None, ray: str | None, progress: Progress) -> list[dict[str, Any]]:
    """Renders what is not rendered yet; how each video went, in order of the names."""
    names = [path.relative_to(batch.videos).as_posix() for path in find_videos(batch.videos, besides=batch.out)]
    agree_on(batch.memory / "settings.json", settings_of(batch))
    remove_partial(batch.out)
    first: dict[Path, str] = {}
    twins = [name for name in names if first.setdefault(Path(name).with_suffix(""), name) != name]
    waiting = [name for name in names if name not in twins and not batch.is_done(name)]
    went = map_work(partial(Renderer, batch), waiting, workers=workers, ray=ray, progress=progress)
    results = {facts["video"]: facts for facts in went}
    for name in twins:
        other = first[Path(name).with_suffix("")]
        results[name] = {"video": name, "error": f"{name}: its files would have the names of {other}'s; rename one"}
    table = [results.get(name) or read_json(batch.record(name)) for name in names]
    write_json(batch.memory / "report.json", table)
    return table


def settings_of(batch: Batch) -> dict[str, Any]:
    """JSON values: what decides the content of the files."""
    manifest = (batch.model / "manifest.json").read_bytes()
    return {"model": hashlib.sha256(manifest).hexdigest(), **dataclasses.asdict(batch.options)}


def line_of(facts: dict[str, Any]) -> str:
    """One video in a line."""
    if "error" in facts:
        return f"failed  {facts['error']}"
    flaws = "".join(f"; {flaw}" for flaw in facts["flaws"])
    return f"done    {facts['video']}: {facts['seconds']:.1f} s, {facts['bpm']:.1f} BPM{flaws}"


def main(arguments: list[str] | None = None) -> None:
    from d2m_bridge.cli.models import fetched_pose_model
    from d2m_bridge.cli.say import bar

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("videos", type=Path)
    parser.add_argument("-o", "--out", type=Path, required=True)
    add_worker_options(parser)
    parser.add_argument("--json", action="store_true", help="print the report as one JSON list")
    add_model_options(parser)
    options = parser.parse_args(arguments)
    try:
        check_seed(options.seed)
        manifest = load_manifest(options.model)
        style = options.style or manifest.styles[0].name
        style_weights(manifest, style)
        estimator = partial(MediaPipePose, fetched_pose_model(), device=options.device)
        choice = RenderOptions(style, options.seed)
        batch = Batch(options.videos, options.out, choice, options.model, options.device, estimator)
        with bar(str(options.out)) as show:
            table = render_batch(
                batch, workers=options.workers, ray=options.ray,
                progress=lambda done, of: show("videos", done / of),
            )  # fmt: skip
    except D2MError as error:
        parser.exit(BAD_INPUT, f"{error}\n")
    except KeyboardInterrupt:
        parser.exit(INTERRUPTED, "interrupted; the same command goes on from here\n")
    print(json.dumps(table) if options.json else "\n".join(map(line_of, table)))
    if any("error" in facts or facts["flaws"] for facts in table):
        parser.exit(BAD_INPUT)


if __name__ == "__main__":
    main()
