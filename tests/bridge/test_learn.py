"""Controls of other makers that mean our commands."""

import pytest

from d2m_bridge.errors import InputError
from d2m_bridge.osc import commands as do
from d2m_bridge.osc.learn import Learned, Lesson, is_source, midi_source


@pytest.mark.parametrize(
    ("command", "value", "means"),
    [
        ("/d2m/intensity", 0.0, do.SetIntensity(-1.0)),
        ("/d2m/intensity", 0.5, do.SetIntensity(0.0)),
        ("/d2m/intensity", 7.0, do.SetIntensity(1.0)),
        ("/d2m/swing", 0.25, do.SetSwing(0.25)),
        ("/d2m/stem/bass/gain", 1.0, do.SetStemGain("bass", 12.0)),
        ("/d2m/stem/bass/mute", 0.6, do.SetStemMute("bass", True)),
        ("/d2m/stem/bass/mute", 0.4, do.SetStemMute("bass", False)),
        ("/d2m/tempo", 1.0, do.SetTempo(240.0)),
        ("/d2m/play", 1.0, do.Play()),
        ("/d2m/play", 0.0, None),
        ("/d2m/section drop", 0.7, do.SetSection("drop")),
        ("/d2m/section drop", 0.0, None),
        ("/d2m/style house", 1.0, do.SetStyle("house")),
        ("/d2m/style/blend house jazz 0.25", 1.0, do.BlendStyles("house", "jazz", 0.25)),
        ("/d2m/intensity 0.5", 1.0, do.SetIntensity(0.5)),
        ("/d2m/seed 12", 1.0, do.SetSeed(12)),
    ],
)
def test_what_a_control_sends_becomes_the_command(command, value, means):
    assert Lesson("/1/x", command).meaning(value) == means


def test_the_ends_of_the_control_are_laid_onto_the_range():
    lesson = Lesson("/1/x", "/d2m/intensity", low=127.0, high=0.0)  # upside down
    assert lesson.meaning(127.0) == do.SetIntensity(-1.0) and lesson.meaning(0.0) == do.SetIntensity(1.0)


@pytest.mark.parametrize(
    ("source", "command"),
    [
        ("fader", "/d2m/play"),
        ("/d2m/x", "/d2m/play"),
        ("/a b", "/d2m/play"),
        ("cc 0 5", "/d2m/play"),
        ("cc 17 5", "/d2m/play"),
        ("note 1 128", "/d2m/play"),
        ("/x", "/d2m/polka"),
        ("/x", "/d2m/section"),
        ("/x", "/d2m/section polka"),
        ("/x", "/d2m/section drop drop"),
        ("/x", "/d2m/style"),
        ("/x", "/d2m/seed many"),
        ("/x", "/d2m/tempo 1000"),
        ("/x", '/d2m/section "drop'),
        ("/x", ""),
    ],
)
def test_what_cannot_be_learnt_is_refused_in_one_line(source, command):
    with pytest.raises(InputError, match=r"^learn: .+$|address"):
        Lesson(source, command)


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0), (float("nan"), 1.0), (0.0, float("inf"))])
def test_ends_that_are_none_are_refused(low, high):
    with pytest.raises(InputError, match="low and high"):
        Lesson("/x", "/d2m/swing", low, high)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\xb0\x4a\x7f", ("cc 1 74", 1.0)),
        (b"\xbf\x00\x00", ("cc 16 0", 0.0)),
        (b"\x99\x24\x7f", ("note 10 36", 1.0)),
        (b"\x99\x24\x00", ("note 10 36", 0.0)),
        (b"\x89\x24\x40", ("note 10 36", 0.0)),
        (b"\xf8", None),
        (b"\xe0\x00\x40", None),
        (b"\xb0\x4a", None),
        (b"\xb0\xff\x00", None),
        (b"", None),
    ],
)
def test_controllers_and_notes_of_midi_are_sources(data, told):
    assert midi_source(data) == told
    assert told is None or is_source(told[0])


def test_learned_obeys_what_was_taught_and_notes_the_rest():
    obeyed = []
    learned = Learned((Lesson("/1/f", "/d2m/swing"), Lesson("cc 1 7", "/d2m/play")), obeyed.append)
    assert learned.hear("/1/f", (0.5, "more"))
    assert learned.hear("cc 1 7", (1.0,)) and learned.hear("cc 1 7", (0.0,))  # pressed, let go
    assert not learned.hear("/2/f", (0.25,))
    assert learned.last == ("/2/f", 0.25)
    assert not learned.hear("/1/f", ("text",)) and not learned.hear("/1/f", (float("nan"),))
    assert obeyed == [do.SetSwing(0.5), do.Play()]
    learned.teach(())
    assert not learned.hear("/1/f", (0.5,))


def test_a_press_without_an_argument_counts():
    obeyed = []
    assert Learned((Lesson("/tap", "/d2m/tap"),), obeyed.append).hear("/tap")
    assert obeyed == [do.Tap()]
