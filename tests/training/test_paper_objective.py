import dataclasses

import librosa
import numpy as np
import pytest
import torch
from lightning.fabric import Fabric
from torch.nn.functional import l1_loss

from models.paper.config import LEVELS
from models.paper.vqvae import VQVAE
from training.paper.objective import VARIANTS, WEIGHTS, Adversary, LogMel, Objective, weighted
from training.paper.presets import make_config

CONFIG = make_config("aist", "high", small=True)
LEVEL = LEVELS["high"]
FABRIC = Fabric(accelerator="cpu", devices=1)


@pytest.fixture
def vqvae():
    torch.manual_seed(0)
    return VQVAE(CONFIG.vqvae)


@pytest.fixture
def audio():
    torch.manual_seed(1)
    return 0.3 * torch.randn(2, 44100)


def made(seed=2):
    torch.manual_seed(seed)
    return torch.randn(2, CONFIG.vqvae.latent, CONFIG.frames, requires_grad=True)


def test_the_weights_are_the_published_ones():
    assert WEIGHTS == {"adversarial": 1, "features": 3, "latent": 5, "code": 8, "audio": 40, "mel": 15}


@torch.no_grad()
@pytest.mark.parametrize("samples", [44100, 44032, 4096])
def test_the_mel_spectrogram_is_librosas(samples):
    rng = np.random.default_rng(0)
    sound = rng.standard_normal(samples).astype(np.float32) * np.linspace(0, 1, samples, dtype=np.float32)
    padded = np.pad(sound, 384, mode="reflect")
    mel = librosa.feature.melspectrogram(
        y=padded, sr=22050, n_fft=1024, hop_length=256, n_mels=128, power=1.0, center=False
    )
    ours = LogMel(22050)(torch.from_numpy(sound)[None])[0].numpy()
    np.testing.assert_allclose(ours, np.log10(np.maximum(mel, 1e-5)), atol=1e-3)


def test_silence_has_a_level_and_a_gradient_that_is_a_number():
    silence = torch.zeros(1, 4096, requires_grad=True)
    mel = LogMel(22050)(silence)
    assert (mel == -5).all()
    mel.sum().backward()
    assert silence.grad.isfinite().all()


@torch.no_grad()
def test_the_truth_is_the_latent_its_code_and_the_sound(vqvae, audio):
    truth = Objective(CONFIG, vqvae, "as-described").truth(audio)
    assert torch.equal(truth.latent, vqvae.encode(audio, LEVEL))
    assert torch.equal(truth.vectors, vqvae.lookup(vqvae.quantise(truth.latent, LEVEL), LEVEL))
    assert truth.latent.shape == truth.vectors.shape == (2, 16, 344)


@pytest.mark.parametrize("variant", VARIANTS)
def test_both_variants_have_the_same_values(vqvae, audio, variant):
    objective = Objective(CONFIG, vqvae, variant)
    latent, truth = made(), objective.truth(audio)
    terms = objective(latent, truth)
    with torch.no_grad():
        heard = vqvae.decode(vqvae.lookup(vqvae.quantise(latent, LEVEL), LEVEL), LEVEL)
        expected = {
            "latent": l1_loss(latent, truth.latent),
            "code": l1_loss(latent, truth.vectors),
            "audio": l1_loss(heard, audio[:, :44032]),
            "mel": l1_loss(objective.mel(heard), objective.mel(audio)),
        }
    assert {name: term.item() for name, term in terms.items()} == pytest.approx(
        {name: value.item() for name, value in expected.items()}, rel=1e-5
    )


@pytest.mark.parametrize(("variant", "reaches"), [("as-published", False), ("as-described", True)])
def test_only_as_described_hears_with_a_gradient(vqvae, audio, variant, reaches):
    objective = Objective(CONFIG, vqvae, variant)
    latent = made()
    terms = objective(latent, objective.truth(audio))
    for name in ("audio", "mel"):
        assert terms[name].requires_grad == reaches
        if reaches:
            (gradient,) = torch.autograd.grad(terms[name], latent, retain_graph=True)
            assert gradient.isfinite().all() and gradient.any()
    for name in ("latent", "code"):
        (gradient,) = torch.autograd.grad(terms[name], latent, retain_graph=True)
        assert gradient.any()


def test_the_gradient_as_described_is_that_of_the_decoder_at_the_codes(vqvae, audio):
    objective = Objective(CONFIG, vqvae, "as-described")
    latent, truth = made(), objective.truth(audio)
    (ours,) = torch.autograd.grad(objective(latent, truth)["audio"], latent)
    vectors = vqvae.lookup(vqvae.quantise(latent.detach(), LEVEL), LEVEL).requires_grad_(True)
    (expected,) = torch.autograd.grad(l1_loss(vqvae.decode(vectors, LEVEL), audio[:, :44032]), vectors)
    assert torch.allclose(ours, expected, rtol=1e-4, atol=1e-10)


def test_the_vqvae_learns_nothing(vqvae, audio):
    objective = Objective(CONFIG, vqvae, "as-described")
    assert not vqvae.training
    sum(objective(made(), objective.truth(audio)).values()).backward()
    assert all(not weight.requires_grad and weight.grad is None for weight in vqvae.parameters())


def test_every_term_is_weighted():
    terms = weighted({name: torch.tensor(float(index)) for index, name in enumerate(WEIGHTS)})
    assert sum(terms.values()).item() == 3 * 1 + 5 * 2 + 8 * 3 + 40 * 4 + 15 * 5


class Steady(torch.nn.Module):
    """Scores what it sees by its mean, at three scales, and gives two features of it."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(()))

    def forward(self, latent):
        mean = self.weight * latent.mean(dim=(1, 2))[:, None, None]
        return [([mean, 2 * mean], scale * mean) for scale in (1, 2, 3)]


@pytest.fixture
def adversary():
    adversary = Adversary(CONFIG)
    adversary.net = Steady()
    adversary.optimiser = torch.optim.SGD(adversary.net.parameters(), lr=0.0)
    adversary.place(FABRIC)
    return adversary


def test_the_adversary_has_a_hinge_loss_summed_over_scales(adversary):
    true, made = torch.full((2, 3, 4), 0.25), torch.full((2, 3, 4), -0.5)
    adversary.learn([(true, made)])
    *_, loss = adversary.judge(true, made)
    # True scores 0.25, 0.5, 0.75; made ones -0.5, -1, -1.5, of which the last two are beyond the hinge.
    assert loss.item() == pytest.approx(0.75 + 0.5 + 0.25 + 0.5 + 0 + 0)


def test_the_generators_two_terms(adversary):
    true, latent = torch.full((2, 3, 4), 0.25), torch.full((2, 3, 4), -0.5, requires_grad=True)
    adversary.learn([(true, torch.zeros(2, 3, 4))])
    before = adversary.net.weight.grad.clone()
    adversarial, features, _ = adversary.judge(true, latent)
    assert adversarial.item() == pytest.approx(0.5 + 1.0 + 1.5)
    # Six feature maps differ by 0.75 or 1.5; each weighs 4 / (4 + 1) / 3.
    assert features.item() == pytest.approx(4 / 5 / 3 * 3 * (0.75 + 1.5))
    (adversarial + features).backward()
    assert latent.grad.any() and before.item() != 0  # of learn()
    assert torch.equal(adversary.net.weight.grad, before)


def test_what_is_true_is_remembered_from_before_the_adversarys_step(adversary):
    adversary.optimiser = torch.optim.SGD(adversary.net.parameters(), lr=0.5)
    true = torch.full((2, 3, 4), 0.25)
    adversary.learn([(true, -true), (2 * true, -true)])
    assert adversary.net.weight.item() != 1
    # The same latents differ by what the step changed, part by part: features of (1 and 2) times level.
    change = abs(adversary.net.weight.item() - 1)
    for level in (0.25, 0.5):
        _, features, _ = adversary.judge(None, torch.full((2, 3, 4), level))
        assert features.item() == pytest.approx(4 / 5 / 3 * 3 * 3 * level * change, rel=1e-5)


def test_the_adversary_learns_from_true_and_made():
    torch.manual_seed(0)
    adversary = Adversary(dataclasses.replace(CONFIG, judge_channels=(8, 8, 8, 8, 8, 8)))
    adversary.place(FABRIC)
    shape, losses = (4, CONFIG.vqvae.latent, 64), []
    for _ in range(20):
        true, made = 1 + torch.randn(shape), torch.randn(shape) - 1
        adversary.learn([(true, made)])
        losses.append(adversary.judge(true, made)[2].item())
    assert losses[-1] < losses[0]
