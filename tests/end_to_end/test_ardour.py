"""Ardour without a screen records d2m live, a marker at each bar (Debian: apt install ardour, and PipeWire).

Through PipeWire's JACK: jackd 1.9.21 loses track of its clients when Ardour and others come at the same time.
"""

import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from d2m_bridge.daw.check import ask
from d2m_bridge.osc.dialects import ARDOUR
from tests.live_takes import RATE, Recorded, start_live
from tests.pipewire_server import LIBJACK, PipeWire

BPM = 120.0
A_16TH_S = 60 / BPM / 4  # Ardour puts a marker where it plays when it reads the message
LIBRARY = next(iter(Path("/usr/lib").glob("ardour[0-9]*")), None)
HEADLESS = next(iter(LIBRARY.glob("hardour-*")), None) if LIBRARY else None
LUA = next((found for n in "6789" if (found := shutil.which(f"ardour{n}-lua"))), None)
pytestmark = pytest.mark.skipif(not (HEADLESS and LUA), reason="Ardour is not installed")

MAKE_SESSION = """
AudioEngine:set_backend("None (Dummy)", "", "")
local s = create_session("{folder}", "Set", {rate})
assert(s)
s:new_audio_track(2, 2, nil, 1, "Dance", ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal, true)
s:save_state("Set")
close_session()
quit()
"""


def make_session(home):
    """A session of one armed stereo track, whose OSC is on."""
    folder = home / "Set"
    (home / "make.lua").write_text(MAKE_SESSION.format(folder=folder, rate=RATE))
    subprocess.run(
        [LUA, str(home / "make.lua")], env={**os.environ, "HOME": str(home)}, stdin=subprocess.DEVNULL,
        capture_output=True, timeout=90, check=False,
    )  # fmt: skip
    session = folder / "Set.ardour"
    text = session.read_text()
    off = 'name="Open Sound Control (OSC)" active="0"'
    assert off in text
    session.write_text(text.replace(off, off.replace('"0"', '"1"')))
    return session


class Hardour:
    """Ardour, steered over OSC."""

    def __init__(self, jack, home, session):
        major = LIBRARY.name.removeprefix("ardour")
        environment = {
            **jack.environment, "HOME": str(home), "LD_LIBRARY_PATH": f"{LIBJACK}:{LIBRARY}",
            "ARDOUR_DLL_PATH": str(LIBRARY), "ARDOUR_DATA_PATH": f"/usr/share/ardour{major}",
            "ARDOUR_CONFIG_PATH": f"/etc/ardour{major}", "ARDOUR_SURFACES_PATH": str(LIBRARY / "surfaces"),
            "ARDOUR_BACKEND_PATH": str(LIBRARY / "backends"),
        }  # fmt: skip
        command = [str(HEADLESS), "-c", "ardour", str(session.parent), "Set"]
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.port = ARDOUR.port

    def say(self, address, *arguments):
        from pythonosc.udp_client import SimpleUDPClient

        SimpleUDPClient("127.0.0.1", self.port).send_message(address, list(arguments))

    def wait_until_it_answers(self):
        until = time.monotonic() + 60
        while ask(ARDOUR.check, "127.0.0.1", self.port) is None:
            assert self._process.poll() is None and time.monotonic() < until, "Ardour does not start"

    def close(self):
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def play_to(jack, ardour, model, folder):
    """d2m live leads Ardour: it starts the transport, records, and sets a marker at every bar."""
    goal = ["--osc", f"127.0.0.1:{ardour.port}", "--dialect", "ardour"]
    player = start_live(jack.environment, model, folder, 12, "--audio", "D2mTest", "--bpm", str(BPM), *goal)
    try:
        jack.wait_for("PortAudio:out_1")
        for number, port in enumerate(jack.wait_for("ardour:Dance/audio_in")):
            jack.connect(f"PortAudio:out_{number}", port)
        return json.loads(player.communicate(timeout=60)[0])
    finally:
        player.kill()
        player.wait()


def perform(model, folder):
    """A whole session; what d2m said of itself, and the text of Ardour's session file."""
    session = make_session(folder)
    with PipeWire(RATE) as jack:
        ardour = Hardour(jack, folder, session)
        try:
            ardour.wait_until_it_answers()
            time.sleep(1)
            ardour.say("/strip/recenable", 1, 1.0)
            figures = play_to(jack, ardour, model, folder)
            ardour.say("/transport_stop")
            time.sleep(1.5)
            ardour.say("/save_state")
            time.sleep(1.5)
        finally:
            ardour.close()
    return figures, session.read_text()


@pytest.mark.real_time  # and Ardour itself dies at its start at times
def test_ardour_records_every_sample_and_marks_our_bars(model_folder, tmp_path):
    figures, session = perform(model_folder, tmp_path)
    sides = sorted(tmp_path.glob("Set/interchange/Set/audiofiles/*.wav"))
    recorded = np.stack([soundfile.read(side, dtype="float32")[0] for side in sides], axis=1)
    ours = Recorded(recorded, tmp_path)
    seconds, differing = ours.seconds_and_differing()
    print(f"{figures['underruns']} under-runs")
    assert seconds > 6 and differing == 0

    ticks = int(re.search(r'superclocks-per-second="(\d+)"', session)[1])
    region = int(re.search(r'<Region name="Take1_Dance-1.1" .*?length="a\d+@a(\d+)"', session)[1]) / ticks
    marks = re.findall(r'<Location id="\d+" name="(\w+)" start="a(\d+)" [^>]*flags="IsMark"', session)
    bars = [(line["section"], region + ours.first / RATE + line["t"]) for line in ours.of_type("section")]
    assert len(marks) >= 4
    for name, at in marks:
        section, bar = min(bars, key=lambda one: abs(one[1] - int(at) / ticks))
        print(f"marker {name} {1000 * (int(at) / ticks - bar):.1f} ms after our bar")
        assert name == section and abs(int(at) / ticks - bar) < A_16TH_S
