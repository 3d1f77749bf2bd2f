"""Real Link peers in processes of their own, in a network of their own: nothing leaves this machine."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from d2m_bridge.errors import InputError
from d2m_bridge.osc.sender import MonotonicClock
from d2m_bridge.sync.link import LinkPeer

pytestmark = pytest.mark.real_time

ROOT = Path(__file__).parents[2]
LOOPBACK = "ip link set lo up && ip link set lo multicast on && ip route add 224.0.0.0/4 dev lo"
JOIN_S, PLAY_S, TEMPO_S, LEAVE_S, END_S = 0.3, 8.0, 10.8, 13.1, 13.5
LOOK_S = 0.1
STARTS = [("first", 97.0), ("second", 130.0)]

# A music of its own follows each peer, as in a live session. Looks are at the same moments in both processes, although
# the second's session clock has another zero.
PEER = """
import json, sys, time
from d2m_bridge.conductor.live_grid import MACHINE, LiveGrid
from d2m_bridge.osc.sender import MonotonicClock
from d2m_bridge.sync.link import LinkPeer
role, zero, bpm = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
join, tempo, play, leave, end, look = map(float, sys.argv[4:])
class Shifted(MonotonicClock):
    def now(self):
        return super().now() + shift
shift = 0.0 if role == "first" else 1234.5678
zero += shift
clock = Shifted()
clock.sleep(zero + (0 if role == "first" else join) - clock.now())
peer = LinkPeer(bpm, clock)
grid = LiveGrid(bpm, clock.now())
looks, due = [], 0
acts = {"first": [(play, lambda t: peer.set_playing(True, t)), (leave, None)],
        "second": [(tempo, lambda t: peer.set_tempo(124.0, t)), (end, None)]}[role]
while acts:
    now = clock.now()
    target = peer.target(now)
    grid.aim(target, peer.turn)
    grid.decide(now)
    if now - zero >= acts[0][0]:
        _, act = acts.pop(0)
        if act:
            act(now)
    if now >= zero + due * look:
        due = int((now - zero) / look) + 1
        at = zero + due * look
        link = peer.target(at)
        looks.append([due, grid.beat_at(at), link.beat, link.bpm, peer.peers, peer.playing, peer.state.value])
    clock.sleep(1 / 60)
peer.close()
peer.close()
print(json.dumps(looks))
"""

LEADER = """
import json, sys
from d2m_bridge.osc.sender import MonotonicClock
from d2m_bridge.sync.link import LinkPeer
clock = MonotonicClock()
leader = LinkPeer(100.0, clock)
zero, away = clock.now(), []
def lead(beats, start, bpm, origin):
    for beat in range(beats):
        at = origin + beat * 60 / bpm
        clock.sleep(max(0.0, at - clock.now()))
        leader.publish(start + beat, at, bpm)
        away.append([(leader.target(at).beat - start - beat + 2) % 4 - 2, leader.target(at).bpm, leader.peers])
lead(3, 0.0, 115.0, zero + 0.3)
follower = LinkPeer(90.0, clock)
clock.sleep(2.0)
lead(9, 1.6, 120.0, clock.now())
print(json.dumps(away))
"""


@pytest.fixture(scope="module")
def sessions(tmp_path_factory):
    """The outputs of a session of two followers and, beside it, of a session with a leader."""
    pytest.importorskip("link", reason="needs LinkPython-extern")
    if not (shutil.which("unshare") and shutil.which("ip")):
        pytest.skip("needs unshare and ip to keep Link inside this machine")
    alone = ["unshare", "--map-root-user", "--net", "sh", "-c"]
    if subprocess.run([*alone, LOOPBACK], capture_output=True, check=False).returncode:
        pytest.skip("this system allows no network of its own")
    folder = tmp_path_factory.mktemp("link")
    (folder / "peer.py").write_text(PEER)
    (folder / "leader.py").write_text(LEADER)
    times = f"{JOIN_S} {TEMPO_S} {PLAY_S} {LEAVE_S} {END_S} {LOOK_S}"
    peer = f"{sys.executable} {folder / 'peer.py'}"
    zero = time.monotonic() + 1.2
    followers = [f"{peer} {role} {zero} {bpm} {times} > {folder / role}" for role, bpm in STARTS]
    commands = [
        " & ".join(followers),
        f"{sys.executable} {folder / 'leader.py'} > {folder / 'leader'}",
    ]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    running = [
        subprocess.Popen([*alone, f"{LOOPBACK}; {command}; wait"], env=environment, stderr=subprocess.PIPE, text=True)
        for command in commands
    ]
    for process in running:
        assert process.communicate(timeout=60)[1] == ""
    return {name: json.loads((folder / name).read_text()) for name in ("first", "second", "leader")}


@pytest.fixture(scope="module")
def looks(sessions):
    """What the two followers saw: rows by number of the look."""
    return {role: {row[0]: row[1:] for row in sessions[role]} for role in ("first", "second")}


def shared(looks, from_s, to_s):
    """Rows of both peers at the moments that both saw."""
    numbers = [n for n in sorted(looks["first"].keys() & looks["second"].keys()) if from_s <= n * LOOK_S < to_s]
    assert len(numbers) > 0.5 * (to_s - from_s) / LOOK_S
    return [(looks["first"][n], looks["second"][n]) for n in numbers]


def apart_s(one, other, bpm):
    return abs((one - other + 2) % 4 - 2) * 60 / bpm


def test_peers_meet_and_agree_on_the_tempo_of_one_of_them(looks):
    for first, second in shared(looks, 5.0, TEMPO_S):
        assert first[3] == second[3] == 1
        assert first[2] == pytest.approx(second[2], abs=0.01)
        assert min(abs(first[2] - bpm) for _, bpm in STARTS) < 0.01
        assert first[5] == second[5] == "locked"


def test_the_musics_of_two_peers_are_within_5_ms_10_s_after_they_met(looks):
    rows = shared(looks, JOIN_S + 10.0, TEMPO_S)
    assert max(apart_s(first[1], second[1], 97.0) for first, second in rows) < 0.005  # beats heard
    assert max(apart_s(first[0], second[0], 97.0) for first, second in rows) < 0.005  # beats of the music
    for first, second in rows:
        assert apart_s(first[0], first[1], 97.0) < 0.005
        assert apart_s(second[0], second[1], 97.0) < 0.005


def test_a_tempo_change_of_one_peer_is_followed_by_the_other_within_a_bar(looks):
    bar = 4 * 60 / 124.0
    for first, second in shared(looks, TEMPO_S + bar, LEAVE_S):
        assert first[2] == pytest.approx(124.0, abs=0.01)
        assert apart_s(first[1], second[1], 124.0) < 0.005
    beats = [(n * LOOK_S, row[0]) for n, row in looks["first"].items() if TEMPO_S + bar - 0.1 < n * LOOK_S < LEAVE_S]
    slope = np.polyfit(*np.array(beats).T, 1)[0]
    assert slope * 60 == pytest.approx(124.0, rel=0.14)  # the lag is being made up for


def test_start_is_shared(looks):
    assert not any(second[4] for _, second in shared(looks, 4.0, PLAY_S - 0.2))
    assert all(second[4] for _, second in shared(looks, PLAY_S + 0.5, LEAVE_S))


def test_when_a_peer_has_gone_the_other_goes_on_and_says_so(looks):
    last = looks["second"][max(looks["second"])]
    assert (last[3], last[5]) == (0, "freewheeling")
    assert last[2] == pytest.approx(124.0, abs=0.01)


def test_a_leader_lays_an_empty_session_on_its_beat_and_leans_where_others_are(sessions):
    away = sessions["leader"]
    for error, bpm, peers in away[:3]:
        assert abs(error) < 1e-3
        assert bpm == pytest.approx(115.0)
        assert peers == 0
    errors = [abs(error) for error, _, _ in away[3:]]
    assert all(peers == 1 for _, _, peers in away[3:])
    assert all(abs(bpm / 120.0 - 1) <= 0.031 for _, bpm, _ in away[3:])
    steps = np.abs(np.diff([error for error, _, _ in away[3:]]))
    assert np.minimum(steps, 4 - steps).max() < 0.05  # nothing jumps
    assert errors[-1] < errors[0] - 0.15 or errors[-1] < 0.02


def test_a_missing_package_is_one_clear_line_with_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "link", None)
    with pytest.raises(InputError, match="pip install LinkPython-extern") as caught:
        LinkPeer(120.0, MonotonicClock())
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("bpm", [39.0, 241.0, float("nan")])
def test_an_impossible_tempo_is_refused(bpm):
    pytest.importorskip("link", reason="needs LinkPython-extern")
    with pytest.raises(InputError, match="40 to 240"):
        LinkPeer(bpm, MonotonicClock())
