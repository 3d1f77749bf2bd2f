"""What the processes that train together know in common. One alone is all: its values come back as they are."""

from __future__ import annotations

import torch
from torch import Tensor, distributed


def ranks() -> int:
    """How many processes train together."""
    return distributed.get_world_size() if distributed.is_available() and distributed.is_initialized() else 1


def total_of_ranks(value: Tensor) -> Tensor:
    """The sum of a tensor over all ranks, any shape, no gradient; the same bits on each."""
    if ranks() == 1:
        return value
    total = value.detach().clone()
    distributed.all_reduce(total)
    return total


def rows_of_ranks(rows: Tensor) -> Tensor:
    """Rows [N, ...] of every rank, one after the other: [ranks*N, ...], no gradient. N is the same on all."""
    if ranks() == 1:
        return rows
    parts = [torch.empty_like(rows) for _ in range(ranks())]
    distributed.all_gather(parts, rows.detach().contiguous())
    return torch.cat(parts)
