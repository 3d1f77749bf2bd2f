import copy

import pytest
import torch

from models.codec import DICE, Codec, DecoderState
from models.generator import Generator
from models.motion_encoder import MotionEncoder
from models.planner import Planner
from tests.models_folder import SMALL

FRAMES = 13
# Hundreds of float32 additions in another order, at amplitudes of some tens.
CLOSE = 1e-3


@pytest.fixture(scope="module")
def codec():
    torch.manual_seed(0)
    return Codec(SMALL, torch.rand(128, 1025) / 100, torch.rand(12, 129) / 100).eval()


@pytest.fixture(scope="module")
def inputs():
    torch.manual_seed(1)
    return torch.randn(2, FRAMES, SMALL.latent), 0.1 * torch.randn(2, FRAMES, 2 * SMALL.tonal_bins)


def decoded(codec, latent, excitation, size=FRAMES):
    state, parts = codec.decoder.initial_state(latent.shape[0]), []
    for piece, pulse in zip(latent.split(size, 1), excitation.split(size, 1), strict=True):
        audio, state = codec.decoder(piece, pulse, state)
        parts.append(audio)
    return torch.cat(parts, dim=1), state


@torch.no_grad()
@pytest.mark.parametrize("size", [1, 2, 7])
def test_the_decoder_in_chunks_equals_the_whole(codec, inputs, size):
    whole, last = decoded(codec, *inputs)
    parts, last_of_parts = decoded(codec, *inputs, size)
    assert whole.shape == (2, FRAMES * SMALL.hop)
    assert (parts - whole).abs().max() < CLOSE * whole.abs().max()
    for ours, theirs in zip(last_of_parts, last, strict=True):
        assert (ours - theirs).abs().max() < CLOSE * (1 + theirs.abs().max())


@torch.no_grad()
def test_what_was_decoded_never_changes(codec, inputs):
    latent, excitation = (part.clone() for part in inputs)
    before, _ = decoded(codec, latent, excitation)
    latent[:, 9:] += 1
    excitation[:, 9:] += 1
    after, _ = decoded(codec, latent, excitation)
    at = 9 * SMALL.hop
    assert torch.equal(before[:, :at], after[:, :at])
    assert not torch.equal(before[:, at : at + SMALL.hop], after[:, at : at + SMALL.hop])


@torch.no_grad()
def test_without_excitation_the_tonal_head_is_silent(codec, inputs):
    latent, _ = inputs
    silent = torch.zeros(2, FRAMES, 2 * SMALL.tonal_bins)
    _, state = decoded(codec, latent, silent)
    assert not state.tonal_tail.any()
    assert state.fast_tail.any()


def test_the_initial_state_has_every_part(codec):
    state = codec.decoder.initial_state(3)
    assert isinstance(state, DecoderState)
    assert all(part.shape[0] == 3 and not part.any() for part in state)


@torch.no_grad()
@pytest.mark.parametrize("frames", [4, 7])
def test_a_sound_comes_back_as_long_as_it_went_in(codec, frames):
    audio = 0.1 * torch.randn(2, frames * SMALL.hop)
    excitation, error = torch.zeros(2, frames, 2 * SMALL.tonal_bins), torch.zeros(2, frames, SMALL.latent)
    sound, quantized = codec(audio, excitation, torch.tensor([1, 2]), error, torch.zeros(2, 1))
    assert sound.shape == audio.shape
    assert quantized.latent.shape == (2, frames, SMALL.latent)
    assert quantized.codes.shape == (2, SMALL.books, frames)


def test_every_part_of_the_codec_learns(codec):
    codec.zero_grad()
    audio = 0.1 * torch.randn(1, 6 * SMALL.hop)
    excitation, error = torch.randn(1, 6, 2 * SMALL.tonal_bins), torch.zeros(1, 6, SMALL.latent)
    sound, quantized = codec(audio, excitation, torch.tensor([2]), error, torch.zeros(1, 1))
    (sound.square().mean() + quantized.commitment).backward()
    still = [name for name, weight in codec.named_parameters() if weight.grad is None or not weight.grad.any()]
    codec.zero_grad()
    assert not still


@torch.no_grad()
@pytest.mark.parametrize("size", [1, 3, 7])
def test_encoder_generator_and_planner_in_chunks_equal_the_whole(size):
    torch.manual_seed(2)
    encoder, planner = MotionEncoder(10, channels=8, embedding=6).eval(), Planner(6, 2, 9, 12, width=8).eval()
    generator = Generator(20, 6, 2, 3, 5, channels=8).eval()
    motion, inputs, conditions = torch.randn(1, 14, 10), torch.randn(1, 14, 9), torch.randn(1, 14, 20)
    style, noise = torch.eye(2)[:1], torch.randn(1, 14, 3)

    def stream(size):
        pasts = [torch.zeros(1, encoder.stack.memory, 8), torch.zeros(1, generator.stack.memory, 8)]
        hidden, embeddings, logits, latents = torch.zeros(1, 1, 8), [], [], []
        for begin in range(0, 14, size):
            now = slice(begin, begin + size)
            embedding, pasts[0] = encoder(motion[:, now], pasts[0])
            scores, hidden = planner(embedding, style, inputs[:, now], hidden)
            held = style[:, None].expand(-1, embedding.shape[1], -1)
            latent, pasts[1] = generator(conditions[:, now], embedding, held, noise[:, now], pasts[1])
            for row, piece in ((embeddings, embedding), (logits, scores), (latents, latent)):
                row.append(piece)
        return [torch.cat(row, dim=1) for row in (embeddings, logits, latents)]

    for parts, whole in zip(stream(size), stream(14), strict=True):
        assert torch.allclose(parts, whole, atol=1e-5)


@torch.no_grad()
def test_a_part_of_a_batch_is_coded_as_it_is_within_the_whole(codec):
    """The books learn from the whole, the level is the whole's: a part alone must be told."""
    audio, error = 0.1 * torch.randn(4, 7 * SMALL.hop), 0.1 * torch.randn(4, 7, SMALL.latent)
    audio[:2] *= 5
    count = torch.tensor([[0.0], [5.0], [126.0], [3.0]])
    excitation, used = torch.zeros(4, 7, 2 * SMALL.tonal_bins), torch.tensor([1, 2, 2, 1])
    alone, whole = (copy.deepcopy(codec).train() for _ in range(2))
    expected, quantized = whole(audio, excitation, used, error, count)
    assigned = alone.assign(alone.encoder(audio), used)
    assert torch.equal(assigned.codes, quantized.codes)
    assert torch.equal(alone.quantizer.codebooks, whole.quantizer.codebooks)
    first = slice(0, 2)
    of_first = assigned._replace(codes=assigned.codes[first])
    part, _ = alone(audio[first], excitation[first], used[first], error[first], count[first], of_first)
    assert (part - expected[first]).abs().max() < CLOSE * expected.abs().max()
    assert torch.equal(alone.quantizer.codebooks, whole.quantizer.codebooks)
    untold, _ = alone.eval()(audio[first], excitation[first], used[first], error[first], count[first])
    assert (untold - expected[first]).abs().max() > CLOSE * expected.abs().max()


@torch.no_grad()
def test_a_steady_sound_buzzes_at_the_frame_rate_unless_it_is_blurred(codec):
    """The fast head alone on latents that stand still: sharp, it says the same in every frame."""
    decoder = codec.decoder
    latent = torch.randn(1, 1, SMALL.latent).expand(1, 64, -1)
    silent = torch.zeros(1, 64, 2 * SMALL.tonal_bins)
    kept, repetition = decoder.fast_blur.bias.clone(), []
    for logit in (-30.0, 30.0):
        decoder.fast_blur.bias.fill_(logit)
        sound = decoded(codec, latent, silent)[0][0, 16 * SMALL.hop :]
        repetition.append(float((sound[SMALL.hop :] * sound[: -SMALL.hop]).sum() / sound.square().sum()))
    decoder.fast_blur.bias.copy_(kept)
    assert repetition[0] > 0.9
    assert abs(repetition[1]) < 0.3


@torch.no_grad()
def test_the_dice_go_on_from_block_to_block_and_begin_again_after_minutes(codec):
    decoder, (a, b) = codec.decoder, DICE
    whole = decoder.dice(torch.zeros(1, 1), 2 * a * b)
    assert torch.equal(decoder.dice(torch.full((1, 1), 40.0), 10), whole[:, 40:50])
    assert torch.equal(whole[:, : a * b], whole[:, a * b :])
    assert not torch.equal(whole[:, :a], whole[:, a : 2 * a])
    state = decoder.initial_state(1)._replace(count=torch.full((1, 1), float(a * b - 2)))
    _, after = decoder(torch.zeros(1, 3, SMALL.latent), torch.zeros(1, 3, 2 * SMALL.tonal_bins), state)
    assert after.count.item() == 4
