"""A performer's window: its pictures go on, and the sound with them, whatever is done to it while music plays."""

import time

import pytest

pytest.importorskip("PyQt6.QtWidgets", reason="PyQt6 or its libraries are missing", exc_type=ImportError)

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtTest import QTest

from plugin_host.keys import PAGES
from plugin_host.offline.jobs import JobOptions

MOST_BLOCKED_MS = 50
TRIES = 3  # other programs that empty the processor's caches make it slower, too
SECONDS = 10
SIZES = [(1280 + 32 * step, 720 + 18 * step) for step in range(21)]  # 1280 x 720 .. 1920 x 1080


class Probe:
    """How long the GUI thread computes between two looks at its events. What other programs take is not counted."""

    def __init__(self):
        self.longest_ms = 0.0
        self._last = time.thread_time()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._look)
        self._timer.start(0)

    def _look(self):
        now = time.thread_time()
        self.longest_ms = max(self.longest_ms, 1000 * (now - self._last))
        self._last = now

    def stop(self):
        self._timer.stop()
        return self.longest_ms


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
    for name in (
        "more_density",
        "mute_bass",
        "blend1",
        "blend",
        "left_lead",
        "solo_drums",
        "solo_drums",
        "help",
        "help",
    ):
        host.hit(name)
        QTest.qWait(60)


@pytest.mark.parametrize("deed", [resize, turn_pages, turn_controls])
def test_the_window_is_never_blocked(playing, deed):
    longest = []
    while len(longest) < TRIES and min(longest, default=MOST_BLOCKED_MS) >= MOST_BLOCKED_MS:
        probe = Probe()
        deed(playing)
        longest.append(probe.stop())
    assert min(longest) < MOST_BLOCKED_MS


def test_no_sound_is_missing_while_the_window_works_and_a_clip_is_rendered(
    playing, clip, tmp_path, wait_for, real_time
):
    QTest.qWait(1000)
    before = playing.session.status
    job = playing.runner.add(clip, JobOptions(str(tmp_path / "out")))
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        resize(playing)
        turn_pages(playing)
    after = playing.session.status
    assert playing.runner.queue.get(job.number).state in ("running", "done")
    assert (after.underruns, after.late_blocks) == (before.underruns, before.late_blocks)
    assert after.position > before.position + SECONDS


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
