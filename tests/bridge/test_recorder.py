import json
import multiprocessing
import os
import signal
import time
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile

from d2m_bridge.engine.plan import STEMS
from d2m_bridge.errors import InputError
from d2m_bridge.sinks.recorder import Recorder
from d2m_bridge.timeline import BeatEvent, NoteEvent

RATE = 8000


def piece(index, count=800):
    """The tenth of a second number `index`: mix, stems and its events; a beat every half second."""
    rng = np.random.default_rng(index)
    stems = rng.uniform(-0.2, 0.2, (4, count, 2)).astype(np.float32)
    t = index * count / RATE
    events = []
    if index % 5 == 0:
        beat = index // 5
        events = [BeatEvent(t, beat // 4, beat % 4, 120.0), NoteEvent(t, 0.25, "bass", 40, 0.5, 4 * beat, 2)]
    return stems.sum(axis=0), stems, events


def record(folder, indices):
    recorder = Recorder(folder, "take", RATE, "house")
    for index in indices:
        mix, stems, events = piece(index)
        recorder.put(index * 800, mix, stems, events)
    return recorder


def test_the_take_is_what_was_played(tmp_path):
    recorder = record(tmp_path, range(31))
    recorder.close()
    recorder.close()
    mix, rate = soundfile.read(tmp_path / "take.wav", dtype="float32")
    assert rate == RATE and soundfile.info(tmp_path / "take.wav").subtype == "PCM_24"
    np.testing.assert_allclose(mix, np.concatenate([piece(i)[0] for i in range(31)]), atol=2**-23)
    for row, stem in enumerate(STEMS):
        part, _ = soundfile.read(tmp_path / "stems" / f"take.{stem}.wav", dtype="float32")
        np.testing.assert_allclose(part, np.concatenate([piece(i)[1][row] for i in range(31)]), atol=2**-23)
    lines = [json.loads(line) for line in (tmp_path / "take.events.jsonl").read_text().splitlines()]
    assert [line["t"] for line in lines if line["type"] == "beat"] == [0, 0.5, 1, 1.5, 2, 2.5, 3]
    notes = [message for message in mido.MidiFile(tmp_path / "take.mid") if message.type == "note_on"]
    assert len([note for note in notes if note.velocity]) == 7
    assert recorder.seconds == pytest.approx(3.1) and recorder.dropped == 0 and recorder.error is None


def test_a_recording_that_begins_later_counts_from_its_own_beginning(tmp_path):
    record(tmp_path, range(23, 40)).close()  # beats fall on 25, 30, 35
    lines = [json.loads(line) for line in (tmp_path / "take.events.jsonl").read_text().splitlines()]
    assert [line["t"] for line in lines if line["type"] == "beat"] == [0.2, 0.7, 1.2]
    assert [(line["t"], line["step"]) for line in lines if line["type"] == "note"] == [(0.2, 20), (0.7, 24), (1.2, 28)]
    ons = [m for m in mido.MidiFile(tmp_path / "take.mid").tracks[2] if m.type == "note_on" and m.velocity]
    assert len(ons) == 3


def endless(folder):
    index = 0
    recorder = Recorder(folder, "take", RATE, "house")
    while True:
        mix, stems, events = piece(index)
        recorder.put(index * 800, mix, stems, events)
        index += 1
        time.sleep(0.005)


def test_after_a_kill_the_take_is_readable(tmp_path):
    process = multiprocessing.get_context("spawn").Process(target=endless, args=(tmp_path,))
    process.start()
    wav = tmp_path / "take.wav"
    until = time.monotonic() + 60
    while not wav.exists() or wav.stat().st_size < 150 * 800 * 6:
        assert time.monotonic() < until
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    mix, _ = soundfile.read(wav, dtype="float32")
    whole = len(mix) // 800
    assert whole >= 140
    np.testing.assert_allclose(mix[: 800 * 20], np.concatenate([piece(i)[0] for i in range(20)]), atol=2**-23)
    for stem in STEMS:
        assert abs(len(soundfile.read(tmp_path / "stems" / f"take.{stem}.wav")[0]) - len(mix)) <= 3 * 800
    for line in (tmp_path / "take.events.jsonl").read_text().splitlines()[:-1]:
        json.loads(line)
    assert mido.MidiFile(tmp_path / "take.mid").tracks


def test_a_folder_that_cannot_be_written_is_refused_in_one_line(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(InputError, match="cannot record there") as caught:
        Recorder(tmp_path / "file", "take", RATE, "house")
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_ends_the_recording_and_nothing_else(tmp_path):
    (tmp_path / "take.events.jsonl").symlink_to("/dev/full")
    recorder = record(tmp_path, range(40))
    recorder.close()
    assert recorder.error and "No space left" in recorder.error and "\n" not in recorder.error
