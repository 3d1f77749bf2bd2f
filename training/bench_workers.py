"""How much faster two workers are than one.

    python -m training.bench_workers VIDEO [--clips N] [--rounds N] [--ray ADDRESS] [--json]

Prepares and renders N copies of a video, each time from nothing, by one worker and by two (training.crews: a worker has
a core), which are processes of this machine or of a Ray cluster. It says something where two cores are free: the load
before each measurement is printed with it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from d2m_bridge.manifest import ASSETS, load_manifest
from d2m_bridge.pipeline.render import RenderOptions
from d2m_bridge.pose.mediapipe_pose import MediaPipePose
from training.datasets.clip import Needs
from training.datasets.videos import VideoFolder
from training.prepare import Recipe, open_pose_model, prepare
from training.render_batch import Batch, render_batch

Job = Callable[[Path, int], object]  # an empty folder, workers


def jobs(videos: Path, pose_model: Path, ray: str | None) -> dict[str, Job]:
    """What is measured, by name."""
    manifest = load_manifest(ASSETS)
    recipe = Recipe(
        VideoFolder(videos, silent=True), Needs(manifest.motion_rate_hz, manifest.sample_rate, open_pose_model), None
    )
    choice = RenderOptions(manifest.styles[0].name)
    see = partial(MediaPipePose, pose_model, device="cpu")

    def render(out: Path, workers: int) -> object:
        batch = Batch(videos, out, choice, ASSETS, "cpu", see)
        return render_batch(batch, workers=workers, ray=ray, progress=lambda done, of: None)

    return {
        "prepare": lambda out, workers: prepare(
            recipe, "videos", out, workers=workers, ray=ray, progress=lambda done, of: None
        ),
        "render_batch": render,
    }


def measure(job: Job, rounds: int) -> dict[str, float]:
    """Median seconds by one worker and by two, taken in turn; their ratio; the highest load before a measurement."""
    took: dict[int, list[float]] = {1: [], 2: []}
    load = 0.0
    for _ in range(rounds):
        for workers, seconds in took.items():
            load = max(load, os.getloadavg()[0])
            with tempfile.TemporaryDirectory() as folder:
                begin = time.monotonic()
                job(Path(folder), workers)
                seconds.append(time.monotonic() - begin)
    one, two = statistics.median(took[1]), statistics.median(took[2])
    return {"one_s": one, "two_s": two, "times": one / two, "load": load}


def main(arguments: list[str] | None = None) -> None:
    from d2m_bridge.cli.models import fetched_pose_model

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("video", type=Path)
    parser.add_argument("--clips", type=int, default=8, metavar="N", help="copies of it (8)")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="of both measurements (3)")
    parser.add_argument("--ray", metavar="ADDRESS", help="of a Ray cluster of two CPUs or more; none: local workers")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.clips):
            shutil.copy(options.video, Path(folder) / f"{number}{options.video.suffix}")
        measured = {
            name: measure(job, options.rounds)
            for name, job in jobs(Path(folder), fetched_pose_model(), options.ray).items()
        }
    if options.json:
        print(json.dumps(measured))
        return
    for name, row in measured.items():
        print(f"{name:14} one {row['one_s']:6.1f} s   two {row['two_s']:6.1f} s   {row['times']:.2f} times", end="")
        print(f"   load before {row['load']:.1f}")


if __name__ == "__main__":
    main()
