import socket
import time

import pytest
from pythonosc.osc_message import OscMessage

from d2m_bridge.errors import InputError
from d2m_bridge.osc.sender import MonotonicClock, OscSender, parse_target, play_events
from d2m_bridge.timeline import AccentEvent, BeatEvent, EnergyEvent


class ManualClock:
    """Time that moves only by sleeping, and by what each look at it costs."""

    def __init__(self, start=0.0, cost=0.0):
        self.time, self.cost, self.slept = start, cost, []

    def now(self):
        self.time += self.cost
        return self.time

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.time += seconds


class Recorder:
    """Stands in for the sender: notes when each event is sent."""

    def __init__(self, clock):
        self.clock, self.sent = clock, []

    def send(self, event):
        self.sent.append((self.clock.time, event))


@pytest.fixture
def receiver():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind(("127.0.0.1", 0))
        opened.settimeout(2)
        yield opened


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("127.0.0.1:9000", ("127.0.0.1", 9000)),
        ("localhost:1", ("localhost", 1)),
        ("[::1]:65535", ("::1", 65535)),
    ],
)
def test_targets(text, target):
    assert parse_target(text) == target


@pytest.mark.parametrize(
    "text",
    ["", "9000", ":9000", "host", "host:", "host:x", "host:0", "host:65536", "host:-1", "::1:9000", "host:٣", "[]:1"],
)
def test_malformed_targets_are_one_clear_line(text):
    with pytest.raises(InputError, match="--osc") as caught:
        parse_target(text)
    assert "\n" not in str(caught.value)


def test_an_unknown_host_is_one_clear_line():
    with pytest.raises(InputError, match=r"nowhere\.invalid"):
        OscSender("nowhere.invalid", 9000)


def test_events_arrive_over_a_real_socket(receiver):
    with OscSender(*receiver.getsockname()) as sender:
        sender.send(BeatEvent(0.0, 1, 2, 100.0))
        message = OscMessage(receiver.recv(2048))
    assert (message.address, message.params) == ("/d2m/beat", [1, 2, 100.0, 0.0])
    assert (sender.sent, sender.failed) == (1, 0)


def test_localhost_reaches_a_receiver_on_ipv4(receiver):
    with OscSender("localhost", receiver.getsockname()[1]) as sender:
        sender.send(AccentEvent(0.0, 0.5))
        assert OscMessage(receiver.recv(2048)).params == [0.5]


@pytest.mark.real_time
def test_a_vanished_receiver_costs_nothing_and_is_heard_again_when_back(receiver):
    address = receiver.getsockname()
    with OscSender(*address) as sender:
        receiver.close()
        begun = time.monotonic()
        for _ in range(200):
            sender.send(EnergyEvent(0.0, 0.5))
        assert time.monotonic() - begun < 1
        assert sender.failed > 0
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as back:
            back.bind(address)
            back.settimeout(2)
            sender.send(AccentEvent(0.0, 0.25))
            assert OscMessage(back.recv(2048)).params == [0.25]


def test_closing_twice_is_fine(receiver):
    sender = OscSender(*receiver.getsockname())
    sender.close()
    sender.close()


def test_each_event_is_sent_at_its_time_since_the_start():
    clock = ManualClock(start=500.0)
    recorder = Recorder(clock)
    events = [AccentEvent(t, 1.0) for t in (-0.5, 0.0, 0.25, 0.25, 7.0)]
    play_events(events, recorder, clock)
    assert [event for _, event in recorder.sent] == events
    assert [t - 500 for t, _ in recorder.sent] == pytest.approx([0, 0, 0.25, 0.25, 7.0])
    assert all(seconds > 0 for seconds in clock.slept)


def test_slow_sending_does_not_add_up():
    clock = ManualClock(cost=0.003)
    recorder = Recorder(clock)
    play_events([AccentEvent(0.01 * i, 1.0) for i in range(500)], recorder, clock)
    lateness = [t - event.t for t, event in recorder.sent]
    assert max(lateness) < 0.01


@pytest.mark.real_time
def test_in_real_time_events_arrive_within_ten_milliseconds(receiver):
    times = [0.0, 0.05, 0.1, 0.101, 0.2, 0.35, 0.5]
    arrivals = []
    clock = MonotonicClock()

    class Listening(OscSender):
        def send(self, event):
            super().send(event)
            receiver.recv(2048)
            arrivals.append(clock.now())

    with Listening(*receiver.getsockname()) as sender:
        start = clock.now()
        play_events([AccentEvent(t, 1.0) for t in times], sender, clock)
    late = sorted(arrival - start - t for arrival, t in zip(arrivals, times, strict=True))
    assert late[0] >= 0
    assert late[len(late) // 2] < 0.01  # the median: a busy machine may hold back one of them
