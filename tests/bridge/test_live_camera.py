"""Cameras of a live session: a paced file, and a webcam that comes and goes."""

import threading
import time

import numpy as np
import pytest

from d2m_bridge.capture import camera as module
from d2m_bridge.capture.camera import FileCamera, Webcam, open_camera
from d2m_bridge.errors import DeviceError, InputError
from tests.media import moving_square, write_video

pytestmark = pytest.mark.real_time


@pytest.fixture
def clip(tmp_path):
    return write_video(tmp_path / "clip.mp4", moving_square(10))  # 0.4 s at 25 pictures a second


class HandClock:
    """Time passes when somebody sleeps."""

    def __init__(self):
        self.t = 0.0

    def __call__(self):
        return self.t

    def sleep(self, seconds):
        self.t += seconds


def take(camera, count, wanted=lambda t: True):
    frames = []
    for frame in camera.frames(wanted):
        frames.append(frame)
        if len(frames) == count:
            camera.close()
    return frames


def test_a_file_is_paced_and_begins_again(clip):
    clock = HandClock()
    frames = take(FileCamera(clip, clock, clock.sleep), 25)
    assert [frame.t for frame in frames] == pytest.approx([i / 25 for i in range(25)], abs=1e-3)
    assert [frame.index for frame in frames] == list(range(25))
    assert clock.t == pytest.approx(24 / 25, abs=1e-3)
    assert np.array_equal(frames[0].image, frames[10].image)


def test_pictures_that_are_not_wanted_are_passed_over(clip):
    clock = HandClock()
    times = [frame.t for frame in take(FileCamera(clip, clock, clock.sleep), 5, lambda t: round(t * 25) % 3 == 0)]
    assert [round(t * 25) for t in times] == [0, 3, 6, 9, 12]


def test_closing_ends_it_also_while_it_waits(clip):
    camera = FileCamera(clip, lambda: -1000.0)  # every picture is due in a quarter of an hour
    thread = threading.Thread(target=lambda: list(camera.frames(lambda t: True)))
    thread.start()
    time.sleep(0.05)
    camera.close()
    thread.join(2)
    assert not thread.is_alive()


def test_a_file_that_is_no_video_is_refused(tmp_path):
    (tmp_path / "text.mp4").write_text("no video")
    with pytest.raises(InputError, match="cannot be read as a video"):
        open_camera(str(tmp_path / "text.mp4"), lambda: 0.0)


class Plug:
    """A capture that can be pulled out."""

    def __init__(self):
        self.there = True
        self.opened = 0

    def open(self, number):
        self.opened += 1
        return self

    def isOpened(self):  # noqa: N802 - OpenCV's name
        return self.there

    def read(self):
        time.sleep(0.002)
        return self.there, np.full((4, 6, 3), (1, 2, 3), np.uint8) if self.there else None

    def release(self):
        pass


def test_an_unplugged_camera_is_found_again(monkeypatch):
    monkeypatch.setattr(module, "_RETRY_S", 0.05)
    plug = Plug()
    camera = Webcam(3, time.perf_counter, plug.open)
    seen = []
    for frame in camera.frames(lambda t: True):
        seen.append(frame)
        if len(seen) == 3:
            plug.there = False
        if frame is None and seen.count(None) == 3:
            plug.there = True
        if seen.count(None) == 3 and seen[-1] is not None:
            camera.close()
    assert [frame is None for frame in seen] == [False] * 3 + [True] * 3 + [False]
    assert seen[0].image[0, 0].tolist() == [3, 2, 1]  # OpenCV gives BGR
    assert plug.opened == 4


def test_a_camera_that_is_not_there_is_told_with_those_that_are(monkeypatch):
    monkeypatch.setattr(module, "camera_names", lambda: {0: "Front", 2: "USB Stage Cam"})
    plug = Plug()
    plug.there = False
    with pytest.raises(DeviceError, match=r"camera 7 does not open.*0 \(Front\), 2 \(USB Stage Cam\)"):
        Webcam(7, time.perf_counter, plug.open)
    opened = []
    monkeypatch.setattr(module, "Webcam", lambda number, now: opened.append(number))
    open_camera("stage", lambda: 0.0)
    open_camera("1", lambda: 0.0)
    assert opened == [2, 1]
