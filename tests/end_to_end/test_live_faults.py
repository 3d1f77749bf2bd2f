"""Faults while d2m live plays: the music goes on at its beat, and the status says what is wrong."""

import signal
import socket
import sys
import threading
import time

import numpy as np
import pytest
import soundfile
from pythonosc.osc_packet import OscPacket

from d2m_bridge.engine.sound import StemDecoder
from d2m_bridge.osc import commands as do
from d2m_bridge.timeline import BeatEvent
from tests.end_to_end.test_live import Stage
from tests.faults import no_file_larger_than
from tests.live_takes import start_live
from tests.media import moving_square, write_video

pytestmark = pytest.mark.real_time

BEAT_S = 0.5


@pytest.fixture
def clip(tmp_path):
    return write_video(tmp_path / "dance.mp4", moving_square(100))


class Punctual:
    """A listener that remembers how late each beat was delivered."""

    def __init__(self, clock):
        self._clock = clock
        self.beats = []

    def ahead(self, event, due):
        pass

    def heard(self, event, due):
        if isinstance(event, BeatEvent):
            self.beats.append((event.bar * 4 + event.beat, due, self._clock.now() - due))

    def seen(self, look):
        pass


def punctual(stage):
    listener = Punctual(stage.clock)
    stage.session.listeners.append(listener)
    return listener


def test_a_generator_that_is_two_seconds_late_costs_those_beats_and_no_other(models, clip, monkeypatch):
    decode = StemDecoder.__call__
    slowness, blocks, asleep = 2.0, [], []

    with Stage(models, clip, slowness=slowness) as stage:

        def slow_once(self, block):
            blocks.append(block.start)
            if len(blocks) == 30:  # those of the warm-up are among them
                asleep.append(stage.clock.now())
                time.sleep(2.0 * slowness)
                asleep.append(stage.clock.now())
            return decode(self, block)

        monkeypatch.setattr(StemDecoder, "__call__", slow_once)
        listener = punctual(stage)
        stage.play_until(7.0)
        status, figures = stage.session.status, stage.session.figures()
    numbers = [number for number, _, _ in listener.beats]
    assert numbers == sorted(set(numbers)) and max(late for _, _, late in listener.beats) < 0.15
    due = {number: stage.session.delay_s + BEAT_S * number for number in range(max(numbers) + 1)}
    assert [time_s for _, time_s, _ in listener.beats] == pytest.approx([due[number] for number in numbers], abs=1e-6)
    fell, woke = asleep
    lost = set(due) - set(numbers)
    assert lost and all(fell <= due[number] < woke + BEAT_S for number in lost)
    assert due[max(numbers)] > woke + 2 * BEAT_S
    assert status.underruns > 0 and status.late_blocks > 0 and figures["missed_events"] > 0


@pytest.mark.parametrize("jump_s", [3600.0, -3600.0])
def test_a_wall_clock_that_jumps_moves_no_beat(models, clip, monkeypatch, jump_s):
    with Stage(models, clip, slowness=2.0) as stage:
        listener = punctual(stage)
        stage.play_until(1.5)
        wall, offset = time.clock_gettime, stage.clock.wall_offset()
        monkeypatch.setattr(time, "time", lambda: wall(time.CLOCK_REALTIME) + jump_s)
        monkeypatch.setattr(time, "clock_gettime", lambda which: wall(which) + jump_s)
        assert stage.clock.wall_offset() - offset == pytest.approx(jump_s, abs=5)  # the dates of bundles follow it
        stage.play_until(3.6)
        assert stage.session.status.error is None
    numbers = [number for number, _, _ in listener.beats]
    assert numbers == list(range(len(numbers))) and len(numbers) >= 5
    assert max(late for _, _, late in listener.beats) < 0.1
    assert stage.session.figures()["underruns"] == 0


def test_a_disk_that_fills_up_ends_the_recording_and_not_the_music(models, clip, tmp_path):
    with Stage(models, clip, slowness=2.0) as stage:
        listener = punctual(stage)
        with no_file_larger_than(200_000):
            stage.session.record(tmp_path / "takes")
            stage.play_until(3.0)
            status = stage.session.status
            stage.control.obey(do.SetRecord(False))
        stage.play_until(3.6)
    assert status.recording is None and "recording ended" in status.error and "\n" not in status.error
    assert soundfile.info(tmp_path / "takes" / "take001.wav").duration > 0.5
    numbers = [number for number, _, _ in listener.beats]
    assert numbers == list(range(len(numbers))) and len(numbers) >= 5


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGSTOP")
def test_after_three_seconds_of_sleep_the_music_is_at_its_beat_and_not_at_the_missed_ones(model_folder, tmp_path):
    heard = []
    ended = threading.Event()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(0.2)

        def listen():
            while not ended.is_set():
                try:
                    packet = OscPacket(receiver.recv(4096))
                except TimeoutError:
                    continue
                now = time.perf_counter()
                heard.extend((now, *timed.message.params) for timed in packet.messages
                             if timed.message.address == "/d2m/beat")  # fmt: skip

        thread = threading.Thread(target=listen)
        thread.start()
        goal = ["--audio", "null", "--bpm", "120", "--osc", f"127.0.0.1:{receiver.getsockname()[1]}"]
        player = start_live(None, model_folder, tmp_path, 13, *goal)
        try:
            until = time.monotonic() + 60
            while len(heard) < 8:
                assert time.monotonic() < until and player.poll() is None
                time.sleep(0.02)
            player.send_signal(signal.SIGSTOP)
            time.sleep(3.0)
            player.send_signal(signal.SIGCONT)
            again = time.perf_counter()
            figures = player.communicate(timeout=60)[0]
        finally:
            player.kill()
            player.wait()
            ended.set()
            thread.join()
    at, number = np.array([(now, bar * 4 + beat) for now, bar, beat, _, _ in heard]).T
    late = at - number * BEAT_S
    late -= np.median(late[at < again])
    assert number[-1] * BEAT_S > 9 and (np.diff(number) > 0).all()
    assert 4 <= np.diff(number).max() <= 9  # those of the sleep, and of catching up, are missing
    assert np.median(np.abs(late[at > again])) < 0.02 and late.max() < 0.2
    assert '"missed_events": 0' not in figures and '"underruns": 0' not in figures
