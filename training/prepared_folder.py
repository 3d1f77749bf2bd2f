"""A folder of training.prepare on the disk: which clip is where, and whether it is done.

settings.json                 what decides the content; another call must agree
clips/NAME.safetensors        a shard (training.shards)
dropped/NAME.json             name, reason, text; delete it to have the clip tried again
report.json, report.txt       written at the end
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from d2m_bridge.errors import InputError
from d2m_bridge.sinks.atomic import whole_file
from training.datasets.clip import Drop
from training.resume import agree_on, read_json, remove_partial, write_json
from training.shards import SUFFIX


class PreparedFolder:
    """Where the clips of one preparation lie."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._settings = path / "settings.json"

    def open(self, settings: dict[str, Any]) -> None:
        """Begins or goes on. InputError when the folder was prepared with other settings, or cannot be written."""
        agree_on(self._settings, settings)
        remove_partial(self.path)

    def shard(self, name: str) -> Path:
        """Where the shard of a clip lies, or will."""
        return self.path / "clips" / f"{name}{SUFFIX}"

    def shards(self) -> list[Path]:
        """All there are, in order of their names. InputError when this is no prepared folder."""
        if not self._settings.exists():
            raise InputError(f"{self.path}: not a prepared folder; make one with python -m training.prepare")
        return sorted((self.path / "clips").rglob(f"[!.]*{SUFFIX}"))

    def has(self, name: str) -> bool:
        """The clip is prepared or dropped."""
        return self.shard(name).exists() or self._drop(name).exists()

    def save_drop(self, drop: Drop) -> None:
        """Remembers why there is no shard."""
        write_json(self._drop(drop.name), dataclasses.asdict(drop))

    def drop(self, name: str) -> Drop | None:
        """Why there is no shard; None where there is one."""
        known = read_json(self._drop(name))
        return None if known is None else Drop(**known)

    def save_report(self, values: dict[str, Any], table: str) -> None:
        """For machines and for people."""
        write_json(self.path / "report.json", values)
        with whole_file(self.path / "report.txt") as temporary:
            temporary.write_text(table + "\n", encoding="utf-8")

    def _drop(self, name: str) -> Path:
        return self.path / "dropped" / f"{name}.json"
