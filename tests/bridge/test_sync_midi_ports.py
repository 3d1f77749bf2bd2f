"""Real ports: the ALSA sequencer where the kernel has one, else a JACK server that the test starts."""

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
from d2m_bridge.sync.midi_master import MidiMaster
from d2m_bridge.sync.midi_out import MidiOut
from d2m_bridge.sync.midi_ports import MidiInPort, MidiOutPort, list_ports

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
    command = ["jackd", "-n", SERVER, "--no-realtime", "-d", "dummy", "-r", "48000", "-p", "128"]
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


@pytest.fixture
def pair(midi_system):
    sink = MidiInPort("d2m-test-sink", MonotonicClock(), virtual=True)
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
    source.send(bytes([0x99, 36, 100]))
    time.sleep(0.2)
    ((arrival, data),) = sink.take()
    assert data == bytes([0x99, 36, 100])
    assert 0 <= time.monotonic() - arrival < 1
    assert list(sink.take()) == []
    assert (source.sent, source.failed) == (1, 0)


def test_a_missing_port_is_one_clear_line_that_names_those_that_exist(pair):
    for open_port in (lambda: MidiOutPort("no such synth"), lambda: MidiInPort("no such synth", MonotonicClock())):
        with pytest.raises(InputError, match="no such synth") as caught:
            open_port()
        assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="d2m-test-sink"):
        MidiOutPort("no such synth")


def test_a_name_that_fits_several_ports_is_refused(midi_system):
    sinks = [MidiInPort(f"d2m-twin-{place}", MonotonicClock(), virtual=True) for place in range(2)]
    try:
        with pytest.raises(InputError, match="2 MIDI outputs contain 'd2m-twin'"):
            MidiOutPort("d2m-twin")
    finally:
        for sink in sinks:
            sink.close()


def test_a_clock_over_a_real_port_is_steady_and_can_be_followed(midi_system):
    clock = MonotonicClock()
    master = MidiMaster(None, clock)
    out = MidiOut(MidiOutPort("d2m clock in"), clock)
    start = clock.now() + 0.2
    grid = BeatGrid(np.array([start, start + 0.5]), "test")
    ticks = MidiClockOut(grid)
    ticks.start(0)
    arrivals = []
    witness = MidiInPort("d2m-test-witness", clock, virtual=True)
    witness_out = MidiOut(MidiOutPort("d2m-test-witness"), clock)
    errors = []
    try:
        assert master.target(clock.now()) is None
        assert master.state is MasterState.WAITING
        while clock.now() < start + 5.0:
            for message in ticks.due(clock.now() + 0.2):
                out.send(message.data, message.due)
                witness_out.send(message.data, message.due)
            arrivals += witness.take()
            now = clock.now()
            target = master.target(now)
            if target and now > start + 3.0:
                errors.append((target.beat - (now - start) * 2) * 0.5)
            time.sleep(1 / 30)
        assert master.state is MasterState.LOCKED
        assert master.playing
    finally:
        out.close()
        witness_out.close()
        witness.close()
        master.close()
        master.close()
    times = [t for t, data in arrivals if data == bytes([CLOCK])]
    assert np.std(np.diff(times)) <= 0.0025
    assert np.abs(errors).max() < 0.010


def test_no_rtmidi_is_one_clear_line_with_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "rtmidi", None)
    with pytest.raises(InputError, match="pip install python-rtmidi") as caught:
        list_ports()
    assert "\n" not in str(caught.value)


def test_a_midi_system_that_goes_away_raises_nothing(pair, midi_system):
    """The last test of this file: there is no MIDI system after it."""
    if midi_system is None:
        pytest.skip("this machine's MIDI system is not ours to stop")
    source, sink = pair
    midi_system()
    time.sleep(0.5)
    for _ in range(100):
        source.send(bytes([CLOCK]))
    assert list(sink.take()) == []
    source.close()
    sink.close()
    with pytest.raises(InputError, match="no MIDI system"):
        list_ports()
