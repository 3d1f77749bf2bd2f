"""How far our beat is heard after the leader's."""

from types import SimpleNamespace

import pytest

from d2m_bridge.conductor.live_grid import LiveGrid, Target
from d2m_bridge.pipeline.musician import Desk
from d2m_bridge.pipeline.standing import standing
from d2m_bridge.sync.master import MasterState

DELAY_S = 0.6


def session(now, target, master=None, latency_s=0.0):
    """Music at 120 BPM whose beat 0 is heard at 0.6 s."""
    grid = LiveGrid(120.0)
    for tick in range(round(now * 30)):
        grid.decide(tick / 30)
    musician = SimpleNamespace(grid=grid, master=master, target=target, desk=Desk(latency_s=latency_s))
    return SimpleNamespace(
        musician=musician, now=lambda: now, delay_s=DELAY_S, desk=musician.desk, output_latency_s=0.15
    )


@pytest.mark.parametrize(
    ("beats_before", "cycle", "phase_ms"),
    [
        (0.0, 4, 0.0),
        (0.04, 4, 20.0),
        (-0.04, 4, -20.0),
        (3.96, 4, -20.0),
        (2.04, 4, -980.0),
        (5.0, 1, 0.0),
        (0.9, 1, -50.0),
    ],
)
def test_the_phase_is_how_much_later_our_nearest_like_beat_is_heard(beats_before, cycle, phase_ms):
    now = 5.3
    ours = (now - DELAY_S) * 2
    # The target was taken a little earlier, and has gone on since.
    target = Target(now - 0.25, ours + beats_before - 0.5, 120.0, cycle)
    message = standing(session(now, target, SimpleNamespace(state=MasterState.LOCKED), 0.02), "link")
    assert message.phase_ms == pytest.approx(phase_ms, abs=0.01)
    assert (message.source, message.locked) == ("link", True)
    assert (message.latency_ms, message.offset_ms) == (pytest.approx(150), pytest.approx(20))


@pytest.mark.parametrize("state", [MasterState.WAITING, MasterState.FREEWHEELING, MasterState.LOST])
def test_a_leader_that_is_not_heard_is_not_locked(state):
    target = Target(1.0, 2.0, 120.0)
    assert not standing(session(3.0, target, SimpleNamespace(state=state)), "midi").locked


def test_the_dancer_leads_once_the_beat_is_known():
    assert not standing(session(3.0, None), "follow").locked
    assert standing(session(3.0, Target(1.0, 2.0, 120.0, 1)), "follow").locked
