"""Against liblo, another implementation of OSC (Debian: apt install liblo-tools)."""

import shutil
import socket
import subprocess
import threading
import time

import pytest

from d2m_bridge.osc.commands import Play, SetStemGain, SetStemMute, SetStyle, SetTempo
from d2m_bridge.osc.inlet import OscInlet
from d2m_bridge.osc.messages import ClockMessage, PersonMessage, PlayingMessage, TempoMessage
from d2m_bridge.osc.targets import OscTargets, Target
from d2m_bridge.timeline import BeatEvent, NoteEvent

pytestmark = pytest.mark.skipif(
    not shutil.which("oscdump") or not shutil.which("oscsend"), reason="liblo-tools missing"
)


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind(("127.0.0.1", 0))
        return opened.getsockname()[1]


def test_liblo_reads_what_we_send():
    port = free_port()
    dump = subprocess.Popen([shutil.which("oscdump"), "-L", str(port)], stdout=subprocess.PIPE, text=True)
    try:
        messages = [
            BeatEvent(1.5, 2, 3, 120.0),
            NoteEvent(1.5, 0.25, "bass", 40, 0.75, 9, 2),
            PlayingMessage(True),
            ClockMessage("link", True, -1.5, 23.0, 10.0),
            PersonMessage(1, tuple(n / 64 for n in range(51))),
        ]
        with OscTargets([Target("127.0.0.1", port)]) as targets:
            wait_until_heard(dump, targets)
            targets.send(messages)
            targets.send([PlayingMessage(False)])
            lines = [line_of(dump) for _ in range(6)]
    finally:
        dump.kill()
        dump.wait()
        dump.stdout.close()
    assert lines[0].split() == ["/d2m/beat", "iiff", "2", "3", "120.000000", "1.500000"]
    assert lines[1].split() == ["/d2m/note", "siffif", '"bass"', "40", "0.750000", "0.250000", "9", "1.500000"]
    assert lines[2].split() == ["/d2m/playing", "i", "1"]
    assert lines[3].split() == ["/d2m/clock", "sifff", '"link"', "1", "-1.500000", "23.000000", "10.000000"]
    assert lines[4].split()[:3] == ["/d2m/person/1", "f" * 51, "0.000000"]
    assert len(lines[4].split()) == 2 + 51
    assert lines[5].split() == ["/d2m/playing", "i", "0"]


def test_we_read_what_liblo_sends():
    taken = []
    with OscInlet(0, lambda command, sender: taken.append(command)) as inlet:
        for arguments in (
            ["/d2m/play"],
            ["/d2m/play", "f", "0.0"],
            ["/d2m/tempo", "i", "120"],
            ["/d2m/tempo", "d", "120.5"],
            ["/d2m/style", "s", "house"],
            ["/d2m/stem/bass/gain", "f", "-6"],
            ["/d2m/stem/bass/mute", "T"],
            ["/d2m/tempo", "s", "fast"],
        ):
            received = inlet.received
            subprocess.run([shutil.which("oscsend"), "127.0.0.1", str(inlet.port), *arguments], check=True)
            deadline = time.monotonic() + 5
            while inlet.received == received:
                assert time.monotonic() < deadline
                time.sleep(0.005)
    assert taken == [
        Play(),
        SetTempo(120.0),
        SetTempo(120.5),
        SetStyle("house"),
        SetStemGain("bass", -6.0),
        SetStemMute("bass", True),
    ]
    assert (inlet.refused, inlet.malformed) == (1, 0)


def line_of(dump):
    """The next message without its date, past those that woke it."""
    while True:
        line = dump.stdout.readline()
        text = line[line.index("/") :]
        if not text.startswith("/d2m/tempo"):
            return text


def wait_until_heard(dump, targets):
    heard = threading.Event()

    def listen():
        dump.stdout.readline()
        heard.set()

    threading.Thread(target=listen, daemon=True).start()
    for _ in range(200):
        targets.send([TempoMessage(1.0)])
        if heard.wait(0.05):
            return
    pytest.fail("oscdump does not start")
