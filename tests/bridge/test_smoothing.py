import numpy as np
import pytest

from d2m_bridge.pose.smoothing import BETA, MAX_GAP_S, MIN_CUTOFF_HZ, SPEED_CUTOFF_HZ, OneEuroFilter, PoseSmoother
from tests.bodies import standing


def make_filter():
    return OneEuroFilter(MIN_CUTOFF_HZ, BETA, SPEED_CUTOFF_HZ)


def filtered(times, values, unit=1.0):
    smooth = make_filter()
    return np.array(
        [smooth(t, np.full((33, 2), v, np.float32), unit)[0, 0] for t, v in zip(times, values, strict=True)]
    )


def test_a_constant_stays():
    assert (filtered(np.arange(50) / 30, np.full(50, 0.7)) == np.float32(0.7)).all()


def test_the_first_points_come_out_as_they_are():
    points = np.random.default_rng(0).random((33, 2), np.float32)
    assert np.array_equal(make_filter()(5.0, points), points)


def test_a_step_arrives():
    out = filtered(np.arange(30) / 30, np.r_[np.zeros(5), np.ones(25)])
    assert out[5] > 0.3
    assert out[-1] == pytest.approx(1.0, abs=0.01)
    assert out.max() <= 1.0


def test_jitter_at_rest_shrinks():
    noise = np.random.default_rng(1).normal(0, 0.01, 600)
    out = filtered(np.arange(600) / 30, noise)
    assert out[60:].std() < 0.6 * noise[60:].std()


def test_a_fast_move_is_followed_closely():
    t = np.arange(90) / 30
    swing = np.sin(2 * np.pi * t)  # 6 units a second at most
    out = filtered(t, swing)
    delay = [np.abs(out[30:] - np.sin(2 * np.pi * (t[30:] - d))).mean() for d in np.arange(0, 0.06, 0.001)]
    assert np.argmin(delay) <= 15  # milliseconds


def test_the_result_hardly_depends_on_the_frame_rate():
    def at_one_second(rate):
        t = np.arange(2 * rate) / rate
        return filtered(t, np.sin(2 * np.pi * t))[rate]

    assert at_one_second(120) == pytest.approx(at_one_second(60), abs=0.05)


def test_uneven_times_give_what_even_times_give():
    even = np.arange(0, 2, 1 / 60)
    uneven = np.delete(even, [20, 33, 34, 50, 71])
    wave = filtered(uneven, np.sin(3 * uneven))
    assert wave[-1] == pytest.approx(filtered(even, np.sin(3 * even))[-1], abs=0.01)


def test_speed_counts_in_the_given_unit():
    t, wave = np.arange(60) / 30, np.sin(np.arange(60) / 5)
    assert filtered(t, wave * 0.1, unit=0.1) == pytest.approx(filtered(t, wave, unit=1.0) * 0.1, abs=1e-5)


def test_a_time_that_does_not_rise_changes_nothing():
    smooth = make_filter()
    zeros, ones = np.zeros((33, 2), np.float32), np.ones((33, 2), np.float32)
    smooth(0.0, zeros)
    before = smooth(0.1, ones)
    assert np.array_equal(smooth(0.1, zeros), before)
    assert np.array_equal(smooth(0.05, zeros), before)


@pytest.mark.parametrize("gap", [MAX_GAP_S - 0.01, MAX_GAP_S + 0.01], ids=["short", "long"])
def test_a_long_gap_starts_afresh(gap):
    smoother = PoseSmoother()
    smoother.smooth(standing(0.0, x=0.3))
    pose = standing(gap, x=0.31)
    assert np.array_equal(smoother.smooth(pose).points, pose.points) == (gap > MAX_GAP_S)


def test_another_person_starts_afresh():
    smoother = PoseSmoother()
    smoother.smooth(standing(0.0, x=0.3))
    other = standing(0.03, x=0.9)
    other = type(other)(other.t, other.points, other.confidence, person=2)
    assert np.array_equal(smoother.smooth(other).points, other.points)


def test_only_the_points_change():
    smoother = PoseSmoother()
    smoother.smooth(standing(0.0, x=0.3))
    pose = standing(0.03, x=0.32)
    smoothed = smoother.smooth(pose)
    assert (smoothed.t, smoothed.person) == (pose.t, pose.person)
    assert smoothed.confidence is pose.confidence
    assert smoothed.points.dtype == np.float32
