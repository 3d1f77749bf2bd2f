import numpy as np
import pytest

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.engine.notes import ENERGY_EVERY_S, EnergyMeter, note_events, step_events
from d2m_bridge.engine.plan import DRUM_NOTES, DRUMS, Chord, PlanStep, Tone
from d2m_bridge.timeline import BeatEvent, MotionFrame, SectionEvent

GRID = BeatGrid(np.array([0.0, 0.5, 1.1, 1.6, 2.2]), "follow")
CHORD = Chord(0, (60, 64, 67, 71))


class Undecided:
    """A live clock that knows no further than a step."""

    def __init__(self, until):
        self.until = until

    def step_time(self, step):
        return 0.125 * step if step <= self.until else None


def step(index, drums=None, bass=None, harmony=None, lead=None):
    return PlanStep(index, "groove", CHORD, drums or (0.0,) * len(DRUMS), bass, harmony, lead)


def motion(index, energy=0.5, rate=30.0):
    return MotionFrame(index, index / rate, np.zeros(1, np.float32), energy, 0.0, True)


def test_a_beat_comes_on_every_fourth_step_with_its_tempo():
    found = [event for i in range(16) for event in step_events(step(i), GRID.step_time(i), GRID)]
    beats = [event for event in found if isinstance(event, BeatEvent)]
    assert [(b.bar, b.beat) for b in beats] == [(0, 0), (0, 1), (0, 2), (0, 3)]
    assert [b.t for b in beats] == [0.0, 0.5, 1.1, 1.6]
    assert [b.bpm for b in beats] == pytest.approx([120, 100, 120, 100])


def test_a_section_comes_with_every_bar():
    found = [event for i in range(33) for event in step_events(step(i), 0.1 * i, GRID)]
    assert [e.bar for e in found if isinstance(e, SectionEvent)] == [0, 1, 2]


def test_drums_are_general_midi_notes_of_one_step():
    drums = tuple(0.1 * (i + 1) for i in range(len(DRUMS)))
    notes = list(note_events(step(4, drums), 0.5, GRID))
    assert [note.pitch for note in notes] == list(DRUM_NOTES)
    assert [note.velocity for note in notes] == pytest.approx(drums)
    assert {(note.stem, note.step, note.steps, note.t) for note in notes} == {("drums", 4, 1, 0.5)}
    assert notes[0].duration == pytest.approx(0.15)


def test_a_tone_ends_on_the_grid_even_where_the_tempo_changes():
    [note] = note_events(step(2, bass=Tone((40,), 4, 0.8)), GRID.step_time(2), GRID)
    assert note.t + note.duration == pytest.approx(GRID.step_time(6))
    assert (note.stem, note.pitch, note.velocity, note.steps) == ("bass", 40, 0.8, 4)


def test_a_chord_is_a_note_for_each_tone():
    notes = list(note_events(step(0, harmony=Tone(CHORD.pitches, 16, 1.0)), 0.0, GRID))
    assert [note.pitch for note in notes] == list(CHORD.pitches)
    assert len({note.duration for note in notes}) == 1


def test_where_the_end_is_undecided_the_last_step_is_carried_on():
    [note] = note_events(step(8, lead=Tone((70,), 4, 1.0)), 1.0, Undecided(until=8))
    assert note.duration == pytest.approx(4 * 0.125)


def test_at_the_very_beginning_of_an_undecided_clock_a_length_is_unknown():
    class Nothing:
        def step_time(self, step):
            return None

    [beat, _] = step_events(step(0), 0.0, Nothing())
    assert beat.bpm == 0.0


@pytest.mark.parametrize("rate", [7.0, 24.0, 30.0, 100.0])
def test_energy_is_sent_at_a_steady_rate_whatever_the_motion_rate(rate):
    meter = EnergyMeter()
    sent = [event for i in range(int(10 * rate)) for event in meter.push(motion(i, rate=rate))]
    assert len(sent) == min(round(10 / ENERGY_EVERY_S), int(10 * rate))
    gaps = np.diff([event.t for event in sent])
    assert gaps.max() <= max(ENERGY_EVERY_S, 1 / rate) + 1 / rate


def test_energy_is_the_dancers():
    assert EnergyMeter().push(motion(0, energy=0.25))[0].value == 0.25
