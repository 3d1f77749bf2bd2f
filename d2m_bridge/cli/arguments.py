"""Options that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path

from d2m_bridge.errors import D2MError, InputError
from d2m_bridge.manifest import ASSETS, load_manifest


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Style, seed, and what computes."""
    parser.add_argument("--style", metavar="NAME", help=f"one of: {', '.join(_styles())}")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another number, another piece of music (1)")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="where the networks run")
    parser.add_argument("--model", type=Path, default=ASSETS, metavar="DIR", help="a model of your own")


def check_seed(seed: int) -> None:
    """Raises InputError for what is no seed."""
    if not 0 <= seed < 2**63:
        raise InputError(f"--seed {seed}: expected a whole number from 0 to 2^63-1")


def _styles() -> tuple[str, ...]:
    try:
        return tuple(style.name for style in load_manifest(ASSETS).styles)
    except D2MError:  # --help must answer even where the model is broken
        return ("see the model's manifest",)
