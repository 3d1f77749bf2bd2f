"""The codec of an exported model, read back: its decoder is the graph, its encoder lies beside it."""

import shutil

import numpy as np
import pytest
import torch
from onnx import numpy_helper

from d2m_bridge.errors import InputError, ModelError
from d2m_bridge.manifest import ASSETS, load_manifest
from d2m_bridge.providers import open_session
from models.audio_encoder_file import AUDIO_ENCODER, load_audio_encoder, save_audio_encoder
from tests.changed_graph import with_another_function, with_changed
from training.encode import codec_file, codec_rate, load_encoder
from training.exported_codec import load_exported_codec
from training.train_codec import load_codec, make_codec

BLOCKS = 9  # more than the decoder remembers


@pytest.fixture(scope="module")
def codec():
    return load_codec(ASSETS)


@pytest.fixture
def model(tmp_path):
    """A copy of the shipped model's codec."""
    for name in ("manifest.json", "decoder.onnx", AUDIO_ENCODER):
        shutil.copy(ASSETS / name, tmp_path)
    return tmp_path


def test_the_shipped_decoder_read_back_plays_what_its_graph_plays(codec):
    manifest = load_manifest(ASSETS)
    config, block = codec.config, manifest.block_frames
    rng = np.random.default_rng(2)
    codes = rng.integers(config.entries, size=(4, config.books, BLOCKS * block))
    excitation = rng.normal(0, 0.1, (4, BLOCKS * block, 2 * config.tonal_bins)).astype(np.float32)
    with torch.no_grad():
        latent = codec.quantizer.lookup(torch.from_numpy(codes))
        ours = codec.decoder(latent, torch.from_numpy(excitation), codec.decoder.initial_state(4))[0].numpy()
    session = open_session(ASSETS / manifest.graphs["decoder"].file, "cpu")
    state, theirs = np.zeros((4, manifest.graphs["decoder"].state), np.float32), []
    for start in range(0, BLOCKS * block, block):
        inputs = {"codes": codes[:, :, start : start + block], "excitation": excitation[:, start : start + block]}
        audio, state = session.run(None, {**inputs, "state": state})
        theirs.append(audio)
    theirs = np.concatenate(theirs, axis=1)
    assert np.abs(theirs).max() > 0.01
    assert np.abs(ours - theirs).max() < 1e-3 * np.abs(theirs).max()


def without_books(model):
    (books,) = [tensor for tensor in model.graph.initializer if tensor.name.startswith("quantizer.codebooks")]
    books.name = "other"


def with_fewer_entries(model):
    (books,) = [tensor for tensor in model.graph.initializer if tensor.name.startswith("quantizer.codebooks")]
    books.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(books)[:, :, :32], books.name))


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (with_another_function, "read back"),
        (without_books, "not a decoder of models.codec"),
        (with_fewer_entries, "not a decoder of the size"),
    ],
)
def test_what_is_no_decoder_of_ours_is_refused(model, change, line):
    with_changed(model, "decoder", change)
    with pytest.raises(ModelError, match=line):
        load_exported_codec(model)


def test_a_model_of_another_size_is_refused(model_folder):
    with pytest.raises(ModelError, match=r"not a decoder of models\.codec"):
        load_exported_codec(model_folder)


def test_an_encoder_comes_back_from_its_file_to_the_precision_of_half(model):
    wanted = load_manifest(model).graphs["decoder"].sha256
    fresh = make_codec(load_exported_codec(model).config).encoder
    save_audio_encoder(fresh, model, wanted)
    found = load_codec(model).encoder.state_dict()
    for name, value in fresh.state_dict().items():
        np.testing.assert_allclose(found[name].numpy(), value.numpy(), rtol=1e-3, atol=1e-6)


def test_a_model_without_an_encoder_for_sound_is_refused(model):
    (model / AUDIO_ENCODER).unlink()
    with pytest.raises(ModelError, match=f"no {AUDIO_ENCODER} there"):
        load_exported_codec(model)


def test_an_encoder_for_another_decoder_is_refused(model, codec):
    save_audio_encoder(codec.encoder, model, "0" * 64)
    with pytest.raises(ModelError, match="for another decoder"):
        load_exported_codec(model)


@pytest.mark.parametrize("content", [b"", b"no tensors at all", None])
def test_a_damaged_encoder_is_refused(model, codec, content):
    save_audio_encoder(codec.encoder, model, load_manifest(model).graphs["decoder"].sha256)
    path = model / AUDIO_ENCODER
    path.write_bytes(path.read_bytes()[:-1] if content is None else content)
    with pytest.raises(ModelError, match="not an encoder"):
        load_exported_codec(model)


def test_the_shipped_encoder_is_for_the_shipped_decoder(codec):
    assert load_audio_encoder(codec.encoder, ASSETS) == load_manifest(ASSETS).graphs["decoder"].sha256


def test_sound_becomes_codes_by_the_shipped_codec_as_by_a_run():
    rate, hop = codec_rate(ASSETS), load_manifest(ASSETS).hop
    assert codec_file(ASSETS) == ASSETS / AUDIO_ENCODER
    tone = np.sin(2 * np.pi * 220 / rate * np.arange(20 * hop)).astype(np.float32)
    codes = load_encoder(ASSETS)(0.2 * tone)
    assert codes.shape == (4, 20) and codes.dtype == np.int16
    assert not np.array_equal(codes, load_encoder(ASSETS)(np.zeros_like(tone)))


def test_a_folder_that_is_neither_run_nor_model_is_named(tmp_path):
    for read in (codec_rate, load_codec):
        with pytest.raises(InputError, match=str(tmp_path)):
            read(tmp_path)
