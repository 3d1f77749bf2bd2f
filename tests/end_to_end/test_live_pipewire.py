"""d2m live through PipeWire's JACK, recorded by pw-record."""

import signal
import subprocess

import pytest
import soundfile

from tests.live_takes import RATE, Recorded, start_live
from tests.pipewire_server import SINK, PipeWire

SECONDS = 8


def record(environment, model, folder):
    """What pw-record took of a session."""
    command = [
        "pw-record", "--target", f"{SINK}.monitor", "-P", "{ stream.capture.sink=true }", "--rate", str(RATE),
        "--channels", "2", "--format", "f32", str(folder / "recorded.wav"),
    ]  # fmt: skip
    recorder = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        player = start_live(environment, model, folder, SECONDS, "--audio", "D2mTest", "--bpm", "125")
        try:
            player.communicate(timeout=60)
        finally:
            player.kill()
            player.wait()
    finally:
        recorder.send_signal(signal.SIGINT)
        recorder.wait(10)
    return Recorded(soundfile.read(folder / "recorded.wav", dtype="float32")[0], folder)


@pytest.mark.real_time
def test_pipewire_brings_every_sample_to_an_outside_recorder(model_folder, tmp_path):
    with PipeWire(RATE) as pipewire:
        seconds, differing = record(pipewire.environment, model_folder, tmp_path).seconds_and_differing()
    assert seconds > SECONDS - 4 and differing == 0
