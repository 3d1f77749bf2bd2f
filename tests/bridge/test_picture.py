import subprocess
import sys

import numpy as np
import pytest
import soundfile
from matplotlib.image import imread

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.errors import InputError
from d2m_bridge.sinks.panels import COLOURS
from d2m_bridge.sinks.picture import write_picture
from d2m_bridge.timeline import AccentEvent, EnergyEvent, NoteEvent, SectionEvent
from tests.faults import no_file_larger_than

RATE = 8000
GRID = BeatGrid.steady(120.0, 0.1, "follow")


def show(path, duration_s, events, grid=GRID, name="clip", lufs=-14.0):
    soundfile.write(path.parent / "sound.wav", np.zeros(int(duration_s * RATE)), RATE)
    write_picture(path, path.parent / "sound.wav", events, grid, name=name, style="house", seed=1, lufs=lufs)
    return np.round(imread(path)[..., :3] * 255).astype(np.int16)


def pixels_of(image, name):
    """How many pixels have very nearly the colour of `name`."""
    wanted = np.array([int(COLOURS[name][place : place + 2], 16) for place in (1, 3, 5)])
    return int((np.abs(image - wanted).max(axis=-1) < 12).sum())


def note(stem, pitch, step=4):
    t = GRID.time_at(step / 4)
    return NoteEvent(t, 0.5, stem, pitch, 1.0, step, 4)


EVENTS = {
    "energy": [EnergyEvent(t / 10, 0.5) for t in range(40)],
    "accents": [AccentEvent(1.0, 1.0), AccentEvent(2.0, 0.5)],
    "bass": [note("bass", 40)],
    "harmony": [note("harmony", 60)],
    "lead": [note("lead", 72)],
    "drums": [note("drums", 36), note("drums", 51)],
}


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    return show(tmp_path_factory.mktemp("empty") / "a.png", 4.0, [])


def test_the_page_has_its_size(empty):
    assert empty.shape == (1200, 1600, 3)


def test_every_kind_of_event_is_drawn_in_its_colour(tmp_path, empty):
    image = show(tmp_path / "a.png", 4.0, [event for events in EVENTS.values() for event in events])
    assert {name: pixels_of(image, name) > pixels_of(empty, name) + 20 for name in COLOURS} == dict.fromkeys(
        COLOURS, True
    )


def test_a_stem_that_does_not_play_is_not_drawn(tmp_path, empty):
    image = show(tmp_path / "a.png", 4.0, EVENTS["bass"])
    others = COLOURS.keys() - {"bass"}
    assert {name: pixels_of(image, name) for name in others} == {name: pixels_of(empty, name) for name in others}


@pytest.mark.parametrize("duration_s", [0.0, 61.0, 1000.0])
def test_any_length_is_drawn(tmp_path, duration_s):
    events = [EnergyEvent(t, 0.5) for t in np.arange(0, duration_s, 0.1)]
    for step in range(int(duration_s * 4)):
        events += [note("drums", 42, step), note("bass", 40, step)]
    events += [SectionEvent(float(t), int(t) // 2, "drop") for t in np.arange(0, duration_s, 8)]
    assert show(tmp_path / "a.png", duration_s, events).std() > 5


@pytest.mark.parametrize("name", ["a $b$ _c^ 舞蹈 💃", "x" * 300])
def test_any_name_is_drawn_without_a_warning(tmp_path, recwarn, name):
    show(tmp_path / "a.png", 1.0, [], name=name, lufs=-np.inf)
    assert not list(recwarn)


def test_importing_the_module_does_not_load_matplotlib():
    code = "import sys; import d2m_bridge.sinks.picture; assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_full_disk_is_one_clear_line_and_leaves_nothing(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.zeros(RATE), RATE)
    with no_file_larger_than(3000), pytest.raises(InputError, match=r"cannot write .*a\.png"):
        write_picture(tmp_path / "p" / "a.png", tmp_path / "a.wav", [], GRID, name="", style="", seed=0, lufs=-14)
    assert list((tmp_path / "p").iterdir()) == []
