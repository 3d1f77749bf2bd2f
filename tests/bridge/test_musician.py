"""The musician under a clock of ours."""

import queue
import time

import numpy as np

from d2m_bridge.audio.timeline_ring import TimelineRing
from d2m_bridge.conductor.live_grid import LiveGrid
from d2m_bridge.pipeline.musician import Musician
from d2m_bridge.timeline import BeatEvent

DELAY_S = 0.4


class Clock:
    def __init__(self):
        self.now_s = 0.0

    def __call__(self):
        return self.now_s


def test_after_a_standstill_the_sound_that_is_past_is_not_made_and_no_beat_is_left_out(models):
    """Nobody is seen: the musician makes the ticks up, and the clock alone drives it."""
    clock, mixes, events = Clock(), [], []
    ring = TimelineRing(44_100, 2)
    musician = Musician(
        models, LiveGrid(120.0), queue.Queue(), ring, clock, DELAY_S, DELAY_S, events.extend, style=0, seed=1
    )
    musician.audio_listeners.append(lambda start, mix: mixes.append(mix))

    def play_until(now_s):
        clock.now_s = now_s
        until = time.monotonic() + 60
        while ring.written < (now_s - DELAY_S) * 44_100:
            assert time.monotonic() < until
            time.sleep(0.01)

    musician.start()
    try:
        for moment in np.arange(0.1, 3.0, 0.1):
            play_until(moment)
        before = ring.written
        play_until(23.0)
        for moment in np.arange(23.1, 26.0, 0.1):
            play_until(moment)
    finally:
        musician.close()
    sound = np.concatenate(mixes).any(axis=1)
    silent_s = np.flatnonzero(~sound[before:])[[0, -1]] / 44_100 + before / 44_100
    longest = np.diff(np.flatnonzero(np.concatenate([[True], sound, [True]]))).max() / 44_100
    assert 19.0 < longest < 20.5 and silent_s[0] < 3.2
    assert sound[int(23.0 * 44_100) :].mean() > 0.9
    beats = [4 * event.bar + event.beat for event in events if isinstance(event, BeatEvent)]
    assert beats == list(range(len(beats))) and len(beats) > 48
