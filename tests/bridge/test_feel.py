"""What a performer turns: every control changes what it says, within a bar, and leaves the rest be."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.engine.blend import style_weights
from d2m_bridge.engine.composer import NOTHING_WISHED, Composer, Wishes
from d2m_bridge.engine.feel import AS_DANCED, Feel
from d2m_bridge.engine.graphs import load_models
from d2m_bridge.engine.harmony import MODES
from d2m_bridge.engine.noise import key_of
from d2m_bridge.engine.plan import KEYS
from d2m_bridge.engine.sound import StemDecoder, lag
from d2m_bridge.errors import InputError
from d2m_bridge.manifest import ASSETS
from d2m_bridge.timeline import NoteEvent
from tests.dancers import dance, steady_beats

GRID = BeatGrid.steady(120.0, 0.0, "fixed")  # a bar is 2 s
SECONDS = 16.0
TURNED_S = 6.5  # in the fourth bar
# Wishes wait for the bar line; a feel counts from the 16th on that begins at the turn, and the decoder rounds its edge.
NEXT_BAR_S = 8.0


@dataclass
class Music:
    """What was played."""

    plan: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    stems: np.ndarray = None

    def steps(self, first_s, end_s):
        return [step for step in self.plan if first_s <= GRID.step_time(step.step) < end_s]

    def count(self, first_s, end_s, *stems):
        return sum(first_s <= note.t < end_s and note.stem in stems for note in self.notes)


@pytest.fixture(scope="module")
def motion():
    return dance(SECONDS, steady_beats(120.0), noise=0.002)


@pytest.fixture(scope="module")
def models():
    """The shipped ones: what a control does to music, it must do to this music."""
    return load_models(ASSETS, "cpu")


def perform(models, motion, feel=AS_DANCED, wishes=NOTHING_WISHED, seed=1, sounding=False):
    """The controls are turned while it plays."""
    composer, decoder, music = Composer(models, GRID, 0, seed), StemDecoder(models), Music()
    picture = np.zeros(len(models.manifest.visual_features), np.float32)
    blocks = []

    def hear(composed):
        music.plan += composed.plan
        music.notes += [event for event in composed.events if isinstance(event, NoteEvent)]
        if sounding:
            blocks.extend(decoder(block).samples for block in composed.blocks)

    for frame in motion:
        if frame.index == round(TURNED_S * 30):
            composer.feel = feel
            composer.wish(wishes)
        hear(composer.push(frame, picture))
    hear(composer.finish(SECONDS))
    if sounding:
        music.stems = np.concatenate(blocks, axis=1)
    return music


@pytest.fixture(scope="module")
def plain(models, motion):
    return perform(models, motion, sounding=True)


def level_db(music, first_s, end_s, rate=44100):
    part = music.stems.sum(axis=0)[int(first_s * rate) : int(end_s * rate)]
    return 10 * np.log10(np.square(part).mean())


@pytest.mark.parametrize("name", ["intensity", "density", "complexity", "swing"])
@pytest.mark.parametrize("value", [-1.001, 1.5, float("nan")])
def test_a_value_out_of_range_is_refused_in_one_line(name, value):
    with pytest.raises(InputError, match=f"{name}: expected .* to 1, got"):
        Feel(**{name: value})


@pytest.mark.parametrize("feel", [Feel(1.0), Feel(density=-1.0), Feel(complexity=1.0), Feel(swing=1.0)])
def test_what_was_heard_before_the_turn_stays_and_the_sound_goes_on_without_a_click(models, motion, plain, feel):
    turned = perform(models, motion, feel, sounding=True)
    rate = models.manifest.sample_rate
    # The latent frame in which a step begins is all that step's.
    until = int(TURNED_S * rate) - lag(models.manifest) - models.manifest.hop
    assert np.array_equal(turned.stems[:, :until], plain.stems[:, :until])
    assert not np.array_equal(turned.stems, plain.stems)
    # A click is a jump beyond what the music itself does; a stroke of the drums is the steepest thing in it.
    steps = np.abs(np.diff(turned.stems.sum(axis=0)))
    around = steps[until : until + rate // 2]
    assert around.max() <= 1.5 * 2 ** max(0.0, feel.intensity) * np.abs(np.diff(plain.stems.sum(axis=0))).max()


def test_intensity_is_loudness_and_stroke(models, motion, plain):
    hard, soft = (perform(models, motion, Feel(value), sounding=True) for value in (1.0, -1.0))
    window = (NEXT_BAR_S, SECONDS)
    assert level_db(hard, *window) > level_db(plain, *window) + 3
    assert level_db(soft, *window) < level_db(plain, *window) - 3
    for before, soft_one, hard_one in zip(plain.notes, soft.notes, hard.notes, strict=True):
        assert before.pitch == soft_one.pitch == hard_one.pitch
        if before.t >= NEXT_BAR_S:
            assert soft_one.velocity == pytest.approx(0.65 * before.velocity)
            assert hard_one.velocity == pytest.approx(min(1.0, 1.35 * before.velocity))


def test_density_is_the_number_of_notes(models, motion, plain):
    many, few = perform(models, motion, Feel(density=1.0)), perform(models, motion, Feel(density=-1.0))
    counts = [music.count(NEXT_BAR_S, SECONDS, "drums", "bass", "lead") for music in (few, plain, many)]
    assert counts[0] < 0.6 * counts[1] and counts[1] * 1.4 < counts[2]


def test_complexity_moves_the_notes_between_the_beats(models, motion, plain):
    def off_beat(music):
        played = [n for n in music.notes if n.t >= NEXT_BAR_S and n.stem != "harmony"]
        return np.mean([note.step % 4 != 0 for note in played])

    shares = [off_beat(perform(models, motion, Feel(complexity=value))) for value in (-1.0, 1.0)]
    assert shares[0] < off_beat(plain) - 0.05 and off_beat(plain) + 0.05 < shares[1]


def test_swing_delays_every_second_16th_and_nothing_else(models, motion, plain):
    swung = perform(models, motion, Feel(swing=1.0))
    assert swung.plan == plain.plan
    late = 0
    for before, after in zip(plain.notes, swung.notes, strict=True):
        expected = 0.125 / 3 if after.step % 2 and GRID.step_time(after.step) >= TURNED_S + 0.3 else None
        if expected is not None:
            late += 1
            assert after.t - before.t == pytest.approx(expected, abs=1e-9)
        elif not after.step % 2:
            assert after.t == before.t
    assert late > 10


def test_hold_stays_in_the_section(models, motion):
    """Another section is wished for and comes; held, it stays for good."""
    free = perform(models, motion, wishes=Wishes(section="drop"), seed=5)
    held = perform(models, motion, Feel(hold=True), Wishes(section="drop"), seed=5)
    assert {step.section for step in held.steps(NEXT_BAR_S, SECONDS)} == {"drop"}
    assert free.steps(0, NEXT_BAR_S) == held.steps(0, NEXT_BAR_S)


@pytest.mark.parametrize("section", ["drop", "break"])
def test_a_section_comes_at_the_next_bar_though_another_is_held(models, motion, section):
    music = perform(models, motion, Feel(hold=True), Wishes(section=section))
    assert {step.section for step in music.steps(NEXT_BAR_S, NEXT_BAR_S + 2)} == {section}
    assert {step.section for step in music.steps(NEXT_BAR_S + 2, SECONDS)} == {section}  # it is held now


@pytest.mark.parametrize("key", ["C", "F#", "A"])
def test_the_key_is_as_asked_from_the_next_bar_on(models, motion, plain, key):
    music = perform(models, motion, wishes=Wishes(key=key))
    mode = MODES[models.manifest.styles[0].mode]
    scale = {(KEYS.index(key) + degree) % 12 for degree in mode}
    steps = music.steps(NEXT_BAR_S, SECONDS)
    tones = [tone for step in steps for tone in (step.bass, step.harmony, step.lead) if tone]
    pitches = {pitch % 12 for tone in tones for pitch in tone.pitches}
    assert pitches and pitches <= scale
    shift = KEYS.index(key) - key_of(1)
    for before, after in zip(plain.steps(NEXT_BAR_S, SECONDS), music.steps(NEXT_BAR_S, SECONDS), strict=True):
        assert (before.drums, before.section) == (after.drums, after.section)
        assert (before.chord.root + shift) % 12 == after.chord.root


def test_the_seeds_own_key_comes_back(models, motion, plain):
    music = perform(models, motion, wishes=Wishes(key="auto"))
    assert music.plan == plain.plan


@pytest.mark.parametrize("amount", [0.0, 0.5, 1.0])
def test_a_blend_is_all_the_first_all_the_second_or_something_of_its_own(models, motion, amount):
    first, second, blend = (
        perform(models, motion, wishes=Wishes(style=style_weights(models.manifest, text))).plan
        for text in ("break", "jazz", f"break+jazz:{amount}")
    )
    assert first != second
    assert (blend == first, blend == second) == (amount == 0, amount == 1)


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("house", {"house": 1.0}),
        ("house+jazz", {"house": 0.5, "jazz": 0.5}),
        ("krump+pop:0.2", {"krump": 0.8, "pop": 0.2}),
        ("lock+lock:0.3", {"lock": 1.0}),
    ],
)
def test_a_blend_in_words(models, text, shares):
    weights = style_weights(models.manifest, text)
    names = [style.name for style in models.manifest.styles]
    assert weights.dtype == np.float32
    assert {name: pytest.approx(weight) for name, weight in zip(names, weights, strict=True) if weight} == shares


@pytest.mark.parametrize("text", ["polka", "house+polka", "house+", "house+jazz:", "house+jazz:2", "a+jazz:x", ""])
def test_a_blend_that_makes_no_sense_says_so(models, text):
    with pytest.raises(InputError, match="style"):
        style_weights(models.manifest, text)
