"""The encoder of an exported model, read back, is the encoder."""

import numpy as np
import pytest
import torch

from d2m_bridge.errors import ModelError
from d2m_bridge.manifest import ASSETS, load_manifest
from d2m_bridge.providers import open_session
from tests.changed_graph import with_another_function, with_changed
from training.exported import is_exported, load_exported_encoder
from training.train_planner import PlannerTrainee, load_encoder

TICKS = 80  # more than it remembers


def test_the_shipped_encoder_read_back_computes_what_its_graph_computes():
    encoder = load_encoder(ASSETS)
    PlannerTrainee().encoder.load_state_dict(encoder.state_dict())
    features = np.random.default_rng(1).normal(0, 0.5, (1, TICKS, encoder.enter.in_features)).astype(np.float32)
    with torch.no_grad():
        ours = encoder.whole(torch.from_numpy(features))[0].numpy()
    manifest = load_manifest(ASSETS)
    session = open_session(ASSETS / manifest.graphs["encoder"].file, "cpu")
    state, theirs = np.zeros((1, manifest.graphs["encoder"].state), np.float32), []
    for tick in range(TICKS):
        embedding, state = session.run(None, {"features": features[:, tick : tick + 1], "state": state})
        theirs.append(embedding[0, 0])
    np.testing.assert_allclose(ours, theirs, atol=1e-4)
    assert np.std(theirs) > 0.01


def without_a_weight(model):
    (used,) = [node for node in model.graph.node if "encoder.leave.bias" in node.input]
    used.op_type = "Identity"
    del used.input[1:]


@pytest.mark.parametrize(
    ("change", "line"), [(without_a_weight, "not a motion encoder of the size"), (with_another_function, "read back")]
)
def test_what_is_no_encoder_of_ours_is_refused(tmp_path, change, line):
    with pytest.raises(ModelError, match=line):
        load_exported_encoder(with_changed(tmp_path, "encoder", change))


def test_a_graph_that_the_manifest_does_not_mean_is_refused(tmp_path):
    folder = with_changed(tmp_path, "encoder", lambda model: None)
    path = folder / load_manifest(folder).graphs["encoder"].file
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ModelError, match="wrong file"):
        load_exported_encoder(folder)


def test_a_model_of_another_size_is_refused(model_folder):
    with pytest.raises(ModelError, match="not a motion encoder of the size"):
        load_exported_encoder(model_folder)


def test_a_run_is_no_exported_model(tmp_path):
    assert is_exported(ASSETS) and not is_exported(tmp_path)
