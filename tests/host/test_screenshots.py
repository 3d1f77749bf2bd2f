"""The program itself, from its command line to its pictures."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.media import moving_square, write_video

pytest.importorskip("PyQt6.QtWidgets", reason="PyQt6 or its libraries are missing", exc_type=ImportError)

ROOT = Path(__file__).parent.parent.parent


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "plugin_host", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **environment},
    )  # fmt: skip


def test_help_needs_no_window():
    outcome = run("--help", QT_QPA_PLATFORM="no-such-platform")
    assert outcome.returncode == 0 and "--screenshots" in outcome.stdout


def test_it_loads_no_torch():
    code = "import sys, plugin_host.window, plugin_host.app, plugin_host.screenshots; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)


@pytest.mark.slow
def test_screenshots_are_made_of_every_page(tmp_path):
    """Also where no pose model can be had: then without a session."""
    from PyQt6.QtGui import QImage

    clip = write_video(tmp_path / "dance.mp4", moving_square(50))
    outcome = run("--camera", str(clip), "--screenshots", str(tmp_path / "pictures"))
    assert outcome.returncode == 0, outcome.stderr
    pictures = {path.stem: QImage(str(path)) for path in (tmp_path / "pictures").iterdir()}
    pages = "live", "offline", "connect", "setup", "stage"
    assert set(pictures) == {"keys", *(f"{page}-{size}" for page in pages for size in ("1280x720", "1920x1080"))}
    for name, picture in pictures.items():
        if name != "keys":
            assert f"{picture.width()}x{picture.height()}" in name
        colours = {picture.pixel(x, y) for x in range(0, picture.width(), 9) for y in range(0, picture.height(), 9)}
        assert len(colours) > 10, name
