from itertools import pairwise

import numpy as np
import pytest

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.engine.composer import Composer
from d2m_bridge.engine.engine import Engine, EngineOutput
from d2m_bridge.engine.plan import DRUM_NOTES, STEMS
from d2m_bridge.engine.sound import StemDecoder
from d2m_bridge.timeline import STEPS_PER_BAR, BeatEvent, NoteEvent
from tests.dancers import dance, steady_beats

SECONDS = 5.0
GRID = BeatGrid.steady(100.0, 0.0, "fixed")


@pytest.fixture(scope="module")
def motion():
    return dance(SECONDS, steady_beats(100.0), noise=0.002)


def picture(models):
    return np.zeros(len(models.manifest.visual_features), np.float32)


def perform(models, motion, seed=1, style=0, grid=GRID, chunk=10**9, end=SECONDS) -> EngineOutput:
    engine = Engine(models, grid, style, seed)
    total = EngineOutput()
    for begin in range(0, len(motion), chunk):
        for frame in motion[begin : begin + chunk]:
            gather(total, engine.push(frame, picture(models)))
    gather(total, engine.finish(end))
    return total


def gather(total, part):
    total.blocks += part.blocks
    total.events += part.events
    total.plan += part.plan


def sound(output):
    return np.concatenate([block.samples for block in output.blocks], axis=1)


def notes(output):
    return [event for event in output.events if isinstance(event, NoteEvent)]


def test_blocks_follow_each_other_without_gap_from_sample_zero_to_beyond_the_end(models, motion):
    blocks = perform(models, motion).blocks
    assert blocks[0].start == 0
    for before, after in pairwise(blocks):
        assert after.start == before.start + before.samples.shape[1]
    assert blocks[-1].start + blocks[-1].samples.shape[1] >= round(SECONDS * models.manifest.sample_rate)


def test_the_same_seed_gives_the_same_samples_and_another_seed_another_plan(models, motion):
    one, same, other = (perform(models, motion, seed) for seed in (1, 1, 2))
    assert np.array_equal(sound(one), sound(same))
    assert one.plan == same.plan
    assert one.plan != other.plan
    assert not np.array_equal(sound(one), sound(other))


def test_another_style_gives_another_plan(models, motion):
    plans = [perform(models, motion, style=style).plan for style in range(3)]
    assert plans[0] != plans[1] != plans[2] != plans[0]


def test_what_has_sounded_does_not_change_with_what_comes_later(models, motion):
    whole = perform(models, motion)
    frozen = motion[:90] + [
        motion[89].__class__(f.index, f.t, motion[89].features, 0.0, 0.0, True) for f in motion[90:]
    ]
    changed = perform(models, frozen)
    until = int(
        GRID.step_time(19) * models.manifest.sample_rate
    )  # the next 16th begins at 3 s; its rise lies before it
    assert np.array_equal(sound(whole)[:, :until], sound(changed)[:, :until])
    assert not np.array_equal(sound(whole), sound(changed))


def codes_by_frame(output, manifest):
    """Latent frame -> codes [4, books]. Blocks of nothing but run-in are not given out, so place blocks by sample."""
    lag = manifest.delay_samples + manifest.look_ahead_frames * manifest.hop
    found = {}
    for block in output.blocks:
        count = block.codes.shape[2]
        first = (block.start + block.samples.shape[1] + lag) // manifest.hop - count
        found |= {first + i: block.codes[:, :, i].tolist() for i in range(count)}
    return found


def test_sound_that_nobody_would_hear_is_silence_and_the_plan_goes_on(models, motion):
    lose_at, heard_from = 60, 3 * models.manifest.sample_rate
    usual = perform(models, motion)
    composer, decoder = Composer(models, GRID, 0, 1), StemDecoder(models)
    lost = EngineOutput()
    for frame in motion:
        if frame.index == lose_at:
            composer.lose_sound_before(heard_from)
        composed = composer.push(frame, picture(models))
        gather(lost, EngineOutput([decoder(block) for block in composed.blocks], composed.events, composed.plan))
    assert lost.plan == usual.plan[: len(lost.plan)] and lost.events == usual.events[: len(lost.events)]
    before, after = sound(usual), sound(lost)
    lost_at = int(np.argmax([block.codes.shape[2] == 0 for block in lost.blocks]))
    begin = lost.blocks[lost_at].start
    silent = ~after[:, begin:].any(axis=0)
    end = begin + int(np.argmin(silent))
    block = models.manifest.block_frames * models.manifest.hop
    assert 1.5 < begin / models.manifest.sample_rate < 2.5 and heard_from - block < end <= heard_from
    assert np.array_equal(before[:, :begin], after[:, :begin])
    assert not silent[end - begin :].all() and after[:, end:].shape[1] > models.manifest.sample_rate


def test_sound_that_is_wanted_does_not_wait_for_the_dance(models, motion):
    """What was composed in advance stays, and the music goes on from there."""
    waiting, wanted = (Composer(models, GRID, 0, 1) for _ in range(2))
    rate, block = models.manifest.sample_rate, models.manifest.block_frames * models.manifest.hop
    shown = [frame for frame in motion if frame.t <= 1.0]
    usual = [step for frame in shown for step in waiting.push(frame, picture(models)).plan]
    plan, blocks = [], []
    for frame in shown:
        composed = wanted.push(frame, picture(models))
        plan, blocks = plan + composed.plan, blocks + composed.blocks
    assert plan == usual and blocks[-1].start + block < 1.0 * rate
    early = wanted.want(2 * rate)
    plan, blocks = plan + early.plan, blocks + early.blocks
    assert blocks[-1].start + block >= 2 * rate > blocks[-1].start - 2 * block
    for frame in motion[len(shown) :]:
        composed = wanted.push(frame, picture(models))
        plan, blocks = plan + composed.plan, blocks + composed.blocks
    assert [step.step for step in plan] == list(range(len(plan))) and plan[: len(usual)] == usual
    assert all(after.start - before.start == block for before, after in pairwise(blocks))
    assert blocks[-1].start > 4.0 * rate
    assert wanted.want(rate).blocks == []  # it is there


@pytest.mark.parametrize("size", [1, 7])
def test_other_block_sizes_of_the_graphs_give_the_same_music(models, motion, size, tmp_path, monkeypatch):
    """Streaming equals offline: the graphs exported again for another block length, fed the same dance."""
    from d2m_bridge.engine.graphs import load_models
    from export import bundle
    from tests.models_folder import untrained

    monkeypatch.setattr(bundle, "BLOCK_FRAMES", size)
    bundle.export_models(untrained(), tmp_path, "other-block")
    other = perform(load_models(tmp_path, "cpu"), motion)
    usual = perform(models, motion)
    end = round(SECONDS * models.manifest.sample_rate)
    assert np.abs(sound(other)[:, :end] - sound(usual)[:, :end]).max() <= 1e-5
    assert other.plan == usual.plan
    mine, theirs = codes_by_frame(usual, models.manifest), codes_by_frame(other, models.manifest)
    both = mine.keys() & theirs.keys()
    assert len(both) >= end // models.manifest.hop
    assert all(mine[frame] == theirs[frame] for frame in both)


def test_notes_are_the_plan_note_for_note(models, motion):
    output = perform(models, motion)
    expected = set()
    for step in output.plan:
        expected |= {(step.step, "drums", note, 1) for note, v in zip(DRUM_NOTES, step.drums, strict=True) if v}
        for stem in STEMS[1:]:
            tone = getattr(step, stem)
            if tone:
                expected |= {(step.step, stem, pitch, tone.steps) for pitch in tone.pitches}
    assert {(n.step, n.stem, n.pitch, n.steps) for n in notes(output)} == expected
    assert len(notes(output)) == len(expected)


def test_notes_stand_exactly_on_the_grid(models, motion):
    for note in notes(perform(models, motion)):
        assert note.t == GRID.step_time(note.step)
        assert note.t + note.duration == pytest.approx(GRID.step_time(note.step + note.steps), abs=1e-9)


def test_tones_of_a_stem_never_overlap_and_end_with_their_bar(models, motion):
    plan = perform(models, motion).plan
    for stem in STEMS[1:]:
        free = 0
        for step in plan:
            tone = getattr(step, stem)
            if tone:
                assert step.step >= free
                free = step.step + tone.steps
                assert (free - 1) // STEPS_PER_BAR == step.step // STEPS_PER_BAR


def test_chord_and_section_change_at_bars_only(models, motion):
    plan = perform(models, motion).plan
    for before, after in pairwise(plan):
        if after.step % STEPS_PER_BAR:
            assert (before.chord, before.section) == (after.chord, after.section)


def test_nothing_is_played_before_the_first_frame_of_a_grid_that_begins_earlier(models, motion):
    grid = BeatGrid(np.array([-0.7, -0.1, 0.5]), "fixed")
    output = perform(models, motion, grid=grid)
    assert all(event.t >= 0 for event in output.events)
    for step in output.plan:
        if grid.step_time(step.step) < 0:
            assert not any(step.drums)
            assert step.bass is step.harmony is step.lead is None


def test_beats_count_on_at_the_grids_tempo(models, motion):
    beats = [event for event in perform(models, motion).events if isinstance(event, BeatEvent)]
    assert [(b.bar, b.beat) for b in beats[:6]] == [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (1, 1)]
    assert [b.t for b in beats] == pytest.approx(np.arange(len(beats)) * 0.6)
    assert all(b.bpm == pytest.approx(100.0) for b in beats)


def test_a_step_is_planned_as_soon_as_half_of_it_was_seen(models, motion):
    engine = Engine(models, GRID, 0, 1)
    planned_until = {}
    for frame in motion:
        for step in engine.push(frame, picture(models)).plan:
            planned_until[step.step] = frame.t
    for step, seen in planned_until.items():
        half = (GRID.step_time(step) + GRID.step_time(step + 1)) / 2
        assert half - 1e-9 <= seen <= half + 1 / 30 + 1e-9
