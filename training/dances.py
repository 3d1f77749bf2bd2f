"""Where the dances that plans are learnt from come from: the data folder, or folders of training.prepare."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from d2m_bridge.errors import InputError
from training import pairs
from training.datasets import real_pairs


def load_dances(data: Path, prepared: Sequence[Path], split: str) -> list[pairs.Clip]:
    """The clips of a split of all prepared folders, or without any, of data/splits.json.

    Raises InputError when the split has none.
    """
    if not prepared:
        return pairs.load_clips(data, split)
    clips = [clip for folder in prepared for clip in real_pairs.load_clips(folder, split)]
    if not clips:
        named = ", ".join(map(str, prepared))
        raise InputError(f"{named}: no clip with joints in the split {split!r}; docs/data.md says what decides it")
    return clips
