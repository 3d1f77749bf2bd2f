"""What the host remembers between two starts: a TOML file in the user's folder of settings."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from d2m_bridge import paths
from d2m_bridge.errors import InputError
from d2m_bridge.osc.commands import MAX_BPM, MIN_BPM, SYNC_SOURCES
from d2m_bridge.osc.dialects import DIALECTS
from d2m_bridge.sinks.atomic import whole_file

SHORTEST_BUFFER_MS, LONGEST_BUFFER_MS = 300, 2000


@dataclass(frozen=True, slots=True)
class Settings:
    """camera, audio: as `d2m live` takes them. style: "" is the first. osc: host:port or "". osc_in: 0 is off."""

    camera: str = "0"
    audio: str = "default"
    style: str = ""
    seed: int = 1
    bpm: float = 100.0
    buffer_ms: int = 400
    sync: str = "follow"
    takes: str = str(Path.home() / "d2m takes")
    renders: str = str(Path.home() / "d2m renders")
    mirror: bool = True
    osc: str = ""
    dialect: str = "generic"
    osc_in: int = 0

    def __post_init__(self) -> None:
        """Raises InputError for a value that is out of range."""
        for name, good, expected in (
            ("seed", 0 <= self.seed < 2**31, "0 to 2147483647"),
            ("bpm", MIN_BPM <= self.bpm <= MAX_BPM, f"{MIN_BPM:g} to {MAX_BPM:g}"),
            (
                "buffer_ms",
                SHORTEST_BUFFER_MS <= self.buffer_ms <= LONGEST_BUFFER_MS,
                f"{SHORTEST_BUFFER_MS} to {LONGEST_BUFFER_MS}",
            ),
            ("sync", self.sync in SYNC_SOURCES, ", ".join(SYNC_SOURCES)),
            ("dialect", self.dialect in DIALECTS, ", ".join(DIALECTS)),
            ("osc_in", 0 <= self.osc_in < 65536, "0 to 65535"),
        ):
            if not good:
                raise InputError(f"setting {name}: expected {expected}, got {getattr(self, name)!r}")


def settings_path() -> Path:
    """Where they lie."""
    return paths.config_dir() / "host.toml"


def load_settings(path: Path) -> Settings:
    """The defaults where there is no file. Raises InputError for a file, key or value that is not understood."""
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read as settings ({error}); mend or remove it") from error
    known = {field.name: type(field.default) for field in fields(Settings)}
    for key, value in found.items():
        if key not in known:
            raise InputError(f"{path}: unknown setting {key!r}; expected one of {', '.join(known)}")
        if type(value) is not known[key] and not (known[key] is float and type(value) is int):
            raise InputError(f"{path}: {key}: expected {known[key].__name__}, got {value!r}")
    try:
        return Settings(**found)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def save_settings(settings: Settings, path: Path) -> None:
    """Raises InputError when the folder cannot be written."""
    lines = [f"{field.name} = {_toml(getattr(settings, field.name))}\n" for field in fields(Settings)]
    with whole_file(path) as temporary:
        temporary.write_text("# Settings of d2m-host.\n" + "".join(lines), "utf-8")


def _toml(value: str | float | bool) -> str:
    # A JSON string, number or boolean is a TOML one, too; JSON escapes what lies beyond 16 bits in a way TOML does not.
    return json.dumps(value, ensure_ascii=False)
