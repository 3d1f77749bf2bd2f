"""A small run exported: the graphs do what the modules do, and the folder is what the runtime plays."""

import dataclasses
import json

import numpy as np
import onnx
import pytest
import torch
from safetensors.torch import save_file

from d2m_bridge.engine.clip_manifest import load_clip_manifest
from d2m_bridge.engine.clip_model import Series, load_clip_model, make_clip, play_clips
from d2m_bridge.motion.features import MOTION_FEATURES
from d2m_bridge.visual.statistics import VISUAL_FEATURES
from export.paper import CODES_TOLERANCE, DecoderGraph, GeneratorGraph, export_paper, largest_difference, load_run
from export.to_onnx import round_to_half
from models.paper.config import LEVELS, PaperConfig, VQVAEConfig
from models.paper.d2m_gan import D2MGAN
from models.paper.vqvae import VQVAE

CONFIG = PaperConfig(
    motion_rate_hz=30.0, motion_features=len(MOTION_FEATURES), visual_frames=60, visual_features=len(VISUAL_FEATURES),
    genres=("house", "lock", "jazz"), motion_channels=(4, 4, 4), motion_code=12, visual_code=16, genre_code=8,
    generator_channels=(4, 4, 4, 4, 8), vqvae=VQVAEConfig(width=4, depth=2, latent=6, codes=50),
)  # fmt: skip
LEVEL = LEVELS[CONFIG.level]
FACTS = {"kind": "paper", "licence": "CC0-1.0", "terms": "none", "config": dataclasses.asdict(CONFIG)}


def inputs(batch=1):
    motion = torch.randn(batch, 60, len(MOTION_FEATURES))
    return {"motion": motion, "visual": torch.rand(batch, 60, len(VISUAL_FEATURES)), "genre": torch.eye(3)[:batch]}


def network():
    """Untrained, but its latents lie among the codes."""
    torch.manual_seed(0)
    model, vqvae = D2MGAN(CONFIG).eval(), VQVAE(CONFIG.vqvae).eval()
    with torch.no_grad():
        for conv in (*model.motion.convs, *model.generator.convs):
            conv.weight.normal_(0, conv.weight[0].numel() ** -0.5)
        model.generator.enter.weight.normal_(0, 30)
        latent = model(**inputs(3)).transpose(1, 2).flatten(0, 1)
        vqvae.quantizers[LEVEL].codebooks.copy_(latent[torch.randperm(len(latent))[:50]])
    return model, vqvae


def write_run(folder, facts):
    model, vqvae = network()
    tensors = {f"model/{key}": value for key, value in model.state_dict().items()}
    tensors |= {f"vqvae/{key}": value for key, value in vqvae.state_dict().items()}
    tensors["adversary/left.out"] = torch.zeros(1)
    save_file(tensors, folder / "last.safetensors", {"facts": json.dumps(facts)})
    return folder


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    return load_run(write_run(tmp_path_factory.mktemp("run"), FACTS))


@pytest.fixture(scope="module")
def folder(trained, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    export_paper(trained, folder, "small")
    return folder


@torch.no_grad()
def test_a_clip_of_the_graphs_is_that_of_the_networks(trained, folder):
    model = load_clip_model(folder, "cpu")
    graph = GeneratorGraph(trained.model, trained.vqvae).eval()
    round_to_half(graph)
    for seed in range(3):
        torch.manual_seed(seed)
        given = inputs()
        codes = graph(**given).numpy()
        assert len(np.unique(codes)) > 5
        (got,) = model.sessions["generator"].run(["codes"], {name: value.numpy() for name, value in given.items()})
        assert np.mean(got != codes) <= CODES_TOLERANCE
        exact = trained.vqvae.quantise(trained.model(**given), LEVEL).numpy()
        assert np.mean(got != exact) < 0.2  # the weights of the graph have 11 bits
        audio = trained.vqvae.decode(trained.vqvae.lookup(torch.from_numpy(codes), LEVEL), LEVEL).numpy()
        (sound,) = model.sessions["decoder"].run(["audio"], {"codes": codes})
        np.testing.assert_allclose(sound, audio, atol=5e-3 * np.abs(audio).max())


def test_the_manifest_says_what_the_graphs_are(folder):
    manifest = load_clip_manifest(folder)
    assert (manifest.sample_rate, manifest.clip_samples, manifest.hop_samples) == (22050, 44032, 39690)
    assert (manifest.motion.source, manifest.motion.frames) == ("seen", 60)
    assert [style.name for style in manifest.styles] == list(CONFIG.genres)
    assert (manifest.licence, manifest.terms) == ("CC0-1.0", "none")
    # A hop is a whole number of motion frames at the rates of all presets.
    assert all(manifest.hop_samples * rate % manifest.sample_rate == 0 for rate in (30, 60))


def test_the_folder_plays_at_any_length(folder):
    model = load_clip_model(folder, "cpu")
    rng = np.random.default_rng(1)
    motion = Series(rng.standard_normal((150, len(MOTION_FEATURES))).astype(np.float32), 30.0)
    visual = Series(rng.random((150, len(VISUAL_FEATURES))).astype(np.float32), 30.0)
    style = np.eye(3, dtype=np.float32)[1]
    sound = np.concatenate(list(play_clips(model, motion, visual, style, 5.0)))
    assert sound.shape == (110250,) and np.isfinite(sound).all() and sound.any()
    overlap = 44032 - 39690
    second = make_clip(model, motion, visual, style, 1.8)
    np.testing.assert_array_equal(sound[39690 + overlap : 2 * 39690], second[overlap:39690])


def test_weight_norm_is_folded_and_the_names_are_kept(folder):
    graph = onnx.load(folder / "generator.onnx").graph
    assert not [tensor.name for tensor in graph.initializer if "original" in tensor.name]
    assert [put.name for put in graph.input] == ["motion", "visual", "genre"]
    assert [put.name for put in graph.output] == ["codes"]


def test_folding_leaves_the_network_as_it_was(trained):
    before = {key: value.clone() for key, value in trained.model.state_dict().items()}
    graph = GeneratorGraph(trained.model, trained.vqvae)
    assert not [key for key in graph.state_dict() if "original" in key]
    assert all(torch.equal(value, before[key]) for key, value in trained.model.state_dict().items())


def test_parity_catches_another_network(trained, folder):
    other, vqvae = network()
    with torch.no_grad():
        other.generator.convs[-1].weight.neg_()
        vqvae.decoders[LEVEL].leave.weight.mul_(1.01)
    content = (folder / "generator.onnx").read_bytes()
    assert largest_difference(content, GeneratorGraph(other, vqvae), inputs()) > 10 * CODES_TOLERANCE
    content = (folder / "decoder.onnx").read_bytes()
    codes = {"codes": torch.randint(50, (1, CONFIG.frames))}
    assert largest_difference(content, DecoderGraph(vqvae, LEVEL), codes) > 5e-3


def test_a_run_of_another_kind_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"expected a run of training\.paper"):
        load_run(write_run(tmp_path, FACTS | {"kind": "generator"}))


def test_a_run_with_a_tensor_too_few_is_refused(tmp_path):
    write_run(tmp_path, FACTS | {"config": dataclasses.asdict(dataclasses.replace(CONFIG, genres=()))})
    with pytest.raises(RuntimeError, match="genre"):
        load_run(tmp_path)
