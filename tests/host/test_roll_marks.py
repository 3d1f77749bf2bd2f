"""What the plan looks like."""

import pytest

from d2m_bridge.engine.plan import Chord, PlanStep, Tone
from plugin_host.widgets.roll_marks import HIGHEST, LOWEST, Mark, chord_name, marks_of

SILENT = (0.0,) * 8


def step(number, drums=SILENT, bass=None, harmony=None, lead=None):
    return PlanStep(number, "groove", Chord(0, (48, 52, 55)), drums, bass, harmony, lead)


def test_a_step_shows_what_starts_on_it():
    kick, open_hat = (0.9, 0, 0, 0, 0, 0, 0, 0), (0, 0, 0, 0.5, 0, 0, 0, 0)
    assert list(marks_of(step(6, kick))) == [Mark(0, 0, 1.5, 0.2, 0.9)]
    assert [mark.row for mark in marks_of(step(0, open_hat))] == [2]
    assert list(marks_of(step(5, bass=Tone((40,), 3, 0.7)))) == [Mark(1, 40 - LOWEST, 1.25, 0.75, 0.7)]
    assert len(list(marks_of(step(0, harmony=Tone((60, 64, 67), 16, 0.5))))) == 3
    assert list(marks_of(step(3))) == []


def test_notes_beyond_the_roll_are_drawn_at_its_edge():
    marks = list(marks_of(step(0, lead=Tone((5, 120), 1, 1.0))))
    assert [mark.row for mark in marks] == [0, HIGHEST - 1 - LOWEST]


@pytest.mark.parametrize(
    ("root", "pitches", "name"),
    [
        (0, (48, 52, 55), "C"),
        (9, (45, 48, 52), "Am"),
        (1, (49, 53, 56), "D\u266d"),
        (1, (49, 52, 56), "C\u266fm"),
        (7, (43, 50), "G"),
    ],
)
def test_chords_are_named_as_musicians_do(root, pitches, name):
    assert chord_name(Chord(root, pitches)) == name
