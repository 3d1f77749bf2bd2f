import collections
import dataclasses
import logging

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from d2m_bridge.errors import ModelError
from models.paper.config import VQVAEConfig
from models.paper.discriminators import MultiScaleDiscriminator
from models.paper.generator import Generator
from models.paper.motion import MotionEncoder
from models.paper.vqvae import VQVAE
from tests.authors_state import HIGH, LOW, MOTION, discriminator_state, plain_weight, sequence_state
from tests.jukebox_state import decoded, encoded, jukebox_state, quantised
from training.paper.checkpoints import (
    load_discriminator,
    load_generator,
    load_motion_encoder,
    load_vqvae,
)
from training.paper.presets import make_config

SMALL = make_config("aist", "high", small=True)
# Some tens of float32 layers, summed in another order.
CLOSE = 1e-4


def close(ours, theirs):
    return (ours - theirs).abs().max() < CLOSE * theirs.abs().max()


def saved(folder, content, name="vqvae.pth.tar", **how):
    torch.save(content, folder / name, **how)
    return folder / name


@pytest.fixture(scope="module")
def jukebox():
    return jukebox_state()


@pytest.fixture(scope="module")
def loaded(jukebox, tmp_path_factory):
    vqvae = VQVAE(VQVAEConfig()).eval()
    load_vqvae(saved(tmp_path_factory.mktemp("jukebox"), {"model": jukebox, "step": 7}), vqvae)
    return vqvae


def test_the_state_has_jukeboxes_names_and_numbers(jukebox):
    assert len(jukebox) == 669
    books = sum(value.numel() for key, value in jukebox.items() if key.endswith(".k"))
    assert sum(value.numel() for value in jukebox.values()) - books == 1_485_763
    assert books == 3 * 2048 * 64


@torch.no_grad()
@pytest.mark.parametrize("level", [0, 1, 2])
def test_the_vqvae_computes_what_jukeboxes_weights_say(jukebox, loaded, level):
    audio = 0.3 * torch.randn(2, 1500)
    latent = loaded.encode(audio, level)
    assert close(latent, encoded(jukebox, audio, level))
    codes = loaded.quantise(latent, level)
    assert torch.equal(codes, quantised(jukebox, latent, level))
    assert len(codes.unique()) > 5
    codes = torch.randint(2048, (2, 40))
    assert close(loaded.decode(loaded.lookup(codes, level), level), decoded(jukebox, codes, level))


@pytest.mark.parametrize(
    ("wrap", "how"),
    [
        (lambda state: state, {}),
        (lambda state: {"model": {f"module.{key}": value for key, value in state.items()}}, {}),
        (
            lambda state: {"model": state, "hps": {"levels": 3, "bandwidth": {"l2": np.float64(0.1)}}, "opt": None},
            {"_use_new_zipfile_serialization": False},
        ),
        (lambda state: collections.OrderedDict(state), {}),
    ],
    ids=["plain, as vqvae_high.pt", "from several GPUs", "old file with NumPy numbers", "ordered"],
)
def test_every_shape_of_file_is_read(jukebox, loaded, tmp_path, wrap, how):
    vqvae = VQVAE(VQVAEConfig())
    load_vqvae(saved(tmp_path, wrap(jukebox), **how), vqvae)
    for ours, theirs in zip(vqvae.state_dict().values(), loaded.state_dict().values(), strict=True):
        assert torch.equal(ours, theirs)


def test_loading_says_what_the_licence_forbids(jukebox, tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        load_vqvae(saved(tmp_path, jukebox), VQVAE(VQVAEConfig()))
    assert "Noncommercial" in caplog.text and "commercially" in caplog.text


class Trap:
    def __reduce__(self):
        return (print, ("code of the file runs",))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda state: state | {"left.over": torch.zeros(1)}, "1 tensors differ, first left.over: expected none"),
        (lambda state: dict(list(state.items())[1:]), "got none"),
        (lambda state: state | {"decoders.1.out.bias": torch.zeros(2)}, r"expected \(1,\), got \(2,\)"),
        (lambda state: state | {"trap": Trap()}, "weights alone"),
        (lambda state: [1, 2], "expected a state dict"),
        (lambda state: {"model": {"a": 1}}, "expected a state dict"),
    ],
    ids=["left over", "missing", "other shape", "code", "a list", "no tensors"],
)
def test_what_is_no_such_network_is_refused_in_one_line(jukebox, tmp_path, change, words, capfd):
    path = saved(tmp_path, change(jukebox))
    with pytest.raises(ModelError, match=words) as caught:
        load_vqvae(path, VQVAE(VQVAEConfig()))
    assert "\n" not in str(caught.value) and str(path) in str(caught.value)
    assert "code of the file runs" not in capfd.readouterr().out


@pytest.mark.parametrize("content", [b"", b"<html>Google Drive - Quota exceeded</html>", b"PK\x03\x04 half"])
def test_a_broken_download_is_refused(tmp_path, content):
    path = tmp_path / "netG.pt"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="download it again"):
        load_generator(path, Generator(SMALL))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelError, match="no such file"):
        load_vqvae(tmp_path / "vqvae.pth.tar", VQVAE(VQVAEConfig()))


def residual(state, name, x, dilation):
    inner = F.pad(F.leaky_relu(x, 0.2), (dilation, dilation), mode="reflect")
    inner = F.conv1d(inner, plain_weight(state, f"{name}.block.2"), state[f"{name}.block.2.bias"], dilation=dilation)
    inner = F.conv1d(F.leaky_relu(inner, 0.2), plain_weight(state, f"{name}.block.4"), state[f"{name}.block.4.bias"])
    return inner + F.conv1d(x, plain_weight(state, f"{name}.shortcut"), state[f"{name}.shortcut.bias"])


def four(state, first, x):
    for block, dilation in enumerate((1, 3, 9, 27)):
        x = residual(state, f"model.{first + block}", x, dilation)
    return x


def conv(state, number, x, **how):
    return F.conv1d(x, state[f"model.{number}.weight"], state[f"model.{number}.bias"], **how)


@torch.no_grad()
def test_the_motion_encoder_computes_what_the_authors_weights_say(tmp_path):
    torch.manual_seed(0)
    encoder = MotionEncoder(SMALL).eval()
    state = sequence_state(encoder, MOTION)
    load_motion_encoder(saved(tmp_path, state), encoder)
    motion = torch.randn(2, 120, 219)
    x = F.relu(conv(state, 0, F.linear(motion, state["lin1.weight"], state["lin1.bias"])))
    for first, number in ((2, 7), (8, 13), (14, 19)):
        x = conv(state, number, F.leaky_relu(four(state, first, x), 0.2))
    assert close(encoder(motion), F.linear(x, state["lin2.weight"], state["lin2.bias"]))


@torch.no_grad()
def test_the_high_generator_computes_what_the_authors_weights_say(tmp_path):
    torch.manual_seed(0)
    generator = Generator(SMALL).eval()
    state = sequence_state(generator, HIGH)
    load_generator(saved(tmp_path, state), generator)
    motion, visual = torch.randn(2, 1, SMALL.motion_code), torch.randn(2, 1, 2048)
    genre = state["genre_embed.weight"][[3, 8]][:, None]
    x = F.linear(torch.cat([motion, visual, genre], 2), state["lin.weight"], state["lin.bias"])
    x = four(state, 1, conv(state, 0, x, stride=2, padding=1))
    for number, first, stride in ((6, 7, 2), (12, 13, 1), (18, 19, 1), (24, 25, 1)):
        x = four(state, first, conv(state, number, F.leaky_relu(x, 0.2), stride=stride, padding=1))
    expected = 100 * conv(state, 30, F.leaky_relu(x, 0.2), padding=1).tanh()
    assert close(generator(motion, visual, torch.eye(10)[[3, 8]]), expected)


@torch.no_grad()
def test_the_low_generator_computes_what_the_authors_weights_say(tmp_path):
    torch.manual_seed(0)
    config = make_config("aist", "low", small=True)
    generator = Generator(config).eval()
    state = sequence_state(generator, LOW)
    load_generator(saved(tmp_path, state), generator)
    motion, visual = torch.randn(2, 1, config.motion_code), torch.randn(2, 1, 2048)
    genre = state["genre_embed.weight"][[0, 9]][:, None]
    x = F.linear(torch.cat([motion, visual, genre], 2), state["lin.weight"], state["lin.bias"])
    x = four(state, 2, conv(state, 1, F.pad(x, (3, 3), mode="reflect"), stride=2, padding=1))
    for number, first, pad, stride in (
        (8, 9, 32, 1),
        (15, 16, 64, 2),
        (22, 23, 64, 1),
        (29, 30, 64, 1),
        (36, 37, 64, 1),
    ):
        x = F.pad(F.leaky_relu(x, 0.2), (pad, pad), mode="reflect")
        x = four(state, first, conv(state, number, x, stride=stride, padding=1))
    x = conv(state, 43, F.pad(F.leaky_relu(x, 0.2), (64, 64), mode="reflect"), padding=1)
    x = conv(state, 45, F.pad(x, (64, 64), mode="reflect"), padding=1).tanh()
    expected = 100 * F.linear(x, state["fc.weight"], state["fc.bias"])
    assert close(generator(motion, visual, torch.eye(10)[[0, 9]]), expected)


@torch.no_grad()
def test_the_discriminator_computes_what_the_authors_weights_say(tmp_path):
    torch.manual_seed(0)
    judges = MultiScaleDiscriminator(SMALL).eval()
    state = discriminator_state(SMALL.judge_channels)
    load_discriminator(saved(tmp_path, state), judges)
    latent = torch.randn(2, SMALL.vqvae.latent, 344)
    signal = latent.reshape(2, 1, -1)
    for scale, (features, scores) in enumerate(judges(latent)):
        base = f"model.disc_{scale}.model"

        def layer(name, x, base=base, **how):
            return F.conv1d(x, plain_weight(state, f"{base}.{name}"), state[f"{base}.{name}.bias"], **how)

        expected = [F.leaky_relu(layer("layer_0.1", F.pad(signal, (7, 7), mode="reflect")), 0.2)]
        for number in range(1, 5):
            groups = expected[-1].shape[1] // 4
            x = layer(f"layer_{number}.0", expected[-1], stride=4, padding=20, groups=groups)
            expected.append(F.leaky_relu(x, 0.2))
        expected.append(F.leaky_relu(layer("layer_5.0", expected[-1], padding=2), 0.2))
        assert all(close(a, b) for a, b in zip(features, expected, strict=True))
        assert close(scores, layer("layer_6", expected[-1], padding=1))
        signal = F.avg_pool1d(signal, 4, 2, 1, count_include_pad=False)


def test_a_generator_of_the_other_level_is_refused(tmp_path):
    low = make_config("aist", "low", small=True)
    path = saved(tmp_path, sequence_state(Generator(low), LOW), "netG.pt")
    with pytest.raises(ModelError, match="check preset and level"):
        load_generator(path, Generator(SMALL))


def test_a_generator_without_genres_loads_into_one_without(tmp_path):
    bare = dataclasses.replace(SMALL, genres=())
    state = sequence_state(Generator(bare), HIGH)
    assert "genre_embed.weight" not in state
    generator = Generator(bare)
    load_generator(saved(tmp_path, state), generator)
    assert torch.equal(generator.enter.weight, state["lin.weight"])
