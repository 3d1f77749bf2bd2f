"""run.json in a run's folder: all that is needed to repeat the run, and its figures."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from d2m_bridge import __version__
from d2m_bridge.sinks.atomic import whole_file

_SAMPLE_BYTES = 65536
_HOME = Path(__file__).parent.parent
_PACKAGES = ("torch", "lightning", "numpy", "scipy", "librosa", "safetensors")


def fingerprint(path: Path) -> str:
    """SHA-256, hex, over what a file or folder holds: each file's name, size, and 64 KiB of begin, middle and end.

    A corpus of gigabytes is told from another in a second. Raises FileNotFoundError.
    """
    found = hashlib.sha256()
    # Path.rglob leaves out what is linked into a folder, as songs of a corpus may be.
    folders = os.walk(path, followlinks=True) if path.is_dir() else ()
    files = sorted(Path(folder) / name for folder, _, names in folders for name in names) or [path]
    for file in files:
        size = file.stat().st_size
        found.update(f"{file.relative_to(path).as_posix()} {size}\n".encode())
        with file.open("rb") as opened:
            for start in sorted({0, max(0, size // 2 - _SAMPLE_BYTES // 2), max(0, size - _SAMPLE_BYTES)}):
                opened.seek(start)
                found.update(opened.read(_SAMPLE_BYTES))
    return found.hexdigest()


def command_line() -> str:
    """The command that started this process, for a shell."""
    spec = sys.modules["__main__"].__spec__
    program = ["-m", spec.name] if spec else [sys.argv[0]]
    return shlex.join(["python", *program, *sys.argv[1:]])


def _git(*arguments: str) -> str | None:
    """What git says of this checkout; None where there is no git, or no checkout."""
    try:
        result = subprocess.run(["git", *arguments], cwd=_HOME, capture_output=True, text=True, check=True)
    except (FileNotFoundError, subprocess.CalledProcessError):
        return None
    return result.stdout


class RunRecord:
    """Each start of a run is a session; a run that was resumed has several. Only one process writes it."""

    def __init__(self, run: Path) -> None:
        self._run, self._file = run, run / "run.json"
        self._facts = json.loads(self._file.read_text()) if self._file.exists() else {"sessions": [], "figures": {}}

    def begin(self, step: int, config: Mapping[str, object], where: Mapping[str, object], data: list[Path]) -> None:
        """A session from a step on. config: all options; where: the machine; data: what is learnt from."""
        commit, changes = _git("rev-parse", "HEAD"), _git("diff", "HEAD")
        sessions = self._facts["sessions"]
        if changes:
            (self._run / f"changes-{len(sessions)}.patch").write_text(changes)
        sessions.append({
            "from_step": step,
            "began": datetime.now(UTC).isoformat(timespec="seconds"),
            "command": command_line(),
            "folder": str(Path.cwd()),
            "config": dict(config),
            "commit": commit.strip() if commit else None,
            "changes": f"changes-{len(sessions)}.patch" if changes else None,
            "versions": {"python": platform.python_version(), "d2m": __version__}
            | {name: version(name) for name in _PACKAGES},
            "where": dict(where),
            "data": {str(path): fingerprint(path) for path in data},
        })  # fmt: skip
        self._write()

    def figures(self, figures: Mapping[str, object]) -> None:
        """How far the run is and how well it does; replaces what was known."""
        self._facts["figures"] = dict(figures)
        self._write()

    def _write(self) -> None:
        with whole_file(self._file) as temporary:
            temporary.write_text(json.dumps(self._facts, indent=1) + "\n")
