import dataclasses

import pytest
import torch

from models.paper.config import VQVAEConfig
from models.paper.vqvae import VQVAE

SMALL = VQVAEConfig(width=6, depth=2, latent=5, codes=11)


@pytest.fixture
def vqvae():
    torch.manual_seed(0)
    return VQVAE(SMALL).eval()


@torch.no_grad()
@pytest.mark.parametrize("level", [0, 1, 2])
@pytest.mark.parametrize("samples", [128, 1000, 44100])
def test_what_is_left_over_after_a_halving_is_dropped(vqvae, level, samples):
    latent = vqvae.encode(torch.randn(2, samples), level)
    frames = samples // SMALL.hop(level)
    assert latent.shape == (2, 5, frames)
    codes = vqvae.quantise(latent, level)
    assert codes.shape == (2, frames) and codes.dtype == torch.int64
    assert vqvae.decode(vqvae.lookup(codes, level), level).shape == (2, frames * SMALL.hop(level))


@torch.no_grad()
def test_a_frame_becomes_its_nearest_vector(vqvae):
    book = vqvae.quantizers[1].codebooks[0]
    near = book[[3, 7, 0]].T[None] + 1e-3
    codes = vqvae.quantise(near, 1)
    assert codes.tolist() == [[3, 7, 0]]
    assert torch.allclose(vqvae.lookup(codes, 1), near, atol=2e-3)


@torch.no_grad()
def test_levels_are_networks_of_their_own(vqvae):
    audio = torch.randn(1, 4096)
    before = [vqvae.encode(audio, level) for level in range(3)]
    for weight in vqvae.encoders[1].parameters():
        weight.zero_()
    after = [vqvae.encode(audio, level) for level in range(3)]
    assert [torch.equal(a, b) for a, b in zip(before, after, strict=True)] == [True, False, True]


@torch.no_grad()
def test_the_decoder_sees_wide_first_and_the_encoder_last():
    vqvae = VQVAE(dataclasses.replace(SMALL, depth=3))
    down, up = vqvae.encoders[0].stages[0].stacks[0], vqvae.decoders[0].stages[0].stacks[0]
    assert [block.dilated.dilation[0] for block in down] == [1, 3, 9, 27, 81, 243]
    assert [block.dilated.dilation[0] for block in up] == [243, 81, 27, 9, 3, 1]


def test_gradient_passes_the_codes_and_the_codebook_learns_by_itself():
    torch.manual_seed(0)
    vqvae = VQVAE(SMALL)
    book = vqvae.quantizers[2].codebooks.clone()
    sound, commitment = vqvae(torch.randn(2, 1024), 2)
    assert sound.shape == (2, 1024)
    (sound.square().mean() + commitment).backward()
    used = [*vqvae.encoders[2].parameters(), *vqvae.decoders[2].parameters()]
    assert all(weight.grad is not None and weight.grad.any() for weight in used)
    assert not torch.equal(vqvae.quantizers[2].codebooks, book)
