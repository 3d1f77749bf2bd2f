import threading

import numpy as np
import pytest

from d2m_bridge.pose.mediapipe_pose import MediaPipePose
from d2m_bridge.pose.reserve import Reserve
from d2m_bridge.timeline import Frame
from tests.pose_model import pose_model, sample_frames


class Opened:
    """Stands for a landmarker; says who opened it."""

    def __init__(self, people):
        self.people, self.thread, self.open = people, threading.current_thread(), True

    def close(self):
        assert self.open
        self.open = False


@pytest.fixture
def opened():
    return []


@pytest.fixture
def reserve(opened):
    def open_one(people):
        opened.append(Opened(people))
        return opened[-1]

    return Reserve(open_one, 1)


def test_one_waits_that_was_opened_beside_the_work(reserve, opened):
    taken = [reserve.take(1) for _ in range(5)]
    assert len({id(one) for one in taken}) == 5
    assert all(one.thread is not threading.current_thread() and one.open for one in taken)
    reserve.close()
    assert len(opened) == 6 and [one.open for one in opened].count(False) == 1


def test_another_number_of_people_is_opened_at_once_and_from_then_on_waits(reserve, opened):
    first = reserve.take(2)
    assert first.people == 2 and first.thread is threading.current_thread()
    second = reserve.take(2)
    assert second.people == 2 and second.thread is not threading.current_thread()
    reserve.close()
    assert [one for one in opened if one.open] == [first, second]


def test_with_a_reserve_the_same_is_seen_though_the_view_changes():
    """The dancer comes nearer: she fills the picture, then a corner of it."""
    near = sample_frames(4)
    small = [np.pad(frame.image, ((0, frame.image.shape[0]), (0, frame.image.shape[1]), (0, 0))) for frame in near]
    frames = [*near, *(Frame(4 + i, (4 + i) / 30, image) for i, image in enumerate(small))]
    frames += [Frame(8 + i, (8 + i) / 30, frame.image) for i, frame in enumerate(near)]
    with MediaPipePose(pose_model(), device="cpu") as plain:
        expected = [plain.estimate(frame) for frame in frames]
    with MediaPipePose(pose_model(), device="cpu", reserve=True) as ready:
        for frame, poses in zip(frames, expected, strict=True):
            found = ready.estimate(frame)
            assert len(found) == len(poses) == 1
            assert np.array_equal(found[0].points, poses[0].points)
