"""The time line, and what is heard and seen on it."""

import json

import numpy as np
import pytest
import soundfile

from d2m_bridge.errors import InputError
from plugin_host.player.result import BINS, load_result
from plugin_host.player.ruler import Ruler, clock
from tests.media import click, moving_square, write_video

LOG = [
    {"type": "beat", "t": -0.01, "bar": 0, "beat": 0, "bpm": 120.0},
    {"type": "beat", "t": 0.5, "bar": 0, "beat": 1, "bpm": 120.0},
    {"type": "section", "t": 0.0, "bar": 0, "section": "intro"},
    {"type": "section", "t": 1.0, "bar": 1, "section": "intro"},
    {"type": "section", "t": 1.5, "bar": 2, "section": "drop"},
    {"type": "note", "t": 0.0, "stem": "drums", "pitch": 38, "velocity": 0.5, "duration": 0.1, "step": 0, "steps": 1},
    {"type": "note", "t": 0.1, "stem": "lead", "pitch": 72, "velocity": 1.0, "duration": 0.2, "step": 1, "steps": 2},
    {"type": "energy", "t": 0.0, "value": 0.25},
]


@pytest.fixture
def files(tmp_path):
    """A sound of two seconds with a click in its middle, and its log."""
    wav, log = tmp_path / "a.wav", tmp_path / "a.events.jsonl"
    soundfile.write(wav, click(1.0, 2.0, channels=2).T, 44100, "PCM_24")
    log.write_text("".join(f"{json.dumps(record)}\n" for record in LOG))
    return wav, log


def test_a_result_is_wave_beats_plan_and_sections(files):
    result = load_result(*files)
    assert result.seconds == 2.0 and result.peaks.shape == (BINS, 2)
    assert result.peaks[BINS // 2, 1] == pytest.approx(0.9, abs=0.01)
    assert np.abs(result.peaks[: BINS // 2 - 1]).max() == 0 == np.abs(result.peaks[BINS // 2 + 10 :]).max()
    assert result.beats == ((-0.01, True), (0.5, False))
    assert result.sections == ((0.0, "intro"), (1.5, "drop"))
    assert [(note.stem, note.pitch) for note in result.notes] == [(0, 1), (3, 72)]
    assert result.energy == ((0.0, 0.25),)


@pytest.mark.parametrize("text", ["{", '{"type": "beat"}\n', '{"type": "note", "stem": "voice"}\n', "3\n"])
def test_a_log_that_is_none_says_so(files, text):
    files[1].write_text(text)
    with pytest.raises(InputError, match="render the clip again"):
        load_result(*files)


def test_files_that_are_gone_say_so(files):
    files[1].unlink()
    with pytest.raises(InputError, match="cannot be read"):
        load_result(*files)
    files[0].unlink()
    with pytest.raises(InputError, match="cannot be read"):
        load_result(*files)


def test_a_ruler_shows_all_and_there_and_back_is_the_same():
    ruler = Ruler(10.0, 500.0)
    assert (ruler.x(0.0), ruler.x(10.0)) == (0.0, 500.0)
    assert ruler.t(ruler.x(3.3)) == pytest.approx(3.3)
    assert (ruler.t(-50), ruler.t(9999)) == (0.0, 10.0)


@pytest.mark.parametrize("x", [0.0, 250.0, 499.0])
def test_enlarging_keeps_what_is_under_the_pointer(x):
    ruler = Ruler(100.0, 500.0)
    larger = ruler.enlarged(2.0, x)
    assert larger.shown_s == pytest.approx(50.0)
    assert larger.x(ruler.t(x)) == pytest.approx(x, abs=1e-6)
    back = larger.enlarged(0.01, x)
    assert (back.begin, back.shown_s) == (0.0, 100.0)
    assert ruler.enlarged(1e9, x).shown_s == 2.0


def test_the_page_turns_when_the_playhead_leaves_it():
    ruler = Ruler(100.0, 500.0).moved(0.0, 10.0)
    assert ruler.following(9.9) is ruler
    assert ruler.following(11.0).begin == 11.0
    assert ruler.following(99.0).begin == 90.0


@pytest.mark.parametrize(("seconds", "said"), [(-1, "0:00.0"), (9.96, "0:10.0"), (62.34, "1:02.3"), (3600, "60:00.0")])
def test_times_are_spoken_with_minutes(seconds, said):
    assert clock(seconds) == said


def test_a_click_seeks_and_the_wheel_enlarges(application, files):
    from PyQt6.QtCore import QPoint, QPointF, Qt
    from PyQt6.QtGui import QWheelEvent
    from PyQt6.QtTest import QTest

    from plugin_host.player.timeline import Timeline

    line = Timeline()
    line.resize(400, 160)
    sought = []
    line.seek.connect(sought.append)
    QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(100, 80))
    assert sought == []  # nothing is shown
    line.show_result(load_result(*files))
    before = line.grab().toImage()
    QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(100, 80))
    assert sought == [pytest.approx(0.5)]
    QTest.keyClick(line, Qt.Key.Key_Right)
    QTest.keyClick(line, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(line, Qt.Key.Key_End)
    assert sought[1:] == [pytest.approx(1.5), 0.0, 2.0]
    assert line.accessibleDescription() == "0:02.0 / 0:02.0"
    assert line.grab().toImage() != before
    no = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    at = QPointF(200, 80)
    line.wheelEvent(QWheelEvent(at, at, QPoint(), QPoint(0, 120), *no, False))
    assert line._ruler.shown_s == 2.0  # two seconds are not enlarged


def test_two_takes_are_compared_at_the_same_place(application, wait_for, tmp_path):
    pytest.importorskip("PyQt6.QtMultimedia", reason="no QtMultimedia here", exc_type=ImportError)
    from PyQt6.QtTest import QTest

    from plugin_host.player.film import Film, FilmPicture

    first = write_video(tmp_path / "a.mp4", moving_square(250))
    second = write_video(tmp_path / "b.mp4", [255 - image for image in moving_square(250)])
    picture = FilmPicture()
    picture.resize(160, 120)
    film = Film(picture)
    failed = []
    film.failed.connect(failed.append)
    film.load(first)
    wait_for(lambda: picture._frame is not None)
    assert not film.is_playing and film.position_s == 0
    film.seek(4.0)
    wait_for(lambda: film.position_s == 4.0)
    of_first = picture.grab().toImage()
    film.load(second, keep=True)
    assert film.position_s == 4.0
    wait_for(lambda: film._wanted is None)
    wait_for(lambda: picture.grab().toImage() != of_first)
    assert film.position_s == 4.0 and not film.is_playing
    film.toggle()
    wait_for(lambda: film.position_s > 4.2)
    film.load(first, keep=True)
    wait_for(lambda: film._wanted is None and film.position_s > 4.4)
    assert film.is_playing
    film.hold()
    stopped = film.position_s
    QTest.qWait(200)
    assert film.position_s == pytest.approx(stopped, abs=0.1) and not film.is_playing
    film.load(None)
    assert picture._frame is None and failed == []


def test_a_video_that_is_none_says_so(application, wait_for, tmp_path):
    pytest.importorskip("PyQt6.QtMultimedia", reason="no QtMultimedia here", exc_type=ImportError)
    from plugin_host.player.film import Film, FilmPicture

    (tmp_path / "a.mp4").write_text("text")
    film = Film(FilmPicture())
    failed = []
    film.failed.connect(failed.append)
    film.load(tmp_path / "a.mp4")
    wait_for(lambda: failed)
