"""A performer's window: its pictures go on, and the sound with them, whatever is done to it while music plays."""

import time

import pytest

pytest.importorskip("PyQt6.QtWidgets", reason="PyQt6 or its libraries are missing", exc_type=ImportError)

from PyQt6.QtTest import QTest

from plugin_host.keys import PAGES
from plugin_host.measure import Probe
from plugin_host.offline.jobs import JobOptions

pytestmark = pytest.mark.real_time
MOST_BLOCKED_MS = 50
SECONDS = 10
SIZES = [(1280 + 32 * step, 720 + 18 * step) for step in range(21)]  # 1280 x 720 .. 1920 x 1080


@pytest.fixture
def playing(host, wait_for):
    host.hit("play")
    wait_for(lambda: host.at.playing)
    return host


def resize(host):
    for size in (*SIZES, *reversed(SIZES)):
        host.window.resize(*size)
        QTest.qWait(20)
    host.window.resize(1920, 1080)
    QTest.qWait(600)


def turn_pages(host):
    for page in (*PAGES, "stage", "live") * 3:
        host.window.show_page(page)
        QTest.qWait(60)


def turn_controls(host):
    for name in ("more_density", "mute_bass", "blend1", "blend", "left_lead", "solo_drums", "solo_drums"):
        host.hit(name)
        QTest.qWait(60)


def turn_sheets(host):
    for name in ("help", "help", "log", "log", "stage", "help", "help", "stage"):
        host.hit(name)
        QTest.qWait(60)


@pytest.mark.parametrize("deed", [resize, turn_pages, turn_controls, turn_sheets])
def test_the_window_is_never_blocked(playing, deed):
    probe = Probe()
    deed(playing)
    probe.deleteLater()
    assert probe.wall_ms < MOST_BLOCKED_MS, f"by the clock; {probe.cpu_ms:.0f} ms of its own"


def test_no_sound_is_missing_while_the_window_works_and_a_clip_is_rendered(playing, clip, tmp_path):
    QTest.qWait(1000)
    job = playing.runner.add(clip, JobOptions(str(tmp_path / "out")))
    missed, played = while_the_window_works(playing, SECONDS)
    assert playing.runner.queue.get(job.number).state in ("running", "done")
    assert not missed
    assert played > SECONDS  # beats, which are never so slow


def while_the_window_works(host, seconds):
    """Blocks of sound that came late or not at all while the window is resized and pages are turned; beats played."""
    before, until = host.session.status, time.monotonic() + seconds
    while time.monotonic() < until:
        resize(host)
        turn_pages(host)
    after = host.session.status
    missed = after.underruns - before.underruns + after.late_blocks - before.late_blocks
    return missed, after.position - before.position


def test_letters_grow_with_the_window_and_no_part_is_forgotten(host, wait_for):
    host.window.resize(1920, 1080)
    pieces = [host.window.header, host.window.strip, *host.window.live.children()]
    dressed = [piece for piece in pieces if piece.isWidgetType()]
    wait_for(lambda: {piece.property("scale") for piece in dressed} == {1.5})
    assert host.live.steer._styles._buttons["house"].font().pixelSize() == 21
    host.window.show_page("setup")
    assert host.window.setup.children()
    host.window.resize(1280, 720)
    host.window.show_page("live")  # at once when it is about to be seen
    assert {piece.property("scale") for piece in dressed[2:]} == {1.0}
