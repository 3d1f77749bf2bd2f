"""What a live session asks of listeners that send by themselves."""

import time

import pytest

from d2m_bridge.audio.output import NullOutput
from d2m_bridge.capture.camera import FileCamera
from d2m_bridge.pipeline.live import LiveSession
from d2m_bridge.sync.session_clock import SessionClock
from d2m_bridge.timeline import BeatEvent
from tests.estimators import MadeUpDancer
from tests.media import moving_square, write_video

pytestmark = pytest.mark.real_time


class Sending:
    """A listener that is a Sender, and remembers."""

    missed = 3

    def __init__(self):
        self.ahead_of, self.heard_at, self.forgot = [], [], 0
        self.lateness, self.problem = (), None

    def ahead(self, event, due):
        self.ahead_of.append((event, due))

    def heard(self, event, due):
        if isinstance(event, BeatEvent):
            self.heard_at.append((event, due))

    def seen(self, look):
        pass

    def forget(self):
        self.forgot += 1


@pytest.fixture
def session(models, tmp_path):
    clip = write_video(tmp_path / "dance.mp4", moving_square(100))
    clock = SessionClock(lambda: time.perf_counter() / 2)  # a busy machine has twice the time
    camera, output = FileCamera(clip, clock.now), NullOutput(models.manifest.sample_rate, clock)
    session = LiveSession(camera, output, MadeUpDancer, models, clock, style=0, seed=3, bpm=120.0)
    session.start()
    yield session
    session.close()


def wait_until(condition):
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_senders_are_asked_for_all_that_is_theirs(session):
    # One that joins in the midst hears ahead of every beat that it then hears.
    time.sleep(1.0)
    sender = Sending()
    session.listeners = [sender]
    wait_until(lambda: len(sender.heard_at) >= 4)
    joined = sender.ahead_of[0][1]
    assert {due for _, due in sender.heard_at if due > joined} <= {due for _, due in sender.ahead_of}
    assert len(sender.ahead_of) == len({id(event) for event, _ in sender.ahead_of})
    # What it says of itself is what the session says of it.
    assert session.figures()["beat_jitter_ms"] == {"p50": None, "p99": None}
    sender.lateness, sender.problem = (0.001, 0.001), "somebody pulled the plug"
    figures = session.figures()
    assert figures["beat_jitter_ms"] == {"p50": 1.0, "p99": 1.0} and figures["missed_messages"] == 3
    assert session.status.error == "somebody pulled the plug"
    # A panic takes back what waits, and nothing more comes.
    session.panic()
    assert sender.forgot == 1 and not session.status.playing
    time.sleep(0.1)
    count = len(sender.ahead_of)
    time.sleep(1.0)
    assert len(sender.ahead_of) == count
