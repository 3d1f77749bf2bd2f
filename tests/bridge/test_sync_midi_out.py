import math
import time

import pytest

from d2m_bridge.conductor.live_grid import LiveGrid
from d2m_bridge.osc.sender import MonotonicClock
from d2m_bridge.pipeline.live import Sender
from d2m_bridge.sinks.midi_file import CHANNELS
from d2m_bridge.sync.midi_clock import CLOCK, START, STOP
from d2m_bridge.sync.midi_listener import MidiListener
from d2m_bridge.sync.midi_out import MidiOut
from d2m_bridge.sync.midi_voices import MidiVoices
from d2m_bridge.sync.schedule import LATEST_S, Schedule
from d2m_bridge.timeline import BeatEvent, NoteEvent

pytestmark = pytest.mark.real_time


class Port:
    """Plays what is posted as the process of a port does, on a clock that is moved by hand."""

    lateness, missed, problem = (), 0, None

    def __init__(self):
        self.waiting, self.voices, self.heard = Schedule(), MidiVoices(CHANNELS.values()), []

    def post(self, *letters):
        for letter in letters:
            self.waiting.put(letter, letter.due, -math.inf, rank=letter.rank, latest_s=letter.latest_s)
        return True

    def forget(self):
        self.waiting.clear()
        self.heard += self.voices.silence()

    def play(self, now, until=math.inf):
        """What is due before `until`, at `now` or its own later time."""
        while (due := self.waiting.next_due) is not None and due <= until:
            letter, is_missed = self.waiting.take(max(now, due))
            if not is_missed:
                self.heard += self.voices.play(letter)


@pytest.fixture
def port():
    return Port()


@pytest.fixture
def out(port):
    return MidiOut(port, MonotonicClock())


def note(stem, pitch, duration=0.05, velocity=1.0):
    return NoteEvent(0.0, duration, stem, pitch, velocity, 0, 1)


def kinds(port):
    return [data[0] & 0xF0 for data in port.heard]


def test_each_stem_has_its_channel(out, port):
    for place, stem in enumerate(["drums", "bass", "harmony", "lead"]):
        out.send_note(note(stem, 36 + place, velocity=0.001), 9.0 + 0.1 * place)
    port.play(-math.inf)
    ons = [data for data in port.heard if data[0] & 0xF0 == 0x90]
    assert [(data[0] & 0x0F) + 1 for data in ons] == [10, 1, 2, 3]
    assert all(data[2] == 1 for data in ons)  # as soft as can be is not silence
    assert kinds(port) == [0x90, 0x80] * 4


def test_times_of_the_clock_are_told_as_those_that_all_processes_share(out, port):
    due = time.monotonic() + 2
    before = time.perf_counter()
    out.send(bytes([CLOCK]), due)
    assert port.waiting.next_due == pytest.approx(before + 2, abs=0.05)


def test_a_note_ends_before_the_next_of_its_pitch_begins_and_a_clock_comes_before_notes(out, port):
    out.send_note(note("bass", 40, duration=1.0), 3.0)
    out.send_note(note("bass", 40, duration=1.0), 4.0)
    out.send(bytes([CLOCK]), 4.0)
    port.play(-math.inf)
    assert [data[0] for data in port.heard] == [0x90, 0x80, CLOCK, 0x90, 0x80]


def test_an_overlapped_note_does_not_cut_its_follower(out, port):
    out.send_note(note("lead", 70, duration=0.1), 5.0)
    out.send_note(note("lead", 70, duration=0.2), 5.05)
    port.play(-math.inf)
    assert kinds(port) == [0x90, 0x80, 0x90, 0x80]


def test_panic_is_silence_at_once_and_for_what_was_waiting(out, port):
    now = time.monotonic()
    out.send_note(note("harmony", 60, duration=5.0), now)
    out.send_note(note("harmony", 64), now + 1)
    port.play(-math.inf, until=time.perf_counter() + 0.5)
    out.panic()
    port.play(-math.inf)
    assert port.heard[:2] == [bytes([0x91, 60, 127]), bytes([0x81, 60, 0])]
    assert bytes([0xB1, 123, 0]) in port.heard
    assert not any(data[1:2] == bytes([64]) for data in port.heard)


def test_after_a_standstill_old_notes_are_left_out_but_not_their_ends_and_clocks(out, port):
    now = time.monotonic()
    out.send_note(note("bass", 40, duration=1.0), now)
    port.play(-math.inf, until=time.perf_counter() + 0.5)
    out.send_note(note("bass", 45, duration=1.0), now + 0.5)
    out.send(bytes([CLOCK]), now + 0.6)
    port.play(time.perf_counter() + 3 + LATEST_S)
    assert [data[0] for data in port.heard] == [0x90, CLOCK, 0x80]


@pytest.fixture
def grid():
    return LiveGrid(120.0)


@pytest.fixture
def listener(out, grid):
    return MidiListener(out, grid, 0.4)


def tell(listener, grid, beats):
    for beat in beats:
        grid.decide(beat / 2)
        listener.ahead(BeatEvent(beat / 2, beat // 4, beat % 4, 120.0), beat / 2 + 0.4)


def test_a_midi_listener_sends_by_itself(listener):
    assert isinstance(listener, Sender)


def test_the_clock_starts_with_a_bar_and_once(listener, grid, port):
    tell(listener, grid, range(2, 12))
    port.play(-math.inf)
    assert port.heard[0] == bytes([START]) and [data[0] for data in port.heard].count(START) == 1
    assert port.heard.count(bytes([CLOCK])) >= 24 * 8


def test_who_counts_clocks_is_stopped_and_started_anew_after_a_panic(listener, grid, port):
    tell(listener, grid, range(6))
    listener.forget()
    assert not any(data[0] in (CLOCK, START) for data in port.heard)
    port.play(-math.inf)
    assert port.heard[-1] == bytes([STOP])
    tell(listener, grid, range(6, 10))
    port.play(-math.inf)
    since = [data[0] for data in port.heard[port.heard.index(bytes([STOP])) :]]
    assert since.count(START) == 1 and CLOCK not in since[: since.index(START)]


def test_the_clock_starts_anew_when_the_music_has_stood(listener, grid, port):
    tell(listener, grid, range(6))
    port.play(-math.inf)
    port.heard.clear()
    tell(listener, grid, range(30, 34))
    port.play(-math.inf)
    places = [data[0] for data in port.heard if data[0] in (STOP, START)]
    assert places == [STOP, START]
    assert port.heard.count(bytes([CLOCK])) < 24 * 60
