"""Does the graph do what the module does? Streamed for a while, so that errors in the state show."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from d2m_bridge.providers import open_session

_CALLS = 6


@torch.no_grad()
def largest_difference(content: bytes, module: nn.Module, examples: dict[str, Tensor]) -> float:
    """Largest difference of first outputs over several calls with carried state, relative to the largest output.

    Whole-number outputs (codes) are compared as the share of entries that differ. The module computes with weights
    rounded to fp16, as the graph stores them.
    """
    session = open_session(content, "cpu")
    generator = torch.Generator().manual_seed(0)
    state = examples["state"]
    theirs = state.numpy()
    worst = scale = 0.0
    for _ in range(_CALLS):
        fresh = {
            key: value if value.dtype == torch.int64 else torch.randn(value.shape, generator=generator) * 0.1
            for key, value in examples.items()
            if key != "state"
        }
        ours, state = module(*fresh.values(), state)
        got, theirs = session.run(None, {**{key: value.numpy() for key, value in fresh.items()}, "state": theirs})
        if ours.dtype == torch.int64:
            worst, scale = max(worst, float(np.mean(got != ours.numpy()))), 1.0
        else:
            worst = max(worst, float(np.abs(got - ours.numpy()).max()))
            scale = max(scale, float(ours.abs().max()))
    return worst / scale
