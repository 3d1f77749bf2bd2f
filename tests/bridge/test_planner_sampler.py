import numpy as np
import pytest

from d2m_bridge.engine.felt import FELT
from d2m_bridge.engine.planner import (
    HABIT_STEPS,
    HABITUAL,
    NO_HABITS,
    PLANNER_INPUTS,
    POSITION_FEATURES,
    TEMPERATURE,
    PlanSampler,
    habits_of,
    metric_lean,
    one_hot,
    position_features,
)
from d2m_bridge.engine.tokens import HEAD_INDEX, HEADS, LENGTHS, LOOK_BACK, TOTAL_CLASSES
from d2m_bridge.timeline import BARS_PER_PHRASE, STEPS_PER_BAR

STARTS = np.cumsum([0] + [head.classes for head in HEADS])


def logits_for(**wanted):
    """Logits that leave no doubt: the named heads at a token, all others at 0."""
    logits = np.full(TOTAL_CLASSES, -50.0, np.float32)
    for index, head in enumerate(HEADS):
        logits[STARTS[index] + wanted.get(head.name, 0)] = 50
    return logits


def perform(steps, seed=0):
    rng = np.random.default_rng(seed)
    sampler = PlanSampler()
    tokens = []
    for step in range(steps):
        sampler.inputs(step, np.zeros(len(FELT), np.float32))
        tokens.append(sampler.choose(step, rng.normal(0, 2, TOTAL_CLASSES).astype(np.float32), rng.random(len(HEADS))))
    return np.array(tokens)


def test_one_hot_marks_each_token_once():
    tokens = np.array([[head.classes - 1 for head in HEADS]])
    row = one_hot(tokens)[0]
    assert row.sum() == len(HEADS)
    assert np.array_equal(np.nonzero(row)[0], STARTS[1:] - 1)


def test_a_past_that_is_not_there_is_all_zero():
    assert not one_hot(np.full((2, 3, len(HEADS)), -1)).any()


@pytest.mark.parametrize("step", [0, 5, 16, 63, 64, 200, 100_000])
def test_the_position_is_told_in_bar_phrase_and_song(step):
    features = position_features(step)
    assert features.shape == (POSITION_FEATURES,)
    assert np.argmax(features[:STEPS_PER_BAR]) == step % 16
    assert np.argmax(features[STEPS_PER_BAR : STEPS_PER_BAR + BARS_PER_PHRASE]) == step // 16 % 4
    assert features[:-1].sum() == 2
    assert features[-1] == min(step // 16, 8) / 8


def test_the_inputs_hold_the_plan_a_step_a_bar_and_a_phrase_ago():
    sampler, tokens = PlanSampler(), []
    rng = np.random.default_rng(1)
    for step in range(70):
        felt = rng.random(len(FELT)).astype(np.float32)
        inputs = sampler.inputs(step, felt)
        assert inputs.shape == (PLANNER_INPUTS,)
        assert np.array_equal(inputs[POSITION_FEATURES:][: len(FELT)], felt)
        past = inputs[POSITION_FEATURES + len(FELT) :].reshape(len(LOOK_BACK), TOTAL_CLASSES)
        for row, back in zip(past, LOOK_BACK, strict=True):
            expected = one_hot(tokens[step - back][None])[0] if step >= back else np.zeros(TOTAL_CLASSES)
            assert np.array_equal(row, expected)
        tokens.append(sampler.choose(step, rng.normal(size=TOTAL_CLASSES).astype(np.float32), rng.random(len(HEADS))))


@pytest.mark.parametrize("uniform", [1e-9, 0.5, 1 - 1e-12])
def test_sure_logits_are_obeyed_whatever_the_dice_say(uniform):
    tokens = PlanSampler().choose(0, logits_for(kick=3, chord=5, section=2), np.full(len(HEADS), uniform))
    assert (tokens[HEAD_INDEX["kick"]], tokens[HEAD_INDEX["chord"]], tokens[HEAD_INDEX["section"]]) == (3, 5, 2)
    assert tokens[HEAD_INDEX["snare"]] == 0


def draws(step, voice, count=800):
    """How often each token of a drum voice is drawn on a step; the second hit is likelier than the other tokens."""
    logits = np.zeros(TOTAL_CLASSES, np.float32)
    logits[STARTS[HEAD_INDEX[voice]] + 2] = 1.0
    uniforms = np.random.default_rng(0).random((count, len(HEADS)))
    drawn = [PlanSampler().choose(step, logits, row)[HEAD_INDEX[voice]] for row in uniforms]
    return np.bincount(drawn, minlength=4) / count


def test_likelier_tokens_are_drawn_more_often():
    weights = np.exp(np.array([0, 1, 0]) / TEMPERATURE)
    drawn = draws(0, "tom_low")[1:]
    np.testing.assert_allclose(drawn / drawn.sum(), weights / weights.sum(), atol=0.06)


@pytest.mark.parametrize("voice", ["kick", "snare", "hat_closed"])
def test_drums_lean_towards_the_beat(voice):
    silent = [draws(step, voice)[0] for step in (0, 2, 1)]
    assert silent == sorted(silent)
    assert silent[2] > silent[0] + 0.2


def test_a_note_that_is_less_likely_than_not_is_not_starved():
    """A fifth of all 16ths is how often a bass plays; dice below temperature 1 alone would make that a twentieth."""
    logits = logits_for()
    logits[STARTS[HEAD_INDEX["bass"]] :][:2] = 0, np.log(0.25)
    drawn = []
    for seed in range(60):
        dice, habits = np.random.default_rng(seed).random((HABIT_STEPS, len(HEADS))), habits_of(seed)
        drawn += [
            PlanSampler().choose(step, logits, row, habits=habits)[HEAD_INDEX["bass"]] for step, row in enumerate(dice)
        ]
    assert 0.15 < np.mean(np.array(drawn) > 0) < 0.4


def test_kick_and_snare_take_turns_from_beat_to_beat():
    first, second, eighth = (0, 24), (4, 28), (2, 30)
    for one, two, three in zip(first, second, eighth, strict=True):
        assert metric_lean("kick", one) > metric_lean("kick", two) > metric_lean("kick", three) == 0
        assert metric_lean("snare", two) > metric_lean("snare", one) > metric_lean("snare", three) == 0
        assert metric_lean("hat_closed", one) == metric_lean("hat_closed", two) > 0
    assert metric_lean("ride", 0) == metric_lean("bass", 0) == 0


def test_a_crash_rings_for_half_a_bar():
    sampler = PlanSampler()
    struck = [
        bool(sampler.choose(step, logits_for(crash=3), np.full(len(HEADS), 0.5))[HEAD_INDEX["crash"]])
        for step in range(24)
    ]
    assert [step for step, hit in enumerate(struck) if hit] == [0, 8, 16]


def test_chord_and_section_change_at_bars_only():
    tokens = perform(400)
    for name in ("chord", "section"):
        changes = np.nonzero(np.diff(tokens[:, HEAD_INDEX[name]]))[0] + 1
        assert len(changes) > 5
        assert not (changes % STEPS_PER_BAR).any()


@pytest.mark.parametrize("stem", ["bass", "harmony", "lead"])
def test_a_tone_waits_for_the_one_before_and_ends_with_its_bar(stem):
    tokens = perform(600)
    free = 0
    onsets = np.nonzero(tokens[:, HEAD_INDEX[stem]])[0]
    assert len(onsets) > 30
    for step in onsets:
        assert step >= free
        free = step + LENGTHS[tokens[step, HEAD_INDEX[f"{stem}_length"]]]
        assert (free - 1) // STEPS_PER_BAR == step // STEPS_PER_BAR


def test_the_same_dice_give_the_same_plan():
    assert np.array_equal(perform(100, seed=3), perform(100, seed=3))
    assert not np.array_equal(perform(100, seed=3), perform(100, seed=4))


def hits(habits, steps=4 * HABIT_STEPS, voice="snare"):
    """On which steps a voice that may play anywhere plays, with some habits."""
    sampler, rng = PlanSampler(), np.random.default_rng(0)
    undecided = np.zeros(TOTAL_CLASSES, np.float32)
    drawn = [sampler.choose(step, undecided, rng.random(len(HEADS)), habits=habits) for step in range(steps)]
    return np.array([tokens[HEAD_INDEX[voice]] > 0 for tokens in drawn])


def test_a_song_plays_what_it_likes_at_the_same_place_of_every_second_bar():
    habits = NO_HABITS.copy()
    habits[:, HABITUAL.index("snare")] = -20
    habits[5, HABITUAL.index("snare")] = 20
    assert np.array_equal(np.nonzero(hits(habits))[0], 5 + HABIT_STEPS * np.arange(4))


def test_a_seed_has_the_same_habits_always_and_another_seed_has_others():
    assert np.array_equal(habits_of(7), habits_of(7))
    assert habits_of(7).shape == NO_HABITS.shape
    correlation = np.corrcoef(habits_of(7).ravel(), habits_of(8).ravel())[0, 1]
    assert abs(correlation) < 0.2


def test_habits_move_notes_but_do_not_make_more_of_them():
    counts = [hits(habits_of(seed), voice=voice).mean() for seed in range(12) for voice in ("snare", "crash", "bass")]
    plain = [hits(NO_HABITS, voice=voice).mean() for voice in ("snare", "crash", "bass")]
    assert np.mean(counts) <= np.mean(plain)
