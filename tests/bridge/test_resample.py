import numpy as np
import pytest

from d2m_bridge.motion.resample import MAX_GAP_S, PoseResampler
from d2m_bridge.timeline import Pose
from tests.dancers import RATE

FEET = 33


def pose(t, x, person=1):
    return Pose(t, np.full((FEET, 2), x, np.float32), np.full(FEET, 0.5, np.float32), person)


def resample(seen, t_end, rate=RATE):
    """seen: (t, x or None) -> the x of each tick, None where absent."""
    resampler = PoseResampler(rate)
    ticks = [tick for t, x in seen for tick in resampler.push(t, None if x is None else pose(t, x))]
    ticks += resampler.finish(t_end)
    assert [tick.index for tick in ticks] == list(range(len(ticks)))
    np.testing.assert_allclose([tick.t for tick in ticks], np.arange(len(ticks)) / rate)
    return [None if tick.points is None else float(tick.points[0, 0]) for tick in ticks]


@pytest.mark.parametrize("fps", [15.0, 23.976, 29.97, 30.0, 60.0, 59.94, 7.3])
def test_a_straight_movement_stays_straight_at_any_frame_rate(fps):
    times = np.arange(int(4 * fps)) / fps
    values = resample([(t, 2 * t) for t in times], times[-1])
    np.testing.assert_allclose(values, 2 * np.arange(len(values)) / RATE, atol=1e-5)


def test_variable_frame_rate_keeps_the_time_of_each_pose():
    times = np.cumsum(np.random.default_rng(0).uniform(0.005, 0.2, 60))
    times -= times[0]
    values = resample([(t, t) for t in times], times[-1])
    np.testing.assert_allclose(values, np.arange(len(values)) / RATE, atol=1e-5)


def test_a_pose_at_a_tick_is_taken_as_it_is_whatever_the_next_one_says():
    resampler = PoseResampler(RATE)
    given = pose(0.0, 0.25)
    assert resampler.push(0.0, given)[0].points is given.points


def test_ticks_in_a_long_gap_are_absent():
    values = resample([(0.0, 1.0), (MAX_GAP_S + 0.1, 1.0)], 0.7)
    assert values[0] == 1.0
    assert values[1:18] == [None] * 17
    assert values[18] == 1.0  # the pose at 0.6 s


def test_a_gap_of_just_the_limit_is_bridged():
    assert None not in resample([(0.0, 1.0), (MAX_GAP_S, 2.0)], MAX_GAP_S)


def test_ticks_beside_a_picture_without_a_dancer_are_absent():
    values = resample([(0.0, 1.0), (0.1, None), (0.2, 1.0)], 0.2)
    assert values == [1.0, None, None, None, None, None, 1.0][: len(values)]


def test_between_two_persons_the_nearer_pose_counts():
    resampler = PoseResampler(RATE)
    resampler.push(0.0, pose(0.0, 0.0, person=1))
    ticks = resampler.push(0.1, pose(0.1, 1.0, person=2))
    assert [float(tick.points[0, 0]) for tick in ticks] == [0.0, 1.0, 1.0]


def test_the_end_is_filled_with_absent_ticks_up_to_the_last_that_begins_before_it():
    assert resample([(0.0, 1.0)], 0.1) == [1.0, None, None]
    assert resample([], 1.0) == [None] * 30


def test_confidence_is_interpolated_too():
    resampler = PoseResampler(10.0)
    resampler.push(0.05, Pose(0.05, np.zeros((FEET, 2), np.float32), np.zeros(FEET, np.float32)))
    tick = resampler.push(0.15, Pose(0.15, np.zeros((FEET, 2), np.float32), np.ones(FEET, np.float32)))[0]
    np.testing.assert_allclose(tick.confidence, 0.5)
    assert tick.confidence.dtype == tick.points.dtype == np.float32


def test_time_that_does_not_rise_is_refused():
    resampler = PoseResampler(RATE)
    resampler.push(0.1, None)
    with pytest.raises(ValueError, match="order of time"):
        resampler.push(0.1, None)


def test_a_rate_of_zero_is_refused():
    with pytest.raises(ValueError, match="above 0 Hz"):
        PoseResampler(0.0)
