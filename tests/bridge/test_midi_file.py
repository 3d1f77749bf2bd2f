import mido
import numpy as np
import pytest

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.engine.plan import STEMS
from d2m_bridge.errors import InputError
from d2m_bridge.sinks.midi_file import TICKS_PER_BEAT, TICKS_PER_STEP, write_midi
from d2m_bridge.timeline import NoteEvent

STEADY = BeatGrid.steady(100.0, 0.13, "fixed")
DRIFTING = BeatGrid(-0.2 + np.cumsum(0.5 + 0.03 * np.sin(np.arange(60) / 5)), "follow")


def note(grid, step, steps, stem, pitch, velocity=0.5):
    t = grid.time_at(step / 4)
    return NoteEvent(t, grid.time_at((step + steps) / 4) - t, stem, pitch, velocity, step, steps)


def plan(grid, count=200, seed=0):
    rng = np.random.default_rng(seed)
    notes = []
    for step in range(count):
        for place, stem in enumerate(STEMS):
            if rng.random() < 0.4:
                steps = 1 if stem == "drums" else int(rng.integers(1, 9))
                notes.append(note(grid, step, steps, stem, 36 + 12 * place + step % 12, float(rng.uniform(0.05, 1))))
    return notes


def read_notes(path):
    """(stem, start tick, end tick, channel, pitch, velocity) of every note, sorted."""
    found = []
    for track in mido.MidiFile(path).tracks[1:]:
        tick, open_notes = 0, {}
        for message in track:
            tick += message.time
            if message.type == "note_on":
                assert message.velocity > 0
                open_notes.setdefault(message.note, []).append((tick, message))
            elif message.type == "note_off":
                start, begun = open_notes[message.note].pop(0)
                found.append((track.name, start, tick, begun.channel, begun.note, begun.velocity))
        assert not any(open_notes.values())
    return sorted(found)


def seconds_at(path, ticks):
    """Seconds of the file at each tick, from its tempo map alone."""
    times, tempos, tick = [], [], 0
    for message in mido.MidiFile(path).tracks[0]:
        tick += message.time
        if message.type == "set_tempo":
            tempos.append((tick, message.tempo))
    for wanted in ticks:
        total = 0.0
        for (start, tempo), (end, _) in zip(tempos, [*tempos[1:], (np.inf, 0)], strict=True):
            total += max(0, min(wanted, end) - start) * tempo / 1e6 / TICKS_PER_BEAT
        times.append(total)
    return np.array(times)


@pytest.mark.parametrize("grid", [STEADY, DRIFTING], ids=["steady", "drifting"])
def test_the_file_agrees_with_the_plan_note_for_note(tmp_path, grid):
    notes = plan(grid)
    write_midi(tmp_path / "a.mid", notes, grid, 25.0, "house")
    channels = {"drums": 9, "bass": 0, "harmony": 1, "lead": 2}
    expected = [
        (n.stem, n.step * 120, (n.step + n.steps) * 120, channels[n.stem], n.pitch, max(1, round(n.velocity * 127)))
        for n in notes
    ]
    assert read_notes(tmp_path / "a.mid") == sorted(expected)


@pytest.mark.parametrize("grid", [STEADY, DRIFTING], ids=["steady", "drifting"])
def test_the_tempo_map_gives_the_seconds_of_the_grid(tmp_path, grid):
    write_midi(tmp_path / "a.mid", [], grid, 30.0, "house")
    beats = np.arange(0, int(grid.beat_at(30.0)))
    times = seconds_at(tmp_path / "a.mid", beats * TICKS_PER_BEAT)
    np.testing.assert_allclose(times + grid.time_at(0), [grid.time_at(float(b)) for b in beats], rtol=0, atol=2e-4)


def test_the_first_tick_is_beat_zero_even_before_the_video_begins(tmp_path):
    grid = BeatGrid.steady(120.0, 0.4, "fixed")
    assert grid.time_at(0) == pytest.approx(-0.1)
    write_midi(tmp_path / "a.mid", [note(grid, 0, 1, "drums", 36), note(grid, 1, 1, "drums", 38)], grid, 4.0, "x")
    assert [start for _, start, *_ in read_notes(tmp_path / "a.mid")] == [0, TICKS_PER_STEP]


def test_a_steady_tempo_is_written_once(tmp_path):
    write_midi(tmp_path / "a.mid", [], STEADY, 600.0, "house")
    tempos = [m.tempo for m in mido.MidiFile(tmp_path / "a.mid").tracks[0] if m.type == "set_tempo"]
    assert tempos == [600_000]


def test_type_tracks_names_and_instruments(tmp_path):
    write_midi(tmp_path / "a.mid", plan(STEADY, 32), STEADY, 10.0, "house")
    file = mido.MidiFile(tmp_path / "a.mid")
    assert file.type == 1 and file.ticks_per_beat == 480
    assert [track.name for track in file.tracks[1:]] == list(STEMS)
    assert "house" in file.tracks[0].name
    signature = next(m for m in file.tracks[0] if m.type == "time_signature")
    assert (signature.numerator, signature.denominator) == (4, 4)
    programs = {t.name: [m.program for m in t if m.type == "program_change"] for t in file.tracks[1:]}
    assert programs["drums"] == [] and all(len(programs[stem]) == 1 for stem in STEMS[1:])


def test_every_track_ends_with_the_clip_or_after_its_last_note(tmp_path):
    late = note(STEADY, 100, 8, "lead", 70)
    for notes, end in (([], 10 * TICKS_PER_BEAT), ([late], 108 * TICKS_PER_STEP)):
        write_midi(tmp_path / "a.mid", notes, STEADY, STEADY.time_at(9.5), "house")
        assert {sum(m.time for m in track) for track in mido.MidiFile(tmp_path / "a.mid").tracks} == {end}


def test_a_repeated_pitch_is_released_before_it_is_struck_again(tmp_path):
    notes = [note(STEADY, step, 2, "bass", 40) for step in (2, 0, 4)]
    write_midi(tmp_path / "a.mid", notes, STEADY, 4.0, "house")
    assert [(start, end) for _, start, end, *_ in read_notes(tmp_path / "a.mid")] == [(0, 240), (240, 480), (480, 720)]


def test_a_note_before_beat_zero_is_refused_and_nothing_is_left(tmp_path):
    with pytest.raises(ValueError, match="before beat 0"):
        write_midi(tmp_path / "a.mid", [note(STEADY, -1, 1, "bass", 40)], STEADY, 4.0, "house")
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_place_of_the_folder_is_one_clear_line(tmp_path):
    (tmp_path / "folder").write_text("I am a file")
    with pytest.raises(InputError, match=r"cannot write .*a\.mid"):
        write_midi(tmp_path / "folder" / "a.mid", [], STEADY, 4.0, "house")
