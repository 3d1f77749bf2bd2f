"""Real ports: the ALSA sequencer where the kernel has one, else a JACK server that the test starts."""

import math
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.errors import InputError
from d2m_bridge.osc.sender import MonotonicClock
from d2m_bridge.sync.master import MasterState
from d2m_bridge.sync.midi_clock import CLOCK, MidiClockOut
from d2m_bridge.sync.midi_control import MidiControl
from d2m_bridge.sync.midi_master import MidiMaster
from d2m_bridge.sync.midi_out import MidiOut
from d2m_bridge.sync.midi_ports import MidiInPort, MidiOutDevice, MidiOutPort, list_ports
from d2m_bridge.sync.midi_voices import Rank
from d2m_bridge.sync.post import Letter
from d2m_bridge.timeline import NoteEvent

pytestmark = pytest.mark.real_time
SERVER = f"d2m-test-{os.getpid()}"


@pytest.fixture(scope="module")
def midi_system():
    """Yields a function that takes the MIDI system away, or None where that cannot be done."""
    pytest.importorskip("rtmidi", reason="needs python-rtmidi")
    if Path("/dev/snd/seq").exists() or sys.platform == "darwin":
        yield None
        return
    if not shutil.which("jackd"):
        pytest.skip("this machine has no MIDI system: no /dev/snd/seq, no jackd")
    command = ["jackd", "-n", SERVER, "-R", "-d", "dummy", "-r", "48000", "-p", "128"]
    before = os.environ.get("JACK_DEFAULT_SERVER")
    os.environ["JACK_DEFAULT_SERVER"] = SERVER
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(50):
            time.sleep(0.1)
            try:
                list_ports()
                break
            except InputError:
                continue
        else:
            pytest.skip("jackd does not start here")
        yield server.terminate
    finally:
        server.terminate()
        server.wait(5)
        if before is None:
            del os.environ["JACK_DEFAULT_SERVER"]
        else:
            os.environ["JACK_DEFAULT_SERVER"] = before


def send(port, data):
    port.post(Letter(time.perf_counter(), data, rank=Rank.PLAIN, latest_s=math.inf))


@pytest.fixture
def pair(midi_system):
    sink = MidiInPort("d2m-test-sink", virtual=True)
    source = MidiOutPort("d2m-test-sink")
    yield source, sink
    source.close()
    source.close()
    sink.close()
    sink.close()


def test_ports_are_listed_and_opened_by_a_part_of_their_name(pair):
    source, sink = pair
    assert any("d2m-test-sink" in name for name in list_ports().outputs)
    assert "d2m-test-sink" in source.name
    assert sink.name == "d2m-test-sink"
    send(source, bytes([0x99, 36, 100]))
    time.sleep(0.2)
    ((arrival, data),) = sink.take(time.monotonic())
    assert data == bytes([0x99, 36, 100])
    assert 0 <= time.monotonic() - arrival < 1
    assert list(sink.take(time.monotonic())) == []


def test_knobs_and_pads_are_told_and_a_refusal_ends_nothing(midi_system):
    heard = []

    def hear(source, values):
        heard.append((source, *values))
        if source.startswith("note"):
            raise InputError("not now")
        return True

    with MidiControl("new:d2m-test-knobs", hear) as control:
        desk = MidiOutDevice("d2m-test-knobs")
        for data in (b"\xb0\x4a\x7f", b"\x99\x24\x7f", b"\xf8", b"\xb0\x4a\x00"):
            desk.send(data)
        until = time.monotonic() + 30
        while len(heard) < 3 and time.monotonic() < until:
            time.sleep(0.01)
        assert control.name == "d2m-test-knobs" and control.received == 3
    control.close()
    assert heard == [("cc 1 74", 1.0), ("note 10 36", 1.0), ("cc 1 74", 0.0)]


def test_a_missing_port_is_one_clear_line_that_names_those_that_exist(pair):
    for open_port in (lambda: MidiOutPort("no such synth"), lambda: MidiInPort("no such synth")):
        with pytest.raises(InputError, match="no such synth") as caught:
            open_port()
        assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="d2m-test-sink"):
        MidiOutPort("no such synth")


def test_a_name_that_fits_several_ports_is_refused(midi_system):
    sinks = [MidiInPort(f"d2m-twin-{place}", virtual=True) for place in range(2)]
    try:
        with pytest.raises(InputError, match="2 MIDI outputs contain 'd2m-twin'"):
            MidiOutPort("d2m-twin")
    finally:
        for sink in sinks:
            sink.close()


def clock_over_ports():
    """Arrivals of a clock at 120 BPM at one port, and how far a master at another is from it, s."""
    clock = MonotonicClock()
    master, witness = MidiMaster(None), MidiInPort("d2m-test-witness", virtual=True)
    outs = [MidiOut(MidiOutPort(name), clock) for name in ("d2m clock in", "d2m-test-witness")]
    start = clock.now() + 0.2
    ticks = MidiClockOut(BeatGrid(np.array([start, start + 0.5]), "test"))
    ticks.start(0)
    arrivals, errors = [], []
    try:
        assert master.target(clock.now()) is None
        assert master.state is MasterState.WAITING
        while clock.now() < start + 4.0:
            for message in ticks.due(clock.now() + 0.2):
                for out in outs:
                    out.send(message.data, message.due)
            now = clock.now()
            arrivals += [t for t, data in witness.take(now) if data == bytes([CLOCK])]
            target = master.target(now)
            if target and now > start + 3.0:
                errors.append((target.beat - (now - start) * 2) * 0.5)
            time.sleep(1 / 30)
        assert master.state is MasterState.LOCKED
        assert master.playing
    finally:
        for port in (*outs, witness, master, master):
            port.close()
    return arrivals, errors


def test_a_clock_over_a_real_port_is_steady_and_can_be_followed(midi_system):
    arrivals, errors = clock_over_ports()
    assert len(arrivals) > 150
    assert np.std(np.diff(arrivals)) <= 0.0025
    assert np.abs(errors).max() < 0.010


def test_notes_of_a_killed_process_end_and_its_successor_plays_on(pair):
    source, sink = pair
    out = MidiOut(source, MonotonicClock())
    now = time.monotonic()
    out.send_note(NoteEvent(0.0, 30.0, "bass", 40, 1.0, 0, 1), now)
    for beat in range(1, 11):
        out.send_note(NoteEvent(0.0, 0.1, "drums", 36, 1.0, 0, 1), now + beat / 4)
    time.sleep(1.1)
    source._process.kill()
    time.sleep(2.0)
    heard = [data for _, data in sink.take(time.monotonic())]
    assert heard[0] == bytes([0x90, 40, 127]) and bytes([0xB0, 123, 0]) in heard
    ons = [place for place, data in enumerate(heard) if data[0] == 0x99]
    assert 7 <= len(ons) <= 10 and ons[-1] > heard.index(bytes([0xB0, 123, 0]))
    assert "d2m-test-sink" in source.problem


def test_an_input_can_be_closed_in_the_midst_of_messages(midi_system):
    """In a process of its own: a driver's thread that dies with Python's lock would freeze this one."""
    code = (
        "import threading, time\n"
        "from d2m_bridge.sync.midi_ports import MidiInPort, MidiOutDevice\n"
        "def flood(port):\n"
        "    while running: port.send(b'\\xf8'); time.sleep(1e-4)\n"
        "for n in range(8):\n"
        "    sink = MidiInPort(f'd2m-closing-{n}', virtual=True); source = MidiOutDevice(f'd2m-closing-{n}')\n"
        "    running = True; thread = threading.Thread(target=flood, args=(source,)); thread.start()\n"
        "    time.sleep(0.1); taken = list(sink.take(time.monotonic())); sink.close()\n"
        "    running = False; thread.join(); assert taken\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30, cwd=Path(__file__).parents[2])


def test_no_rtmidi_is_one_clear_line_with_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "rtmidi", None)
    with pytest.raises(InputError, match="pip install python-rtmidi") as caught:
        MidiInPort("any")
    assert "\n" not in str(caught.value)


def test_a_midi_system_that_goes_away_raises_nothing(pair, midi_system):
    """The last test of this file: there is no MIDI system after it."""
    if midi_system is None:
        pytest.skip("this machine's MIDI system is not ours to stop")
    source, sink = pair
    midi_system()
    time.sleep(0.5)
    for _ in range(100):
        send(source, bytes([CLOCK]))
    assert list(sink.take(time.monotonic())) == []
    source.close()
    sink.close()
    with pytest.raises(InputError, match="no MIDI system"):
        list_ports()
