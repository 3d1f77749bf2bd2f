"""Options of clips under names, in a TOML file beside the settings: a table for each. Knows no Qt."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

from d2m_bridge import paths
from d2m_bridge.conductor.choose import TempoSource
from d2m_bridge.engine.blend import split_style
from d2m_bridge.engine.feel import Feel
from d2m_bridge.engine.plan import KEYS, SEEDS_KEY
from d2m_bridge.errors import InputError
from d2m_bridge.osc.commands import MAX_BPM, MIN_BPM
from d2m_bridge.settings import MAX_SEED
from d2m_bridge.sinks.atomic import whole_file
from plugin_host.offline.jobs import JobOptions

_KINDS: dict[str, type] = {
    "style": str, "seed": int, "tempo": str, "bpm": float, "stems": bool, "key": str,
    "intensity": float, "density": float, "complexity": float, "swing": float,
}  # fmt: skip


def presets_path() -> Path:
    """Where they lie."""
    return paths.config_dir() / "presets.toml"


def load_presets(path: Path) -> tuple[dict[str, JobOptions], tuple[str, ...]]:
    """By name, with no folder; and one line about each that is not understood. Never raises for what is in the file."""
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}, ()
    except (OSError, ValueError) as error:
        return {}, (f"{path}: cannot be read as presets ({error}); mend or remove it",)
    presets, problems = {}, []
    for name, table in found.items():
        try:
            presets[name] = _options(name, table)
        except InputError as error:
            problems.append(f"{path}: {error}; going on without it")
    return presets, tuple(problems)


def store_preset(path: Path, name: str, options: JobOptions | None) -> None:
    """None: removes it. All else in the file stays as it is. Raises InputError when it cannot be written."""
    import tomlkit
    from tomlkit.exceptions import ParseError

    try:
        document = tomlkit.parse(path.read_text("utf-8"))
    except FileNotFoundError:
        document = tomlkit.document()
    except (OSError, ParseError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as presets ({error}); mend or remove it") from error
    if options is None:
        document.pop(name, None)
    else:
        document[name] = {
            field.name: value
            for field in fields(options)
            if field.name in _KINDS and (value := getattr(options, field.name)) is not None
        }
    with whole_file(path) as temporary:
        temporary.write_text(tomlkit.dumps(document), "utf-8")


def _options(name: str, table: object) -> JobOptions:
    if not isinstance(table, dict):
        raise InputError(f"preset {name}: expected a table, got {table!r}")
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _KINDS:
            raise InputError(f"preset {name}: unknown key {key!r}; expected one of {', '.join(_KINDS)}")
        kind = _KINDS[key]
        values[key] = float(value) if kind is float and type(value) is int else value
        if type(values[key]) is not kind:
            raise InputError(f"preset {name}: {key}: expected {kind.__name__}, got {value!r}")
    options = JobOptions("", **values)
    _check(name, options)
    return options


def _check(name: str, options: JobOptions) -> None:
    split_style(options.style)
    Feel(options.intensity, options.density, options.complexity, options.swing)
    for key, good, expected in (
        ("seed", 0 <= options.seed <= MAX_SEED, f"0 to {MAX_SEED}"),
        ("tempo", options.tempo in get_args(TempoSource), ", ".join(get_args(TempoSource))),
        ("key", options.key in (SEEDS_KEY, *KEYS), ", ".join((SEEDS_KEY, *KEYS))),
        ("bpm", options.bpm is None or MIN_BPM <= options.bpm <= MAX_BPM, f"{MIN_BPM:g} to {MAX_BPM:g}"),
        ("bpm", (options.tempo == "fixed") == (options.bpm is not None), 'one where tempo = "fixed", and only there'),
    ):
        if not good:
            raise InputError(f"preset {name}: {key}: expected {expected}, got {getattr(options, key)!r}")
