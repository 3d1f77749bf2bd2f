import numpy as np
import pytest
import torch

from training import probe_codec
from training.probe_codec import Lesson, predict, teach


def lessons(predictable, count=6, frames=120, latent=5):
    """Latents that are a fixed function of the conditions, or have nothing to do with them."""
    random = torch.Generator().manual_seed(0)
    map_ = torch.randn(probe_codec.CONDITIONS, latent, generator=random)
    made = []
    for _ in range(count):
        conditions = torch.randn(4, frames, probe_codec.CONDITIONS, generator=random)
        noise = torch.randn(4, frames, latent, generator=random)
        known = (conditions @ map_) / probe_codec.CONDITIONS**0.5
        style = torch.eye(len(probe_codec.STYLE_NAMES))[0]
        made.append(Lesson(None, conditions, known if predictable else noise, torch.zeros(4, frames, 2), style))
    return made


@torch.no_grad()
def error(net, held_out):
    ours = predict(net, held_out.conditions, held_out.style.expand(4, -1), torch.zeros(4, 120, probe_codec.NOISE))
    return float((ours - held_out.latent[:, : ours.shape[1]]).abs().mean() / held_out.latent.abs().mean())


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(probe_codec, "STEPS", 250)
    monkeypatch.setattr(probe_codec, "CHANNELS", 32)


def test_latents_that_follow_from_the_plan_are_learnt_and_others_are_not():
    errors = {}
    for predictable in (True, False):
        *known, held_out = lessons(predictable)
        errors[predictable] = error(teach(known, 5), held_out)
    assert errors[True] < 0.8 * errors[False]
    assert errors[False] > 0.9


def test_the_same_codec_is_judged_the_same_twice():
    *known, held_out = lessons(True)
    np.testing.assert_array_equal(error(teach(known, 5), held_out), error(teach(known, 5), held_out))
