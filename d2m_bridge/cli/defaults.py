"""The user's settings as defaults of the command line. Only what the settings file names counts here."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from d2m_bridge.settings import Loaded

_ALL = ("style", "seed", "key", "intensity", "density", "complexity", "swing", "device", "pose")
_LIVE = (*_ALL, "camera", "audio", "buffer_ms", "sync", "bpm", "osc_in", "midi_in", "midi_out", "takes")
_READ_BY = {"render": _ALL, "live": _LIVE}
_NONE_IF_EMPTY = ("osc_in", "midi_in", "midi_out")


def use_settings(parsers: Mapping[str, argparse.ArgumentParser], loaded: Loaded) -> None:
    """parsers: of the commands, by name. What no option stands for is in `stored`; `problems` are to be told."""
    for command, keys in _READ_BY.items():
        named = {key: getattr(loaded.settings, key) for key in keys if key in loaded.given}
        for key in _NONE_IF_EMPTY:
            if key in named:
                named[key] = named[key] or None
        if "takes" in named:
            named["takes"] = Path(named["takes"])
        parsers[command].set_defaults(**named, stored=loaded.settings, problems=loaded.problems)
