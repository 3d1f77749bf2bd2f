"""What a live session tells over OSC, through a real socket."""

import logging
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from pythonosc.osc_packet import OscPacket

from d2m_bridge.osc.announcer import OscAnnouncer
from d2m_bridge.osc.messages import ClockMessage
from d2m_bridge.osc.targets import OscTargets, Target
from d2m_bridge.pipeline.live import Sender
from d2m_bridge.pipeline.perception import Look
from d2m_bridge.sinks.clips import Clip
from d2m_bridge.timeline import BeatEvent, EnergyEvent, NoteEvent

pytestmark = pytest.mark.real_time

WALL_S = 1_800_000_000.0


class Told:
    """An announcer, its clock, and what arrived."""

    def __init__(self, receiver):
        self.now, self.offset, self.standing = 0.0, WALL_S, ClockMessage("link", True, 1.5, 150.0, -20.0)
        self.status = SimpleNamespace(
            error=None, playing=True, recording=None, underruns=2, late_blocks=1, watch=SimpleNamespace(fps=29.5),
            cpu_share=0.75,
        )  # fmt: skip
        self._receiver = receiver
        self.targets = OscTargets([Target(*receiver.getsockname())])
        self.announcer = OscAnnouncer(
            self.targets, lambda: self.now, lambda: self.offset, lambda: self.status, lambda: self.standing
        )

    def arrived(self):
        self._receiver.settimeout(0.05)
        packets = []
        try:
            while True:
                packets.append(OscPacket(self._receiver.recv(4096)))
        except TimeoutError:
            return [timed for packet in packets for timed in packet.messages]

    def addresses(self):
        return [timed.message.address for timed in self.arrived()]


@pytest.fixture
def told(udp_receiver):
    told = Told(udp_receiver)
    yield told
    told.targets.close()


def test_once_a_second_a_heartbeat_how_we_stand_to_the_leader_and_whether_the_machine_keeps_up(told):
    for tenth in range(35):
        told.now = tenth / 10
        told.announcer.heard(EnergyEvent(told.now, 0.5), told.now)
        told.announcer.heard(NoteEvent(told.now, 0.1, "bass", 40, 0.5, tenth, 1), told.now)
    messages = [timed.message for timed in told.arrived()]
    assert [message.params for message in messages if message.address == "/d2m/heartbeat"] == [[0], [1], [2], [3]]
    clocks = [message.params for message in messages if message.address == "/d2m/clock"]
    assert clocks == [["link", 1, 1.5, 150.0, -20.0]] * 4
    assert [message.params for message in messages if message.address == "/d2m/health"] == [[2, 1, 29.5, 0.75]] * 4


def test_without_a_camera_picture_beats_carry_the_seconds_and_with_one_it_does(told):
    told.announcer.heard(BeatEvent(0.0, 0, 0, 120.0), 0.0)
    told.now = 1.0
    told.announcer.seen(Look(1.0, 1.5, (), None))
    assert told.addresses().count("/d2m/clock") == 2


def test_a_beat_ahead_is_dated_by_the_wall_clock_of_that_moment(told):
    told.now = 10.0
    told.announcer.ahead(BeatEvent(9.9, 2, 1, 120.0), 10.4)
    told.offset = WALL_S - 3600  # somebody set the clock of the machine
    told.announcer.ahead(BeatEvent(10.4, 2, 2, 120.0), 10.9)
    first, second = told.arrived()
    assert first.message.params == [2, 1, 120.0, pytest.approx(0.4)]
    assert first.time == pytest.approx(WALL_S + 10.4, abs=1e-6)
    assert second.time == pytest.approx(WALL_S - 3600 + 10.9, abs=1e-6)
    assert second.message.params[3] == pytest.approx(0.9)


def test_what_is_heard_later_leaves_when_it_is_due_and_not_before(told):
    told.now = 10.0
    told.announcer.ahead(NoteEvent(9.9, 0.1, "bass", 40, 0.5, 8, 1), 10.3)
    told.announcer.ahead(BeatEvent(9.9, 2, 0, 120.0), 10.3)
    assert told.addresses() == ["/d2m/beat/next"]
    time.sleep(0.4)
    assert told.addresses() == ["/d2m/note", "/d2m/beat", "/d2m/downbeat", "/d2m/tempo"]
    assert len(told.announcer.lateness) == 2 and min(told.announcer.lateness) >= 0
    told.announcer.heard(BeatEvent(9.9, 2, 0, 120.0), 10.3)
    assert "/d2m/beat" not in told.addresses()


def test_what_is_taken_back_is_not_told_and_the_tempo_is_told_anew(told):
    told.announcer.ahead(BeatEvent(0.0, 0, 1, 120.0), 0.3)
    told.announcer.forget()
    told.announcer.ahead(BeatEvent(0.5, 0, 2, 120.0), 0.35)
    time.sleep(0.45)
    assert told.addresses() == ["/d2m/beat/next", "/d2m/beat/next", "/d2m/beat", "/d2m/tempo"]


def test_an_announcer_sends_by_itself_and_says_so_when_it_cannot(told):
    assert isinstance(told.announcer, Sender)
    assert told.announcer.problem is None and told.announcer.missed == 0
    told.announcer.ahead(BeatEvent(-2.0, 0, 2, 120.0), -1.0)
    told.targets.postman._process.kill()
    until = time.monotonic() + 5
    while told.announcer.problem is None or not told.announcer.missed:
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_finished_clip_is_told_with_all_that_a_daw_needs(told):
    told.announcer.clip(Clip(Path("/takes/clips/take001.bar005.drums.wav"), 4, 16, 120.5, "drums"))
    (timed,) = told.arrived()
    assert timed.message.address == "/d2m/clip"
    assert timed.message.params == ["/takes/clips/take001.bar005.drums.wav", 4, 16, 120.5, "drums"]


def test_takes_are_told_when_they_begin_and_end_and_only_then(told):
    for second, recording in enumerate([None, None, Path("take001.wav"), Path("take001.wav"), None]):
        told.now, told.status.recording = float(second), recording
        told.announcer.heard(BeatEvent(told.now, 0, second, 120.0), told.now)
    told.announcer.tell_changes()
    messages = [timed.message for timed in told.arrived()]
    assert [message.params for message in messages if message.address == "/d2m/recording"] == [[1], [0]]
    assert [message.params for message in messages if message.address == "/d2m/playing"] == [[1]]


def test_a_clip_whose_path_no_message_holds_is_told_in_the_log(told, caplog):
    with caplog.at_level(logging.WARNING):
        told.announcer.clip(Clip(Path("/" + "x" * 2000), 4, 16, 120.5, "drums"))
    assert "/d2m/clip" in caplog.text and told.arrived() == []
