import numpy as np
import pytest

from d2m_bridge.conductor.follow import FollowResult, follow
from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.conductor.live_follow import EVERY_S, FIRST_S, DancerFollower
from tests.dancers import RATE, frames_of, joints_at, steady_beats, still


def watch(follower, frames):
    """Pushes frames as a session does; returns the targets after each search."""
    targets = []
    for frame in frames:
        follower.push(frame)
        if follower.due():
            window = follower.window()
            follower.learn(follow(window), window[0].t)
            targets.append(follower.target())
    return targets


def frames_at(bpm, seconds, seed=0):
    rng = np.random.default_rng(seed)
    return frames_of(joints_at(np.arange(round(seconds * RATE)) / RATE, steady_beats(bpm), 0.003, rng))


@pytest.mark.parametrize("bpm", [84, 100, 127])
def test_the_dancers_tempo_is_found_after_some_seconds_and_kept(bpm):
    targets = watch(DancerFollower(RATE), frames_at(bpm, 16))
    assert len(targets) == pytest.approx((16 - FIRST_S) / EVERY_S, abs=1.5)
    assert [target.bpm for target in targets[1:]] == pytest.approx([bpm] * len(targets[1:]), rel=0.03)


def test_the_beat_it_gives_is_that_of_the_whole_dance():
    follower, frames = DancerFollower(RATE), frames_at(100, 25)
    target = watch(follower, frames)[-1]
    beat = follow(frames).grid.beat_at(target.t)
    assert abs(beat - round(beat)) * 0.6 < 0.04
    assert target.cycle == 1


def test_who_stands_still_leads_nobody():
    follower = DancerFollower(RATE)
    assert set(watch(follower, frames_of(still(10, 0.002, np.random.default_rng(0))))) == {None}
    assert follower.bpm is None


def result(bpm, confidence=1.0):
    return FollowResult(BeatGrid.steady(bpm, 0.0, "test"), bpm, confidence, None)


def test_an_unsure_search_changes_nothing():
    follower = DancerFollower(RATE)
    follower.learn(result(100), 0.0)
    before = follower.target()
    follower.learn(result(120, confidence=0.01), 3.0)
    assert follower.target() == before


def test_half_and_double_time_are_the_same_dance():
    follower = DancerFollower(RATE)
    follower.learn(result(90), 0.0)
    follower.learn(result(181), 2.0)
    assert follower.bpm == pytest.approx(90.5)


def test_another_tempo_must_show_three_times_in_a_row():
    follower = DancerFollower(RATE)
    follower.learn(result(90), 0.0)
    tempi = []
    for found in (120, 121, 90, 120, 120.5, 121):
        follower.learn(result(found), 1.0)
        tempi.append(follower.bpm)
    assert tempi == pytest.approx([90, 90, 90, 90, 90, 121])
