"""Planner and generator of an exported model, read back, are that planner and that generator."""

import numpy as np
import pytest
import torch

from d2m_bridge.errors import ModelError
from d2m_bridge.manifest import ASSETS, load_manifest
from d2m_bridge.providers import open_session
from tests.changed_graph import with_another_function, with_changed
from training.exported import load_exported_planner
from training.exported_generator import load_exported_generator
from training.train_codec import load_codec, make_codec

STEPS, BLOCKS = 40, 6


@pytest.fixture(scope="module")
def codec():
    return load_codec(ASSETS)


def streamed(name, inputs, state):
    """What the shipped graph answers to one call after the other, a list."""
    session, answers = open_session(ASSETS / load_manifest(ASSETS).graphs[name].file, "cpu"), []
    for each in inputs:
        answer, state = session.run(None, {**each, "state": state})
        answers.append(answer)
    return answers


def drawn(name, calls):
    """Random inputs of the shipped graph's shapes, one dictionary a call, and its state at rest."""
    session = open_session(ASSETS / load_manifest(ASSETS).graphs[name].file, "cpu")
    shapes = {each.name: each.shape for each in session.get_inputs()}
    rest, rng = np.zeros(shapes.pop("state"), np.float32), np.random.default_rng(4)
    draw = {key: rng.normal(0, 0.5, (calls, *shape)).astype(np.float32) for key, shape in shapes.items()}
    return [{key: values[call] for key, values in draw.items()} for call in range(calls)], rest


def test_the_shipped_planner_read_back_decides_what_its_graph_decides():
    planner = load_exported_planner(ASSETS)
    inputs, rest = drawn("planner", STEPS)
    for each in inputs[1:]:
        each["style"] = inputs[0]["style"]  # one song, one style
    theirs = np.concatenate(streamed("planner", inputs, rest), axis=1)
    whole = [
        torch.from_numpy(np.concatenate([each[key] for each in inputs], axis=1)) for key in ("embedding", "inputs")
    ]
    with torch.no_grad():
        ours, _ = planner(whole[0], torch.from_numpy(inputs[0]["style"]), whole[1], torch.zeros(1, 1, planner.width))
    assert np.std(theirs) > 0.1
    np.testing.assert_allclose(ours.numpy(), theirs, atol=1e-3)


def test_the_shipped_generator_read_back_makes_the_codes_that_its_graph_makes(codec):
    generator = load_exported_generator(ASSETS, codec)
    inputs, rest = drawn("generator", BLOCKS)
    theirs = np.concatenate(streamed("generator", inputs, rest), axis=2)
    whole = {key: torch.from_numpy(np.concatenate([each[key] for each in inputs], axis=1)) for key in inputs[0]}
    past = torch.zeros(len(rest), generator.stack.memory, generator.stack.channels)
    with torch.no_grad():
        latent, _ = generator(*(whole[key] for key in ("conditions", "embedding", "style", "noise")), past)
        ours = codec.quantizer.encode(latent).numpy()
    assert len(np.unique(theirs)) > 50
    assert (ours == theirs).mean() > 0.99


def test_a_planner_of_another_make_is_refused(tmp_path, model_folder):
    with pytest.raises(ModelError, match="read back"):
        load_exported_planner(with_changed(tmp_path, "planner", with_another_function))
    with pytest.raises(ModelError, match="not a planner of the size"):
        load_exported_planner(model_folder)


def test_a_generator_of_another_make_or_for_another_codec_is_refused(tmp_path, model_folder, codec):
    with pytest.raises(ModelError, match="read back"):
        load_exported_generator(with_changed(tmp_path, "generator", with_another_function), codec)
    with pytest.raises(ModelError, match="not a generator of the size"):
        load_exported_generator(model_folder, codec)
    torch.manual_seed(0)
    with pytest.raises(ModelError, match="made for another codec"):
        load_exported_generator(ASSETS, make_codec(codec.config))
