import numpy as np
import pytest

from d2m_bridge.conductor.live_grid import MACHINE, LiveGrid
from d2m_bridge.sync.host_follow import FREEWHEEL_AFTER_S, LOST_AFTER_S, HostFollower
from d2m_bridge.sync.master import Master, MasterState
from d2m_bridge.sync.osc_transport import OscTransport

ASKS_HZ = 30


class Host:
    """A DAW with a known truth: from change_s on another tempo, from jump_s on the playhead elsewhere."""

    def __init__(self, bpm, later_bpm=None, change_s=1e9, jump_s=1e9, jump_beats=0.0):
        self.bpm, self.later_bpm, self.change_s = bpm, later_bpm or bpm, change_s
        self.jump_s, self.jump_beats = jump_s, jump_beats

    def beat(self, t):
        beat = 3.0 + (min(t, self.change_s) * self.bpm + max(0.0, t - self.change_s) * self.later_bpm) / 60
        return beat + (self.jump_beats if t >= self.jump_s else 0.0)

    def bpm_at(self, t):
        return self.bpm if t < self.change_s else self.later_bpm

    def reports(self, seconds, rate_hz, jitter_s, seed, silence=(0.0, 0.0)):
        """(arrival, beat), sorted by arrival as a socket gives them."""
        generator = np.random.default_rng(seed)
        sent = np.arange(0.0, seconds, 1 / rate_hz) + generator.uniform(0, 1 / rate_hz)
        sent = sent[(sent < silence[0]) | (sent > silence[1])]
        return sorted((t + generator.uniform(-jitter_s, jitter_s), self.beat(t)) for t in sent)

    def whole_beats(self, seconds, jitter_s, seed):
        """Only that a beat began, as AbletonOSC says it."""
        generator = np.random.default_rng(seed)
        clock = np.arange(0.0, seconds, 1e-3)
        beats = np.floor([self.beat(t) for t in clock])
        begun = np.flatnonzero(np.diff(beats) > 0) + 1
        return [(clock[place] + generator.uniform(-jitter_s, jitter_s), beats[place]) for place in begun]


def hear(follower, reports, seconds, tempi=()):
    """Yields now and the follower's target, 30 times a second."""
    events = sorted(
        [(t, follower.report, beat) for t, beat in reports] + [(t, follower.tempo, bpm) for t, bpm in tempi]
    )
    place = 0
    for now in np.arange(0.0, seconds, 1 / ASKS_HZ):
        while place < len(events) and events[place][0] <= now:
            t, tell, value = events[place]
            tell(t, value)
            place += 1
        yield now, follower.target(now)


def phase_errors_s(host, heard, from_s):
    return np.array([(target.beat - host.beat(now)) * 60 / target.bpm for now, target in heard if now >= from_s])


@pytest.mark.parametrize("seed", range(8))
def test_jittered_reports_with_a_told_tempo_give_the_phase_within_10_ms_after_4_s(seed):
    host = Host(120.0)
    heard = hear(HostFollower(), host.reports(12, 10, 0.05, seed), 12, [(0.0, 120.0)])
    assert np.abs(phase_errors_s(host, heard, 4.0)).max() < 0.010


@pytest.mark.parametrize("seed", range(4))
def test_jittered_reports_alone_give_tempo_and_phase(seed):
    host = Host(93.7)
    last = list(hear(HostFollower(), host.reports(16, 30, 0.05, seed), 16))[-60:]
    assert np.abs(phase_errors_s(host, last, 0.0)).max() < 0.012
    assert last[-1][1].bpm == pytest.approx(93.7, rel=0.005)


@pytest.mark.parametrize("seed", range(4))
def test_ardours_steady_reports_give_the_phase_within_3_ms_after_4_s(seed):
    host = Host(132.5)
    heard = hear(HostFollower(), host.reports(10, 10, 0.003, seed), 10)
    assert np.abs(phase_errors_s(host, heard, 4.0)).max() < 0.003


@pytest.mark.parametrize("seed", range(4))
def test_whole_beats_with_a_told_tempo_settle(seed):
    host = Host(132.5)
    heard = hear(HostFollower(), host.whole_beats(16, 0.05, seed), 16, [(0.0, 132.5)])
    assert np.abs(phase_errors_s(host, heard, 15.0)).max() < 0.020


def test_a_drifting_clock_is_followed():
    """Nobody's crystal is ours: 200 ppm is 0.7 s in an hour."""
    host = Host(120.0 * 1.0002)
    heard = hear(HostFollower(), host.reports(60, 10, 0.005, 0), 60, [(0.0, 120.0)])
    assert np.abs(phase_errors_s(host, heard, 5.0)).max() < 0.008


@pytest.mark.parametrize("later_bpm", [60.0, 90.0, 126.0, 132.0, 180.0])
@pytest.mark.parametrize("jitter_s", [0.002, 0.01])
def test_an_untold_tempo_change_is_followed_within_a_bar(later_bpm, jitter_s):
    host = Host(120.0, later_bpm, change_s=10.0)
    heard = list(hear(HostFollower(), host.reports(24, 20, jitter_s, 1), 24))
    after = [(now, target) for now, target in heard if now >= 10.0 + 240.0 / later_bpm]
    assert np.abs(phase_errors_s(host, after, 0.0)).max() < 0.015
    assert max(abs(target.bpm / later_bpm - 1) for _, target in after) < 0.02


@pytest.mark.parametrize("later_bpm", [90.0, 126.0, 180.0])
def test_a_told_tempo_change_is_followed_through_jitter(later_bpm):
    host = Host(120.0, later_bpm, change_s=10.0)
    reports = host.reports(24, 10, 0.05, 2)
    heard = hear(HostFollower(), reports, 24, [(0.0, 120.0), (10.03, later_bpm)])
    assert np.abs(phase_errors_s(host, heard, 10.0 + 240.0 / later_bpm)).max() < 0.030


def test_whole_beats_show_a_halved_tempo():
    host = Host(120.0, 60.0, change_s=10.0)
    heard = hear(HostFollower(), host.whole_beats(24, 0.005, 3), 24)
    assert np.abs(phase_errors_s(host, heard, 14.1)).max() < 0.015


def test_a_wrongly_told_tempo_is_not_believed_for_long():
    host = Host(120.0)
    heard = hear(HostFollower(), host.reports(20, 10, 0.003, 4), 20, [(0.0, 125.0)])
    assert np.abs(phase_errors_s(host, heard, 8.0)).max() < 0.005


@pytest.mark.parametrize("jump_beats", [-25.3, 64.0, 4000.0])
def test_a_moved_playhead_is_taken_with_the_next_report(jump_beats):
    host = Host(120.0, jump_s=10.0, jump_beats=jump_beats)
    heard = hear(HostFollower(), host.reports(14, 10, 0.003, 5), 14)
    assert np.abs(phase_errors_s(host, heard, 10.2)).max() < 0.010


@pytest.mark.parametrize("jump_beats", [-0.5, 0.3, 1.0])
def test_a_playhead_moved_a_little_is_taken_within_two_bars(jump_beats):
    host = Host(120.0, jump_s=10.0, jump_beats=jump_beats)
    heard = hear(HostFollower(), host.reports(20, 10, 0.003, 6), 20)
    assert np.abs(phase_errors_s(host, heard, 14.0)).max() < 0.010


def test_late_packets_do_not_move_the_line():
    host = Host(120.0)
    reports = host.reports(20, 10, 0.002, 7)
    late = [(t + 0.3 if place % 17 == 9 else t, beat) for place, (t, beat) in enumerate(reports)]
    follower = HostFollower()
    heard = hear(follower, sorted(late), 20)
    assert np.abs(phase_errors_s(host, heard, 4.0)).max() < 0.003
    assert follower.rejected > 5


def test_a_silent_host_is_carried_on_then_lost_then_met_again():
    host = Host(120.0)
    reports = host.reports(60, 10, 0.003, 8, silence=(10.0, 55.0))
    states, errors = {}, []
    follower = HostFollower()
    for now, target in hear(follower, reports, 60):
        states.setdefault(follower.state, now)
        if 4 < now < 10 + LOST_AFTER_S - 1 or now > 55.5:
            errors.append((target.beat - host.beat(now)) * 0.5)
        elif 10 + LOST_AFTER_S + 0.2 < now < 55:
            assert target is None
    assert np.abs(errors).max() < 0.030
    assert states[MasterState.FREEWHEELING] == pytest.approx(10 + FREEWHEEL_AFTER_S, abs=0.2)
    assert states[MasterState.LOST] == pytest.approx(10 + LOST_AFTER_S, abs=0.2)
    assert follower.state is MasterState.LOCKED


def test_a_stopped_host_has_no_beat_and_keeps_its_tempo():
    follower = HostFollower()
    assert (follower.playing, follower.target(0.0), follower.state) == (None, None, MasterState.WAITING)
    follower.tempo(0.0, 126.0)
    follower.start(1.0)
    follower.report(1.0, 0.0)
    assert follower.target(1.5).beat == pytest.approx(0.5 * 126 / 60)
    follower.stop(2.0)
    follower.report(2.1, 3.0)  # the playhead is moved while it stands
    assert (follower.playing, follower.target(2.5), follower.state) == (False, None, MasterState.WAITING)
    follower.start(3.0)
    follower.start(3.1)  # hosts repeat themselves
    follower.report(3.2, 8.0)
    assert follower.playing
    assert follower.target(3.2).beat == pytest.approx(8.0)
    assert follower.target(3.2).bpm == pytest.approx(126.0)


def test_without_a_tempo_one_report_is_no_beat():
    follower = HostFollower()
    follower.report(0.0, 0.0)
    assert follower.target(0.0) is None
    for place in range(1, 5):
        follower.report(place * 0.5, float(place))
    assert follower.target(2.0).bpm == pytest.approx(120.0)


def test_any_numbers_may_come():
    generator = np.random.default_rng(9)
    odd = [np.nan, np.inf, -np.inf, 0.0, -1.0, 1e30, 1e-30, 120.0]
    follower = HostFollower()
    t = 0.0
    for _ in range(3000):
        t += generator.exponential(0.05) if generator.uniform() < 0.9 else -0.1
        kind = generator.integers(6)
        value = float(generator.choice(odd)) if generator.uniform() < 0.5 else float(generator.normal(0, 100))
        if kind == 0:
            follower.tempo(t, value)
        elif kind == 1:
            follower.start(t)
        elif kind == 2 and generator.uniform() < 0.1:
            follower.stop(t)
        else:
            follower.report(t if kind else value, value)
        target = follower.target(t)
        assert target is None or (np.isfinite(target.beat) and 20 <= target.bpm <= 999)


@pytest.mark.parametrize(("jitter_s", "seed"), [(0.003, 0), (0.05, 0), (0.05, 1)])
def test_the_music_is_with_a_host_within_5_ms_after_10_s(jitter_s, seed):
    """Together with the live grid, in simulated time, heard as the mean over a bar."""
    host, grid, follower = Host(124.0), LiveGrid(110.0), HostFollower()
    errors, beats = [], {}
    tempi = [(0.0, 124.0)]
    for now, target in hear(follower, host.reports(24, 10, jitter_s, seed), 24, tempi):
        grid.aim(target, follower.turn)
        grid.decide(now)
        errors.append(((grid.beat_at(now) - host.beat(now) + 2) % 4 - 2) * 60 / 124)
        for step in range(max(0, 4 * grid.last_beat - 80), 4 * grid.last_beat + 1):
            time = grid.step_time(step)
            assert beats.setdefault(step, time) == time
    lengths = np.diff([beats[step] for step in sorted(beats) if step % 4 == 0])
    assert (lengths[1:] / lengths[:-1]).max() <= 1 + MACHINE.slew + 1e-9
    assert (lengths[:-1] / lengths[1:]).max() <= 1 + MACHINE.slew + 1e-9
    assert abs(np.mean(errors[10 * ASKS_HZ : 12 * ASKS_HZ])) < 0.005
    assert abs(np.mean(errors[-2 * ASKS_HZ :])) < 0.005
    if jitter_s < 0.01:
        assert np.abs(errors[10 * ASKS_HZ :]).max() < 0.005


def test_a_host_is_a_master():
    master: Master = HostFollower()
    assert master.turn == MACHINE
    master.close()
    master.close()


@pytest.mark.parametrize(
    ("address", "argument", "beat"),
    [
        ("/beat/str", "6.2.50", 21.5),  # REAPER
        ("/beat/str", "2.1.3.50", 4.625),  # Bitwig
        ("/position/bbt", "006|04|0159", 23 + 159 / 1920),  # Ardour
        ("/live/song/get/beat", 17, 17.0),  # AbletonOSC
    ],
)
def test_positions_of_every_host_are_understood(address, argument, beat):
    follower = HostFollower()
    transport = OscTransport(follower)
    assert transport.receive(0.0, "/tempo/raw", [120.0])
    assert transport.receive(1.0, address, [argument])
    assert follower.target(1.0).beat == pytest.approx(beat)


@pytest.mark.parametrize(
    ("start", "stop"),
    [
        (("/play", 1), ("/stop", 1)),
        (("/play", 1), ("/play", 0)),
        (("/live/song/get/is_playing", 1), ("/live/song/get/is_playing", 0)),
        (("/transport_play", 1.0), ("/transport_stop", 1.0)),
    ],
)
def test_starts_and_stops_of_every_host_are_understood(start, stop):
    follower = HostFollower()
    transport = OscTransport(follower)
    assert transport.receive(0.0, start[0], [start[1]])
    assert follower.playing is True
    assert transport.receive(1.0, stop[0], [stop[1]])
    assert follower.playing is False
    assert transport.receive(2.0, "/stop", [0])  # REAPER says so when it starts
    assert follower.playing is False


@pytest.mark.parametrize(
    ("address", "arguments"),
    [
        ("/beat/str", ["1.1"]),
        ("/beat/str", ["1.1.-1"]),
        ("/beat/str", ["1.1.x"]),
        ("/beat/str", ["\N{ARABIC-INDIC DIGIT ONE}.1.00"]),
        ("/beat/str", [3.0]),
        ("/beat/str", []),
        ("/position/bbt", [""]),
        ("/tempo/raw", ["fast"]),
        ("/tempo/raw", [float("nan")]),
        ("/play", [b"1"]),
        ("/live/song/get/beat", [float("inf")]),
        ("/something/else", [1]),
    ],
)
def test_what_is_not_understood_changes_nothing(address, arguments):
    follower = HostFollower()
    assert not OscTransport(follower).receive(0.0, address, arguments)
    assert (follower.playing, follower.target(0.0)) == (None, None)
