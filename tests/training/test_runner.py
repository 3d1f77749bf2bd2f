"""One process trains a small codec on real sounds of this test, through every phase of the schedule."""

import math

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from d2m_bridge.errors import InputError
from tests.small_codec import curve, largest_difference, shown, small_task
from training import run_folder, runner
from training.precision import keep_float32
from training.runner import RunOptions, launch, train
from training.train_codec import CodecTask

STEPS = 8  # the adversary joins in step 7, the encoder stands still in step 8
# Sums of some thousand float32 numbers in another order, over eight steps of Adam.
CLOSE = 1e-4


@pytest.fixture(autouse=True)
def every_step_is_reported(monkeypatch):
    monkeypatch.setattr(run_folder, "REPORT_EVERY", 1)
    monkeypatch.setattr(runner, "REPORT_EVERY", 1)


class Stopped(CodecTask):
    """Is interrupted in the middle of a step."""

    stop = math.inf

    def schedule(self, step, steps):
        if step == self.stop:
            raise KeyboardInterrupt
        return super().schedule(step, steps)


def go(run, task_type=CodecTask, stop=math.inf, **options):
    options = RunOptions(run, **{"steps": STEPS, "batch": 4, "seed": 1, **options})
    fabric = launch(options)
    task = small_task(task_type)
    task.stop = stop
    train(task, fabric, options, {"seed": 1}, [])
    return run


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_folder, "REPORT_EVERY", 1)
        patch.setattr(runner, "REPORT_EVERY", 1)
        return go(tmp_path_factory.mktemp("undisturbed"))


@pytest.mark.parametrize("stop", [1, 6, 7])
def test_an_interrupted_run_that_goes_on_ends_where_an_undisturbed_one_does(undisturbed, tmp_path, monkeypatch, stop):
    monkeypatch.setattr(run_folder, "CHECKPOINT_S", 0.0)
    with pytest.raises(KeyboardInterrupt):
        go(tmp_path, Stopped, stop)
    assert largest_difference(undisturbed, go(tmp_path)) == 0
    assert (curve(tmp_path) == curve(undisturbed)).all()


@pytest.mark.parametrize(("batch", "accumulate"), [(2, 2), (1, 4)])
def test_accumulated_batches_are_the_bigger_batch(undisturbed, tmp_path, batch, accumulate):
    go(tmp_path, batch=batch, accumulate=accumulate)
    assert curve(tmp_path) == pytest.approx(curve(undisturbed), rel=CLOSE, abs=CLOSE)
    assert largest_difference(undisturbed, tmp_path) < CLOSE


def test_another_seed_is_another_run(undisturbed, tmp_path):
    go(tmp_path, seed=2, steps=1)
    ours, theirs = (shown(run).Scalars("loss/mel")[0].value for run in (tmp_path, undisturbed))
    assert abs(ours - theirs) > 10 * CLOSE


def test_tensorboard_shows_sounds_pictures_and_all_terms(undisturbed):
    tags = shown(undisturbed).Tags()
    terms = {"spectral", "mel", "level", "waveform", "comb", "commitment", "adversarial", "features"}
    assert set(tags["scalars"]) == {f"loss/{term}" for term in terms}
    assert set(tags["audio"]) == set(tags["images"]) == {"sound/given", "sound/decoded"}
    (sound,) = shown(undisturbed).Audio("sound/given")
    assert sound.encoded_audio_string[:4] == b"RIFF" and sound.step == STEPS
    (picture,) = shown(undisturbed).Images("sound/given")
    assert picture.height == 128 and picture.width > 1


def test_a_checkpoint_holds_nets_average_and_optimisers_under_their_old_names(undisturbed):
    prefixes = {key.split("/")[0] for key in load_file(undisturbed / "last.safetensors")}
    assert prefixes == {"codec", "average", "adversary", "optimiser", "opponent"}


def test_bfloat16_learns_about_the_same_and_keeps_weights_in_float32(undisturbed, tmp_path):
    go(tmp_path, precision="bf16-mixed")
    ours, theirs = curve(tmp_path).sum(1), curve(undisturbed).sum(1)
    assert ours == pytest.approx(theirs, rel=0.05)
    assert (ours != theirs).any()
    floats = {value.dtype for value in load_file(tmp_path / "last.safetensors").values() if value.is_floating_point()}
    assert floats == {torch.float32}


@pytest.mark.parametrize("mixed", [True, False])
def test_a_part_kept_in_float32_computes_so_and_leaves_autocast_as_it_was(mixed):
    net = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3), nn.Linear(3, 3))
    keep_float32(net[1])
    seen = []
    for part in net:
        part.register_forward_hook(lambda _, inputs, output: seen.append(output.dtype))
    with torch.autocast("cpu", torch.bfloat16, enabled=mixed):
        net(torch.randn(2, 3))
    rest = torch.bfloat16 if mixed else torch.float32
    assert seen == [rest, torch.float32, rest]


def test_autocast_comes_back_after_an_error_in_a_part_kept_in_float32():
    part = nn.Linear(3, 3)
    keep_float32(part)
    with torch.autocast("cpu", torch.bfloat16):
        with pytest.raises(RuntimeError):
            part(torch.randn(2, 4))
        assert torch.is_autocast_enabled("cpu")


def test_machines_that_see_different_run_folders_are_told(tmp_path):
    options = RunOptions(tmp_path, steps=1, batch=1, seed=1)
    fabric = launch(options)
    fabric.broadcast = lambda value: value + 1
    with pytest.raises(InputError, match="a folder that all share"):
        train(small_task(), fabric, options, {}, [])
