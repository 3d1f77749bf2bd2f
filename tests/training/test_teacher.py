import numpy as np
import pytest

from d2m_bridge.engine.plan import DRUMS, SECTIONS
from d2m_bridge.engine.tokens import HEAD_INDEX, HEADS, LENGTHS, VELOCITIES
from d2m_bridge.timeline import STEPS_PER_BAR
from training.grooves import Performance
from training.styles import STYLES
from training.teacher import BASS_JOINS, LEAD_JOINS, draw_material, teach, write_lesson

KICK, SNARE, CRASH = DRUMS.index("kick"), DRUMS.index("snare"), DRUMS.index("crash")
BARS = 12
DRUM_COLUMNS = [HEAD_INDEX[voice] for voice in DRUMS]


def groove(style):
    """A drummer's take of four bars, from sparse to dense, without a crash."""
    bars = np.zeros((4, STEPS_PER_BAR, len(DRUMS)), np.float32)
    for bar in range(4):
        bars[bar, ::4, KICK] = 0.9
        bars[bar, 4::8, SNARE] = 0.9
        bars[bar, :: 4 >> min(bar, 2), DRUMS.index("hat_closed")] = 0.6
    return Performance(style, bars, np.where(bars > 0, 0.2, 0))


def fill(style):
    """A roll on the toms."""
    bar = np.zeros((1, STEPS_PER_BAR, len(DRUMS)), np.float32)
    bar[0, :, DRUMS.index("tom_low")] = 0.9
    return Performance(style, bar, np.where(bar > 0, -0.3, 0))


def material(name="break", seed=0):
    prefix = STYLES[name].grooves[0]
    return draw_material(name, [groove(prefix)], [fill(prefix)], np.random.default_rng(seed))


def lesson(energy, accent=None, name="break", seed=0):
    """energy: a number, or one a bar -> tokens [S, heads]."""
    energy = np.repeat(np.broadcast_to(np.asarray(energy, float), BARS), STEPS_PER_BAR)
    accent = np.zeros(len(energy)) if accent is None else accent
    return teach(material(name, seed), energy, accent, np.random.default_rng(seed))


def column(tokens, head):
    return tokens[:, HEAD_INDEX[head]]


def by_bar(values):
    return values.reshape(BARS, STEPS_PER_BAR)


def test_a_still_dancer_leaves_a_quiet_chord_a_bar():
    tokens = lesson(0.0)
    assert not tokens[:, DRUM_COLUMNS].any()
    assert not column(tokens, "bass").any() and not column(tokens, "lead").any()
    chords = by_bar(column(tokens, "harmony"))
    assert (chords[:, 0] == 1).all() and not chords[:, 1:].any()
    struck = column(tokens, "harmony") > 0
    assert {LENGTHS[token] for token in column(tokens, "harmony_length")[struck]} == {16}
    assert {VELOCITIES[token] for token in column(tokens, "harmony_velocity")[struck]} == {min(VELOCITIES)}


def test_voices_join_as_the_dancer_wakes():
    heard = [
        {name for name in ("kick", "bass", "harmony", "lead") if column(lesson(energy), name).any()}
        for energy in (0.05, BASS_JOINS + 0.01, LEAD_JOINS + 0.02, 0.9)
    ]
    assert heard[0] == {"harmony"}
    assert "bass" in heard[1] and "lead" not in heard[1]
    assert heard[2] == heard[3] == {"kick", "bass", "harmony", "lead"}


def test_more_energy_is_more_drums_and_louder():
    hits = [(lesson(energy)[:, DRUM_COLUMNS] > 0).sum() for energy in (0.2, 0.45, 0.9)]
    assert hits == sorted(hits) and hits[0] < hits[2]
    loud = [lesson(energy)[:, DRUM_COLUMNS].max() for energy in (0.2, 0.9)]
    assert loud[0] < loud[1]


def test_chord_and_section_change_at_bars_only():
    tokens = lesson(np.linspace(0, 1, BARS))
    for head in ("chord", "section"):
        assert (by_bar(column(tokens, head)) == by_bar(column(tokens, head))[:, :1]).all()
    drawn = material()
    expected = [drawn.progression[bar % len(drawn.progression)] for bar in range(BARS)]
    assert by_bar(column(tokens, "chord"))[:, 0].tolist() == expected


def test_sections_tell_the_energys_story():
    tokens = lesson([0.0, 0.0, 0.3, 0.3, 0.5, 0.5, 0.8, 0.8, 0.0, 0.0, 0.3, 0.3])
    sections = [SECTIONS[token] for token in by_bar(column(tokens, "section"))[:, 0]]
    assert sections == [
        "intro", "intro", "build", "groove", "build", "groove", "drop", "drop", "break", "break", "build", "groove",
    ]  # fmt: skip


@pytest.mark.parametrize("step", [17, 35, 66])
def test_an_accent_is_struck_by_the_kick_and_a_strong_one_by_a_crash(step):
    accent = np.zeros(BARS * STEPS_PER_BAR)
    plain = lesson(0.3)
    assert not column(plain, "kick")[step]
    accent[step] = 0.6
    assert column(lesson(0.3, accent), "kick")[step] and not column(lesson(0.3, accent), "crash")[step]
    accent[step] = 0.95
    assert column(lesson(0.3, accent), "kick")[step] and column(lesson(0.3, accent), "crash")[step]
    elsewhere = np.arange(len(accent)) != step
    assert np.array_equal(lesson(0.3, accent)[elsewhere], plain[elsewhere])


def test_an_accent_of_a_still_body_is_not_struck():
    assert not lesson(0.0, np.ones(BARS * STEPS_PER_BAR))[:, DRUM_COLUMNS].any()


def test_a_phrase_ends_in_a_fill_when_there_is_energy():
    toms = by_bar(column(lesson(0.6), "tom_low"))
    assert toms[3::4, 8:].all()
    assert not np.delete(toms, [3, 7, 11], axis=0).any() and not toms[:, :8].any()
    assert not column(lesson(0.3), "tom_low").any()


def test_a_new_phrase_begins_with_a_crash_but_not_the_song():
    crash = by_bar(column(lesson(0.6), "crash"))
    assert np.nonzero(crash[:, 0])[0].tolist() == [4, 8]
    assert not crash[:, 1:].any()


@pytest.mark.parametrize("name", STYLES)
def test_every_style_writes_tokens_of_the_alphabet_that_end_with_their_bar(name):
    rng = np.random.default_rng(4)
    tokens = lesson(rng.random(BARS), rng.random(BARS * STEPS_PER_BAR) * (rng.random(BARS * 16) < 0.1), name)
    assert (tokens >= 0).all() and (tokens < [head.classes for head in HEADS]).all()
    for stem in ("bass", "harmony", "lead"):
        for step in np.nonzero(column(tokens, stem))[0]:
            end = step + LENGTHS[column(tokens, f"{stem}_length")[step]]
            assert (end - 1) // STEPS_PER_BAR == step // STEPS_PER_BAR


def test_house_has_its_kick_on_every_beat():
    kicks = by_bar(column(lesson(0.5, name="house"), "kick"))
    assert kicks[:3, ::4].all() and not kicks[:3, 1::2].any()


@pytest.mark.parametrize("name", ["house", "waack"])
def test_the_four_on_the_floor_stands_on_the_beat_while_the_rest_of_the_drummer_leans(name):
    energy = np.full(BARS * STEPS_PER_BAR, 0.5)
    lesson = write_lesson(material(name), energy, np.zeros(len(energy)), np.random.default_rng(0))
    groove_bar = slice(0, STEPS_PER_BAR)
    assert not lesson.offsets[groove_bar, KICK].any()
    assert np.allclose(lesson.offsets[groove_bar, SNARE][4::8], 0.2)


def test_a_lesson_tells_how_its_drummer_plays_every_hit_of_the_plan():
    energy = np.full(BARS * STEPS_PER_BAR, 0.6)
    lesson = write_lesson(material(), energy, np.zeros(len(energy)), np.random.default_rng(0))
    planned = lesson.tokens[:, DRUM_COLUMNS] > 0
    assert np.array_equal(lesson.velocities > 0, planned) and lesson.velocities.max() <= 1
    fill = 3 * STEPS_PER_BAR + 8
    assert np.allclose(lesson.offsets[fill : fill + 8, DRUMS.index("tom_low")], -0.3)
    plain = teach(material(), energy, np.zeros(len(energy)), np.random.default_rng(0))
    assert np.array_equal(lesson.tokens, plain)


def test_the_styles_that_models_know_by_position_keep_their_places():
    assert tuple(STYLES)[:6] == ("break", "hiphop", "house", "jazz", "krump", "lock")
    assert tuple(STYLES)[6:] == ("ballet", "lahiphop", "pop", "waack")


def test_the_same_seed_writes_the_same_lesson():
    assert np.array_equal(lesson(0.5, seed=3), lesson(0.5, seed=3))
    assert not np.array_equal(lesson(0.5, seed=3), lesson(0.5, seed=4))
