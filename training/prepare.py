"""Prepare a data set for training: a shard a clip, and a report of what was dropped and why.

    python -m training.prepare videos MY_DANCES --out prepared/mine
    python -m training.prepare aist ANNOTATIONS --videos VIDEOS --out prepared/aist --codec runs/codec --workers 8
    python -m training.prepare d2mgan-aist LISTS --out ...      d2mgan-tiktok LISTS, loris FOLDER
    python -m training.prepare ... --ray HOST:6379              the same on the machines of a Ray cluster

docs/data.md says what the folders hold and what comes out. Killed at any moment it leaves whole shards; the same
command goes on from there. However many workers, here or elsewhere, write the same bytes as one.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.conductor.soundtrack import soundtrack_grid
from d2m_bridge.errors import D2MError, InputError
from d2m_bridge.manifest import ASSETS, load_manifest
from d2m_bridge.pose.estimator import PoseEstimator
from training.datasets.aist_release import AistRelease
from training.datasets.clip import DataSet, Drop, DroppedError, Item, Material, Needs
from training.datasets.d2mgan import D2mGan
from training.datasets.keypoints import seen_share
from training.datasets.loris import Loris
from training.datasets.videos import VideoFolder
from training.encode import Encode, codec_file, codec_rate, load_encoder
from training.prepare_report import Report, report_on
from training.prepared_folder import PreparedFolder
from training.shards import Shard, save_shard
from training.workers import Progress, add_worker_options, map_work

SHORTEST_S = 3.0  # below, no beat can be heard
LEAST_SEEN = 0.5  # of the time


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what the shards of a folder hold. codec: a run, a model, or None."""

    data: DataSet
    needs: Needs
    codec: Path | None


class Preparer:
    """A worker's part: one clip after the other, each to its shard, or to the reason why not."""

    def __init__(self, recipe: Recipe, out: Path) -> None:
        self._recipe = recipe
        self._folder = PreparedFolder(out)
        self._encode = None if recipe.codec is None else load_encoder(recipe.codec)

    def __call__(self, item: Item) -> None:
        """Writes the shard, or the record of the drop."""
        try:
            shard = shard_of(item, self._recipe.data.read(item, self._recipe.needs), self._recipe.needs, self._encode)
        except DroppedError as error:
            self._folder.save_drop(Drop(item.name, error.reason, error.text))
        except InputError as error:
            self._folder.save_drop(Drop(item.name, "unreadable", str(error)))
        else:
            save_shard(self._folder.shard(item.name), shard)


def prepare(
    recipe: Recipe, kind: str, out: Path, *, workers: int | None, ray: str | None, progress: Progress
) -> Report:
    """Prepares what is not prepared yet and writes the report. InputError when `out` was prepared otherwise."""
    items, drops = recipe.data.survey()
    folder = PreparedFolder(out)
    folder.open(settings_of(recipe, kind))
    for drop in drops:
        folder.save_drop(drop)
    waiting = [item for item in items if not folder.has(item.name)]
    map_work(partial(Preparer, recipe, out), waiting, workers=workers, ray=ray, progress=progress)
    report = report_on(folder, sorted(known.name for known in (*items, *drops)))
    folder.save_report(report.as_json(), report.table())
    return report


def settings_of(recipe: Recipe, kind: str) -> dict[str, Any]:
    """JSON values that are the same for folders of the same content."""
    return {
        "kind": kind,
        "motion_rate_hz": recipe.needs.motion_rate_hz,
        "sample_rate": recipe.needs.sample_rate,
        "codec": None if recipe.codec is None else sha256_of(codec_file(recipe.codec)),
        **recipe.data.settings(),
    }


def shard_of(item: Item, material: Material, needs: Needs, encode: Encode | None) -> Shard:
    """What training needs of a clip. DroppedError when it is of no use."""
    if material.seconds < SHORTEST_S:
        raise DroppedError("too short", f"{item.name}: {material.seconds:.1f} s; expected {SHORTEST_S:g} s or more")
    arrays: dict[str, NDArray[Any]] = dict(material.arrays)
    if material.audio is not None and len(material.audio) < SHORTEST_S * needs.sample_rate:
        heard = len(material.audio) / needs.sample_rate
        raise DroppedError("too short", f"{item.name}: {heard:.1f} s of sound; expected {SHORTEST_S:g} s or more")
    if material.body is not None:
        seen = seen_share(material.body.points)
        if seen < LEAST_SEEN:
            raise DroppedError("no person", f"{item.name}: a dancer is seen {seen:.0%} of the time")
        arrays |= {"points": material.body.points, "confidence": material.body.confidence}
    if material.visual is not None:
        arrays["visual"] = material.visual
    grid = material.grid
    if material.audio is not None:
        arrays["audio"] = (np.clip(material.audio, -1, 1) * 32767).astype(np.int16)
        if encode is not None:
            arrays["codes"] = encode(material.audio)
        if grid is None:
            try:
                grid = soundtrack_grid(material.audio, needs.sample_rate)
            except InputError as error:
                raise DroppedError("no beat", f"{item.name}: {error}") from error
    if grid is not None:
        arrays["beats"] = grid.times
    facts = {
        "name": item.name,
        "split": item.split,
        "seconds": material.seconds,
        "motion_rate_hz": needs.motion_rate_hz,
        "sample_rate": needs.sample_rate,
        "beats_from": grid.source if grid else None,
        "holds": sorted(arrays),
        **material.facts,
    }
    return Shard(arrays, facts)


def sha256_of(path: Path) -> str:
    """Of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_pose_model() -> PoseEstimator:
    """The runtime's own, on the CPU, where it says the same on every machine; fetched where it is not yet."""
    from d2m_bridge.pose.fetch import fetch_pose_model
    from d2m_bridge.pose.mediapipe_pose import MediaPipePose

    return MediaPipePose(fetch_pose_model(lambda stage, done, total: None), device="cpu")


KINDS: dict[str, Callable[[argparse.Namespace], DataSet]] = {
    "videos": lambda options: VideoFolder(options.folder, options.silent),
    "aist": lambda options: AistRelease(options.folder, options.videos, tuple((options.cameras or "c01").split(","))),
    "d2mgan-aist": lambda options: D2mGan(options.folder, "aist"),
    "d2mgan-tiktok": lambda options: D2mGan(options.folder, "tiktok"),
    "loris": lambda options: Loris(options.folder),
}


def recipe_of(options: argparse.Namespace) -> Recipe:
    """What the command line asks for."""
    manifest = load_manifest(ASSETS)
    rate = manifest.sample_rate
    if options.codec is not None:
        rate = codec_rate(options.codec)
    needs = Needs(manifest.motion_rate_hz, rate, open_pose_model)
    return Recipe(KINDS[options.kind](options), needs, options.codec)


def main(arguments: list[str] | None = None) -> None:
    from d2m_bridge.cli.models import fetched_pose_model
    from d2m_bridge.cli.say import bar

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--videos", type=Path, metavar="DIR", help="aist: the camera videos, which have the music")
    parser.add_argument("--cameras", metavar="LIST", help="aist: whose views become clips, as in c01,c05 (c01)")
    parser.add_argument("--silent", action="store_true", help="videos: keep dances without a soundtrack")
    parser.add_argument("--codec", type=Path, metavar="RUN", help="also the codes by this codec: a run, or a model")
    add_worker_options(parser)
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object")
    options = parser.parse_args(arguments)
    for name, kind in (("videos", "aist"), ("cameras", "aist"), ("silent", "videos")):
        if getattr(options, name) and options.kind != kind:
            parser.error(f"--{name} belongs to {kind}, not to {options.kind}")
    try:
        recipe = recipe_of(options)
        if options.kind == "videos":
            fetched_pose_model()
        with bar(str(options.out)) as show:
            report = prepare(
                recipe, options.kind, options.out, workers=options.workers, ray=options.ray,
                progress=lambda done, of: show("clips", done / of),
            )  # fmt: skip
    except D2MError as error:
        parser.exit(2, f"{error}\n")
    except KeyboardInterrupt:
        parser.exit(130, "interrupted; the same command goes on from here\n")
    print(json.dumps(report.as_json()) if options.json else report.table())


if __name__ == "__main__":
    main()
