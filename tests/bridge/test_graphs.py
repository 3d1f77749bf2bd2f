import dataclasses
import json
import shutil

import numpy as np
import pytest

from d2m_bridge.engine.graphs import EncoderStream, PlannerStream, Stream, load_models
from d2m_bridge.engine.planner import PLANNER_INPUTS
from d2m_bridge.engine.tokens import TOTAL_CLASSES
from d2m_bridge.errors import ModelError


def style(models):
    return np.eye(len(models.manifest.styles), dtype=np.float32)[0]


def test_the_clock_of_the_tonal_spectrum_is_the_manifests(models):
    facts, clock = models.manifest, models.clock
    assert (clock.sample_rate, clock.hop, clock.lead) == (facts.sample_rate, facts.hop, facts.delay_samples)
    assert (clock.window, clock.bins) == (facts.tonal_window, facts.tonal_bins)


def test_the_encoder_remembers(models):
    rng = np.random.default_rng(0)
    features = len(models.manifest.motion_features)
    motion = rng.standard_normal((2, features)).astype(np.float32)
    visual = np.zeros(len(models.manifest.visual_features), np.float32)
    one, other = EncoderStream(models), EncoderStream(models)
    one(motion[0], visual)
    assert one(motion[1], visual).shape == (models.manifest.embedding,)
    assert not np.array_equal(one(motion[1], visual), other(motion[1], visual))


def test_streams_do_not_share_their_state(models):
    embedding, inputs = np.ones(models.manifest.embedding, np.float32), np.ones(PLANNER_INPUTS, np.float32)
    one, other = PlannerStream(models, style(models)), PlannerStream(models, style(models))
    first = one(embedding, inputs)
    one(embedding, inputs)
    assert first.shape == (TOTAL_CLASSES,)
    assert np.array_equal(other(embedding, inputs), first)


def test_the_planner_hears_the_style(models):
    embedding, inputs = np.ones(models.manifest.embedding, np.float32), np.ones(PLANNER_INPUTS, np.float32)
    logits = [PlannerStream(models, row)(embedding, inputs) for row in np.eye(3, dtype=np.float32)]
    assert not np.array_equal(logits[0], logits[1])


@pytest.mark.parametrize("rows", [1, 4])
def test_a_stream_begins_with_zero_state_of_its_size(models, rows):
    stream = Stream(models, "decoder", rows)
    assert stream._state.shape == (rows, models.manifest.graphs["decoder"].state)
    assert not stream._state.any()


def test_a_graph_of_other_shapes_is_refused_in_one_line(models, model_folder, tmp_path):
    shutil.copytree(model_folder, tmp_path / "model")
    facts = dataclasses.asdict(models.manifest)
    facts["books"] = 7
    (tmp_path / "model" / "manifest.json").write_text(json.dumps(facts))
    with pytest.raises(ModelError, match=r"decoder\.codes axis 1: this version of d2m gives 7, the graph takes 2") as e:
        load_models(tmp_path / "model", "cpu")
    assert "\n" not in str(e.value)
