"""d2m models: what has to be fetched before anything can be seen."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from d2m_bridge.cli.say import OK, bar

if TYPE_CHECKING:
    from d2m_bridge.pose.estimator import PoseEstimator


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's options."""
    models = commands.add_parser("models", help="list or fetch the models that d2m needs")
    models.set_defaults(run=run)
    models.add_argument("action", nargs="?", choices=("list", "fetch"), default="list")


def run(options: argparse.Namespace) -> int:
    """Lists them, after fetching those that are missing if asked to."""
    from d2m_bridge.pose.fetch import list_models

    if options.action == "fetch":
        fetched_pose_model()
    for model in list_models():
        size = f"{model.size / 1e6:.1f} MB" if model.size else "-"
        print(f"{model.name}  {model.state}  {size}  {model.path}  {model.source}")
    return OK


def fetched_pose_model() -> Path:
    """The pose model, fetched if it is not there."""
    from d2m_bridge.pose.fetch import fetch_pose_model

    with bar() as progress:
        return fetch_pose_model(
            lambda what, done, total: progress(what, done / total if total else 0.0),
        )


def pose_estimator(options: argparse.Namespace, *, live: bool = False) -> Callable[[], PoseEstimator]:
    """What opens the one of --pose, on --device; MediaPipe's model is fetched if it is not there."""
    from d2m_bridge.pose.choose import pose_opener

    with bar() as progress:
        return pose_opener(
            options.pose,
            options.device,
            lambda what, done, total: progress(what, done / total if total else 0.0),
            live=live,
        )
