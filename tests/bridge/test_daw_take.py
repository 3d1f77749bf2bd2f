import itertools
import json

import numpy as np
import pytest
import soundfile

from d2m_bridge.daw.take import Marker, load_take
from d2m_bridge.daw.tempo_map import TOLERANCE_S, TempoMap
from d2m_bridge.engine.plan import STEMS
from d2m_bridge.errors import InputError
from d2m_bridge.sinks.event_log import EventLog
from d2m_bridge.sinks.recorder import Recorder
from d2m_bridge.timeline import BeatEvent, NoteEvent, SectionEvent

RATE = 44100
FIRST = 17 * 4 + 2  # the recording begins in the middle of bar 17


def drifting(first_t=0.237, count=29):
    """Beat times of a tempo that rises from 100 to 130 BPM."""
    return first_t + np.concatenate([[0.0], np.cumsum(60 / np.linspace(100, 130, count - 1))])


def record_take(folder, times=None, first=FIRST, name="take001", seconds=15.0):
    """A take written by the recorder itself, a click of one sample on each beat in all stems; gives the beat times."""
    times = drifting() if times is None else times
    begin = 123_457  # the session's sample at which the recording begins
    samples = np.zeros((int(seconds * RATE), 2), np.float32)
    samples[np.rint(times * RATE).astype(int)] = 0.5
    events = []
    for index, t in enumerate(times + begin / RATE, first):
        events.append(BeatEvent(float(t), index // 4, index % 4, 100.0))
        if index % 4 == 0:
            events.append(NoteEvent(float(t), 0.3, "bass", 40, 0.5, 4 * index, 2))
            events.append(NoteEvent(float(t), 0.1, "drums", 36, 1.0, 4 * index, 1))
            events.append(SectionEvent(float(t), index // 4, ["drop", "groove"][index // 8 % 2]))
    recorder = Recorder(folder, name, RATE, "house")
    for start in range(0, len(samples), 4096):
        block = samples[start : start + 4096]
        end = (begin + start + len(block)) / RATE
        due, events = [e for e in events if e.t < end], [e for e in events if e.t >= end]
        recorder.put(begin + start, block, np.repeat(block[None], 4, axis=0), due)
    recorder.close()
    assert recorder.error is None
    return times


def render_take(folder, times, first_index=1, stems=False):
    """The files of a render: no stems, its first beats lie before the first sample and are not in the log."""
    folder.mkdir(exist_ok=True)
    soundfile.write(folder / "my.dance.wav", np.zeros((10 * RATE, 2)), RATE, subtype="PCM_24")
    if stems:
        (folder / "stems").mkdir()
        for stem in STEMS:
            soundfile.write(folder / "stems" / f"my.dance.{stem}.wav", np.zeros((10 * RATE, 2)), RATE)
    with EventLog(folder / "my.dance.events.jsonl") as log:
        for index, t in enumerate(times, first_index):
            log.write(BeatEvent(float(t), index // 4, index % 4, 120.0))
    return folder / "my.dance.wav"


def log_of(folder):
    return folder / "take001.events.jsonl"


def test_a_recorded_take_lies_on_its_bars_and_beats(tmp_path):
    times = record_take(tmp_path)
    take = load_take(tmp_path / "take001.wav")
    assert (take.name, take.bar, take.sample_rate) == ("take001", 17, RATE)
    assert [sound.name for sound in take.stems] == list(STEMS) and take.mix.frames == 15 * RATE
    assert isinstance(take.offset, int)
    assert take.start_s == pytest.approx(2 * 0.6 - 0.237, abs=1 / RATE)  # two beats of 100 BPM before the first
    for count, t in enumerate(times, 2):
        assert take.tempo.time_at(count) == pytest.approx(take.start_s + t, abs=2 * TOLERANCE_S)
        assert take.tempo.beat_at(take.start_s + t) == pytest.approx(count, abs=1e-3)
    assert take.markers == (Marker(4, "groove"), Marker(12, "drop"), Marker(20, "groove"), Marker(28, "drop"))
    assert [note.step for note in take.notes if note.stem == "bass"] == [16 * bar for bar in range(1, 8)]
    assert take.beats % 4 == 0 and take.tempo.time_at(take.beats) >= take.start_s + 15


def test_the_name_without_its_suffix_will_do(tmp_path):
    record_take(tmp_path)
    assert load_take(tmp_path / "take001") == load_take(tmp_path / "take001.wav")


def test_a_render_begins_after_its_first_bar_line(tmp_path):
    take = load_take(render_take(tmp_path, 0.3 + 0.5 * np.arange(20)))
    assert (take.name, take.bar, take.stems) == ("my.dance", 0, ())
    assert take.offset == round(0.2 * RATE)
    assert len(take.tempo.points) == 1 and take.tempo.points[0].bpm == pytest.approx(120, abs=1e-3)


@pytest.mark.parametrize("t", [0.0, 4e-7, 1e-6])
def test_a_downbeat_on_the_first_sample_needs_no_bar_before_it(tmp_path, t):
    take = load_take(render_take(tmp_path, t + 0.5 * np.arange(20), first_index=8))
    assert (take.offset, take.bar) == (0, 2)


def test_a_recording_that_began_before_the_music_begins_on_a_bar_too(tmp_path):
    take = load_take(render_take(tmp_path, 3.1 + 0.5 * np.arange(9), first_index=0))
    assert take.bar == -2 and take.start_s == pytest.approx(0.9, abs=1 / RATE)
    assert take.tempo.time_at(8) == pytest.approx(4.0, abs=1e-4)


def test_one_beat_is_enough(tmp_path):
    take = load_take(render_take(tmp_path, np.array([0.1]), first_index=0))
    assert take.start_s == pytest.approx(1.9, abs=1 / RATE) and take.tempo.points[0].bpm == 120


@pytest.mark.parametrize("count", [1, 2, 3, 7, 65, 8193])
def test_a_tempo_map_passes_every_beat(count):
    rng = np.random.default_rng(count)
    times = np.concatenate([[0.0], np.cumsum(rng.uniform(0.3, 1.2, count))]).round(6)
    tempo = TempoMap.of_beats(range(count + 1), times.tolist(), 120.0)
    error = [tempo.time_at(beat) - t for beat, t in enumerate(times)]
    assert np.abs(error).max() <= TOLERANCE_S + 1e-9
    assert all(a.beat < b.beat and a.t < b.t for a, b in itertools.pairwise(tempo.points))


def test_an_hour_of_one_tempo_is_one_step():
    times = (np.arange(7201) * 60 / 119.7).round(6)
    tempo = TempoMap.of_beats(range(7201), times.tolist(), 119.7)
    assert len(tempo.points) == 1 and tempo.points[0].bpm == pytest.approx(119.7, abs=1e-5)


def test_a_take_cut_off_by_a_crash_is_read(tmp_path):
    record_take(tmp_path)
    whole = load_take(tmp_path / "take001")
    text = log_of(tmp_path).read_text()
    log_of(tmp_path).write_text(text[: text.rindex('"t"')])
    cut = load_take(tmp_path / "take001")
    assert (cut.offset, cut.bar) == (whole.offset, whole.bar)


def no_log(folder):
    log_of(folder).unlink()


def no_beats(folder):
    log_of(folder).write_text('{"type": "energy", "t": 0.0, "value": 0.5}\n')


def a_line_torn_in_the_middle(folder):
    lines = log_of(folder).read_text().splitlines()
    log_of(folder).write_text("\n".join([*lines[:2], lines[2][:9], *lines[3:]]))


def a_number_for_a_line(folder):
    log_of(folder).write_text("17\n18\n")


def beats_that_go_back(folder):
    lines = [line for line in log_of(folder).read_text().splitlines() if '"beat"' in line]
    log_of(folder).write_text("\n".join([*lines, lines[0]]) + "\n")


def a_beat_without_its_bar(folder):
    record = json.loads(log_of(folder).read_text().splitlines()[0])
    del record["bar"]
    log_of(folder).write_text(json.dumps(record) + "\n")


def sound_that_is_none(folder):
    (folder / "take001.wav").write_text("hello")


def no_sound(folder):
    (folder / "take001.wav").unlink()


FAULTS = {
    no_log: "take001.events.jsonl is missing",
    no_beats: "no beat is in it",
    a_line_torn_in_the_middle: "line 3 is damaged",
    a_number_for_a_line: "not what d2m wrote",
    beats_that_go_back: "its beats do not rise",
    a_beat_without_its_bar: "not what d2m wrote",
    sound_that_is_none: "cannot be read as audio",
    no_sound: "no such file",
}


@pytest.mark.parametrize("damage", FAULTS, ids=lambda damage: damage.__name__)
def test_what_is_no_take_is_one_clear_line(tmp_path, damage):
    record_take(tmp_path)
    damage(tmp_path)
    with pytest.raises(InputError, match=FAULTS[damage]) as caught:
        load_take(tmp_path / "take001.wav")
    assert "\n" not in str(caught.value) and "take001" in str(caught.value)
