"""Small runs on segment lists in the published format."""

import json
import subprocess
import sys

import numpy as np
import pytest
import soundfile
import torch
from safetensors import safe_open

from d2m_bridge.errors import InputError
from models.paper.config import LEVELS
from models.paper.generator import Generator
from models.paper.motion import MotionEncoder
from models.paper.vqvae import VQVAE
from tests.authors_state import HIGH, MOTION, sequence_state
from tests.small_codec import ROOT, TIMEOUT_S, curve, largest_difference, shown
from training import run_folder, runner
from training.paper.__main__ import main
from training.paper.checkpoints import load_vqvae
from training.paper.clips import PreparedClips, SegmentClips
from training.paper.objective import WEIGHTS
from training.paper.presets import GENRES, make_config
from training.paper.train import LAST, PaperTask, check_run
from training.prepared_folder import PreparedFolder
from training.runner import RunOptions, launch, train
from training.shards import Shard, save_shard

CONFIG = make_config("aist", "high", small=True)
NAMES = ("gKR_sBM_c01_d28_mKR2_ch01_seg1", "gBR_sBM_c01_d04_mBR0_ch01_seg1", "gBR_sBM_c01_d04_mBR0_ch01_seg2")


def write_lists(folder, subset, names, motion):
    rng = np.random.default_rng(0)
    for kind in ("audio", "video", "motion"):
        (folder / subset / kind).mkdir(parents=True)
    for index, name in enumerate(names):
        t = np.arange(44100) / 22050
        soundfile.write(folder / subset / "audio" / f"{name}.wav", 0.2 * np.sin(300 * (index + 1) * t), 22050)
        np.save(folder / subset / "video" / f"{name}.npy", rng.standard_normal((1, 2048)))
        np.save(folder / subset / "motion" / f"{name}.npy", rng.standard_normal(motion))
    for kind, suffix in (("audio", "wav"), ("video", "npy"), ("motion", "npy")):
        lines = "".join(f"./{subset}/{kind}/{name}.{suffix}\n" for name in names)
        (folder / f"{subset}_{kind}_train_segment.txt").write_text(lines)


@pytest.fixture(scope="module")
def lists(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lists")
    write_lists(folder, "aist", NAMES, (120, 219))
    np.save(folder / "train_genre.npy", np.eye(10)[[7, 0, 0]])
    return folder


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A small VQ-VAE under JukeBox's names: ours, renamed back by hand."""
    folder = tmp_path_factory.mktemp("weights")
    torch.manual_seed(0)
    state = {}
    for key, value in VQVAE(CONFIG.vqvae).state_dict().items():
        side, level, *rest = key.split(".")
        if side == "quantizers":
            if rest == ["codebooks"]:
                state[f"bottleneck.level_blocks.{level}.k"] = 3 * value[0]
            continue
        leaf = rest[-1]
        if rest[0] == "leave":
            state[f"decoders.{level}.out.{leaf}"] = value
            continue
        base, part, is_encoder = f"{side}.{level}.level_blocks.{rest[1]}.model", rest[2], side == "encoders"
        downs = CONFIG.vqvae.downs[int(rest[1])]
        if part in ("enter", "leave"):
            name = f"{base}.{downs if is_encoder else 0}"
        elif part == "stacks":
            inner = {"dilated": 1, "mix": 3}[rest[5]]
            step = int(rest[3]) + (not is_encoder)
            name = f"{base}.{step}.{int(is_encoder)}.model.{rest[4]}.model.{inner}"
        else:
            name = f"{base}.{rest[3]}.0" if is_encoder else f"{base}.{int(rest[3]) + 1}.1"
        state[f"{name}.{leaf}"] = value
    torch.save({"model": state}, folder / "vqvae.pth.tar")
    return folder / "vqvae.pth.tar"


@pytest.fixture
def vqvae(weights):
    vqvae = VQVAE(CONFIG.vqvae)
    load_vqvae(weights, vqvae)
    return vqvae


def contents(run):
    with safe_open(run / LAST, "pt") as file:
        return {key: file.get_tensor(key) for key in file.keys()}, json.loads(file.metadata()["facts"])  # noqa: SIM118


def test_a_clip_is_what_the_lists_say(lists):
    clips = SegmentClips(lists, "aist", CONFIG, "train")
    assert len(clips) == 3
    item = clips[0, None]
    assert {key: tuple(value.shape) for key, value in item.items()} == {
        "audio": (44100,), "motion": (120, 219), "visual": (1, 2048), "genre": (10,),
    }  # fmt: skip
    assert GENRES[int(item["genre"].argmax())] == "krump"
    assert item["audio"].abs().max().item() == pytest.approx(0.95, abs=1e-3)
    saved = np.load(lists / "aist" / "motion" / f"{NAMES[0]}.npy")
    np.testing.assert_allclose(item["motion"].numpy(), saved, rtol=1e-6)


def test_the_loudness_is_drawn_by_the_seed_and_nothing_else(lists):
    clips = SegmentClips(lists, "aist", CONFIG, "train")
    peaks = [clips[0, draw]["audio"].abs().max().item() / 0.95 for draw in range(60)]
    assert 0.3 <= min(peaks) < 0.35 and 0.95 < max(peaks) <= 1.0
    assert torch.equal(clips[0, 5]["audio"], clips[0, 5]["audio"])
    assert torch.equal(clips[0, 5]["motion"], clips[0, 6]["motion"])


def test_tiktoks_joints_are_flattened_and_have_no_genre(tmp_path):
    write_lists(tmp_path, "tiktok", ("000007_7_188_seg1",), (60, 25, 3))
    item = SegmentClips(tmp_path, "tiktok", make_config("tiktok", "high", small=True), "train")[0, None]
    assert item["motion"].shape == (60, 75) and "genre" not in item


def test_motion_of_the_other_set_is_refused(tmp_path):
    write_lists(tmp_path, "tiktok", ("000007_7_188_seg1",), (120, 219))
    clips = SegmentClips(tmp_path, "tiktok", make_config("tiktok", "high", small=True), "train")
    with pytest.raises(InputError, match=r"expected \[60, 75\], got \[120, 219\]"):
        clips[0, None]


def write_prepared(folder, genres, seconds=5.3):
    PreparedFolder(folder).open({"kind": "videos"})
    rng = np.random.default_rng(0)
    ticks = round(30 * seconds)
    for index, genre in enumerate(genres):
        arrays = {
            "points": 0.5 + 0.1 * rng.standard_normal((ticks, 17, 2)).astype(np.float32),
            "confidence": np.ones((ticks, 17), np.float32),
            "visual": np.repeat(np.arange(ticks, dtype=np.float32)[:, None], 8, axis=1),
            "beats": np.arange(0, seconds, 0.5),
            # Every second of sound is louder than the one before.
            "audio": (4000 * np.ceil(np.arange(1, round(16000 * seconds) + 1) / 16000)).astype(np.int16),
        }
        facts = {
            "name": f"clip{index}", "split": "train", "seconds": seconds, "motion_rate_hz": 30.0, "sample_rate": 16000,
            "beats_from": "soundtrack", "holds": sorted(arrays),
        }  # fmt: skip
        shard = Shard(arrays, facts | ({"genre": genre} if genre else {}))
        save_shard(PreparedFolder(folder).shard(f"clip{index}"), shard)


def test_prepared_clips_are_cut_every_two_seconds(tmp_path):
    config = make_config("features", "high", small=True)
    write_prepared(tmp_path, ("house", "krump"))
    clips = PreparedClips(tmp_path, config, "train")
    assert len(clips) == 4 and clips.config == config
    items = [clips[index, None] for index in range(4)]
    for index, item in enumerate(items):
        assert item["motion"].shape == (60, config.motion_features)
        assert torch.equal(item["visual"][:, 0], torch.arange(60.0) + 60 * (index % 2))
        assert item["audio"].shape == (44100,)
        # The second half of a cut of 1, 2 or 3, 4 times the level.
        middle = item["audio"][10000].item() / item["audio"][35000].item()
        assert middle == pytest.approx((1 / 2, 3 / 4)[index % 2], rel=0.05)
        assert GENRES[int(item["genre"].argmax())] == ("house", "krump")[index // 2]


def test_where_a_genre_is_not_known_none_is_learnt(tmp_path, weights):
    write_prepared(tmp_path / "data", ("house", None))
    clips = PreparedClips(tmp_path / "data", make_config("features", "high", small=True), "train")
    assert clips.config.genres == () and "genre" not in clips[0, 1]
    arguments = [
        "train", "--preset", "features", "--small", "--data", tmp_path / "data", "--vqvae", weights,
        "--run", tmp_path / "run", "--steps", 1, "--batch", 2,
    ]  # fmt: skip
    assert main([str(argument) for argument in arguments]) == 0
    assert contents(tmp_path / "run")[1]["config"]["genres"] == []


def test_prepared_data_without_a_clip_of_the_split_is_refused(tmp_path):
    write_prepared(tmp_path, ("house",), seconds=1.9)
    with pytest.raises(InputError, match="no clip of 2 s"):
        PreparedClips(tmp_path, make_config("features", "high", small=True), "train")


@pytest.fixture
def shown_often(monkeypatch):
    for name in ("REPORT_EVERY", "CHECK_EVERY", "SHOW_EVERY"):
        monkeypatch.setattr(run_folder, name, 1)
    monkeypatch.setattr(runner, "REPORT_EVERY", 1)


def go(run, lists, vqvae, variant="as-described", task_type=PaperTask, **options):
    """Trains; gives run.json."""
    options = RunOptions(run, **{"steps": 2, "batch": 2, "seed": 1, **options})
    fabric = launch(options)
    clips = SegmentClips(lists, "aist", CONFIG, "train")
    torch.manual_seed(0)
    task = task_type(CONFIG, vqvae, clips, variant, options.seed, "L", "T", held_out=clips)
    check_run(run, task.facts)
    train(task, fabric, options, {}, [])
    return json.loads((run / "run.json").read_text())


@pytest.mark.parametrize("variant", ["as-published", "as-described"])
def test_all_terms_are_trained_and_the_vqvae_is_not(lists, vqvae, tmp_path, variant):
    before = {key: value.clone() for key, value in vqvae.state_dict().items()}
    figures = go(tmp_path / "run", lists, vqvae, variant)["figures"]
    assert set(figures["loss"]) == {*WEIGHTS, "discriminator"}
    assert set(figures["val"]) == {"latent", "code", "audio", "mel"}
    assert all(np.isfinite(value) for value in figures["loss"].values())
    tensors, facts = contents(tmp_path / "run")
    for key, value in before.items():
        assert torch.equal(tensors[f"vqvae/{key}"], value)
    assert (facts["kind"], facts["variant"], facts["step"]) == ("paper", variant, 2)
    assert (facts["licence"], facts["terms"]) == ("L", "T")


def test_tensorboard_shows_all_terms_and_what_is_true_beside_what_is_generated(lists, vqvae, tmp_path, shown_often):
    go(tmp_path, lists, vqvae, steps=1)
    tags = shown(tmp_path).Tags()
    assert {f"loss/{name}" for name in (*WEIGHTS, "discriminator")} <= set(tags["scalars"])
    assert set(tags["audio"]) == {"sound/true", "sound/generated"}
    heard = shown(tmp_path).Audio("sound/generated")[0]
    assert heard.sample_rate == 22050 and heard.length_frames == CONFIG.frames * CONFIG.vqvae.hop(LEVELS["high"])


def test_the_variants_learn_differently(lists, vqvae, tmp_path):
    moved = []
    for variant in ("as-published", "as-described"):
        go(tmp_path / variant, lists, vqvae, variant, steps=1)
        moved.append(contents(tmp_path / variant)[0])
    # Adam's first step goes by the gradient's sign alone: what differs is the gradient that it remembers.
    gradients = [key for key in moved[0] if key.startswith("optimiser/") and key.endswith(".exp_avg")]
    assert len(gradients) > 100
    assert not any(torch.equal(moved[0][key], moved[1][key]) for key in gradients)


class Stopped(PaperTask):
    """Is interrupted in its second step, and has its last checkpoint from before."""

    def schedule(self, step, steps):
        if step == 1:
            raise KeyboardInterrupt
        return super().schedule(step, steps)


def test_a_stopped_run_ends_where_an_undisturbed_one_does(lists, vqvae, tmp_path, monkeypatch, shown_often):
    monkeypatch.setattr(run_folder, "CHECKPOINT_S", 0.0)
    whole = go(tmp_path / "whole", lists, vqvae, steps=3)
    with pytest.raises(KeyboardInterrupt):
        go(tmp_path / "parts", lists, vqvae, task_type=Stopped, steps=3)
    parts = go(tmp_path / "parts", lists, vqvae, steps=3)
    assert [session["from_step"] for session in parts["sessions"]] == [0, 1]
    assert parts["figures"]["loss"] == whole["figures"]["loss"]
    assert contents(tmp_path / "whole")[1] == contents(tmp_path / "parts")[1]
    assert largest_difference(tmp_path / "whole", tmp_path / "parts") == 0


def test_accumulated_batches_are_the_bigger_batch(lists, vqvae, tmp_path, shown_often):
    go(tmp_path / "one", lists, vqvae, steps=2, batch=4)
    go(tmp_path / "parts", lists, vqvae, steps=2, batch=2, accumulate=2)
    assert curve(tmp_path / "parts") == pytest.approx(curve(tmp_path / "one"), rel=1e-3, abs=1e-4)


def test_a_run_goes_on_only_as_it_began(lists, vqvae, tmp_path):
    go(tmp_path, lists, vqvae, steps=1)
    with pytest.raises(InputError, match="began with another variant"):
        go(tmp_path, lists, vqvae, "as-published")


def test_the_latent_term_falls(lists, vqvae, tmp_path):
    losses = [go(tmp_path, lists, vqvae, steps=steps, batch=3)["figures"]["val"]["latent"] for steps in (1, 15)]
    assert losses[1] < 0.9 * losses[0]


def test_the_authors_checkpoints_become_a_run_and_train_on(lists, weights, tmp_path, capsys):
    torch.manual_seed(0)
    motion, generator = (
        sequence_state(part(CONFIG), layout) for part, layout in ((MotionEncoder, MOTION), (Generator, HIGH))
    )
    torch.save(motion, tmp_path / "mencoder.pt")
    torch.save(generator, tmp_path / "netG.pt")
    arguments = [
        "import", "--small", "--vqvae", weights, "--motion-encoder", tmp_path / "mencoder.pt",
        "--generator", tmp_path / "netG.pt", "--run", tmp_path / "run",
    ]  # fmt: skip
    assert main([str(argument) for argument in arguments]) == 0
    tensors, facts = contents(tmp_path / "run")
    assert torch.equal(tensors["model/generator.enter.weight"], generator["lin.weight"])
    assert torch.equal(tensors["model/motion.leave.weight"], motion["lin2.weight"])
    assert "Noncommercial" in facts["licence"] and "commercially" in facts["terms"]
    assert main([str(argument) for argument in arguments]) == 2
    assert "there is a run already" in capsys.readouterr().err
    arguments = [
        "train", "--small", "--data", lists, "--vqvae", weights, "--run", tmp_path / "run",
        "--variant", "as-published", "--steps", 1, "--batch", 2,
    ]  # fmt: skip
    assert main([str(argument) for argument in arguments]) == 0
    assert contents(tmp_path / "run")[1]["step"] == 1


def test_nothing_to_do_and_missing_lists_are_one_line(tmp_path, weights, capsys):
    assert main([]) == 2
    assert "give --check, train or import" in capsys.readouterr().err
    assert main(["train", "--small", "--data", str(tmp_path), "--vqvae", str(weights), "--run", str(tmp_path)]) == 2
    assert "aist_audio_train_segment.txt" in capsys.readouterr().err


def test_two_processes_learn_as_one_does_with_twice_the_batch(tmp_path, weights):
    write_prepared(tmp_path / "data", ("house", "krump"))
    given = [
        "train", "--preset", "features", "--small", "--data", tmp_path / "data", "--vqvae", weights, "--steps", 3,
    ]  # fmt: skip
    assert main([str(argument) for argument in (*given, "--run", tmp_path / "one", "--batch", 4)]) == 0
    two = [str(argument) for argument in (*given, "--run", tmp_path / "two", "--batch", 2, "--devices", 2)]
    done = subprocess.run(
        [sys.executable, "-m", "training.paper", *two], cwd=ROOT, capture_output=True, text=True, timeout=TIMEOUT_S
    )
    assert done.returncode == 0, done.stderr
    one, two = (json.loads((tmp_path / name / "run.json").read_text()) for name in ("one", "two"))
    assert [run["sessions"][0]["where"]["ranks"] for run in (one, two)] == [1, 2]
    assert two["figures"]["loss"] == pytest.approx(one["figures"]["loss"], rel=0.01, abs=1e-4)
    ours, theirs = (contents(tmp_path / name)[0] for name in ("one", "two"))
    moved = [key for key in ours if key.startswith("model/")]
    apart = torch.cat([(ours[key] - theirs[key]).abs().ravel() for key in moved])
    # A hundredth of what three steps may move on average; where a gradient is nought, its sign is chance.
    assert apart.mean() < 3e-6
