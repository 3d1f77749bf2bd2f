"""Clips of whole bars, cut from a take while it is recorded."""

import numpy as np
import pytest
import soundfile

from d2m_bridge.engine.plan import STEMS
from d2m_bridge.sinks.clips import Clip
from d2m_bridge.sinks.recorder import Recorder
from d2m_bridge.timeline import BeatEvent
from tests.faults import no_file_larger_than

RATE = 8000
BLOCK = 441


def drifting(count, first_s=0.3):
    """Times of beats whose tempo drifts."""
    return first_s + np.concatenate([[0.0], np.cumsum(0.5 + 0.01 * np.sin(np.arange(count - 1)))])


def play(recorder, seconds, times, first_beat, start=0, blocks=None):
    """Noise in odd blocks; a beat is told a little before its block."""
    rng = np.random.default_rng(5)
    told = 0
    for index in range(int(seconds * RATE / BLOCK)):
        at = start + index * BLOCK
        events = []
        while told < len(times) and times[told] * RATE < at + 3 * BLOCK:
            bar, beat = divmod(first_beat + told, 4)
            events.append(BeatEvent(float(times[told]), bar, beat, 120.0))
            told += 1
        stems = rng.uniform(-0.2, 0.2, (4, BLOCK, 2)).astype(np.float32)
        if blocks is None or index in blocks:
            recorder.put(at, stems.sum(axis=0), stems, events)


@pytest.fixture
def told():
    return []


@pytest.fixture
def recorder(tmp_path, told):
    return Recorder(tmp_path, "take001", RATE, "house", told.append)


def test_every_fourth_bar_a_clip_of_each_stem_and_the_rest_at_the_end(tmp_path, recorder, told):
    times = drifting(60)
    play(recorder, 26.0, times, first_beat=6)  # bar 1, beat 2: downbeats of bars 2 to 14 follow
    recorder.close()
    assert [clip.bar for clip in told] == [bar for bar in (2, 4, 8, 12) for _ in range(5)]
    assert [clip.stem for clip in told[:5]] == ["mix", *STEMS]
    assert {clip.bar: clip.beats for clip in told} == {2: 8, 4: 16, 8: 16, 12: 8}
    wholes = {"mix": soundfile.read(tmp_path / "take001.wav")[0]}
    wholes |= {stem: soundfile.read(tmp_path / "stems" / f"take001.{stem}.wav")[0] for stem in STEMS}
    for clip in told:
        assert clip.path == tmp_path / "clips" / f"take001.bar{clip.bar + 1:03d}.{clip.stem}.wav"
        samples, rate = soundfile.read(clip.path)
        first, after = (round(times[4 * bar - 6] * RATE) for bar in (clip.bar, clip.bar + clip.beats // 4))
        np.testing.assert_array_equal(samples, wholes[clip.stem][first:after])
        assert rate == RATE and clip.bpm == pytest.approx(60 * clip.beats * RATE / (after - first))
        assert clip.bpm == pytest.approx(120, rel=0.02)
    assert sorted(path.name for path in (tmp_path / "clips").iterdir()) == sorted(clip.path.name for clip in told)


def test_a_clip_is_told_of_while_the_take_goes_on(recorder, told):
    play(recorder, 9.0, drifting(30), first_beat=0)
    recorder.close()
    assert [(clip.bar, clip.beats) for clip in told[::5]] == [(0, 16)]
    assert isinstance(told[0], Clip) and told[0].path.is_absolute()


@pytest.mark.parametrize("seconds", [0.2, 1.0])
def test_a_take_without_a_whole_bar_has_no_clip(tmp_path, recorder, told, seconds):
    play(recorder, seconds, drifting(10), first_beat=0)
    recorder.close()
    assert told == [] and not (tmp_path / "clips").exists() and recorder.error is None


def test_blocks_that_found_no_room_are_silence_and_move_nothing(tmp_path, recorder, told):
    play(recorder, 10.0, drifting(30), first_beat=0, start=RATE, blocks=set(range(400)) - {50, 51, 90})
    recorder.close()
    mix, _ = soundfile.read(tmp_path / "take001.wav")
    assert len(mix) == int(10 * RATE / BLOCK) * BLOCK
    silent = ~mix.any(axis=1)
    assert set(np.nonzero(silent)[0] // BLOCK) == {50, 51, 90} and silent.sum() == 3 * BLOCK


def test_a_disk_that_fills_up_ends_the_recording_and_leaves_no_half_clip(tmp_path, told):
    recorder = Recorder(tmp_path, "take001", RATE, "house", told.append)
    with no_file_larger_than(44 + 6 * 5 * RATE):  # five seconds
        play(recorder, 9.0, drifting(30), first_beat=0)
        recorder.close()
    assert recorder.error and "\n" not in recorder.error
    assert told == [] and not list(tmp_path.glob("clips/*"))
    assert soundfile.info(tmp_path / "take001.wav").duration > 4
