"""One prepared clip is one file: arrays and facts as safetensors, written whole or not at all. The same clip is the
same bytes whoever writes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from d2m_bridge.errors import InputError
from d2m_bridge.sinks.atomic import whole_file

SUFFIX = ".safetensors"


@dataclass(frozen=True, slots=True)
class Shard:
    """arrays: of numbers, by name. facts: JSON values. docs/data.md lists both."""

    arrays: Mapping[str, NDArray[Any]]
    facts: Mapping[str, Any]


def save_shard(path: Path, shard: Shard) -> None:
    """Writes atomically; InputError when the system refuses."""
    arrays = {name: np.ascontiguousarray(array) for name, array in shard.arrays.items()}
    # One entry: the order of several is not fixed, and the bytes must be.
    content = save(arrays, {"facts": json.dumps(shard.facts, sort_keys=True)})
    with whole_file(path) as temporary:
        temporary.write_bytes(content)


def load_shard(path: Path) -> Shard:
    """Reads a whole shard; InputError when it is missing or no shard."""
    with _opened(path) as file:
        return Shard({name: file.get_tensor(name) for name in file.keys()}, _facts(path, file))  # noqa: SIM118


def load_facts(path: Path) -> dict[str, Any]:
    """The facts alone: reads the header only."""
    with _opened(path) as file:
        return _facts(path, file)


def _opened(path: Path) -> safe_open:
    try:
        return safe_open(path, "np")
    except (OSError, SafetensorError) as error:
        raise InputError(f"{path}: not a whole shard ({error}); delete it and prepare again") from error


def _facts(path: Path, file: safe_open) -> dict[str, Any]:
    facts = (file.metadata() or {}).get("facts")
    if facts is None:
        raise InputError(f"{path}: not a shard of training.prepare: expected facts in its header")
    return json.loads(facts)
