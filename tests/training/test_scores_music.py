"""Structure, diversity, Fréchet distance, still dancers and tables."""

import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.engine.plan import DRUMS, Chord, PlanStep, Tone
from d2m_bridge.errors import InputError
from tests.training.made_up_pairs import RATE, clicks, struck
from training.scores.diversity import seed_diversity
from training.scores.frechet import CepstralEmbedding, OnnxEmbedding, frechet_distance
from training.scores.hearing import find_onsets, log_mel
from training.scores.measures import still_dancer
from training.scores.scenes import Take
from training.scores.structure import bar_similarity, bars_of, plan_bars, section_similarity
from training.scores.tables import FORMATS, as_latex, as_markdown, as_text

GRID = BeatGrid.steady(120.0, 0.0, "known")  # a bar is two seconds
BARS = 9


def tone(pitch, seconds):
    t = np.arange(int(seconds * RATE)) / RATE
    return (0.1 * np.sin(2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * t)).astype(np.float32)


def song(order, seed=0):
    """One bar of drums and a chord for each number in `order`; equal numbers are equal bars."""
    bars = []
    for number in order:
        rng = np.random.default_rng([seed, number])
        times = np.flatnonzero(rng.random(16) < 0.4) / 8
        chord = sum(tone(60 + pitch, 2.0) for pitch in rng.choice(12, 3, replace=False))
        bars.append(struck(times, rng.uniform(0.4, 1, len(times)), 2.0) + chord)
    return np.concatenate(bars)


def bars(order, seed=0):
    return bars_of(song(order, seed), RATE, GRID)


def noise(seconds=2 * BARS, seed=0):
    return np.random.default_rng(seed).normal(0, 0.1, int(seconds * RATE)).astype(np.float32)


def test_a_loop_repeats_itself_and_noise_does_not():
    loop, none = bars([1] * BARS), bars_of(noise(), RATE, GRID)
    assert len(loop) == BARS
    assert bar_similarity(loop) > 0.95 and section_similarity(loop) > 0.95
    assert bar_similarity(none) < 0.6 and section_similarity(none) < 0.6


def test_a_phrase_that_comes_back_is_seen_at_the_section_scale_only():
    phrases = bars([1, 2, 3, 4] * 2 + [1])
    assert section_similarity(phrases) > 0.95
    assert bar_similarity(phrases) < 0.6


def test_silence_and_a_steady_tone_are_loops():
    for sound in (np.zeros(18 * RATE, np.float32), tone(57, 18)):
        assert bar_similarity(bars_of(sound, RATE, GRID)) > 0.9


def test_bars_begin_with_the_grid_and_lie_inside_the_sound():
    upbeat = BeatGrid(np.array([-0.5, 0.0]), "known")
    assert len(bars_of(song([1, 2, 3]), RATE, upbeat)) == 2  # from 1.5 s
    assert bar_similarity(bars([1])) is None and section_similarity(bars([1, 2, 3, 4])) is None


def test_two_seeds_differ_more_than_two_bars_only_if_they_are_other_songs():
    assert seed_diversity(bars([1, 2, 3, 1, 2]), bars([1, 2, 3, 1, 2])) == pytest.approx(0, abs=1e-6)
    assert seed_diversity(bars([1, 1, 2, 1, 1]), bars([1, 1, 2, 1, 1], seed=9)) > 1.5
    assert seed_diversity(bars([1]), bars([2])) is None


def plan(order, seed=0, key=0):
    """One bar of drums and a chord for each number in `order`, as a plan; after a pick-up of three steps."""
    steps = []
    for place, number in enumerate([0, *order]):
        rng = np.random.default_rng([seed, number])
        drums = rng.uniform(0.4, 1, (16, len(DRUMS))) * (rng.random((16, len(DRUMS))) < 0.3)
        root = 48 + int(rng.integers(12)) + key
        for within in range(13 if place == 0 else 0, 16):
            tone = Tone((root, root + 4, root + 7), 16, 0.8) if within == 0 else None
            chord = Chord(root % 12, (root, root + 4, root + 7))
            struck_now = tuple(map(float, drums[within]))
            steps.append(PlanStep(16 * place - 16 + within, "groove", chord, struck_now, tone, tone, None))
    return plan_bars(steps)


def test_plans_are_compared_as_what_is_heard_is():
    assert len(plan([1, 2, 3])) == 3  # the pick-up is no bar
    assert bar_similarity(plan([1] * BARS)) == pytest.approx(1)
    assert section_similarity(plan([1, 2, 3, 4] * 2 + [1])) == pytest.approx(1)
    assert seed_diversity(plan([1, 2, 3, 1, 2]), plan([1, 2, 3, 1, 2])) == pytest.approx(0, abs=1e-9)
    assert seed_diversity(plan([1, 1, 2, 1, 1]), plan([1, 1, 2, 1, 1], seed=9)) > 1.5
    # Another key alone is half of a change, and a drummer who plays by chance is no diversity.
    assert 0 < seed_diversity(plan([1, 2, 3, 4]), plan([1, 2, 3, 4], key=6)) < 1
    assert seed_diversity(plan(range(1, 9)), plan(range(11, 19))) == pytest.approx(1, abs=0.15)


def test_the_frechet_distance_of_gaussians_is_the_closed_form():
    rng = np.random.default_rng(0)

    def drawn(mean, deviations):
        raw = rng.standard_normal((4000, 3))
        raw = (raw - raw.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(raw, rowvar=False)).T)
        return raw * deviations + mean  # exactly this mean and these deviations, uncorrelated

    a, b = drawn([0, 0, 0], [1, 2, 3]), drawn([1, -2, 0], [2, 2, 1])
    assert frechet_distance(a, b) == pytest.approx((1 + 4) + (1 + 0 + 4), rel=1e-6)
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-6)


def test_the_default_embedding_hears_timbre_and_not_loudness():
    embedding = CepstralEmbedding()
    assert embedding.name == "mfcc40-1s"
    drums, same, other = (
        embedding(song([1, 2, 3]), RATE),
        embedding(0.1 * song([1, 2, 3]), RATE),
        embedding(noise(6), RATE),
    )
    assert drums.shape == (len(drums), 40)
    assert frechet_distance(drums, other) > 20 * frechet_distance(drums, same)


def graph(path, facts):
    """Blocks of 100 samples, each a vector of 2: sum and sum of squares would do; here sum and twice the sum."""
    weights = np.stack([np.ones(100), 2 * np.ones(100)], axis=1).astype(np.float32)
    nodes = [
        helper.make_node("Reshape", ["sound", "shape"], ["blocks"]),
        helper.make_node("MatMul", ["blocks", "weights"], ["vectors"]),
    ]
    inputs = [helper.make_tensor_value_info("sound", TensorProto.FLOAT, [1, None])]
    outputs = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, [1, None, 2])]
    constants = [
        numpy_helper.from_array(np.array([1, -1, 100]), "shape"),
        numpy_helper.from_array(weights, "weights"),
    ]
    model = helper.make_model(
        helper.make_graph(nodes, "embedding", inputs, outputs, constants),
        opset_imports=[helper.make_opsetid("", 17)], ir_version=8,
    )  # fmt: skip
    helper.set_model_props(model, facts)
    onnx.save(model, path)
    return path


def test_an_embedding_of_the_users_own_is_used_at_its_rate_and_under_its_name(tmp_path):
    embedding = OnnxEmbedding(graph(tmp_path / "mine.onnx", {"sample_rate": "8000", "name": "mine-v2"}))
    vectors = embedding(noise(2), RATE)
    assert embedding.name == "mine-v2" and vectors.shape == (160, 2)
    np.testing.assert_allclose(vectors[:, 1], 2 * vectors[:, 0], rtol=1e-4)
    assert OnnxEmbedding(graph(tmp_path / "b.onnx", {"sample_rate": "8000"})).name == "b.onnx"


@pytest.mark.parametrize("fault", ["no rate", "no graph", "no file"])
def test_an_embedding_that_cannot_serve_is_one_line(tmp_path, fault):
    path = tmp_path / "mine.onnx"
    if fault == "no rate":
        graph(path, {"name": "x"})
    elif fault == "no graph":
        path.write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"mine\.onnx") as caught:
        OnnxEmbedding(path)
    assert "\n" not in str(caught.value)


def test_a_still_dancer_is_measured_in_level_and_onsets():
    loud, soft = clicks(0.25, 8.0), 0.1 * clicks(1.0, 4.0)
    level, density = still_dancer([Take(loud)], [Take(soft)], RATE)
    assert level == pytest.approx(-20 - 10 * np.log10(4), abs=1.0)
    assert density == pytest.approx(0.25, abs=0.03)
    assert still_dancer([Take(loud)], [Take(loud)], RATE) == (pytest.approx(0), pytest.approx(1))
    nothing = Take(np.zeros(8 * RATE, np.float32))
    assert still_dancer([nothing], [nothing], RATE) == (None, None)
    assert still_dancer([Take(loud)], [nothing], RATE)[1] == 0


def test_onsets_are_heard_where_they_are_and_not_in_steady_sounds():
    times = np.array([0.5, 1.1, 1.4, 2.3])
    found = find_onsets(struck(times, [1.0, 0.5, 0.8, 0.3], 3.0), RATE)
    np.testing.assert_allclose(found.times, times, atol=0.03)
    assert found.strengths[0] > found.strengths[1] > found.strengths[3]
    assert not len(find_onsets(np.zeros(RATE, np.float32), RATE).times)
    assert len(find_onsets(tone(57, 3), RATE).times) <= 2  # where it begins and where it is cut off


@pytest.mark.parametrize("rate", [22050, 44100])
def test_log_mel_ticks_with_the_motion(rate):
    mel = log_mel(noise()[: 3 * rate], rate)
    assert mel.dtype == np.float32 and mel.shape[1] == 64
    assert len(mel) == pytest.approx(3 * 30, abs=1)


TABLE = {"ours": {"beat_f1": 0.5, "csd_%": None}, "sine": {"beat_f1": 1.0, "csd_%": 2.0, "late": 3.0}}


def test_tables_have_a_line_a_figure_and_a_column_a_system():
    text = as_text(TABLE).splitlines()
    assert text[0].split() == ["ours", "sine"]
    assert [line.split() for line in text[1:]] == [
        ["beat_f1", "0.500", "1.000"], ["csd_%", "-", "2.000"], ["late", "-", "3.000"],
    ]  # fmt: skip
    assert len({len(line) for line in text}) == 1
    lines = as_markdown(TABLE).splitlines()
    assert lines[:3] == ["| | ours | sine |", "|---|---|---|", "| beat_f1 | 0.500 | 1.000 |"]
    assert lines[3:] == ["| csd_% |  | 2.000 |", "| late |  | 3.000 |"]
    latex = as_latex(TABLE)
    assert r"beat\_f1 & 0.500 & 1.000 \\" in latex and r"csd\_\% & -- & 2.000 \\" in latex
    assert latex.startswith(r"\begin{tabular}{lrr}") and latex.endswith(r"\end{tabular}")
    assert json.loads(FORMATS["json"](TABLE)) == TABLE
