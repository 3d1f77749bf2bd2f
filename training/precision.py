"""Which parts of a net stay in float32 when the rest computes in bfloat16."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def keep_float32(module: nn.Module) -> None:
    """The module computes in float32 under autocast too; for what would be heard if it had eight bits of mantissa."""
    before: list[tuple[str, bool]] = []

    def leave_autocast(_: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        kind = inputs[0].device.type
        before.append((kind, torch.is_autocast_enabled(kind)))
        torch.set_autocast_enabled(kind, False)
        return tuple(value.float() if value.is_floating_point() else value for value in inputs)

    def enter_again(*_: object) -> None:
        torch.set_autocast_enabled(*before.pop())

    module.register_forward_pre_hook(leave_autocast)
    module.register_forward_hook(enter_again, always_call=True)
