"""d2m live, devices and doctor as a shell calls them, with an untrained model and a made-up dancer."""

import json
import socket
import threading
import time
import urllib.request
from contextlib import suppress

import numpy as np
import pytest
import soundfile
from pythonosc.osc_packet import OscPacket

from d2m_bridge.cli import connections
from d2m_bridge.pipeline.receive import receive
from tests.media import moving_square, write_video

pytestmark = pytest.mark.real_time


@pytest.fixture
def clip(tmp_path):
    return write_video(tmp_path / "dance.mp4", moving_square(50))


def live(d2m, clip, *arguments):
    return d2m("live", "--model", d2m.model, "--camera", clip, "--audio", "null", *arguments)


def test_a_session_ends_with_its_figures_and_leaves_a_take(d2m, clip, tmp_path):
    done = live(d2m, clip, "--sync", "fixed", "--bpm", 120, "--duration", 2, "--record", tmp_path / "takes", "--json")
    assert done.code == 0
    figures = json.loads(done.out)
    assert {"underruns", "pose_to_event_ms", "beat_jitter_ms", "fps", "rss_growth_mb", "cpu_share"} <= figures.keys()
    assert figures["bpm"] == 120 and 2 <= figures["seconds"] < 4
    assert any(line.startswith("d2m: READY") for line in done.err)
    samples, rate = soundfile.read(tmp_path / "takes" / "take001.wav")
    assert rate == 44100 and len(samples) > 44100
    live(d2m, clip, "--duration", 0.5, "--record", tmp_path / "takes")
    assert (tmp_path / "takes" / "take002.wav").exists()


def test_events_reach_an_osc_receiver_and_nobody_else(d2m, clip, tmp_path, udp_receiver):
    port = udp_receiver.getsockname()[1]
    arguments = ["--sync", "fixed", "--bpm", 180, "--duration", 2, "--osc", f"127.0.0.1:{port}"]
    live(d2m, clip, *arguments, "--record", tmp_path)
    udp_receiver.settimeout(0.2)
    addresses = set()
    while True:
        try:
            packet = OscPacket(udp_receiver.recv(2048))
        except TimeoutError:
            break
        addresses |= {timed.message.address for timed in packet.messages}
    assert {"/d2m/beat", "/d2m/beat/next", "/d2m/downbeat", "/d2m/energy", "/d2m/heartbeat"} <= addresses
    assert {"/d2m/playing", "/d2m/recording", "/d2m/state", "/d2m/tempo"} <= addresses
    assert any(address.startswith("/d2m/person/") for address in addresses)


def test_finished_clips_are_told_and_the_leader_too(d2m, clip, tmp_path, udp_receiver):
    port = udp_receiver.getsockname()[1]
    heard = []
    ended = threading.Event()

    def listen():  # all the time: the system keeps a few hundred datagrams only
        udp_receiver.settimeout(0.2)
        while not ended.is_set():
            with suppress(TimeoutError):
                heard.extend(timed.message for timed in OscPacket(udp_receiver.recv(2048)).messages)

    listener = threading.Thread(target=listen)
    listener.start()
    arguments = ["--sync", "fixed", "--bpm", 240, "--duration", 6.5, "--osc", f"127.0.0.1:{port}"]
    live(d2m, clip, *arguments, "--record", tmp_path)
    time.sleep(0.3)
    ended.set()
    listener.join()
    clips = [message.params for message in heard if message.address == "/d2m/clip"]
    assert clips and [stem for *_, stem in clips[:5]] == ["mix", "drums", "bass", "harmony", "lead"]
    for path, bar, beats, bpm, _ in clips:
        info = soundfile.info(path)
        assert bpm == pytest.approx(240, rel=1e-3) and info.frames == pytest.approx(beats * 44100 / 4, abs=2)
        assert 0 <= bar < 8 and beats % 4 == 0
    clocks = [message.params for message in heard if message.address == "/d2m/clock"]
    assert len(clocks) >= 5
    for source, locked, phase_ms, latency_ms, offset_ms in clocks[2:]:
        assert (source, locked, latency_ms, offset_ms) == ("fixed", 1, 0, 0)
        assert abs(phase_ms) < 1


def test_controllers_find_a_discoverable_session(d2m, clip):
    found = []

    def controller():
        """Asks as soon as the session says where."""
        until = time.monotonic() + 40
        while time.monotonic() < until and not found:
            for address in asked_for:
                try:
                    with urllib.request.urlopen(address, timeout=5) as answer:
                        found.append(json.load(answer))
                except OSError:
                    time.sleep(0.05)
            time.sleep(0.05)

    asked_for = []
    said = connections.complain

    def overhear(text):
        said(text)
        if text.startswith("OSCQuery: "):
            asked_for.append(text.removeprefix("OSCQuery: ") + "/")
            asked_for.append(text.removeprefix("OSCQuery: ") + "/?HOST_INFO")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connections, "complain", overhear)
        thread = threading.Thread(target=controller)
        thread.start()
        done = live(d2m, clip, "--duration", 3, "--osc-in", 0, "--discoverable")
        thread.join(60)
    assert done.code == 0 and asked_for[0].startswith("http://127.0.0.1:")
    tree, info = found[:2]
    assert tree["CONTENTS"]["d2m"]["CONTENTS"]["tempo"]["TYPE"] == "f"
    assert f"d2m: obeying OSC on 127.0.0.1:{info['OSC_PORT']}" in done.err


def test_who_does_not_listen_cannot_be_found(d2m, clip):
    done = live(d2m, clip, "--duration", 1, "--discoverable")
    assert done.code == 2 and "--osc-in" in done.err[-1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--camera", "no-such-film.mp4"], "no such file"),
        (["--sync", "fixed", "--bpm", "500"], "40 to 240"),
        (["--buffer-ms", "5"], "300 to 2000"),
        (["--style", "polka"], "polka"),
        (["--seed", "-1"], "--seed -1"),
        (["--osc", "nowhere"], "HOST:PORT"),
        (["--audio", "no such loudspeaker"], ""),
    ],
)
def test_what_cannot_be_is_one_line_and_code_2(d2m, clip, arguments, said):
    done = d2m("live", "--model", d2m.model, "--camera", clip, "--audio", "null", "--duration", 1, *arguments)
    assert done.code == 2 and done.out == ""
    complaints = [line for line in done.err if line.startswith("d2m: ")]
    assert len(complaints) == 1 and said in complaints[0]


def test_a_port_in_use_is_told(d2m, clip):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        done = live(d2m, clip, "--duration", 1, "--osc-in", taken.getsockname()[1])
    assert done.code == 2
    assert str(taken) and any("port" in line for line in done.err)


def test_devices_lists_what_there_is(d2m):
    done = d2m("devices")
    assert done.code == 0
    assert "cameras" in done.out and "null" in done.out


def test_the_doctor_has_a_verdict_for_every_part_and_a_remedy_for_what_ails(d2m):
    done = d2m("doctor", "--json")
    findings = {finding["part"]: finding for finding in json.loads(done.out)}
    assert set(findings) == {"camera", "sound", "GPU", "models", "poses", "music", "OSC"}
    assert all(finding["verdict"] in ("good", "poor", "bad") for finding in findings.values())
    assert all(finding["remedy"] for finding in findings.values() if finding["verdict"] != "good")
    assert findings["OSC"]["verdict"] == "good"
    assert (done.code == 2) == any(finding["verdict"] == "bad" for finding in findings.values())


def test_the_mix_can_be_received_as_it_is_made(d2m, clip, tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    received = []
    thread = threading.Thread(target=lambda: received.append(receive(port, tmp_path / "heard.wav", 1.0, quiet_s=20)))
    thread.start()
    live(d2m, clip, "--sync", "fixed", "--duration", 4, "--record", tmp_path, "--send-audio", f"127.0.0.1:{port}")
    thread.join(30)
    assert received[0].lost == 0 and received[0].rate == 44100
    heard, _ = soundfile.read(tmp_path / "heard.wav")
    take, _ = soundfile.read(tmp_path / "take001.wav")
    first = np.correlate(heard[:4096, 0] + heard[:4096, 1], take[:2048].sum(axis=1), "valid").argmax()
    np.testing.assert_allclose(heard[first : first + 20000], take[:20000], atol=2e-4)
