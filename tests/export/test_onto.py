"""A planner goes only onto the model whose encoder it was trained with (test_tutorial.py has the rest)."""

import pytest
import torch

from d2m_bridge.manifest import ASSETS
from export.__main__ import main
from training.checkpoint import save_checkpoint
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
def test_codec_and_generator_come_from_runs_or_from_a_model(others, capsys):
    assert "either --codec and --generator, or --base" in refused(capsys, "--planner", "p", "--out", "o", *others)
