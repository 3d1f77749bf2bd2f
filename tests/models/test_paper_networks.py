import dataclasses
import json

import pytest
import torch
from torch.nn import functional as F

from models.paper.blocks import DILATIONS, ResidualBlock
from models.paper.config import CLIP_S, GENERATOR_CHANNELS, PaperConfig, VQVAEConfig, config_from
from models.paper.d2m_gan import D2MGAN
from models.paper.discriminators import MultiScaleDiscriminator
from models.paper.generator import GAIN, Generator
from models.paper.motion import MotionEncoder
from models.paper.visual import VisualPart

GENRES = ("house", "lock", "jazz")
SMALL = PaperConfig(
    genres=GENRES, motion_channels=(6, 8, 10), motion_code=12, visual_features=16, visual_code=16, genre_code=5,
    generator_channels=(4, 4, 6, 6, 8), judge_channels=(8, 8, 16, 16, 16, 16), vqvae=VQVAEConfig(latent=7),
)  # fmt: skip
LOW = dataclasses.replace(SMALL, level="low", generator_channels=(4, 4, 6, 6, 8, 8))


def inputs(config, batch=2):
    torch.manual_seed(1)
    genre = torch.eye(len(config.genres))[:batch] if config.genres else None
    motion = torch.randn(batch, config.motion_frames, config.motion_features)
    return motion, torch.randn(batch, config.visual_frames, config.visual_features), genre


def weight(layer):
    """Of a normalised convolution, from norm and direction."""
    norm, direction = layer.parametrizations.weight.original0, layer.parametrizations.weight.original1
    return norm * direction / direction.flatten(1).norm(dim=1)[:, None, None]


def test_the_published_lengths():
    high, low = PaperConfig(), PaperConfig(level="low", generator_channels=GENERATOR_CHANNELS["low"])
    assert (high.motion_frames, high.frames, high.samples) == (120, 344, 44032)
    assert (low.motion_frames, low.frames, low.samples) == (120, 1378, 44096)
    assert PaperConfig(motion_rate_hz=30.0).motion_frames == 60
    assert [VQVAEConfig().hop(level) for level in range(3)] == [8, 32, 128]
    assert VQVAEConfig().clip_samples == CLIP_S * 22050


def test_a_config_survives_json():
    assert config_from(json.loads(json.dumps(dataclasses.asdict(LOW)))) == LOW


@torch.no_grad()
@pytest.mark.parametrize(("config", "frames"), [(SMALL, 344), (LOW, 1378)], ids=["high", "low"])
@pytest.mark.parametrize("genres", [GENRES, ()], ids=["genres", "none"])
def test_a_clip_becomes_latents(config, frames, genres):
    config = dataclasses.replace(config, genres=genres)
    latent = D2MGAN(config).eval()(*inputs(config))
    assert latent.shape == (2, 7, frames)
    assert latent.isfinite().all()


@torch.no_grad()
def test_high_latents_stay_within_the_gain_and_low_ones_pass_a_linear_over_time():
    high, low = Generator(SMALL).eval(), Generator(LOW).eval()
    code = 1000 * torch.randn(1, 1, 12), 1000 * torch.randn(1, 1, 16), torch.eye(3)[:1]
    assert 0 < high(*code).abs().max() <= GAIN
    low.leave.weight.zero_()
    low.leave.bias.copy_(torch.arange(1378.0))
    assert torch.allclose(low(*code), GAIN * torch.arange(1378.0).expand(1, 7, -1))


@torch.no_grad()
def test_the_genre_counts_and_a_blend_lies_between():
    generator = Generator(SMALL).eval()
    motion, visual = torch.randn(1, 1, 12), torch.randn(1, 1, 16)
    one, other = (generator(motion, visual, torch.eye(3)[i : i + 1]) for i in (0, 2))
    assert not torch.allclose(one, other)
    entered = []
    generator.enter.register_forward_hook(lambda module, args, out: entered.append(out))
    for weights in ([1.0, 0, 0], [0, 0, 1.0], [0.25, 0, 0.75]):
        generator(motion, visual, torch.tensor([weights]))
    assert torch.allclose(entered[2], 0.25 * entered[0] + 0.75 * entered[1], atol=1e-5)


@torch.no_grad()
@pytest.mark.parametrize("dilation", DILATIONS)
def test_the_residual_block_is_what_melgan_describes(dilation):
    torch.manual_seed(0)
    block, x = ResidualBlock(5, dilation).eval(), torch.randn(2, 5, 33)
    padded = F.pad(F.leaky_relu(x, 0.2), (dilation, dilation), mode="reflect")
    inner = F.leaky_relu(F.conv1d(padded, weight(block.dilated), block.dilated.bias, dilation=dilation), 0.2)
    expected = F.conv1d(x, weight(block.shortcut), block.shortcut.bias)
    expected = expected + F.conv1d(inner, weight(block.mix), block.mix.bias)
    assert torch.allclose(block(x), expected, atol=1e-6)


def test_plain_convolutions_begin_small_and_normalised_ones_as_torch_begins_them():
    torch.manual_seed(0)
    encoder = MotionEncoder(dataclasses.replace(SMALL, motion_channels=(64, 64, 64)))
    assert encoder.convs[0].weight.std().item() == pytest.approx(0.02, rel=0.05)
    bound = (64 * 3) ** -0.5  # torch's uniform beginning
    assert encoder.stacks[0][0].dilated.weight.abs().max().item() == pytest.approx(bound, rel=0.05)


@torch.no_grad()
def test_frames_of_motion_are_channels():
    config = dataclasses.replace(SMALL, motion_rate_hz=30.0, motion_features=9)
    encoder = MotionEncoder(config).eval()
    assert encoder.convs[0].in_channels == 60
    motion = torch.randn(1, 60, 9)
    assert not torch.equal(encoder(motion), encoder(motion.flip(1)))
    with pytest.raises(RuntimeError):
        encoder(motion[:, :59])


@torch.no_grad()
def test_one_visual_vector_passes_and_a_series_is_summed_up():
    vector = torch.randn(2, 1, 16)
    assert VisualPart(SMALL)(vector) is vector
    part = VisualPart(dataclasses.replace(SMALL, visual_frames=60, visual_features=3)).eval()
    series = torch.randn(2, 60, 3)
    assert part(series).shape == (2, 1, 16)
    assert torch.allclose(part(series), part(series.flip(1)), atol=1e-5)
    assert not torch.allclose(part(series), part(2 * series), atol=1e-3)


def test_a_visual_vector_of_another_size_is_refused():
    with pytest.raises(ValueError, match="expected 16 features, got 15"):
        VisualPart(dataclasses.replace(SMALL, visual_features=15))


@torch.no_grad()
def test_the_adversary_hears_three_scales_of_channel_after_channel():
    judges = MultiScaleDiscriminator(SMALL).eval()
    latent = torch.randn(2, 7, 344)
    seen = []
    for scale in judges.scales:
        scale.register_forward_pre_hook(lambda module, args: seen.append(args[0]))
    results = judges(latent)
    assert torch.equal(seen[0], latent.reshape(2, 1, -1))
    assert torch.equal(seen[1], F.avg_pool1d(seen[0], 4, 2, 1, count_include_pad=False))
    assert [len(features) for features, _ in results] == [6, 6, 6]
    assert [scores.shape[2] for _, scores in results] == [10, 5, 3]


def test_every_part_learns():
    model, judges = D2MGAN(SMALL), MultiScaleDiscriminator(SMALL)
    results = judges(model(*inputs(SMALL, 3)))
    sum(scores.square().mean() for _, scores in results).backward()
    parts = [*model.named_parameters(), *judges.named_parameters()]
    assert not [name for name, value in parts if value.grad is None or not value.grad.any()]
