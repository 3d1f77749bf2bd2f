import socket
import threading
import time

import numpy as np
import pytest
import soundfile

from d2m_bridge.errors import InputError
from d2m_bridge.osc import reastream
from d2m_bridge.osc.audio_stream import AudioEncoder
from d2m_bridge.pipeline.receive import receive
from d2m_bridge.timeline import AudioBlock

pytestmark = pytest.mark.real_time

RATE = 44100


def noise(count, channels=2):
    return np.random.default_rng(1).uniform(-1, 1, (count, channels)).astype(np.float32)


@pytest.fixture
def port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind(("127.0.0.1", 0))
        return opened.getsockname()[1]


def received(port, path, datagrams, **options):
    """Records on a thread while the datagrams are sent, at a pace that no buffer minds."""
    result = []

    def run():
        try:
            result.append(receive(port, path, **options))
        except InputError as error:
            result.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(0.3)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for index, datagram in enumerate(datagrams):
            sender.sendto(datagram, ("127.0.0.1", port))
            if index % 50 == 49:
                time.sleep(0.01)
    thread.join(10)
    assert not thread.is_alive()
    return result[0]


def test_blobs_become_a_wav_file_bit_exact(port, tmp_path):
    samples = noise(30_001)
    datagrams = AudioEncoder(1, RATE, 2, 32).encode(AudioBlock(0, samples))
    report = received(port, tmp_path / "take.wav", datagrams, quiet_s=0.4)
    heard, rate = soundfile.read(tmp_path / "take.wav", dtype="float32")
    np.testing.assert_array_equal(heard, samples)
    assert rate == report.rate == RATE
    assert (report.frames, report.channels, report.lost, report.ignored) == (30_001, 2, 0, 0)


def test_reastream_becomes_a_wav_file_bit_exact(port, tmp_path):
    samples = noise(30_001, 1)
    report = received(port, tmp_path / "take.wav", reastream.encode(samples, 48000), quiet_s=0.4)
    heard, rate = soundfile.read(tmp_path / "take.wav", dtype="float32", always_2d=True)
    np.testing.assert_array_equal(heard, samples)
    assert rate == report.rate == 48000


def test_lost_blocks_are_silence_and_said(port, tmp_path):
    datagrams = AudioEncoder(1, RATE, 2, 16).encode(AudioBlock(0, noise(30_001)))
    report = received(port, tmp_path / "take.wav", datagrams[:20] + datagrams[25:], quiet_s=0.4)
    assert (report.frames, report.lost) == (30_001, 5)


@pytest.mark.parametrize(
    "encode", [AudioEncoder(1, RATE, 2).encode, lambda block: reastream.encode(block.samples, RATE)]
)
def test_it_ends_after_the_seconds_asked_for_to_the_sample(port, tmp_path, encode):
    report = received(port, tmp_path / "take.wav", encode(AudioBlock(0, noise(30_001))), seconds=0.5)
    assert report.frames == soundfile.info(tmp_path / "take.wav").frames == RATE // 2


def test_rubbish_and_other_formats_are_ignored(port, tmp_path):
    datagrams = [b"rubbish", *reastream.encode(noise(100), RATE), *reastream.encode(noise(10, 1), RATE), b"/d2m/beat"]
    report = received(port, tmp_path / "take.wav", datagrams, quiet_s=0.4)
    assert (report.frames, report.channels, report.ignored) == (100, 2, 3)


def test_stopping_ends_it_and_the_file_is_whole(port, tmp_path):
    stop = threading.Event()
    threading.Timer(1.0, stop.set).start()
    report = received(port, tmp_path / "take.wav", reastream.encode(noise(1000), RATE), stop=stop)
    assert report.frames == soundfile.info(tmp_path / "take.wav").frames == 1000


def test_no_sound_at_all_is_one_clear_line_and_no_file(port, tmp_path):
    stop = threading.Event()
    threading.Timer(0.4, stop.set).start()
    error = received(port, tmp_path / "take.wav", [b"rubbish"], stop=stop)
    assert isinstance(error, InputError)
    assert str(port) in str(error)
    assert list(tmp_path.iterdir()) == []


def test_a_taken_port_is_one_clear_line(tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind(("127.0.0.1", 0))
        with pytest.raises(InputError, match="in use"):
            receive(opened.getsockname()[1], tmp_path / "take.wav")
