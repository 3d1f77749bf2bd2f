"""The desktop host from outside: a process on a file camera, until it is ready, and what it measures on itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_RENDERS = 3  # as long as it measures


def measure_host(video: Path) -> dict[str, float]:
    """Seconds from the start of the process until the window is shown and until it can play; the longest block of the
    window in ms during each deed, by the clock, while music plays and the video is rendered besides; what the sound
    missed meanwhile.
    """
    with tempfile.TemporaryDirectory() as folder, _display() as environment:
        file = Path(folder, "figures.json")
        command = [sys.executable, "-m", "plugin_host", "-v", "--camera", str(video), "--measure", str(file)]
        command += [str(video)] * _RENDERS
        begun = time.monotonic()
        said = {}
        with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            for line in process.stderr:
                said.setdefault(line.strip(), time.monotonic() - begun)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command, stderr="\n".join(said))
        figures = json.loads(file.read_text("utf-8"))
    blocks = {f"blocked_{deed}_ms": block["wall_ms"] for deed, block in figures["blocks"].items()}
    missed = {name: figures[name] for name in ("underruns", "late_blocks")}
    return {"shown_s": said["shown"], "ready_s": said["ready"], **blocks, **missed}


@contextmanager
def _display() -> Iterator[dict[str, str]]:
    """An environment with a screen: the one there is, else one of Xvfb, else none that can be seen."""
    environment = dict(os.environ)
    if not sys.platform.startswith("linux") or environment.keys() & {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}:
        yield environment
    elif shutil.which("Xvfb") is None:
        yield {**environment, "QT_QPA_PLATFORM": "offscreen"}
    else:
        with xvfb() as display:
            yield {**environment, "DISPLAY": display}


@contextmanager
def xvfb() -> Iterator[str]:
    """A display of 1920 x 1080 that nobody sees, while it lasts: its name."""
    reading, writing = os.pipe()
    screen = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1920x1080x24", "-nolisten", "tcp"]
    with subprocess.Popen(screen, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with os.fdopen(reading) as answer:
            number = answer.readline().strip()
        try:
            yield f":{number}"
        finally:
            server.terminate()
