"""Folders of the program on this machine. Nothing here creates them: the writer does."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

HOME_VARIABLE = "D2M_HOME"


def cache_dir() -> Path:
    """The per-user folder of files that can be fetched again; the environment variable D2M_HOME overrides it."""
    return _home() or Path(platformdirs.user_cache_dir("d2m", appauthor=False))


def config_dir() -> Path:
    """The per-user folder of settings; D2M_HOME overrides it."""
    return _home() or Path(platformdirs.user_config_dir("d2m", appauthor=False))


def data_dir() -> Path:
    """The per-user folder of what the program has to remember; D2M_HOME overrides it."""
    return _home() or Path(platformdirs.user_data_dir("d2m", appauthor=False))


def models_dir() -> Path:
    """Where fetched model files lie."""
    return cache_dir() / "models"


def _home() -> Path | None:
    home = os.environ.get(HOME_VARIABLE)
    return Path(home).expanduser() if home else None
