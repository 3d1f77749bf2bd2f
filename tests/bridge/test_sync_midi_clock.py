import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.conductor.live_grid import MACHINE, LiveGrid, Target
from d2m_bridge.sync.host_follow import HostFollower
from d2m_bridge.sync.master import MasterState
from d2m_bridge.sync.midi_clock import CLOCK, CONTINUE, START, STOP, MidiClockIn, MidiClockOut

TICK_S = 60 / 120 / 24


def clock_in():
    follower = HostFollower()
    return follower, MidiClockIn(follower)


def tick(midi, start, count, jitter_s=0.0, seed=0, tick_s=TICK_S):
    """Clocks from `start` on; the time after the last of them."""
    generator = np.random.default_rng(seed)
    for place in range(count):
        midi.receive(start + place * tick_s + generator.uniform(-jitter_s, jitter_s), bytes([CLOCK]))
    return start + count * tick_s


@pytest.mark.parametrize("jitter_s", [0.0, 0.002, 0.005])
def test_a_start_and_its_clocks_are_tempo_and_beat(jitter_s):
    follower, midi = clock_in()
    midi.receive(0.99, bytes([START]))
    end = tick(midi, 1.0, 24 * 8, jitter_s)
    target = follower.target(end)
    assert follower.playing
    assert target.beat == pytest.approx((end - 1.0) * 2, abs=0.005)
    assert target.bpm == pytest.approx(120.0, rel=0.002)
    assert target.cycle == 4


def test_ticks_quantised_to_an_audio_period_are_a_steady_beat():
    """JACK delivers at multiples of its period: 512 samples are half a tick."""
    follower, midi = clock_in()
    midi.receive(0.0, bytes([START]))
    period = 512 / 48000
    for place in range(24 * 16):
        midi.receive(np.ceil((0.003 + place * TICK_S) / period) * period, bytes([CLOCK]))
    assert follower.target(8.0).bpm == pytest.approx(120.0, rel=0.002)
    assert follower.target(8.0).beat == pytest.approx((8.0 - 0.003 - period / 2) * 2, abs=0.010)


def test_a_song_position_and_continue_are_a_place():
    follower, midi = clock_in()
    midi.receive(0.0, bytes([STOP]))
    midi.receive(0.1, bytes([0xF2, 0x08, 0x01]))  # 16th 136 is beat 34
    midi.receive(0.2, bytes([CONTINUE]))
    end = tick(midi, 1.0, 24 * 4)
    assert follower.target(end).beat == pytest.approx(34 + 4, abs=0.005)


def test_stop_stops_and_clocks_after_it_are_not_beats():
    follower, midi = clock_in()
    midi.receive(0.0, bytes([START]))
    end = tick(midi, 0.0, 24 * 4)
    midi.receive(end, bytes([STOP]))
    tick(midi, end, 48)
    assert (follower.playing, follower.target(end), follower.state) == (False, None, MasterState.WAITING)


def test_a_start_while_it_runs_is_bar_1_again():
    follower, midi = clock_in()
    midi.receive(0.0, bytes([START]))
    end = tick(midi, 0.0, 24 * 5 + 7)
    midi.receive(end, bytes([START]))
    end = tick(midi, end + TICK_S, 24 * 2)
    assert follower.target(end).beat == pytest.approx(2.0, abs=0.01)
    midi.receive(end, bytes([CONTINUE]))  # says nothing new
    assert follower.target(end).beat == pytest.approx(2.0, abs=0.01)


def test_clocks_without_a_start_are_tempo_and_some_beat():
    follower, midi = clock_in()
    end = tick(midi, 0.0, 24 * 4)
    assert follower.target(end).bpm == pytest.approx(120.0, rel=0.001)
    assert follower.target(end).cycle == 1


def test_a_tempo_change_is_followed_within_a_bar():
    follower, midi = clock_in()
    midi.receive(0.0, bytes([START]))
    end = tick(midi, 0.0, 24 * 16, 0.001)
    end = tick(midi, end, 24 * 4, 0.001, tick_s=60 / 140 / 24)
    assert follower.target(end).bpm == pytest.approx(140.0, rel=0.01)
    assert follower.target(end).beat == pytest.approx(20.0, abs=0.02)


def test_clocks_inside_other_messages_count():
    follower, midi = clock_in()
    midi.receive(0.0, bytes([START]))
    for place in range(24 * 4):
        inside = [[0x90, CLOCK, 60, 100], [0xF2, 1, CLOCK], [0xF0, 1, CLOCK, 2, 0xF7], [CLOCK]][place % 4]
        midi.receive(place * TICK_S, bytes(inside))
    assert follower.target(2.0).beat == pytest.approx(4.0, abs=0.01)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 0.1), st.binary(max_size=12)), max_size=60))
def test_any_bytes_may_come(chunks):
    follower, midi = clock_in()
    t = 0.0
    for wait, data in chunks:
        t += wait
        midi.receive(t, data)
        target = follower.target(t)
        assert target is None or np.isfinite(target.beat)
    midi.receive(t, bytes([STOP, START]))
    end = tick(midi, t + 1.0, 24 * 8)
    assert follower.target(end).beat == pytest.approx(8.0, abs=0.02)


def test_many_random_bytes_may_come():
    generator = np.random.default_rng(0)
    follower, midi = clock_in()
    likely = np.array([CLOCK] * 20 + [START, CONTINUE, STOP, 0xF2] + list(range(0, 256, 5)), np.uint8)
    for place in range(2000):
        midi.receive(place * 0.02, generator.choice(likely, 3).tobytes())
        follower.target(place * 0.02)


def sent(clock, seconds, asks_hz=30, grid=None):
    """What is due in so many seconds, asked for as a session does."""
    messages = []
    for now in np.arange(0, seconds, 1 / asks_hz):
        if isinstance(grid, LiveGrid):
            grid.decide(now)
        messages += clock.due(now + 0.1)
    return messages


def test_clocks_go_out_on_their_times():
    clock = MidiClockOut(BeatGrid.steady(120.0, 0.0, "test"))
    clock.start(1)
    start, *ticks = sent(clock, 10)
    assert start.data == bytes([START])
    assert ticks[0].due == pytest.approx(2.0)  # bar 1 of the receiver is the next bar of ours
    assert 0.001 <= ticks[0].due - start.due <= 0.01
    assert {message.data for message in ticks} == {bytes([CLOCK])}
    assert np.diff([message.due for message in ticks]) == pytest.approx(TICK_S)
    assert clock.stop(10.0).data == bytes([STOP])
    assert list(clock.due(20.0)) == []


def test_nothing_goes_out_before_a_start():
    assert list(MidiClockOut(BeatGrid.steady(120.0, 0.0, "test")).due(100.0)) == []


def test_what_a_live_grid_sends_another_follows():
    grid = LiveGrid(100.0)
    clock, (follower, midi) = MidiClockOut(grid), clock_in()
    clock.start(0)
    messages = []
    for now in np.arange(0, 30, 1 / 30):
        grid.aim(Target(now, 0.3 + now * 2, 120.0), MACHINE)
        grid.decide(now)
        messages += clock.due(now + 0.1)
    dues = [message.due for message in messages]
    assert dues == sorted(dues)
    for message in messages:
        midi.receive(message.due, message.data)
    assert follower.target(30.0).bpm == pytest.approx(120.0, rel=0.001)
    assert follower.target(30.0).beat == pytest.approx(grid.beat_at(30.0), abs=0.005)
