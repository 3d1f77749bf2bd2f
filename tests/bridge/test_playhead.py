"""When frames are heard, from looks at a made-up device whose clock is known."""

import numpy as np
import pytest

from d2m_bridge.audio.player import RECORD_BYTES, Report
from d2m_bridge.audio.playhead import Playhead

RATE = 48000


class Device:
    """Takes a period of frames every period, ppm faster than our clock; a frame sounds latency_s after it was taken."""

    def __init__(self, period=1024, latency_s=0.04, ppm=0.0, begin=0, starts=100.0, run=1):
        self.period, self.latency_s, self.begin, self.starts, self.run = period, latency_s, begin, starts, run
        self.rate = RATE * (1 + ppm * 1e-6)

    def taken(self, t):
        return self.begin + self.period * (1 + int((t - self.starts) * self.rate / self.period))

    def heard_at(self, frame):
        return self.starts + (frame - self.begin) / self.rate + self.latency_s

    def report(self, t, told=None, slips=0):
        heard = self.heard_at(self.begin) if told is None else told
        return Report(self.run, t, self.begin, self.taken(t), heard, slips)


def watch(playhead, device, seconds, seed=0, late_s=0.001, **report):
    """Looks every 4 ms, each somewhat late."""
    for late in np.random.default_rng(seed).exponential(late_s, int(seconds / 0.004)):
        watch.t = max(watch.t + 0.004, device.starts) + 1e-9
        seen = device.report(watch.t, **report)
        playhead.push(Report(seen.run, watch.t + late, seen.begin, seen.taken, seen.heard, seen.slips))


@pytest.fixture(autouse=True)
def from_the_start():
    watch.t = 100.0


@pytest.mark.parametrize("period", [64, 441, 1024, 4096])
@pytest.mark.parametrize("ppm", [-100, 0, 100])
def test_late_looks_at_whole_periods_give_the_time_within_a_millisecond(period, ppm):
    device, playhead = Device(period, ppm=ppm), Playhead(RATE, None)
    assert playhead.heard_at(0) is None
    for _ in range(5):
        watch(playhead, device, 1.5)
        frame = playhead.taken + RATE // 10
        assert playhead.heard_at(frame) == pytest.approx(device.heard_at(frame), abs=1e-3)


def test_a_device_that_loses_time_is_seen_to_do_so():
    device, playhead = Device(), Playhead(RATE, None)
    watch(playhead, device, 1.5)
    before = playhead.heard_at(0)
    device.starts += 0.03
    watch(playhead, device, 1.5)
    assert playhead.heard_at(0) - before == pytest.approx(0.03, abs=1e-3)


def test_a_new_run_counts_on_and_its_depth_is_known():
    device, playhead = Device(), Playhead(RATE, None)
    watch(playhead, device, 1.0)
    again = Device(begin=playhead.taken, starts=103.3, run=2)
    playhead.push(again.report(103.3001))
    assert playhead.heard_at(playhead.taken) is None
    watch(playhead, again, 0.2)
    frame = playhead.taken + 1000
    assert playhead.run == 2
    assert playhead.heard_at(frame) == pytest.approx(again.heard_at(frame), abs=1e-3)


@pytest.mark.parametrize(("latency_s", "expected_s"), [(None, 2 * 1024 / RATE), (0.03, 0.03 + 1024 / RATE)])
def test_a_host_that_tells_of_hours_is_not_believed(latency_s, expected_s):
    device, playhead = Device(), Playhead(RATE, latency_s)
    watch(playhead, device, 1.0, told=100.0 + 89478.0)
    taken = playhead.taken
    first_of_the_last_period = device.starts + (taken - 1024) / RATE
    assert playhead.heard_at(taken) - first_of_the_last_period == pytest.approx(expected_s, abs=2e-3)


def test_slips_add_up_over_runs():
    playhead = Playhead(RATE, None)
    watch(playhead, Device(), 0.1, slips=2)
    watch(playhead, Device(run=2), 0.1, slips=3)
    assert playhead.slips == 5


def test_a_report_comes_back_as_it_was_packed():
    report = Report(3, 1.25, 441, 2**40, 1e9 + 0.125, 7)
    assert len(report.pack()) == RECORD_BYTES and Report.unpack(report.pack()) == report
