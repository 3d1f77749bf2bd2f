"""The program itself from its start: ready in time, and what it measures on itself."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.pose_model import SAMPLE, pose_model
from training.bench_host import xvfb

pytest.importorskip("PyQt6.QtWidgets", reason="PyQt6 or its libraries are missing", exc_type=ImportError)

ROOT = Path(__file__).parent.parent.parent
READY_S = 5


NOWHERE = {"QT_QPA_PLATFORM": "offscreen"}
KEEPS_ITS_WINDOW = """
import sys
from PyQt6 import sip
import plugin_host.window
from plugin_host import app

kept = []

class Kept(plugin_host.window.MainWindow):
    def __init__(self, *parts):
        super().__init__(*parts)
        kept.append(self)

plugin_host.window.MainWindow = Kept
app.main(sys.argv[1:])
print([sip.isdeleted(window) for window in kept])
"""


def start(*arguments, screen=NOWHERE):
    """The program on a file camera, with the shipped model; what it says comes from stderr."""
    return subprocess.Popen(
        [sys.executable, "-m", "plugin_host", "-v", "--camera", str(SAMPLE), "--audio", "null", *arguments],
        cwd=ROOT, env={**os.environ, **screen}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.fixture(params=["nowhere", "Xvfb"])
def screen(request):
    """The environment of a program that has a screen, or none."""
    if request.param == "nowhere":
        yield NOWHERE
        return
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed")
    with xvfb() as display:
        yield {"QT_QPA_PLATFORM": "xcb", "DISPLAY": display}


def seconds_to_ready(file):
    begun = time.monotonic()
    with start("--measure", str(file)) as process:
        said = next((line for line in process.stderr if line.strip() == "ready"), None)
        taken = time.monotonic() - begun
        process.kill()
    assert said is not None, "it never was ready"
    return taken


@pytest.mark.real_time  # and the first start reads everything from the disk
def test_it_is_ready_within_five_seconds(tmp_path):
    pose_model()
    assert seconds_to_ready(tmp_path / "figures.json") < READY_S


def test_its_window_goes_before_qt_does(tmp_path):
    file = str(tmp_path / "figures.json")
    ended = subprocess.run(
        [sys.executable, "-c", KEEPS_ITS_WINDOW, "--camera", str(tmp_path / "none.mp4"), "--measure", file],
        cwd=ROOT, env={**os.environ, **NOWHERE}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert ended.stdout.strip() == "[True]", ended.stderr
    assert ended.returncode == 0, ended.stderr


@pytest.mark.slow
def test_it_measures_how_long_its_window_is_blocked_and_ends_well(screen, tmp_path):
    pose_model()
    file = tmp_path / "figures.json"
    with start("--measure", str(file), *[str(SAMPLE)] * 3, screen=screen) as process:
        said = process.communicate(timeout=120)[1]
    assert process.returncode == 0, said
    figures = json.loads(file.read_text("utf-8"))
    assert list(figures["blocks"]) == ["playing", "resizing", "pages", "keys", "log", "stage"]
    assert all(0 < block["cpu_ms"] <= block["wall_ms"] for block in figures["blocks"].values())
    assert {"underruns", "late_blocks"} < set(figures)


@pytest.mark.slow
def test_what_was_measured_without_the_render_that_was_asked_for_is_not_told(tmp_path):
    pose_model()
    file, damaged = tmp_path / "figures.json", tmp_path / "damaged.mp4"
    damaged.write_bytes(b"no video")
    with start("--measure", str(file), str(damaged)) as process:
        said = process.communicate(timeout=120)[1]
    assert process.returncode == 1 and "were not rendered all the time" in said
    assert not file.exists()


def test_without_a_session_nothing_is_measured_and_it_says_so(tmp_path):
    with start("--camera", str(tmp_path / "none.mp4"), "--measure", str(tmp_path / "figures.json")) as process:
        said = process.communicate(timeout=60)[1]
    assert process.returncode == 1 and "nothing was measured" in said
    assert not (tmp_path / "figures.json").exists()
