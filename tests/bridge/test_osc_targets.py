import socket
import time
from contextlib import ExitStack
from itertools import pairwise

import pytest
from pythonosc.osc_packet import OscPacket

from d2m_bridge.errors import InputError
from d2m_bridge.osc.dialects import DIALECTS
from d2m_bridge.osc.messages import (
    DownbeatMessage,
    Heartbeat,
    JointMessage,
    NextBeatMessage,
    PlayingMessage,
    RecordingMessage,
    StateMessage,
    TempoMessage,
)
from d2m_bridge.osc.protocol import TABLE
from d2m_bridge.osc.targets import OscTargets, Target, leaves_this_machine
from d2m_bridge.osc.throttle import Throttle
from d2m_bridge.timeline import BeatEvent, NoteEvent, SectionEvent

pytestmark = pytest.mark.real_time

IN_DAWS = {
    "reaper": [
        (PlayingMessage(True), [("/play",)]),
        (PlayingMessage(False), [("/stop",)]),
        (RecordingMessage(True), [("/record",)]),
        (RecordingMessage(False), [("/record",)]),
        (TempoMessage(97.5), [("/tempo/raw", 97.5)]),
        (SectionEvent(1.0, 4, "drop"), [("/action", 40157), ("/lastmarker/name", "drop")]),
    ],
    "ableton": [
        (PlayingMessage(True), [("/live/song/start_playing",)]),
        (PlayingMessage(False), [("/live/song/stop_playing",)]),
        (RecordingMessage(True), [("/live/song/set/record_mode", 1)]),
        (RecordingMessage(False), [("/live/song/set/record_mode", 0)]),
        (TempoMessage(97.5), [("/live/song/set/tempo", 97.5)]),
        (SectionEvent(1.0, 4, "drop"), []),
    ],
    "bitwig": [
        (PlayingMessage(True), [("/play", 1)]),
        (PlayingMessage(False), [("/play", 0)]),
        (RecordingMessage(True), [("/record",)]),
        (RecordingMessage(False), [("/record",)]),
        (TempoMessage(97.5), [("/tempo/raw", 97.5)]),
        (SectionEvent(1.0, 4, "drop"), []),
    ],
    "ardour": [
        (PlayingMessage(True), [("/transport_play",)]),
        (PlayingMessage(False), [("/transport_stop",)]),
        (RecordingMessage(True), [("/rec_enable_toggle",)]),
        (RecordingMessage(False), [("/rec_enable_toggle",)]),
        (TempoMessage(97.5), []),
        (SectionEvent(1.0, 4, "drop"), [("/add_marker", "drop")]),
    ],
}
CHECKS = {
    "generic": ("/d2m/ping",),
    "reaper": ("/action/41743",),
    "ableton": ("/live/test",),
    "bitwig": ("/refresh", 1),
    "ardour": ("/transport_speed",),
    "supercollider": ("/status",),
}


@pytest.fixture
def listeners():
    with ExitStack() as opened:
        sockets = [opened.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) for _ in range(2)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
            one.settimeout(2)
        yield sockets


def target(listener, dialect="generic"):
    return Target(*listener.getsockname(), dialect)


def read(datagram):
    return [(timed.message.address, *timed.message.params) for timed in OscPacket(datagram).messages]


def nothing_waits(listener):
    listener.settimeout(0.05)
    with pytest.raises(TimeoutError):
        listener.recv(2048)
    return True


@pytest.mark.parametrize(
    ("dialect", "message", "expected"),
    [(name, message, expected) for name, rows in IN_DAWS.items() for message, expected in rows],
)
def test_each_daw_hears_its_own_addresses(dialect, message, expected):
    assert [one for datagram in DIALECTS[dialect].encode(message) for one in read(datagram)] == expected


@pytest.mark.parametrize("name", IN_DAWS)
def test_no_daw_is_sent_beats_or_motion(name):
    beat, note = BeatEvent(0.0, 0, 0, 120.0), NoteEvent(0.0, 1.0, "bass", 40, 0.5, 0, 1)
    for message in (beat, note, NextBeatMessage(0, 0, 120.0, 0.1), DownbeatMessage(0), JointMessage("nose", "x", 0.5)):
        assert DIALECTS[name].encode(message) == []


def test_the_generic_dialect_is_the_whole_namespace():
    assert DIALECTS["generic"].table is TABLE


@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_can_be_asked_whether_it_answers(name):
    check = DIALECTS[name].check
    assert read(check.encode()) == [CHECKS[name]]
    assert check.reply.startswith("/")
    assert check.remedy


def test_two_targets_hear_the_same_each_in_its_dialect(listeners):
    ours, daw = listeners
    with OscTargets([target(ours), target(daw, "reaper")]) as targets:
        targets.send([PlayingMessage(True), TempoMessage(120.0), Heartbeat(0)])
        assert read(ours.recv(2048)) == [("/d2m/playing", 1), ("/d2m/tempo", 120.0), ("/d2m/heartbeat", 0)]
        assert [read(daw.recv(2048)) for _ in range(2)] == [[("/play",)], [("/tempo/raw", 120.0)]]
        assert [(status.sent, status.failed) for status in targets.status()] == [(1, 0), (2, 0)]
        assert [status.target for status in targets.status()] == [target(ours), target(daw, "reaper")]


def test_dated_bundles_carry_their_date_and_daws_get_plain_messages(listeners):
    ours, daw = listeners
    with OscTargets([target(ours), target(daw, "ardour")]) as targets:
        targets.send([PlayingMessage(True)], due_unix_s=2_000_000_000.5)
        (timed,) = OscPacket(ours.recv(2048)).messages
        assert timed.time == 2_000_000_000.5
        assert daw.recv(2048).startswith(b"/transport_play\0")


def test_scsynth_is_sent_dated_bundles_that_start_a_synth_on_the_beat(listeners):
    server, _ = listeners
    with OscTargets([target(server, "supercollider")]) as targets:
        targets.send([BeatEvent(1.0, 2, 3, 97.5), PlayingMessage(True)])
        targets.send([NextBeatMessage(2, 3, 97.5, 0.4)], due_unix_s=2_000_000_000.25)
        (timed,) = OscPacket(server.recv(2048)).messages
    assert timed.time == 2_000_000_000.25
    assert (timed.message.address, timed.message.params) == (
        "/s_new", ["d2m_beat", -1, 1, 0, "bar", 2, "beat", 3, "bpm", 97.5],
    )  # fmt: skip


def test_a_vanished_target_costs_nothing_and_the_other_goes_on(listeners):
    gone, here = listeners
    with OscTargets([target(gone), target(here)]) as targets:
        gone.close()
        begun = time.monotonic()
        for count in range(200):
            targets.send([Heartbeat(count)])
            assert read(here.recv(2048)) == [("/d2m/heartbeat", count)]
        assert time.monotonic() - begun < 1
        vanished, other = targets.status()
        assert vanished.failed > 0
        assert (other.sent, other.failed) == (200, 0)


def test_continuous_values_are_limited_and_the_last_one_arrives(listeners):
    ours, _ = listeners
    with OscTargets([target(ours)], continuous_hz=8) as targets:
        for step in range(19):  # 128 a second, of which every 16th is due
            targets.send_continuous([TempoMessage(100.0 + step), JointMessage("nose", "x", step)], now=5 + step / 128)
        targets.send_continuous([], now=5.3)
        targets.send_continuous([], now=9)
        assert [read(ours.recv(2048)) for _ in range(3)] == [
            [("/d2m/tempo", 100.0), ("/d2m/joint/nose/x", 0.0)],
            [("/d2m/tempo", 116.0), ("/d2m/joint/nose/x", 16.0)],
            [("/d2m/tempo", 118.0), ("/d2m/joint/nose/x", 18.0)],
        ]
        assert nothing_waits(ours)


def test_an_unknown_dialect_or_host_is_one_clear_line_and_opens_nothing():
    with pytest.raises(InputError, match=r"--dialect 'cubase'.*reaper"):
        OscTargets([Target("127.0.0.1", 9000), Target("127.0.0.1", 9000, "cubase")])
    with pytest.raises(InputError, match=r"nowhere\.invalid"):
        OscTargets([Target("127.0.0.1", 9000), Target("nowhere.invalid", 9000)])


def test_no_targets_are_fine_and_closing_twice_too():
    targets = OscTargets([])
    targets.send([StateMessage("ready")])
    targets.close()
    targets.close()


@pytest.mark.parametrize(
    ("host", "leaves"),
    [("127.0.0.1", False), ("localhost", False), ("::1", False), ("192.0.2.1", True), ("fe80::1", True)],
)
def test_what_leaves_this_machine_is_known(host, leaves):
    assert leaves_this_machine(host) is leaves


def test_an_unknown_host_is_no_loopback():
    with pytest.raises(InputError, match=r"nowhere\.invalid"):
        leaves_this_machine("nowhere.invalid")


def test_a_throttle_never_sends_faster_and_loses_only_what_was_overtaken():
    throttle = Throttle(0.1)
    sent = []
    for tick in range(1000):
        now = tick * 0.007
        sent += [(now, value) for value in throttle.offer([("a", tick)] if tick % 3 else [], now)]
    sent += [(99.0, value) for value in throttle.offer([], 99.0)]
    times = [t for t, _ in sent]
    assert all(later - earlier >= 0.1 for earlier, later in pairwise(times))
    assert sent[0] == (0.007, 1)
    assert sent[-1][1] == 998
