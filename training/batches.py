"""Batches that can be drawn again: a row is a function of seed, step and its number in the batch of that step.

It does not matter who asks for a row: one process with a batch of eight, two with four each, or four batches of two
that are accumulated see the same eight, and a run that was stopped goes on with the rows that it would have seen.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

_MOST_WORKERS = 14

Row = Callable[[np.random.Generator], NamedTuple]


@dataclass(frozen=True, slots=True)
class Share:
    """What one process takes of every step: `parts` batches of `size` rows, one after the other; rank 0..ranks-1."""

    size: int
    parts: int = 1
    rank: int = 0
    ranks: int = 1

    def numbers(self, part: int) -> range:
        """The rows of a part, by their number in the whole batch of a step."""
        first = (self.rank * self.parts + part) * self.size
        return range(first, first + self.size)


class Rows(Dataset):
    """rows[step, number]: what `row` makes of the random numbers of that place."""

    def __init__(self, row: Row, seed: int) -> None:
        self._row, self._seed = row, seed

    def __getitem__(self, place: tuple[int, int]) -> NamedTuple:
        return self._row(np.random.default_rng([self._seed, *place]))


def collate(rows: list[NamedTuple]) -> NamedTuple:
    """Rows of NumPy arrays -> the same named tuple of tensors, one dimension more."""
    return type(rows[0])(*(torch.from_numpy(np.stack(field)) for field in zip(*rows, strict=True)))


def load_batches(row: Row, seed: int, share: Share, steps: range, *, on_gpu: bool) -> Iterator[NamedTuple]:
    """One process's batches of the steps, in order, `share.parts` for each.

    Beside a GPU other processes draw them ahead; a CPU that trains has nobody to spare.
    """
    places = ([(step, number) for number in share.numbers(part)] for step in steps for part in range(share.parts))
    workers = min(_MOST_WORKERS, (os.cpu_count() or 1) // torch.cuda.device_count()) if on_gpu else 0
    loader = DataLoader(
        Rows(row, seed),
        batch_sampler=places,
        collate_fn=collate,
        num_workers=workers,
        # Any other way would send the corpus, which is mapped from the disk, through a pipe.
        multiprocessing_context="fork" if workers else None,
        pin_memory=on_gpu,
    )
    return iter(loader)
