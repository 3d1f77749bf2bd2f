from pathlib import Path

import numpy as np
import pytest

from d2m_bridge.conductor.choose import TEMPO_SOURCES, find_tempo
from d2m_bridge.errors import InputError
from tests.dancers import dance, steady_beats
from tests.media import moving_square, write_video

NOWHERE = Path("no-video-is-read")


@pytest.fixture(scope="module")
def motion():
    return dance(12.0, steady_beats(96.0), noise=0.002)


def clicks(bpm, seconds, rate=44100):
    sound = np.zeros((1, seconds * rate), np.float32)
    for beat in range(int(seconds * bpm / 60)):
        start = round(beat * 60 / bpm * rate)
        sound[:, start : start + 200] = 0.8 if beat % 4 else 1.0
    return sound


def test_every_source_can_be_named():
    assert TEMPO_SOURCES == ("follow", "soundtrack", "fixed")


def test_follow_takes_the_dancers_tempo(motion):
    tempo = find_tempo("follow", None, motion, NOWHERE)
    assert tempo.grid.bpm == pytest.approx(96, rel=0.02)
    assert (tempo.source, tempo.grid.source) == ("follow", "follow")
    assert 0 < tempo.confidence <= 1


def test_follow_without_anybody_has_no_confidence():
    assert find_tempo("follow", None, [], NOWHERE).confidence == 0


def test_an_octave_that_was_chosen_is_said():
    tempo = find_tempo("follow", None, dance(12.0, steady_beats(170.0), noise=0.001), NOWHERE)
    assert tempo.grid.bpm == pytest.approx(85, rel=0.02)
    assert tempo.note is not None and "octave" in tempo.note


def test_fixed_takes_the_number(motion):
    tempo = find_tempo("fixed", 123.0, motion, NOWHERE)
    assert tempo.grid.bpm == pytest.approx(123)
    assert (tempo.source, tempo.confidence, tempo.note) == ("fixed", 1.0, None)


def test_soundtrack_takes_the_clips_own_beat(tmp_path, motion):
    clip = write_video(tmp_path / "music.mkv", moving_square(250), sound=clicks(110, 10))
    tempo = find_tempo("soundtrack", None, motion, clip)
    assert tempo.grid.bpm == pytest.approx(110, rel=0.02)
    assert tempo.source == "soundtrack"
    nearest = [min(abs(t - beat * 60 / 110) for beat in range(19)) for t in tempo.grid.times if 0 <= t < 9.5]
    assert np.median(nearest) < 0.03


@pytest.mark.parametrize(
    ("source", "bpm", "words"),
    [
        ("fixed", None, "add --bpm"),
        ("fixed", 10.0, "40 to 240"),
        ("follow", 100.0, "exclude each other"),
        ("soundtrack", 100.0, "exclude each other"),
    ],
)
def test_what_cannot_be_is_one_clear_line(source, bpm, words):
    with pytest.raises(InputError, match=words) as caught:
        find_tempo(source, bpm, [], NOWHERE)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "sound",
    [None, np.zeros((1, 5 * 44100), np.float32), clicks(100, 1)],
    ids=["no soundtrack", "silence", "one second"],
)
def test_a_soundtrack_without_a_beat_names_the_video(tmp_path, sound):
    clip = write_video(tmp_path / "mute.mkv", moving_square(50), sound=sound)
    with pytest.raises(InputError, match="soundtrack") as caught:
        find_tempo("soundtrack", None, [], clip)
    assert str(clip) in str(caught.value)
