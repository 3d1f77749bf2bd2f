from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from d2m_bridge.manifest import load_manifest
from d2m_bridge.providers import open_session
from export.parity import largest_difference
from export.to_onnx import to_onnx
from models.synthesis import InverseDFT
from tests.models_folder import SMALL

# fp16 keeps 11 bits; the sums here are of a few tens of products.
HALF = 2e-3


class Tiny(nn.Module):
    """A matrix large enough to be stored as fp16, a small bias, an inverse DFT, and a running sum as state."""

    def __init__(self, seed=0, keeps=1.0):
        super().__init__()
        torch.manual_seed(seed)
        self.keeps = keeps
        self.matrix = nn.Linear(40, 60)
        self.dft = InverseDFT(4096, 30)

    def forward(self, x, state):
        state = self.keeps * state + x
        return self.dft(*self.matrix(state).chunk(2, dim=-1)), state


EXAMPLES = {"x": torch.zeros(1, 1, 40), "state": torch.zeros(1, 1, 40)}


@pytest.fixture(scope="module")
def content():
    return to_onnx(Tiny(), EXAMPLES, ("y", "next_state"))


def initialisers(content):
    return {tensor.name: tensor for tensor in onnx.load_from_string(content).graph.initializer}


def test_the_graph_computes_what_the_module_does_and_carries_its_state(content):
    module = Tiny().eval()
    with torch.no_grad():
        module.matrix.weight.copy_(module.matrix.weight.half().float())
    session = open_session(content, "cpu")
    ours = theirs = np.zeros((1, 1, 40), np.float32)
    rng = np.random.default_rng(0)
    for _ in range(5):
        x = rng.standard_normal((1, 1, 40)).astype(np.float32)
        got, theirs = session.run(["y", "next_state"], {"x": x, "state": theirs})
        with torch.no_grad():
            expected, ours = (part.numpy() for part in module(torch.tensor(x), torch.tensor(ours)))
        np.testing.assert_allclose(theirs, ours, atol=1e-6)
        np.testing.assert_allclose(got, expected, atol=1e-5)


def test_large_weights_are_stored_as_half_and_small_ones_are_not(content):
    types = {name: tensor.data_type for name, tensor in initialisers(content).items()}
    assert types["matrix.bias"] == onnx.TensorProto.FLOAT
    assert onnx.TensorProto.FLOAT16 in types.values()
    for name, tensor in initialisers(content).items():
        if not name.startswith("dft."):
            assert tensor.data_type != onnx.TensorProto.FLOAT or np.prod(tensor.dims) < 2048


def test_the_tables_of_the_dft_are_small_and_keep_their_precision(content):
    tables = [tensor for name, tensor in initialisers(content).items() if name.startswith("dft.")]
    assert any(np.prod(tensor.dims) >= 2048 for tensor in tables)
    assert {tensor.data_type for tensor in tables} == {onnx.TensorProto.FLOAT}
    assert sum(np.prod(tensor.dims) for tensor in tables) < 30 * 4096 / 4


def test_nothing_tells_of_the_machine_it_was_made_on(content):
    assert str(Path(__file__).parents[2]).encode() not in content
    assert b".py" not in content


def test_inputs_and_outputs_have_their_names_and_shapes(content):
    graph = onnx.load_from_string(content).graph
    assert [put.name for put in graph.input] == ["x", "state"]
    assert [put.name for put in graph.output] == ["y", "next_state"]
    assert [dim.dim_value for dim in graph.input[0].type.tensor_type.shape.dim] == [1, 1, 40]


def test_parity_is_close_for_the_same_module(content):
    assert largest_difference(content, Tiny().eval(), EXAMPLES) < HALF


@pytest.mark.parametrize(
    "other",
    [Tiny(seed=1), Tiny(keeps=0.9)],
    ids=["other weights", "a state that fades, which the first call does not show"],
)
def test_parity_catches_a_graph_of_another_module(content, other):
    assert largest_difference(content, other.eval(), EXAMPLES) > 10 * HALF


def test_parity_catches_a_broken_table(content):
    model = onnx.load_from_string(content)
    for tensor in model.graph.initializer:
        if tensor.name == "dft.turn_sine":
            tensor.CopyFrom(onnx.numpy_helper.from_array(-onnx.numpy_helper.to_array(tensor), tensor.name))
    assert largest_difference(model.SerializeToString(), Tiny().eval(), EXAMPLES) > 10 * HALF


def test_the_exported_folder_is_what_the_runtime_and_the_trainers_read(model_folder):
    manifest = load_manifest(model_folder)
    assert (manifest.sample_rate, manifest.hop, manifest.books) == (SMALL.sample_rate, SMALL.hop, SMALL.books)
    assert manifest.delay_samples == SMALL.delay
    assert {path.name for path in model_folder.iterdir()} == {
        "encoder.onnx", "planner.onnx", "generator.onnx", "decoder.onnx", "manifest.json",
        "audio_encoder.safetensors",
    }  # fmt: skip
