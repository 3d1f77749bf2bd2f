import pytest

from d2m_bridge.engine.plan import DRUMS, PlanStep, Tone
from training.scores.voices import notes_off

BARS = 400
VOICES = len(DRUMS) + 3


def plan(kicks=4, basses=4, bars=BARS):
    """Bars of 16 steps with so many kicks and bass notes at their beginning, and nothing else."""
    steps = []
    for step in range(16 * bars):
        drums = tuple(0.8 if voice == "kick" and step % 16 < kicks else 0.0 for voice in DRUMS)
        tone = Tone((40,), 1, 0.8) if step % 16 < basses else None
        steps.append(PlanStep(step, "groove", 0, drums, tone, None, None))
    return steps


def test_as_many_notes_are_not_off_wherever_and_however_long_they_are():
    assert notes_off([plan()], [plan()]) == pytest.approx(1)
    assert notes_off([plan()[::-1]], [plan()]) == pytest.approx(1)
    assert notes_off([plan(), plan()], [plan()]) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(("ours", "theirs"), [(2, 4), (4, 2)])
def test_a_voice_that_plays_half_or_twice_as_often_counts_alike(ours, theirs):
    assert notes_off([plan(basses=ours)], [plan(basses=theirs)]) == pytest.approx(2 ** (1 / VOICES), abs=0.001)


def test_a_starved_bass_is_not_made_good_by_more_kicks():
    """What a sum of notes would not notice."""
    assert notes_off([plan(kicks=6, basses=2)], [plan()]) > notes_off([plan(kicks=4, basses=3)], [plan()]) > 1.01


def test_silence_is_far_off_and_finite():
    assert notes_off([plan(kicks=0, basses=0)], [plan()]) == pytest.approx(251 ** (2 / VOICES))


def test_without_a_plan_there_is_no_figure():
    assert notes_off([()], [plan()]) is None
    assert notes_off([plan()], []) is None
