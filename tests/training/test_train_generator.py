import copy
import json

import numpy as np
import pytest
import torch
from safetensors import safe_open

from d2m_bridge.engine.conditioning import CONDITIONS
from d2m_bridge.engine.excitation import Pulse
from models.generator import Generator
from tests.models_folder import EMBEDDING, NOISE, SMALL
from tests.small_codec import curve, largest_difference, shown
from training import run_folder, runner
from training.audio_data import Voices
from training.generator_data import RowSampler, StemRow
from training.runner import RunOptions, launch, train
from training.styles import STYLE_NAMES
from training.train_codec import make_codec, tonal_clock
from training.train_generator import GeneratorTask

FRAMES, HEARD, LENGTH = 24, 18, 80
STEPS = 6  # the adversary joins in step 6
CLOSE = 1e-4


def stems():
    """Two stems of random latents, conditions and sound, 80 frames long; the second is silent for a while."""
    for number in range(2):
        rng = np.random.default_rng(number)
        loud = np.ones(LENGTH, bool)
        loud[30:60] = number == 0
        yield StemRow(
            rng.random((LENGTH, CONDITIONS)).astype(np.float16),
            rng.random((LENGTH, EMBEDDING)).astype(np.float16),
            number,
            rng.normal(0, 1, (LENGTH, SMALL.latent)).astype(np.float16),
            Voices(rng.normal(0, 3000, (1, LENGTH * SMALL.hop)).astype(np.int16), ([Pulse(110.0 + number, 0)],)),
            0,
            loud,
        )


@pytest.fixture
def task():
    torch.manual_seed(0)
    generator = Generator(CONDITIONS, EMBEDDING, len(STYLE_NAMES), NOISE, SMALL.latent, channels=32)
    sampler = RowSampler(list(stems()), tonal_clock(SMALL), NOISE)
    return GeneratorTask(generator, make_codec(SMALL), sampler, FRAMES, HEARD)


@pytest.fixture(autouse=True)
def every_step_is_reported(monkeypatch):
    monkeypatch.setattr(run_folder, "REPORT_EVERY", 1)
    monkeypatch.setattr(runner, "REPORT_EVERY", 1)


def go(task, run, **options):
    options = RunOptions(run, **{"steps": STEPS, "batch": 4, "seed": 1, **options})
    train(task, launch(options), options, {}, [])


def test_a_row_is_what_the_generator_is_asked_and_should_answer(task):
    row = task.row(np.random.default_rng(3))
    assert row.conditions.shape == (FRAMES, CONDITIONS) and row.noise.shape == (FRAMES, NOISE)
    assert row.style.sum(1).tolist() == [1.0] * FRAMES
    assert row.audio.shape == (HEARD * SMALL.hop,) and row.excitation.shape == (HEARD, 2 * SMALL.tonal_bins)
    assert {array.dtype for array in row} == {np.dtype(np.float32)}


def test_accumulated_batches_are_the_bigger_batch_and_the_codec_learns_nothing(task, tmp_path):
    other, codec = copy.deepcopy(task), copy.deepcopy(task._listener.codec.state_dict())
    go(task, tmp_path / "whole")
    go(other, tmp_path / "parts", batch=2, accumulate=2)
    assert curve(tmp_path / "parts") == pytest.approx(curve(tmp_path / "whole"), rel=CLOSE, abs=CLOSE)
    assert largest_difference(tmp_path / "whole", tmp_path / "parts") < CLOSE
    assert all(torch.equal(value, codec[name]) for name, value in task._listener.codec.state_dict().items())


def test_the_folder_has_sounds_all_terms_and_what_export_needs(task, tmp_path):
    go(task, tmp_path, batch=2)
    tags = shown(tmp_path).Tags()
    terms = {"latent", "code", "level", "mel", "spectral", "chroma", "adversarial", "features"}
    assert set(tags["scalars"]) == {f"loss/{term}" for term in terms}
    assert set(tags["audio"]) == set(tags["images"]) == {"sound/true", "sound/generated"}
    with safe_open(tmp_path / "last.safetensors", "pt") as file:
        facts = json.loads(file.metadata()["facts"])
        prefixes = {key.split("/")[0] for key in file.keys()}  # noqa: SIM118
    assert facts["step"] == STEPS and facts.keys() >= {"styles", "noise", "embedding", "motion_features"}
    assert prefixes == {"generator", "average", "adversary", "optimiser", "opponent"}
