"""Tensors that a net or a loss makes are made where its input is: on a machine without a GPU, the meta device tells."""

import torch

from models.codec import Assigned
from models.discriminators import Discriminators
from tests.models_folder import SMALL
from training.adversary import HingeLoss
from training.codec_measures import BESIDE, COMB_LAGS
from training.losses import (
    bass_level,
    bass_waveform_loss,
    comb_loss,
    level_loss,
    mel_loss,
    spectral_level,
    spectral_loss,
)
from training.planner_data import STEPS_SEEN, PlanRow
from training.train_codec import make_codec
from training.train_planner import HEADS, PLANNER_INPUTS, PlannerTrainee, decisions, plan_losses

FRAMES = 14


def on_meta(*shape, dtype=torch.float32):
    return torch.zeros(shape, dtype=dtype, device="meta")


def test_codec_losses_and_adversary():
    codec, audio = make_codec(SMALL).to("meta").eval(), on_meta(2, FRAMES * SMALL.hop)
    used = on_meta(2, dtype=torch.int64)
    codes = codec.quantizer.assign(codec.encoder(audio), used)
    excitation, error = on_meta(2, FRAMES, 2 * SMALL.tonal_bins), on_meta(2, FRAMES, SMALL.latent)
    decoded, _ = codec(audio, excitation, used, error, on_meta(2, 1), Assigned(codes, on_meta()))
    loss = (
        spectral_loss(decoded, audio, 512, spectral_level(audio, 512))
        + mel_loss(decoded, audio, codec.encoder.mel_basis)
        + bass_waveform_loss(decoded, audio, SMALL.sample_rate, on_meta(2), bass_level(audio, 44100, on_meta(2)))
        + comb_loss(decoded, audio, COMB_LAGS, BESIDE)
        + level_loss(decoded, audio, SMALL.sample_rate)
        + HingeLoss(Discriminators().to("meta"))(audio, decoded)
    )
    loss.backward()
    assert codec.decoder.enter.weight.grad.device.type == "meta"


def test_planner():
    net, whole = PlannerTrainee().to("meta"), torch.int64
    widths = (net.encoder.enter.in_features, net.planner.enter.in_features - net.probe.in_features - PLANNER_INPUTS)
    batch = PlanRow(
        on_meta(2, 50, widths[0]),
        on_meta(2, STEPS_SEEN, dtype=whole),
        on_meta(2, widths[1]),
        on_meta(2, STEPS_SEEN, PLANNER_INPUTS),
        on_meta(2, STEPS_SEEN, len(HEADS), dtype=whole),
        on_meta(2, STEPS_SEEN, dtype=torch.bool),
    )
    terms = plan_losses(*net(batch.motion, batch.tick, batch.style, batch.inputs), batch, decisions(batch).sum((0, 1)))
    sum(terms.values()).backward()
    assert net.probe.weight.grad.device.type == "meta"
