"""d2m as a process of its own: signals, and what it writes where. The pose model is replaced, so that it is quick."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import soundfile

from tests.media import moving_square, write_video

ROOT = Path(__file__).parents[2]
LIMIT_S = 120
SCRIPT = """
import sys
from pathlib import Path
import d2m_bridge.pose.fetch, d2m_bridge.pose.mediapipe_pose
from d2m_bridge.cli import main
from tests.estimators import MadeUpDancer
d2m_bridge.pose.fetch.fetch_pose_model = lambda progress: Path("no-model-needed")
d2m_bridge.pose.mediapipe_pose.MediaPipePose = lambda *_, **__: MadeUpDancer(delay_s=float(sys.argv[1]))
sys.exit(main(sys.argv[2:]))
"""


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """Two clips of 1 s and 5 s."""
    folder = tmp_path_factory.mktemp("clips")
    return [write_video(folder / f"{name}.mp4", moving_square(25 * s)) for name, s in (("short", 1), ("long", 5))]


def start(*arguments, delay_s=0.0):
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(delay_s), *map(str, arguments)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        # A test run in the background ignores SIGINT, and its children would too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip


def wait_for(process, is_so):
    deadline = time.monotonic() + LIMIT_S
    while not is_so():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.005)


def under_way(out):
    """Hidden files and folders; they may vanish while one looks, which os.walk bears."""
    return [name for _, folders, files in os.walk(out) for name in (*folders, *files) if name.startswith(".")]


def first_is_done(out):
    return (out / "short.mp4").exists() and (out / "short.png").exists()


def watches(out):
    return first_is_done(out) and under_way(out)


def plays(out):
    return first_is_done(out) and any(name.endswith(".part.wav") for name in under_way(out))


def writes(out):
    return (out / "long.wav").exists()


# When, how, and how long a look at a picture takes at least.
MOMENTS = [(watches, signal.SIGINT, 0.02), (plays, signal.SIGTERM, 0.0), (writes, signal.SIGINT, 0.0)]


@pytest.mark.skipif(sys.platform == "win32", reason="signals to one process are POSIX")
@pytest.mark.parametrize(("moment", "signum", "delay_s"), MOMENTS, ids=lambda value: getattr(value, "__name__", ""))
def test_an_interrupt_leaves_whole_files_and_nothing_else(model_folder, tmp_path, clips, moment, signum, delay_s):
    out = tmp_path / "out"
    process = start("render", *clips, "-o", out, "--stems", "--model", model_folder, delay_s=delay_s)
    wait_for(process, lambda: moment(out))
    process.send_signal(signum)
    stdout, stderr = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 130, stderr
    assert stderr == "d2m: interrupted; files that were finished are whole\n"
    assert "short.wav" in stdout and "long" not in stdout
    left = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert not [name for name in left if name.startswith(".") or ".part" in name]
    assert {"short.wav", "short.mp4", "short.mid", "short.png", "short.events.jsonl"} <= left
    assert not list(out.glob(".*"))
    for path, seconds in ((out / "short.wav", 1), (out / "long.wav", 5)):
        assert path.name == "long.wav" or path.exists()
        if path.exists():
            assert soundfile.info(path).duration == pytest.approx(seconds, abs=0.025)


def test_the_log_says_once_where_the_models_run(model_folder, tmp_path, clips):
    process = start("-v", "render", *clips, "-o", tmp_path, "--model", model_folder, "--device", "cpu")
    _, stderr = process.communicate(timeout=LIMIT_S)
    assert stderr.splitlines().count("models run on the CPU") == 1
    assert process.returncode == 0
