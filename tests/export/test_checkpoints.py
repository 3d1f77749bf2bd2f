import dataclasses

import pytest
import torch

from d2m_bridge.engine.planner import PLANNER_INPUTS
from d2m_bridge.engine.tokens import TOTAL_CLASSES
from export.checkpoints import load_trained
from models.codec import Codec
from models.generator import Generator
from models.motion_encoder import MotionEncoder
from models.planner import Planner
from tests.models_folder import SMALL
from training.checkpoint import save_checkpoint
from training.task import averaged

FACTS = {"step": 3, "styles": [["house", "minor"], ["jazz", "major"]], "noise": 4, "embedding": 16}


class Trainee(torch.nn.Module):
    """Encoder and planner under the names that training gives them, and a head that is not exported."""

    def __init__(self):
        super().__init__()
        self.encoder = MotionEncoder(93, embedding=16)
        self.planner = Planner(16, 2, PLANNER_INPUTS, TOTAL_CLASSES)
        self.probe = torch.nn.Linear(16, 2)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Three runs as training leaves them, and the modules that were saved."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("runs")
    codec = Codec(SMALL, torch.zeros(128, 1025), torch.zeros(12, 129))
    generator = Generator(50, 16, 2, 4, SMALL.latent)
    generator.latent_mean.normal_()
    trainee = Trainee()
    saved = {
        "codec": ({"average": averaged(codec)}, {"step": 1, "config": dataclasses.asdict(SMALL)}),
        "planner": ({"trainee": trainee}, {"step": 2}),
        "generator": ({"average": averaged(generator), "adversary": torch.nn.Linear(2, 2)}, FACTS),
    }
    for name, (modules, facts) in saved.items():
        (folder / name).mkdir()
        save_checkpoint(folder / name / "last.safetensors", modules, {}, facts)
    return folder, codec, trainee, generator


def assert_same_weights(module, expected):
    weights = expected.state_dict()
    assert module.state_dict().keys() == weights.keys()
    for name, value in module.state_dict().items():
        assert torch.equal(value, weights[name]), name


def test_what_training_saved_is_what_export_loads(runs):
    folder, codec, trainee, generator = runs
    trained = load_trained(*(folder / name for name in ("codec", "planner", "generator")))
    sound = trained.sound
    assert sound.codec.config == SMALL
    assert sound.facts == FACTS
    assert_same_weights(sound.codec, codec)
    assert_same_weights(trained.encoder, trainee.encoder)
    assert_same_weights(trained.planner, trainee.planner)
    assert_same_weights(sound.generator, generator)
    assert not any(part.training for part in (sound.codec, trained.encoder, trained.planner, sound.generator))


def test_a_checkpoint_with_a_tensor_too_many_is_refused(runs, tmp_path):
    folder, _, _, generator = runs
    generator.extra = torch.nn.Linear(1, 1)
    try:
        save_checkpoint(tmp_path / "last.safetensors", {"average": averaged(generator)}, {}, FACTS)
    finally:
        del generator.extra
    with pytest.raises(RuntimeError, match="extra"):
        load_trained(folder / "codec", folder / "planner", tmp_path)
