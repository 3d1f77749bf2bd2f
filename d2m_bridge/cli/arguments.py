"""Options that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path

from d2m_bridge.engine.feel import Feel
from d2m_bridge.engine.plan import KEYS, SEEDS_KEY
from d2m_bridge.errors import D2MError, InputError
from d2m_bridge.manifest import ASSETS, load_manifest


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Style, seed, and what computes."""
    parser.add_argument(
        "--style", metavar="NAME",
        help=f"one of: {', '.join(_styles())}; or two of them, and how much of the second: house+jazz:0.3",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another number, another piece of music (1)")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="where the networks run")
    parser.add_argument("--model", type=Path, default=ASSETS, metavar="DIR", help="a model of your own, or a plug-in's")
    parser.add_argument("--pose", default="", metavar="NAME", help="a pose estimator of a plug-in, not MediaPipe")


def add_feel_options(parser: argparse.ArgumentParser) -> None:
    """What a performer turns while it plays, and a render has all along."""
    parser.add_argument("--key", choices=(SEEDS_KEY, *KEYS), default=SEEDS_KEY, help="auto: the seed's own")
    for name, low, meaning in (
        ("intensity", "-1", "soft .. 1 hard"),
        ("density", "-1", "few notes .. 1 many"),
        ("complexity", "-1", "on the beat .. 1 between the beats"),
        ("swing", "0", "straight .. 1 as in triplets"),
    ):
        parser.add_argument(f"--{name}", type=float, default=0.0, metavar="X", help=f"{low} {meaning} (0)")


def feel_of(options: argparse.Namespace) -> Feel:
    """Raises InputError for a value that is out of range."""
    return Feel(options.intensity, options.density, options.complexity, options.swing)


def check_seed(seed: int) -> None:
    """Raises InputError for what is no seed."""
    if not 0 <= seed < 2**63:
        raise InputError(f"--seed {seed}: expected a whole number from 0 to 2^63-1")


def _styles() -> tuple[str, ...]:
    try:
        return tuple(style.name for style in load_manifest(ASSETS).styles)
    except D2MError:  # --help must answer even where the model is broken
        return ("see the model's manifest",)
