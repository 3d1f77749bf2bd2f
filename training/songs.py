"""Songs of the corpus, read back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.engine.harmony import plan_step
from d2m_bridge.engine.plan import PlanStep
from training.styles import STYLE_NAMES, STYLES


@dataclass(frozen=True, slots=True)
class Song:
    """stems int16 [4, N], left on the disk until read. motion float32 [T, F] at the motion rate, empty for a song
    without a dance.
    """

    style: int
    plan: list[PlanStep]
    grid: BeatGrid
    motion: NDArray[np.float32]
    stems: NDArray[np.int16]


def load_meta(folder: Path) -> dict[str, Any]:
    """meta.json of a song; older corpora name no split: their songs are all for training."""
    return {"split": "train", "unseen": False} | json.loads((folder / "meta.json").read_text())


def load_song(folder: Path) -> Song:
    """Reads what training.corpus wrote."""
    meta = load_meta(folder)
    file = np.load(folder / "song.npz")
    mode = STYLES[meta["style"]].mode
    plan = [plan_step(step, row, meta["key"], mode) for step, row in enumerate(file["tokens"])]
    grid = BeatGrid(file["beats"], "corpus")
    stems = np.load(folder / "stems.npy", mmap_mode="r")
    return Song(STYLE_NAMES.index(meta["style"]), plan, grid, file["motion"], stems)
