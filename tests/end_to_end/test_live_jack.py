"""d2m live on a JACK server, recorded by another program, with scsynth clicking on our beats.

Debian: apt install jackd2 jack-capture supercollider-server.
"""

import json
import shutil
import socket
import struct
import subprocess
import time

import numpy as np
import pytest
import soundfile

from d2m_bridge.audio.player_process import PlayerProcess
from d2m_bridge.audio.playhead import Playhead
from d2m_bridge.daw.check import ask
from d2m_bridge.osc.dialects import SUPERCOLLIDER
from tests.bridge.test_daw_check import free_port
from tests.jack_server import JackServer
from tests.live_takes import RATE, Recorded, start_live

SECONDS = 8
ATTEMPTS = 3  # other programs may have this machine busy for a moment
# scsynth relates JACK's clock to the system's by a loop of 0.012 Hz (SC_TimeDLL) that begins a period or two off.
SETTLED_S = 75.0
CLICK_AT = 0.5  # of scsynth's full scale


def needs(*programs):
    missing = [program for program in programs if not shutil.which(program)]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")


pytestmark = needs("jackd", "jack_capture")


@pytest.fixture
def jack(monkeypatch):
    with JackServer(RATE, period=512) as server:
        monkeypatch.setenv("JACK_DEFAULT_SERVER", server.environment["JACK_DEFAULT_SERVER"])
        yield server


def click_definition():
    """d2m_beat as a file of SuperCollider (SCgf, version 2): one sample of sound where the bundle is dated.

    Line.kr(0, 1, 0.05, doneAction: 2); OffsetOut.ar(0, Impulse.ar(0) * 0.9)
    """

    def name(text):
        return struct.pack(">b", len(text)) + text.encode()

    def unit(kind, rate, inputs, outputs, operator=0):
        head = name(kind) + struct.pack(">biih", rate, len(inputs), len(outputs), operator)
        return head + b"".join(struct.pack(">ii", *one) for one in inputs) + bytes(outputs)

    constants = (0.0, 1.0, 0.05, 2.0, 0.9)
    zero, one, end, free, level = ((-1, place) for place in range(5))  # -1: a constant, else the number of a unit
    control, audio, multiply = 1, 2, 2
    units = (
        unit("Line", control, [zero, one, end, free], [control]),
        unit("Impulse", audio, [zero, zero], [audio]),
        unit("BinaryOpUGen", audio, [(1, 0), level], [audio], multiply),
        unit("OffsetOut", audio, [zero, (2, 0)], []),
    )
    head = b"SCgf" + struct.pack(">ih", 2, 1) + name("d2m_beat")
    values = struct.pack(">i5fii", len(constants), *constants, 0, 0)
    return head + values + struct.pack(">i", len(units)) + b"".join(units) + struct.pack(">h", 0)


@pytest.fixture
def scsynth(jack, tmp_path):
    """The port of a SuperCollider server that has the synth d2m_beat."""
    (tmp_path / "d2m_beat.scsyndef").write_bytes(click_definition())
    port = free_port()
    command = [shutil.which("scsynth"), "-u", str(port), "-i", "0", "-o", "2", "-B", "127.0.0.1"]
    environment = {**jack.environment, "SC_SYNTHDEF_PATH": str(tmp_path)}
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        for number in (1, 2):
            jack.wait_for(f"SuperCollider:out_{number}")
            jack.connect(f"SuperCollider:out_{number}", f"system:playback_{number}")
        yield port
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
            opened.sendto(b"/quit\0\0\0,\0\0\0", ("127.0.0.1", port))  # a killed one leaves its shared memory behind
        server.wait(10)


def captured(jack, model, folder, ports, *arguments):
    """What jack_capture took of the ports while d2m live played, float32 [N, ports], and the figures it ended with."""
    folder.mkdir()
    player = start_live(jack.environment, model, folder, SECONDS, "--audio", "system", "--bpm", "125", *arguments)
    try:
        jack.wait_for("PortAudio:out_1")
        capture = [
            "jack_capture", "-ns", "-s", "-dc", "-b", "FLOAT", "-f", "wav", "-d", str(SECONDS + 20),
            *(word for port in ports for word in ("-p", port)), str(folder / "captured.wav"),
        ]  # fmt: skip
        recorder = subprocess.Popen(capture, env=jack.environment, stdout=subprocess.DEVNULL)
        try:
            figures = json.loads(player.communicate(timeout=60)[0])
        finally:
            recorder.terminate()
            recorder.wait(10)
    finally:
        player.kill()
        player.wait()
    return soundfile.read(folder / "captured.wav", dtype="float32")[0], figures


def undisturbed(jack, model, folder, *arguments):
    for attempt in range(ATTEMPTS):
        samples, figures = captured(jack, model, folder / str(attempt), *arguments)
        if figures["underruns"] == 0 == figures["late_blocks"]:
            return samples, Recorded(samples[:, :2], folder / str(attempt))
    return pytest.skip("this machine is too busy for sound")


def slips_within(seconds):
    """How often JACK did not keep up meanwhile."""
    player = PlayerProcess("system", RATE)
    playhead, written = Playhead(RATE, None), 0
    block = np.zeros((RATE // 100, 2), np.float32)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for report in player.take():
            playhead.push(report)
        if written - playhead.taken < RATE // 2:
            player.write(block)
            written += len(block)
        else:
            time.sleep(0.05)
    player.close()
    return playhead.slips


def test_an_outside_recorder_hears_every_sample_of_the_take(jack, model_folder, tmp_path):
    _, ours = undisturbed(jack, model_folder, tmp_path, ["PortAudio:out_0", "PortAudio:out_1"])
    seconds, differing = ours.seconds_and_differing()
    assert seconds > SECONDS - 4 and differing == 0


@pytest.mark.slow
@pytest.mark.real_time
@needs("scsynth")
def test_scsynth_hits_our_beats_within_a_millisecond(jack, scsynth, model_folder, tmp_path):
    assert any(ask(SUPERCOLLIDER.check, "127.0.0.1", scsynth) for _ in range(20))  # it listens a little after it plays
    if slips_within(SETTLED_S):
        pytest.skip("this machine is too busy for scsynth to find JACK's clock")
    ports = ["PortAudio:out_0", "PortAudio:out_1", "SuperCollider:out_1"]
    goal = ["--osc", f"127.0.0.1:{scsynth}", "--dialect", "supercollider"]
    samples, ours = undisturbed(jack, model_folder, tmp_path, ports, *goal)
    beats = ours.first + np.array([beat["t"] for beat in ours.of_type("beat")]) * RATE
    beats = beats[(beats > 0) & (beats < len(samples) - RATE)]
    clicks = np.nonzero(samples[:, 2] > CLICK_AT)[0]
    assert len(beats) >= 10
    apart_ms = np.array([clicks[np.abs(clicks - beat).argmin()] - beat for beat in beats]) / RATE * 1000
    print("scsynth against the audio beat, ms:", np.round(apart_ms, 3))
    assert np.abs(apart_ms).max() < 1.0
