"""The program is killed in the middle of its queue, and goes on where it was: real processes."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from d2m_bridge.settings import store_settings
from tests.media import moving_square, write_video

pytestmark = pytest.mark.real_time

pytest.importorskip("PyQt6.QtWidgets", reason="PyQt6 or its libraries are missing", exc_type=ImportError)

ROOT = Path(__file__).parent.parent.parent
PATIENCE_S = 120


def wait_for(is_so):
    until = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < until, "it did not come to be so"
        time.sleep(0.05)


@pytest.fixture
def start(tmp_path, model_folder):
    """Starts the program; ends it by force where it still runs."""
    home = tmp_path / "home"
    store_settings(
        home / "settings.toml",
        {"renders": str(tmp_path / "out"), "audio": "null", "camera": str(tmp_path / "none.mp4")},
    )
    environment = {
        **os.environ, "D2M_HOME": str(home), "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)
    }  # fmt: skip

    @contextmanager
    def run(delay_s, *videos):
        program = [sys.executable, str(Path(__file__).parent / "host_app.py"), str(delay_s)]
        process = subprocess.Popen([*program, "--model", str(model_folder), *map(str, videos)], env=environment)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    return run


@pytest.fixture
def clips(tmp_path):
    return [write_video(tmp_path / f"{name}.mp4", moving_square(40)) for name in ("a", "b \u00e4", "c")]


def test_killed_in_the_middle_it_goes_on_with_the_next_start_and_the_bytes_are_those_of_the_command(
    start, clips, tmp_path, d2m
):
    out, file = tmp_path / "out", tmp_path / "home" / "queue.json"

    def states():
        return [job["state"] for job in json.loads(file.read_text())["jobs"]] if file.exists() else []

    def under_way():
        return list(out.glob(".d2m-*"))

    with start(0.1, *clips) as first:
        wait_for(lambda: states() == ["done", "running", "waiting"] and under_way())
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    wait_for(lambda: not under_way())  # the renderer has seen that nobody waits for it
    assert not [path for path in out.rglob("b*") if path.is_file()]
    finished = {path: path.stat().st_mtime_ns for path in out.rglob("a*") if path.is_file()}
    assert finished
    with start(0.0):
        wait_for(lambda: states() == ["done"] * 3)
    assert {path: path.stat().st_mtime_ns for path in out.rglob("a*") if path.is_file()} == finished
    d2m.render(*clips, "-o", str(tmp_path / "cli"), "--stems")
    ours = {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    theirs = {
        path.relative_to(tmp_path / "cli"): path.read_bytes()
        for path in (tmp_path / "cli").rglob("*")
        if path.is_file()
    }
    assert len(ours) == 3 * 9 and ours.keys() == theirs.keys()
    assert [path for path in ours if ours[path] != theirs[path]] == []
