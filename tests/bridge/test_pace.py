import numpy as np
import pytest

from d2m_bridge.pipeline.pace import Pace

RATE = 30.0


def looked_at(times):
    pace = Pace(RATE)
    return [t for t in times if pace.wants(t)]


@pytest.mark.parametrize("rate", [10, 23.976, 24, 25, 29.97, 30])
@pytest.mark.parametrize("digits", [9, 3])
def test_pictures_no_faster_than_the_ticks_are_all_looked_at(rate, digits):
    times = [round(i / rate, digits) for i in range(600)]
    assert looked_at(times) == times


def test_sparse_pictures_are_all_looked_at_however_uneven():
    rng = np.random.default_rng(0)
    times = list(np.cumsum(rng.uniform(0.0251, 0.3, 300)))
    assert looked_at(times) == times


@pytest.mark.parametrize(("rate", "every"), [(60, 2), (120, 4), (240, 8)])
@pytest.mark.parametrize("digits", [9, 3])
def test_of_multiples_of_the_rate_those_on_a_tick_are_looked_at(rate, every, digits):
    times = [round(i / rate, digits) for i in range(600)]
    assert looked_at(times) == times[::every]


@pytest.mark.parametrize("rate", [41, 48, 50, 59.94, 60, 75, 119.88, 144])
def test_every_tick_has_a_picture_at_or_soon_after_it_and_none_is_looked_at_in_vain(rate):
    times = [i / rate for i in range(1200)]
    looks = np.array(looked_at(times))
    ticks = np.arange(int(times[-1] * RATE)) / RATE
    wait = looks[np.searchsorted(looks, ticks - 0.002)] - ticks
    assert wait.max() < 1 / rate
    assert len(looks) <= len(ticks) + 2


def test_a_burst_after_a_pause_costs_one_look():
    assert looked_at([0.0, 1.001, 1.002, 1.003, 1.004]) == [0.0, 1.001]
