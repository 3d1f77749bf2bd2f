import numpy as np
import pytest
import torch

from d2m_bridge.engine.planner import PLANNER_INPUTS
from d2m_bridge.engine.tokens import HEAD_INDEX, HEADS, TOTAL_CLASSES
from d2m_bridge.motion.features import MOTION_FEATURES
from d2m_bridge.timeline import STEPS_PER_BAR
from d2m_bridge.visual.statistics import VISUAL_FEATURES
from training.planner_data import STEPS_SEEN, PlanRow
from training.styles import STYLE_NAMES
from training.train_planner import decisions, plan_losses

ROWS, TICKS = 4, 50


@pytest.fixture
def batch():
    """Four rows of music that end after 1, 2, 3 and 8 bars."""
    rng = np.random.default_rng(0)
    tokens = np.stack([rng.integers(0, head.classes, (ROWS, STEPS_SEEN)) for head in HEADS], axis=2)
    known = np.arange(STEPS_SEEN) < STEPS_PER_BAR * np.array([[1], [2], [3], [8]])
    arrays = (
        rng.random((ROWS, TICKS, len(MOTION_FEATURES) + len(VISUAL_FEATURES)), np.float32),
        rng.integers(-1, TICKS, (ROWS, STEPS_SEEN)),
        np.eye(len(STYLE_NAMES), dtype=np.float32)[:ROWS],
        rng.random((ROWS, STEPS_SEEN, PLANNER_INPUTS), np.float32),
        tokens,
        known,
    )
    return PlanRow(*map(torch.from_numpy, arrays))


@pytest.fixture
def answers():
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(ROWS, STEPS_SEEN, TOTAL_CLASSES, generator=generator)
    return logits, torch.randn(ROWS, TICKS, 2, generator=generator)


def test_a_term_is_the_mean_cross_entropy_of_the_decisions_that_are_made(batch, answers):
    counts = decisions(batch)
    terms = plan_losses(*answers, batch, counts.sum((0, 1)))
    first = 0
    for index, head in enumerate(HEADS):
        scores = answers[0][:, :, first : first + head.classes].log_softmax(2)
        first += head.classes
        chosen = scores.gather(2, batch.tokens[:, :, index : index + 1])[:, :, 0]
        assert terms[head.name].item() == pytest.approx(-chosen[counts[:, :, index]].mean().item(), rel=1e-5)


def test_bars_decide_chords_and_notes_have_lengths(batch):
    counts = decisions(batch)
    assert counts[:, :, HEAD_INDEX["chord"]].sum() == 1 + 2 + 3 + 8
    assert counts[:, :, HEAD_INDEX["kick"]].sum() == (1 + 2 + 3 + 8) * STEPS_PER_BAR
    bass, length = HEAD_INDEX["bass"], HEAD_INDEX["bass_length"]
    assert torch.equal(counts[:, :, length], batch.known & (batch.tokens[:, :, bass] > 0))


def test_parts_of_a_batch_average_to_the_whole_though_they_decide_unequally_often(batch, answers):
    whole = plan_losses(*answers, batch, decisions(batch).sum((0, 1)))
    mean_count = decisions(batch).sum((0, 1)).float() / 2
    halves = [
        plan_losses(*(a[rows] for a in answers), PlanRow(*(field[rows] for field in batch)), mean_count)
        for rows in (slice(0, 2), slice(2, 4))
    ]
    for name, term in whole.items():
        assert (halves[0][name] + halves[1][name]).item() / 2 == pytest.approx(term.item(), rel=1e-5)


def test_a_decision_that_nobody_makes_costs_nothing(batch, answers):
    batch.tokens[:, :, HEAD_INDEX["bass"]] = 0
    terms = plan_losses(*answers, batch, decisions(batch).sum((0, 1)))
    assert terms["bass_length"].item() == 0
    assert terms["bass"].item() > 0
