"""Checkpoints without pickle: every tensor of a run in one safetensors file, everything else as JSON in its header."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.optim import Optimizer


def _optimiser_tensors(optimiser: Optimizer) -> dict[str, Tensor]:
    return {
        f"{index}.{name}": value
        for index, slots in optimiser.state_dict()["state"].items()
        for name, value in slots.items()
        if isinstance(value, Tensor)
    }


def save_checkpoint(
    path: Path, modules: Mapping[str, nn.Module], optimisers: Mapping[str, Optimizer], facts: Mapping[str, object]
) -> None:
    """Writes atomically: a killed run keeps its last whole checkpoint. facts: JSON values, such as the step."""
    tensors = {f"{name}/{key}": value for name, module in modules.items() for key, value in module.state_dict().items()}
    for name, optimiser in optimisers.items():
        tensors |= {f"{name}/{key}": value for key, value in _optimiser_tensors(optimiser).items()}
    partial = path.with_suffix(".partial")
    save_file(
        {key: value.contiguous().clone() for key, value in tensors.items()}, partial, {"facts": json.dumps(facts)}
    )
    partial.replace(path)


def load_checkpoint(
    path: Path, modules: Mapping[str, nn.Module], optimisers: Mapping[str, Optimizer] | None = None
) -> dict[str, object]:
    """Fills modules and optimisers, strictly; returns the facts."""
    with safe_open(path, "pt") as file:
        keys = set(file.keys())
        for name, module in modules.items():
            mine = {key.removeprefix(f"{name}/"): file.get_tensor(key) for key in keys if key.startswith(f"{name}/")}
            module.load_state_dict(mine)
        for name, optimiser in (optimisers or {}).items():
            slots: dict[int, dict[str, Tensor]] = {}
            for key in keys:
                if key.startswith(f"{name}/"):
                    index, slot = key.removeprefix(f"{name}/").split(".")
                    slots.setdefault(int(index), {})[slot] = file.get_tensor(key)
            state = optimiser.state_dict()
            state["state"] = slots
            optimiser.load_state_dict(state)
        return json.loads(file.metadata()["facts"])


def load_part(path: Path, prefix: str, module: nn.Module) -> None:
    """Fills a module from the tensors of a checkpoint whose names begin so, strictly."""
    with safe_open(path, "pt") as file:
        names = [name for name in file.keys() if name.startswith(prefix)]  # noqa: SIM118 (not a mapping)
        module.load_state_dict({name.removeprefix(prefix): file.get_tensor(name) for name in names})
