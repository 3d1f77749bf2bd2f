import zipfile
from xml.etree import ElementTree

import numpy as np
import pytest
import soundfile

from d2m_bridge.daw.dawproject import write_dawproject
from d2m_bridge.daw.take import load_take
from d2m_bridge.errors import InputError
from tests.bridge.test_daw_take import RATE, record_take, render_take


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The ZIP of a recorded take, its project as a tree, the take, and the times of the beats in the sound."""
    tmp_path = tmp_path_factory.mktemp("takes")
    times = record_take(tmp_path)
    take = load_take(tmp_path / "take001")
    write_dawproject(take, tmp_path / "out" / "take001.dawproject")
    archive = zipfile.ZipFile(tmp_path / "out" / "take001.dawproject")
    return archive, ElementTree.fromstring(archive.read("project.xml")), take, times


class Tempo:
    """Beats to seconds, from the tempo automation in the file alone."""

    def __init__(self, project):
        automation = project.find("Arrangement/TempoAutomation")
        assert (automation.get("timeUnit"), automation.get("unit")) == ("beats", "bpm")
        assert automation.find("Target").get("parameter") == project.find("Transport/Tempo").get("id")
        self.points = [(float(p.get("time")), float(p.get("value"))) for p in automation.findall("RealPoint")]
        assert {p.get("interpolation") for p in automation.findall("RealPoint")} == {"hold"}
        assert self.points[0] == (0, float(project.find("Transport/Tempo").get("value")))

    def __call__(self, beat):
        t = 0.0
        for (begin, bpm), end in zip(self.points, [p[0] for p in self.points[1:]] + [float("inf")], strict=True):
            if beat > begin:
                t += (min(beat, end) - begin) * 60 / bpm
        return t


def test_every_sound_begins_on_its_sample_and_its_clicks_on_beats(made):
    archive, project, take, times = made
    tempo = Tempo(project)
    clips = project.findall("Arrangement/Lanes/Lanes/Clips/Clip[@contentTimeUnit]")
    assert len(clips) == 5
    for clip in clips:
        begin, beats = float(clip.get("time")), float(clip.get("duration"))
        assert tempo(begin) * RATE == pytest.approx(take.offset, abs=1e-3)
        assert tempo(begin + beats) * RATE == pytest.approx(take.offset + 15 * RATE, abs=1e-3)
        assert clip.get("contentTimeUnit") == "seconds" and float(clip.get("playStart")) == 0
        audio = clip.find("Audio")
        with archive.open(audio.find("File").get("path")) as file:
            sound, rate = soundfile.read(file)
        assert rate == int(audio.get("sampleRate")) and len(sound) == float(audio.get("duration")) * rate
        grid = [tempo(beat) for beat in range(2, 2 + len(times))]
        np.testing.assert_allclose(grid, (take.offset + np.flatnonzero(sound[:, 0])) / RATE, atol=1e-3)


def test_markers_and_notes_lie_on_beats(made):
    _, project, _, _ = made
    markers = project.findall("Arrangement/Markers/Marker")
    assert [(float(m.get("time")), m.get("name")) for m in markers] == [
        (4, "groove"), (12, "drop"), (20, "groove"), (28, "drop"),
    ]  # fmt: skip
    notes = project.findall(".//Notes/Note")
    assert [float(n.get("time")) for n in notes if n.get("channel") == "0"] == [4, 8, 12, 16, 20, 24, 28]
    assert {n.get("key") for n in notes if n.get("channel") == "9"} == {"36"}


def test_every_reference_leads_somewhere_and_no_name_is_given_twice(made):
    archive, project, _, _ = made
    ids = [element.get("id") for element in project.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    named = {e.get(key) for e in project.iter() for key in ("track", "destination", "parameter") if e.get(key)}
    assert named <= set(ids)
    assert {file.get("path") for file in project.iter("File")} <= set(archive.namelist())
    assert ElementTree.fromstring(archive.read("metadata.xml")).find("Title").text == "take001"
    order = [child.tag for child in project.find("Arrangement")]
    assert order == ["Lanes", "Markers", "TempoAutomation"]  # the schema's


def test_only_the_mix_is_muted(made):
    _, project, _, _ = made
    muted = {t.get("name"): t.find("Channel/Mute").get("value") for t in project.findall("Structure/Track")[:-1]}
    assert muted == {"drums": "false", "bass": "false", "harmony": "false", "lead": "false", "mix": "true",
                     "notes": "false"}  # fmt: skip


def test_a_render_without_stems_and_sections(tmp_path):
    take = load_take(render_take(tmp_path, 0.3 + 0.5 * np.arange(20)))
    write_dawproject(take, tmp_path / "x.dawproject")
    project = ElementTree.fromstring(zipfile.ZipFile(tmp_path / "x.dawproject").read("project.xml"))
    assert project.find("Arrangement/Markers") is None  # the schema knows no empty one
    assert project.find("Structure/Track/Channel/Mute").get("value") == "false"


def test_where_nothing_can_be_written_that_is_said(tmp_path):
    take = load_take(render_take(tmp_path, 0.3 + 0.5 * np.arange(20)))
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot write"):
        write_dawproject(take, tmp_path / "file" / "x.dawproject")
