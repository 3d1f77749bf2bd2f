"""A planner goes only onto the model whose encoder it was trained with (test_tutorial.py has the rest)."""

import dataclasses

import pytest
import torch

from d2m_bridge.engine.graphs import load_models
from d2m_bridge.manifest import ASSETS, load_manifest
from export.__main__ import main
from tests.models_folder import SMALL
from training.checkpoint import save_checkpoint
from training.exported_generator import load_exported_generator
from training.task import averaged
from training.train_codec import load_codec, make_codec
from training.train_generator import generator_facts, make_generator
from training.train_planner import PlannerTrainee, load_encoder


def write_run(run, encoder=None):
    torch.manual_seed(0)
    trainee = PlannerTrainee()
    if encoder is not None:
        trainee.encoder.load_state_dict(encoder.state_dict())
    run.mkdir()
    save_checkpoint(run / "last.safetensors", {"trainee": trainee}, {}, {})
    return run


def refused(capsys, *arguments):
    with pytest.raises(SystemExit) as end:
        main([str(argument) for argument in arguments])
    assert end.value.code == 2
    return capsys.readouterr().err


def test_another_encoder_is_refused_and_nothing_is_written(tmp_path, capsys):
    run, out = write_run(tmp_path / "run"), tmp_path / "out"
    line = refused(capsys, "--base", ASSETS, "--planner", run, "--out", out)
    assert f"train it with --encoder-of {ASSETS}" in line and not out.exists()


def test_the_model_to_begin_with_is_not_overwritten(tmp_path, capsys):
    run = write_run(tmp_path / "run", load_encoder(ASSETS))
    assert "choose another --out" in refused(capsys, "--base", ASSETS, "--planner", run, "--out", ASSETS)


@pytest.mark.parametrize(
    "others",
    [[], ["--codec", "a"], ["--codec", "a", "--generator", "b", "--base", "c"], ["--base", "c", "--generator", "b"]],
)
def test_what_does_not_make_a_whole_model_is_refused(others, capsys):
    assert "--base with --planner" in refused(capsys, "--planner", "p", "--out", "o", *others)


def write_sound_runs(folder, **facts):
    """Runs of a codec and a generator that have learnt nothing, for the shipped encoder."""
    torch.manual_seed(1)
    codec, generator = make_codec(SMALL), make_generator(SMALL.latent)
    modules = {
        "codec": ({"average": averaged(codec)}, {"config": dataclasses.asdict(SMALL)}),
        "generator": ({"average": averaged(generator)}, {**generator_facts(), **facts}),
    }
    for name, (saved, known) in modules.items():
        (folder / name).mkdir()
        save_checkpoint(folder / name / "last.safetensors", saved, {}, known)
    return ["--codec", folder / "codec", "--generator", folder / "generator"]


def test_another_sound_goes_onto_the_plans_of_a_model(tmp_path):
    out = tmp_path / "out"
    runs = write_sound_runs(tmp_path)
    main([str(argument) for argument in ("--base", ASSETS, *runs, "--out", out, "--name", "other")])
    ours, base = load_manifest(out), load_manifest(ASSETS)
    for graph in ("encoder", "planner"):
        assert (out / ours.graphs[graph].file).read_bytes() == (ASSETS / base.graphs[graph].file).read_bytes()
    assert ours.name == "other" and ours.books == SMALL.books and ours.styles == base.styles
    assert ours.graphs["decoder"] != base.graphs["decoder"]
    load_models(out)  # every graph as the manifest says


def test_the_shipped_generator_read_back_and_put_onto_its_model_is_the_shipped_model(tmp_path):
    run, out = tmp_path / "run", tmp_path / "out"
    run.mkdir()
    generator = load_exported_generator(ASSETS, load_codec(ASSETS))
    save_checkpoint(run / "last.safetensors", {"average": averaged(generator)}, {}, generator_facts())
    main([str(argument) for argument in ("--base", ASSETS, "--generator", run, "--out", out)])
    for graph in load_manifest(ASSETS).graphs.values():
        assert (out / graph.file).read_bytes() == (ASSETS / graph.file).read_bytes()
    assert load_manifest(out) == load_manifest(ASSETS)


def test_a_generator_for_another_codec_is_refused(tmp_path, capsys):
    out = tmp_path / "out"
    write_sound_runs(tmp_path)
    line = refused(capsys, "--base", ASSETS, "--generator", tmp_path / "generator", "--out", out)
    assert f"train it with --codec {ASSETS}" in line and not out.exists()


def test_a_sound_for_other_embeddings_is_refused(tmp_path, capsys):
    out = tmp_path / "out"
    line = refused(capsys, "--base", ASSETS, *write_sound_runs(tmp_path, motion_rate_hz=60.0), "--out", out)
    assert f"motion_rate_hz than {ASSETS} has" in line and not out.exists()
