"""The sound device output on a real JACK server (Debian: apt install jackd2), recorded by jack_capture."""

import logging
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from d2m_bridge.audio.device import DeviceOutput
from d2m_bridge.audio.devices import output_devices
from d2m_bridge.audio.player_process import PlayerProcess
from d2m_bridge.errors import DeviceError
from d2m_bridge.sync.session_clock import SessionClock
from tests.jack_server import JackServer

pytestmark = pytest.mark.real_time
RATE = 44100
DELAY_S = 0.6


@pytest.fixture
def jack(monkeypatch):
    with JackServer(RATE) as server:
        monkeypatch.setenv("JACK_DEFAULT_SERVER", server.environment["JACK_DEFAULT_SERVER"])
        monkeypatch.setenv("JACK_NO_START_SERVER", "1")
        yield server


class Asked:
    """A timeline that remembers when which samples were asked for."""

    def __init__(self, clock):
        self._clock = clock
        self.starts, self.stops, self.times = [], [], []

    def __call__(self, position, out):
        out[:] = 0
        self.starts.append(position)
        self.stops.append(position + len(out))
        self.times.append(self._clock.now())
        return 0

    def ahead_s(self, since):
        """How long before its time each sample was asked for, from a moment on."""
        asked = [(stop / RATE + DELAY_S - t) for stop, t in zip(self.stops, self.times, strict=True) if t > since]
        return np.array(asked)


@pytest.fixture
def playing(jack):
    clock = SessionClock()
    output = DeviceOutput("system", RATE, clock)
    asked = Asked(clock)
    clock.restart()
    output.start(asked, DELAY_S)
    yield output, asked, clock
    output.close()
    output.close()


def wait_until(condition, seconds=15.0):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it does not happen"
        time.sleep(0.02)


def test_a_device_is_listed_and_its_latency_is_measured(jack, playing):
    output, asked, _ = playing
    (device,) = output_devices()
    assert (device.name, device.rate, device.host) == ("system", RATE, "JACK Audio Connection Kit")
    assert output.name == "system, JACK Audio Connection Kit"
    wait_until(lambda: len(asked.stops) > 20)
    # JACK's dummy driver delays by two periods; what waits for the device is up to a tenth of a second and a block.
    assert 2 * jack.period / RATE < output.latency_s < 2 * jack.period / RATE + 0.15


def test_a_device_that_vanishes_is_found_again_and_the_beat_is_kept(jack, playing, caplog):
    output, asked, clock = playing
    wait_until(lambda: len(asked.stops) > 20)
    with caplog.at_level(logging.WARNING):
        jack.kill()
        wait_until(lambda: output.stats.lost)
        gone = clock.now()
        assert output.stats.underruns >= 1
        unheard = len(asked.stops)
        wait_until(lambda: len(asked.stops) > unheard + 20)  # the music is taken from the ring, in time
        assert abs(np.median(asked.ahead_s(gone))) < 0.05
        jack.start(RATE)
        wait_until(lambda: not output.stats.lost)
        back = clock.now()
        wait_until(lambda: clock.now() > back + 1.5)
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
    assert "is gone" in caplog.messages[0] and "is back" in caplog.messages[1]
    assert asked.starts == sorted(asked.starts)
    assert np.median(asked.ahead_s(back + 0.7)) == pytest.approx(output.latency_s, abs=0.05)


def test_another_sample_rate_is_converted_and_told(jack, playing, caplog):
    output, asked, clock = playing
    wait_until(lambda: len(asked.stops) > 20)
    with caplog.at_level(logging.WARNING):
        jack.kill()
        wait_until(lambda: output.stats.lost)
        jack.start(48000)
        wait_until(lambda: not output.stats.lost)
        back = clock.now()
        wait_until(lambda: clock.now() > back + 2.0)
    assert "at 48000 Hz: the sound is converted" in caplog.messages[-1]
    late = [t for t in asked.times if t > back + 0.7]
    first, last = asked.times.index(late[0]), len(asked.times) - 1
    asked_rate = (asked.stops[last] - asked.stops[first]) / (asked.times[last] - asked.times[first])
    assert asked_rate == pytest.approx(RATE, rel=0.02)


def test_a_killed_player_is_replaced(playing):
    output, asked, _ = playing
    wait_until(lambda: len(asked.stops) > 20)
    output._player._process.kill()
    wait_until(lambda: output.stats.underruns)
    before = len(asked.stops)
    wait_until(lambda: not output.stats.lost and len(asked.stops) > before + 20)


def test_after_a_standstill_of_the_player_the_sound_is_on_time_again(playing):
    output, asked, clock = playing
    wait_until(lambda: len(asked.stops) > 20)
    player = output._player._process
    player.send_signal(signal.SIGSTOP)
    time.sleep(0.6)
    player.send_signal(signal.SIGCONT)
    again = clock.now()
    wait_until(lambda: clock.now() > again + 1.5)
    assert output.stats.underruns >= 1 and not output.stats.lost
    assert np.median(asked.ahead_s(again + 0.8)) == pytest.approx(output.latency_s, abs=0.05)


@pytest.mark.parametrize("device", ["no such loudspeaker", 99, None])
def test_a_device_that_is_not_there_is_one_clear_line(device, monkeypatch):
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "there is none")
    if device is None and output_devices():
        pytest.skip("this machine has a sound device")
    with pytest.raises(DeviceError, match="null") as caught:
        PlayerProcess(device, RATE)
    assert "\n" not in str(caught.value)


def test_the_player_ends_with_whoever_started_it(jack):
    code = """
import time
from d2m_bridge.audio.player_process import PlayerProcess
player = PlayerProcess("system", 44100)
print(player._process.pid, flush=True)
time.sleep(60)
"""
    owner = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    player = int(owner.stdout.readline())
    owner.kill()
    owner.communicate()

    def is_gone():
        try:
            os.kill(player, 0)
        except ProcessLookupError:
            return True
        return False

    wait_until(is_gone)
