import logging
import threading

import numpy as np
import pytest

from d2m_bridge.errors import ModelError
from d2m_bridge.pose.census import PICTURES
from d2m_bridge.pose.mediapipe_pose import MediaPipePose
from d2m_bridge.pose.skeleton import HIPS, INDEX, SHOULDERS
from d2m_bridge.timeline import Frame
from tests.pose_model import pose_model, sample_frames


@pytest.fixture
def pose():
    with MediaPipePose(pose_model(), device="cpu") as estimator:
        yield estimator


def colour_at(image, point):
    """Mean RGB of the pixels around a point given in image heights."""
    x, y = np.round(point * image.shape[0]).astype(int)
    return image[y - 2 : y + 3, x - 2 : x + 3].mean(axis=(0, 1))


def beside(*images):
    return np.concatenate(images, axis=1)


def in_a_hall(image, factor):
    """The picture, `factor` times as large in every direction, with the dancer left of the middle."""
    height, width = image.shape[:2]
    hall = np.full((height * factor, width * factor * 2, 3), image[:8].mean(axis=(0, 1)), np.uint8)
    top, left = (height * factor - height) // 2, width * factor // 2
    hall[top : top + height, left : left + width] = image
    return hall, np.float32([left, top])


def test_the_sample_dancer_is_seen_in_every_frame_where_she_is(pose):
    for frame in sample_frames(60):
        [dancer] = pose.estimate(frame)
        assert dancer.points.shape == (33, 2) and dancer.points.dtype == np.float32
        assert dancer.confidence.shape == (33,) and 0 <= dancer.confidence.min() <= dancer.confidence.max() <= 1
        assert (dancer.t, dancer.person) == (frame.t, 0)
        chest = dancer.points[list(SHOULDERS + HIPS)].mean(axis=0)
        red, green, blue = colour_at(frame.image, chest)
        assert red > 2 * blue > 0 and red > 2 * green, "the chest is not on the red shirt"


@pytest.mark.slow
def test_the_sample_dancer_is_seen_throughout(pose):
    frames = sample_frames(10_000)
    assert 10 <= len(frames) / 30 <= 20
    assert np.mean([bool(pose.estimate(frame)) for frame in frames]) >= 0.95


def test_left_is_the_dancers_own_left(pose):
    [dancer] = pose.estimate(sample_frames(1)[0])
    assert dancer.points[INDEX["left_shoulder"], 0] > dancer.points[INDEX["right_shoulder"], 0]


def test_a_small_dancer_in_a_wide_picture_is_found_and_placed(pose):
    [near] = pose.estimate(sample_frames(1)[0])
    for frame in sample_frames(12):
        hall, corner = in_a_hall(frame.image, 4)
        people = pose.estimate(Frame(frame.index, frame.t + 1, hall))
    [far] = people
    scale = np.float32(640)
    first, last = near.points * scale, far.points * np.float32(640 * 4) - corner
    # A twelfth of a torso, and what the dancer moved in the twelve frames.
    assert np.abs(first - last)[list(SHOULDERS + HIPS)].mean() < 15


def test_two_dancers_are_two(pose):
    for frame in sample_frames(3):
        people = pose.estimate(Frame(frame.index, frame.t, beside(frame.image, frame.image[:, ::-1])))
    left, right = sorted(people, key=lambda person: person.points[HIPS[0], 0])
    width = frame.image.shape[1] / frame.image.shape[0]
    assert left.points[HIPS[0], 0] < width < right.points[HIPS[0], 0]


def test_a_second_dancer_is_seen_soon_and_the_pictures_do_not_wait_for_the_count():
    class Waits(MediaPipePose):
        """The count takes as long as it likes."""

        def _look(self, image, t, view):
            looked_in.append(threading.current_thread())
            return super()._look(image, t, view)

    looked_in, counts = [], []
    with Waits(pose_model(), device="cpu") as estimator:
        for n, frame in enumerate(sample_frames(50)):
            image = beside(frame.image, frame.image[:, ::-1]) if n >= 5 else beside(frame.image, 0 * frame.image + 90)
            counts.append(len(estimator.estimate(Frame(n, n / 30, image))))
    assert counts[:5] == [1] * 5
    assert counts[30 + PICTURES :] == [2] * (50 - 30 - PICTURES)
    assert [thread is threading.main_thread() for thread in looked_in] == [True, False]  # at 0 s and at 1 s


def test_one_person_at_most_when_asked():
    with MediaPipePose(pose_model(), max_people=1, device="cpu") as estimator:
        for frame in sample_frames(3):
            assert len(estimator.estimate(Frame(frame.index, frame.t, beside(frame.image, frame.image)))) == 1


@pytest.mark.parametrize("size", [(64, 48), (49, 65), (1, 1), (7, 500)])
def test_nobody_is_nobody(pose, size):
    noise = np.random.default_rng(0).integers(0, 60, (size[1], size[0], 3), np.uint8)
    assert [pose.estimate(Frame(i, i / 30, noise)) for i in range(4)] == [()] * 4


def test_a_dancer_who_comes_later_is_seen(pose):
    frames = sample_frames(6)
    empty = np.full_like(frames[0].image, 90)
    assert not pose.estimate(Frame(0, 0.0, empty))
    seen = [bool(pose.estimate(Frame(1 + f.index, 0.1 + f.t, f.image))) for f in frames]
    assert seen[-1]


def test_times_may_repeat_and_step_back(pose):
    image = sample_frames(1)[0].image
    for index, t in enumerate([0.0, 0.0, 0.0004, 0.04, 0.03, 0.08]):
        assert len(pose.estimate(Frame(index, t, image))) == 1


def test_the_picture_may_change_its_size(pose):
    image = sample_frames(1)[0].image
    [before] = pose.estimate(Frame(0, 0.0, image))
    [after] = pose.estimate(Frame(1, 0.04, image[::2, ::2]))
    assert np.abs(before.points - after.points).mean() < 0.02


def test_closing_twice_is_harmless_and_ends_it():
    estimator = MediaPipePose(pose_model(), device="cpu")
    estimator.close()
    estimator.close()
    with pytest.raises(ValueError, match="closed"):
        estimator.estimate(sample_frames(1)[0])


def test_the_terminal_stays_quiet(capfd):
    with MediaPipePose(pose_model(), device="auto") as estimator:
        estimator.estimate(sample_frames(1)[0])
    captured = capfd.readouterr()
    assert captured.out == captured.err == ""


@pytest.mark.parametrize("device", ["auto", "cpu", "cuda"])
def test_the_log_says_once_where_it_runs(caplog, device):
    with caplog.at_level(logging.INFO, "d2m_bridge.pose"), MediaPipePose(pose_model(), device=device) as estimator:
        estimator.estimate(sample_frames(1)[0])
    lines = [record.getMessage() for record in caplog.records if record.getMessage().startswith("pose on the")]
    assert len(lines) == 1
    assert device != "cpu" or lines == ["pose on the CPU"]


def test_a_model_that_is_none_is_refused_in_one_line(tmp_path):
    path = tmp_path / "model.task"
    path.write_bytes(b"not a model")
    with pytest.raises(ModelError, match="d2m models fetch") as caught:
        MediaPipePose(path, device="cpu")
    assert "\n" not in str(caught.value)


def test_a_model_that_is_absent_is_refused(tmp_path):
    with pytest.raises(ModelError, match=r"absent.task.*d2m models fetch"):
        MediaPipePose(tmp_path / "absent.task")
