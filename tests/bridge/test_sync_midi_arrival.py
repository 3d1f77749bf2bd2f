import numpy as np
import pytest

from d2m_bridge.sync.midi_arrival import ArrivalTimes

FETCH_S = 1 / 30


def fetched(times, driver_ppm=0.0):
    """(true arrival, told arrival) of messages that are fetched 30 times a second."""
    arrivals, told, waiting, before = ArrivalTimes(), [], [], None
    times = list(times)
    for now in np.arange(times[0], times[-1] + 2 * FETCH_S, FETCH_S):
        while times and times[0] <= now:
            t = times.pop(0)
            waiting.append((t, bytes([0xF8]), 0.0 if before is None else (t - before) * (1 + driver_ppm * 1e-6)))
            before = t
        placed = list(arrivals.place(now, [(data, delta) for _, data, delta in waiting]))
        told += [(t, at) for (t, _, _), (at, _) in zip(waiting, placed, strict=True)]
        waiting = []
    return np.array(told)


@pytest.mark.parametrize("driver_ppm", [0.0, 200.0, -200.0])
def test_a_message_has_the_time_at_which_it_came_and_not_that_of_the_fetch(driver_ppm):
    generator = np.random.default_rng(0)
    told = fetched(100.0 + np.arange(0, 60, 0.0208) + generator.uniform(0, 0.001, 2885), driver_ppm)
    late = (told[:, 1] - told[:, 0])[100:]
    assert late.min() > -0.001
    assert late.max() < 0.003
    assert late.std() < 0.001


def test_no_message_comes_from_the_future():
    times = np.cumsum(np.random.default_rng(1).exponential(0.3, 300))
    told = fetched(times)
    assert (told[:, 1] - told[:, 0]).max() <= FETCH_S
    assert np.diff(told[:, 1]).min() > -0.05


def test_time_that_the_driver_forgot_is_found_again():
    arrivals = ArrivalTimes()
    for place in range(200):
        now = place * 0.05
        delta = 0.0 if place in (0, 80) else 0.05
        ((at, _),) = arrivals.place(now, [(b"\xf8", delta)])
        if place > 80 + 45:
            assert at == pytest.approx(now)


def test_nothing_fetched_is_nothing_placed():
    assert list(ArrivalTimes().place(1.0, [])) == []
