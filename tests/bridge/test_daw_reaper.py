"""The project is read back by a small reader of its own, which knows nothing of how it was written."""

import shlex
from pathlib import Path

import numpy as np
import pytest
import rpp
import soundfile

from d2m_bridge.daw.reaper_project import reaper_project
from d2m_bridge.daw.take import load_take
from tests.bridge.test_daw_take import RATE, record_take, render_take


class Block:
    """head: words of the first line; lines: words of each line; blocks: what lies inside."""

    def __init__(self, head):
        self.head, self.lines, self.blocks = head, [], []

    def all(self, key):
        return [words[1:] for words in self.lines if words[0] == key]

    def one(self, key):
        (words,) = self.all(key)
        return words

    def inner(self, key):
        return [block for block in self.blocks if block.head[0] == key]


def read(text):
    stack = [Block(["top"])]
    for line in text.splitlines():
        line = line.strip()
        if line == ">":
            stack.pop()
        elif line.startswith("<"):
            block = Block(line[1:].split())
            stack[-1].blocks.append(block)
            stack.append(block)
        else:
            stack[-1].lines.append(shlex.split(line))
    (top,) = stack
    (project,) = top.blocks
    return project


def beat_times(project, count):
    """Seconds of beats 0, 1, ..: integrated over the steps of the tempo envelope."""
    (envelope,) = project.inner("TEMPOENVEX")
    points = [(float(words[0]), float(words[1])) for words in envelope.all("PT")]
    assert all(int(words[2]) == 1 for words in envelope.all("PT"))  # steps, no ramps
    beats, at = [], 0.0
    for index, (t, bpm) in enumerate(points):
        beats.append((at, t, bpm))
        if index + 1 < len(points):
            at += (points[index + 1][0] - t) * bpm / 60
    result = []
    for beat in range(count):
        start, t, bpm = [step for step in beats if step[0] <= beat + 1e-6][-1]
        result.append(t + (beat - start) * 60 / bpm)
    return np.array(result)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The project of a recorded take in the folder above it, and the times of the beats in the sound."""
    tmp_path = tmp_path_factory.mktemp("projects")
    times = record_take(tmp_path / "a takes' folder")
    take = load_take(tmp_path / "a takes' folder" / "take001")
    return tmp_path, read(reaper_project(take, tmp_path)), take, times


def test_every_sound_begins_on_its_sample_and_its_clicks_on_beats(made):
    folder, project, take, times = made
    grid = beat_times(project, 2 + len(times))
    tracks = project.inner("TRACK")
    assert [track.one("NAME")[0] for track in tracks] == ["drums", "bass", "harmony", "lead", "mix", "notes"]
    for track in tracks[:-1]:
        (item,) = track.inner("ITEM")
        begin = float(item.one("POSITION")[0]) * RATE
        assert begin == pytest.approx(take.offset, abs=1e-6)
        assert float(item.one("SOFFS")[0]) == 0
        (source,) = item.inner("SOURCE")
        sound, rate = soundfile.read(folder / source.one("FILE")[0])
        assert rate == int(project.one("SAMPLERATE")[0]) == RATE
        assert float(item.one("LENGTH")[0]) * RATE == pytest.approx(len(sound), abs=1e-6)
        clicks = (take.offset + np.flatnonzero(sound[:, 0])) / RATE
        np.testing.assert_allclose(grid[2:], clicks, atol=1e-3)


def test_the_mix_is_muted_where_there_are_stems(made):
    _, project, _, _ = made
    muted = {track.one("NAME")[0]: track.one("MUTESOLO")[0] for track in project.inner("TRACK")[:-1]}
    assert muted == {"drums": "0", "bass": "0", "harmony": "0", "lead": "0", "mix": "1"}


def test_markers_stand_on_bar_lines(made):
    _, project, _, _ = made
    grid = beat_times(project, 40)
    markers = [(float(t), name) for _, t, name, region in project.all("MARKER") if region == "0"]
    assert [name for _, name in markers] == ["groove", "drop", "groove", "drop"]
    np.testing.assert_allclose([t for t, _ in markers], grid[[4, 12, 20, 28]], atol=1e-9)


def test_notes_lie_on_their_beats(made):
    _, project, take, _ = made
    (item,) = project.inner("TRACK")[-1].inner("ITEM")
    assert item.one("POSITION") == ["0"]
    (source,) = item.inner("SOURCE")
    assert source.head == ["SOURCE", "MIDI"] and source.one("HASDATA") == ["1", "960", "QN"]
    now, sounding, notes = 0, {}, []
    for ticks, *message in source.all("E"):
        now += int(ticks)
        status, key, velocity = (int(byte, 16) for byte in message)
        if status & 0xF0 == 0x90:
            sounding[status & 15, key] = (now, velocity)
        elif status & 0xF0 == 0x80:
            notes.append((*sounding.pop((status & 15, key)), now, status & 15, key))
    assert not sounding
    bars = [3840 * bar for bar in range(1, 8)]
    wanted = [(bar, 64, bar + 480, 0, 40) for bar in bars] + [(bar, 127, bar + 240, 9, 36) for bar in bars]
    assert sorted(notes) == sorted(wanted)
    assert now == take.beats * 960
    assert float(item.one("LENGTH")[0]) == pytest.approx(take.tempo.time_at(take.beats), abs=1e-9)


def test_a_render_without_stems_sounds(tmp_path):
    take = load_take(render_take(tmp_path, 0.3 + 0.5 * np.arange(20)))
    project = read(reaper_project(take, tmp_path))
    track, _ = project.inner("TRACK")
    assert track.one("MUTESOLO")[0] == "0"
    assert track.inner("ITEM")[0].inner("SOURCE")[0].one("FILE") == ["my.dance.wav"]
    assert project.all("MARKER") == []


def test_a_project_elsewhere_finds_its_sounds(tmp_path):
    record_take(tmp_path / "takes")
    (tmp_path / "projects").mkdir()
    project = read(reaper_project(load_take(tmp_path / "takes" / "take001"), tmp_path / "projects"))
    file = Path(project.inner("TRACK")[0].inner("ITEM")[0].inner("SOURCE")[0].one("FILE")[0])
    assert not file.is_absolute() and (tmp_path / "projects" / file).is_file()


def test_the_public_reader_of_such_projects_reads_it(made):
    folder, _, take, _ = made
    project = rpp.loads(reaper_project(take, folder))
    assert len(project.findall(".//ITEM")) == 6
