"""What a job that may be killed and called again needs: files that are whole, and the same settings as before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from d2m_bridge.errors import InputError
from d2m_bridge.sinks.atomic import whole_file


def agree_on(path: Path, settings: dict[str, Any]) -> None:
    """Writes the settings of a folder that begins; InputError when it began with others. path: the settings file."""
    known = read_json(path)
    if known is None:
        write_json(path, settings)
    elif known != settings:
        odd = [key for key in sorted({*known, *settings}) if known.get(key) != settings.get(key)]
        told = ", ".join(f"{key} was {known.get(key)}, is {settings.get(key)}" for key in odd)
        raise InputError(f"{path.parent}: was made otherwise ({told}); choose another output folder")


def remove_partial(folder: Path) -> None:
    """Takes away what a killed run left behind of files that it was writing (sinks.atomic names them)."""
    for left in folder.rglob(".*.part.*"):
        left.unlink()


def write_json(path: Path, values: object) -> None:
    """Whole or not at all."""
    with whole_file(path) as temporary:
        temporary.write_text(json.dumps(values, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    """None where there is no such file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error}); delete it and start again") from error
