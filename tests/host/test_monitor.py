"""OSC and MIDI as people read it."""

import pytest

from d2m_bridge.osc.messages import PersonMessage, TempoMessage
from d2m_bridge.osc.protocol import bundle, encode
from d2m_bridge.timeline import AccentEvent, EnergyEvent
from plugin_host.live.monitor import SHOWN, MonitorLog, Passed, Tap


def passed(*datagrams, direction="out"):
    return [Passed(1.5, direction, datagram) for datagram in datagrams]


def lines(log):
    return [str(line).split(maxsplit=1)[1] for line in log.lines]


def test_bundles_are_read_message_by_message():
    log = MonitorLog()
    datagrams = bundle([encode(AccentEvent(0.0, 0.5)), encode(EnergyEvent(0.0, 0.25))])
    assert log.push(passed(*datagrams))
    assert lines(log) == ["\u2192 /d2m/accent 0.5", "\u2192 /d2m/energy 0.25"]


def test_what_is_no_osc_is_shown_as_that():
    log = MonitorLog("")
    log.push(passed(b"hello", b"/x\0\0,i\0\0", b"#bundle\0" + 8 * b"\0" + b"\xff\xff\xff\xff", direction="in"))
    assert [line.address for line in log.lines] == ["?", "?", "?"]


def test_midi_is_shown_beside_it():
    log = MonitorLog()
    log.push([Passed(2.0, "in", ("cc 1 74", 0.5))])
    assert lines(log) == ["\u2190 MIDI cc 1 74 0.500"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ["accent", "tempo"]),
        ("tempo", ["tempo"]),
        ("-tempo", ["accent"]),
        ("TEMPO accent", ["accent", "tempo"]),
        ("out -accent", ["tempo"]),
        ("in", []),
        ("- ", ["accent", "tempo"]),
    ],
)
def test_the_filter_takes_words_and_leaves_out_those_with_a_minus(text, shown):
    log = MonitorLog()
    log.push(passed(encode(AccentEvent(0.0, 0.5)), encode(TempoMessage(120.0))))
    log.set_filter(text)
    assert [line.address.removeprefix("/d2m/") for line in log.lines] == shown
    other = MonitorLog(text)
    other.push(passed(encode(AccentEvent(0.0, 0.5)), encode(TempoMessage(120.0))))
    assert [line.address.removeprefix("/d2m/") for line in other.lines] == shown


def test_the_flood_of_joints_is_left_out_unless_asked_for():
    log = MonitorLog()
    assert not log.push(passed(encode(PersonMessage(0, (0.0,) * 51))))


def test_the_last_messages_are_kept_and_no_more():
    log, tap = MonitorLog(), Tap()
    for index in range(5000):
        tap.put(index, "out", encode(TempoMessage(float(index))))
    waiting = tap.drain()
    assert len(waiting) == 64 and waiting[-1].t == 4999 and tap.drain() == []
    for _ in range(10):
        log.push(waiting)
    assert len(log.lines) == SHOWN
