"""What the user has chosen for good: one TOML file that the window and the command line share.

docs/settings.md is made of the table here. A line that is not understood is told and left alone; the others count.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import Any, get_args

from d2m_bridge import paths
from d2m_bridge.engine.plan import KEYS, SEEDS_KEY
from d2m_bridge.errors import InputError
from d2m_bridge.osc.commands import MAX_BPM, MIN_BPM, SYNC_SOURCES
from d2m_bridge.osc.dialects import DIALECTS
from d2m_bridge.osc.learn import Lesson
from d2m_bridge.providers import Device
from d2m_bridge.sinks.atomic import whole_file

SHORTEST_BUFFER_MS, LONGEST_BUFFER_MS = 300, 2000
MAX_SEED = 2**31 - 1
DEVICES: tuple[Device, ...] = get_args(Device)
PAGES = ("live", "offline", "connect", "setup")

_HEAD = "# Settings of d2m; docs/settings.md describes them."


@dataclass(frozen=True, slots=True)
class Range:
    """A number from low to high."""

    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.low} to {self.high}"

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int | float) and self.low <= value <= self.high


def _row(default: Any, meaning: str, readers: str, allowed: Range | tuple[str, ...] | None = None) -> Any:  # noqa: ANN401
    """A line of the table. readers: who looks at it: window, live, render."""
    return field(default=default, metadata={"meaning": meaning, "readers": readers, "allowed": allowed})


_ALL, _LIVE, _WINDOW = "window, live, render", "window, live", "window"


@dataclass(frozen=True, slots=True)
class Settings:
    """Every field is a key of the file."""

    camera: str = _row("0", "number or name of a camera, or a video file", _LIVE)
    audio: str = _row("default", "number or name of a sound device; default; null: no sound, keeps time", _LIVE)
    buffer_ms: int = _row(550, "from a move to its sound, in ms", _LIVE, Range(SHORTEST_BUFFER_MS, LONGEST_BUFFER_MS))
    device: Device = _row("auto", "where the networks run", _ALL, DEVICES)  # noqa: RUF009
    pose: str = _row("", 'a pose estimator of a plug-in; "" is MediaPipe', _ALL)
    style: str = _row("", 'a style, or a blend as house+jazz:0.3; "" is the first of the model', _ALL)
    seed: int = _row(1, "another number, another piece of music", _ALL, Range(0, MAX_SEED))
    key: str = _row(SEEDS_KEY, "the key; auto: the seed's own", _ALL, (SEEDS_KEY, *KEYS))
    intensity: float = _row(0.0, "-1 soft, 0 as danced, 1 hard", _ALL, Range(-1, 1))
    density: float = _row(0.0, "-1 few notes, 0 as danced, 1 many", _ALL, Range(-1, 1))
    complexity: float = _row(0.0, "-1 on the beat, 0 as the style is, 1 between the beats", _ALL, Range(-1, 1))
    swing: float = _row(0.0, "0 straight, 1 as in triplets", _ALL, Range(0, 1))
    sync: str = _row("follow", "whose beat the music takes; follow: the dancer's", _LIVE, SYNC_SOURCES)
    bpm: float = _row(100.0, "the tempo to begin with, in beats a minute", _LIVE, Range(MIN_BPM, MAX_BPM))
    osc: str = _row("", "send events to this HOST:PORT", _LIVE)
    dialect: str = _row("generic", "in the addresses of this program", _LIVE, tuple(DIALECTS))
    osc_in: int = _row(0, "obey OSC commands on this port of this machine; 0: none", _LIVE, Range(0, 65535))
    midi_in: str = _row("", 'the MIDI port whose clock leads with sync = "midi"; "": one of our own', _LIVE)
    midi_out: str = _row("", "play notes and clock to this MIDI port; new:NAME makes one", _LIVE)
    midi_control: str = _row("", "the MIDI port whose knobs are learnt; new:NAME makes one", _LIVE)
    sinks: tuple[str, ...] = _row((), "sinks of plug-ins that hear of all that happens", _LIVE)
    learn: tuple[Lesson, ...] = _row((), "what foreign controls mean: see below", _LIVE)
    takes: str = _row(str(Path.home() / "d2m takes"), "folder of recorded takes", _LIVE)
    renders: str = _row(str(Path.home() / "d2m renders"), "folder of the results of new clips", _WINDOW)
    mirror: bool = _row(True, "show the camera as a mirror does", _WINDOW)
    page: str = _row("live", "the page that was open", _WINDOW, PAGES)
    window: str = _row("", "size and place of the window, as WIDTHxHEIGHT+X+Y", _WINDOW)

    def __post_init__(self) -> None:
        """Raises InputError for a value that is out of range."""
        for row in fields(self):
            allowed, value = row.metadata["allowed"], getattr(self, row.name)
            if allowed is not None and value not in allowed:
                expected = allowed if isinstance(allowed, Range) else ", ".join(allowed)
                raise InputError(f"setting {row.name}: expected {expected}, got {value!r}")


@dataclass(frozen=True, slots=True)
class Loaded:
    """given: the keys that the file names, and that are understood. problems: one line each about what is not."""

    settings: Settings = field(default_factory=Settings)
    given: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()
    exists: bool = False


def settings_path() -> Path:
    """Where they lie."""
    return paths.config_dir() / "settings.toml"


def load_settings(path: Path) -> Loaded:
    """What is understood of the file, and the defaults for the rest. Never raises for what is in it."""
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Loaded()
    except (OSError, ValueError) as error:
        return Loaded(problems=(f"{path}: cannot be read as settings ({error}); mend or remove it",), exists=True)
    values: dict[str, Any] = {}
    problems: list[str] = []
    for key, value in found.items():
        try:
            values[key] = _value(key, value)
        except InputError as error:
            problems.append(f"{path}: {error}; going on without it")
    return Loaded(Settings(**values), frozenset(values), tuple(problems), exists=True)


def store_settings(path: Path, changes: Mapping[str, object]) -> None:
    """Writes these into the file; all else in it stays as it is, comments too. A file that is no TOML is set aside.

    Raises InputError when the folder cannot be written.
    """
    import tomlkit
    from tomlkit.exceptions import ParseError

    try:
        document = tomlkit.parse(path.read_text("utf-8"))
    except FileNotFoundError:
        document = tomlkit.parse(f"{_HEAD}\n")
    except (ParseError, UnicodeDecodeError):
        path.replace(path.with_suffix(".damaged"))
        document = tomlkit.parse(f"{_HEAD}\n")
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}; mend or remove it") from error
    for key, value in changes.items():
        document[key] = _plain(value)
    with whole_file(path) as temporary:
        temporary.write_text(tomlkit.dumps(document), "utf-8")


def settings_markdown() -> str:
    """The table of docs/settings.md."""
    lines = ["| key | default | meaning | allowed | read by |", "|---|---|---|---|---|"]
    for row in fields(Settings):
        allowed = row.metadata["allowed"]
        shown = str(allowed) if isinstance(allowed, Range) else ", ".join(allowed or ("",))
        cells = f"`{row.name}`", f"`{_shown(row.name, row.default)}`", row.metadata["meaning"], shown
        lines.append(f"| {' | '.join(cells)} | {row.metadata['readers']} |")
    return "\n".join(lines) + "\n"


def _value(key: str, value: object) -> object:
    known = {row.name: row for row in fields(Settings)}
    if key not in known:
        near = difflib.get_close_matches(key, known, 1)
        hint = f"did you mean {near[0]!r}?" if near else "docs/settings.md lists them"
        raise InputError(f"unknown setting {key!r}: {hint}")
    kind = type(known[key].default)
    if kind is float and type(value) is int:
        value = float(value)
    read: Callable[[object], object] = _READERS.get(key, partial(_same, key, kind))
    value = read(value)
    Settings(**{key: value})  # type: ignore[arg-type]
    return value


def _same(key: str, kind: type, value: object) -> object:
    if type(value) is not kind:
        raise InputError(f"setting {key}: expected {kind.__name__}, got {value!r}")
    return value


def _lessons(found: object) -> tuple[Lesson, ...]:
    tables = found if isinstance(found, list) else [found]
    return tuple(_lesson(table) for table in tables)


def _lesson(table: object) -> Lesson:
    kinds = {"source": (str,), "command": (str,), "low": (int, float), "high": (int, float)}
    if not isinstance(table, dict) or not {"source", "command"} <= set(table) <= set(kinds):
        raise InputError(f"setting learn: expected tables of source and command, got {table!r}")
    for name, value in table.items():
        if isinstance(value, bool) or not isinstance(value, kinds[name]):
            raise InputError(f"setting learn: {name}: expected {kinds[name][-1].__name__}, got {value!r}")
    return Lesson(**table)


def _names(found: object) -> tuple[str, ...]:
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        raise InputError(f"setting sinks: expected a list of names, got {found!r}")
    return tuple(found)


_READERS: dict[str, Callable[[object], object]] = {"learn": _lessons, "sinks": _names}


def _plain(value: object) -> object:
    """As TOML has it."""
    import tomlkit

    if isinstance(value, tuple) and any(isinstance(one, Lesson) for one in value):
        tables = tomlkit.aot()
        for lesson in value:
            tables.append(tomlkit.item(dict(_facts(lesson))))
        return tables
    return list(value) if isinstance(value, tuple) else value


def _facts(lesson: Lesson) -> Iterator[tuple[str, object]]:
    for row in fields(Lesson):
        value = getattr(lesson, row.name)
        if value != row.default:
            yield row.name, value


def _shown(name: str, default: object) -> str:
    if name in ("takes", "renders"):
        return f'"~/{Path(str(default)).name}"'
    if isinstance(default, bool):
        return str(default).lower()
    return "[]" if default == () else f'"{default}"' if isinstance(default, str) else f"{default}"
