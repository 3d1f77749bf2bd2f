"""Preparing: what is in a shard, what is dropped and why, and that no kill and no number of workers changes a byte."""

import dataclasses
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.errors import InputError
from tests.chores import DeadlyDancer, contents
from tests.data_sets import TRAIN, joints, write_aist, write_dance_video, write_segments
from tests.estimators import MadeUpDancer, Nobody
from tests.models_folder import SMALL
from training.checkpoint import save_checkpoint
from training.datasets.aist_release import AistRelease
from training.datasets.clip import Body, DroppedError, Item, Material, Needs
from training.datasets.d2mgan import D2mGan
from training.datasets.real_pairs import load_clips, load_pairs
from training.datasets.videos import VideoFolder
from training.encode import load_encoder
from training.pairs import perform
from training.planner_data import rehearse
from training.prepare import Recipe, main, prepare, shard_of
from training.shards import load_facts, load_shard
from training.task import averaged
from training.train_codec import load_codec, make_codec

ROOT = Path(__file__).parents[2]
NEEDS = Needs(30.0, 44100, MadeUpDancer)
LIMIT_S = 120


def quietly(done, of):
    """A progress bar that nobody sees."""


def run(recipe, out, workers=None, ray=None, progress=quietly):
    return prepare(recipe, "videos", out, workers=workers, ray=ray, progress=progress)


@pytest.fixture(scope="module")
def videos(tmp_path_factory):
    """Three dances, and one of each kind that cannot be used."""
    folder = tmp_path_factory.mktemp("videos")
    for name in ("train/a.mp4", "train/b.mp4", "val/c.mp4"):
        write_dance_video(folder / name, 4.0)
    write_dance_video(folder / "train/silent.mp4", 1.0, sound=False)
    write_dance_video(folder / "train/short.mp4", 2.0)
    (folder / "train" / "noise.mp4").write_bytes(b"no video " * 100)
    return folder


@pytest.fixture(scope="module")
def recipe(videos):
    return Recipe(VideoFolder(videos), NEEDS, None)


@pytest.fixture(scope="module")
def prepared(recipe, tmp_path_factory):
    """By one process, undisturbed."""
    out = tmp_path_factory.mktemp("prepared")
    return out, run(recipe, out)


@pytest.fixture(scope="module")
def codec_run(tmp_path_factory):
    """A run of an untrained codec."""
    folder = tmp_path_factory.mktemp("codec")
    torch.manual_seed(0)
    facts = {"config": dataclasses.asdict(SMALL)}
    save_checkpoint(folder / "last.safetensors", {"average": averaged(make_codec(SMALL))}, {}, facts)
    return folder


def test_a_shard_holds_what_training_needs(prepared):
    out, _ = prepared
    shard = load_shard(out / "clips" / "train" / "a.mp4.safetensors")
    shapes = {name: (array.dtype.name, array.shape) for name, array in shard.arrays.items()}
    beats = shard.arrays["beats"]
    assert shapes == {
        "points": ("float32", (120, 17, 2)),
        "confidence": ("float32", (120, 17)),
        "visual": ("float32", (120, 8)),
        "audio": ("int16", (4 * 44100,)),
        "beats": ("float64", beats.shape),
    }
    assert 60 / np.median(np.diff(beats)) == pytest.approx(120, rel=0.02)
    assert np.abs(shard.arrays["audio"]).max() > 3000
    assert shard.facts == {
        "name": "train/a.mp4", "split": "train", "seconds": 4.0, "motion_rate_hz": 30.0, "sample_rate": 44100,
        "beats_from": "soundtrack", "holds": ["audio", "beats", "confidence", "points", "visual"],
    }  # fmt: skip


def test_the_report_says_what_was_dropped_and_why(prepared):
    out, report = prepared
    assert report.clips == {"train": 2, "val": 1, "test": 0}
    assert report.seconds == {"train": 8.0, "val": 4.0, "test": 0}
    assert report.holds["audio"] == report.holds["points"] == 3
    assert {drop.name: drop.reason for drop in report.drops} == {
        "train/silent.mp4": "no soundtrack",
        "train/short.mp4": "too short",
        "train/noise.mp4": "unreadable",
    }
    written = json.loads((out / "report.json").read_text())
    assert written == json.loads(json.dumps(report.as_json()))
    assert written["dropped"] == {"unreadable": 1, "too short": 1, "no soundtrack": 1}
    table = (out / "report.txt").read_text()
    assert "no soundtrack" in table and "cannot be read as a video" in table and len(table.splitlines()) == 15


def test_two_workers_write_the_bytes_of_one(recipe, prepared, tmp_path):
    run(recipe, tmp_path, workers=2)
    assert contents(tmp_path) == contents(prepared[0])


def test_a_worker_that_dies_loses_nothing(videos, prepared, tmp_path):
    deadly = Needs(30.0, 44100, DeadlyDancer(tmp_path / "marker"))
    run(Recipe(VideoFolder(videos), deadly, None), tmp_path / "out", workers=2)
    assert (tmp_path / "marker").exists()
    assert contents(tmp_path / "out") == contents(prepared[0])


def test_what_is_prepared_is_not_prepared_again(recipe, prepared, tmp_path):
    done = []
    run(recipe, tmp_path)
    (tmp_path / "clips" / "train" / "b.mp4.safetensors").unlink()
    (tmp_path / "dropped" / "train" / "short.mp4.json").unlink()
    run(recipe, tmp_path, progress=lambda done_, of: done.append((done_, of)))
    assert done == [(1, 2), (2, 2)]
    assert contents(tmp_path) == contents(prepared[0])


SCRIPT = """
import sys
from functools import partial
from pathlib import Path
from tests.estimators import MadeUpDancer
from training.datasets.clip import Needs
from training.datasets.videos import VideoFolder
from training.prepare import Recipe, prepare
videos, out = map(Path, sys.argv[1:])
recipe = Recipe(VideoFolder(videos), Needs(30.0, 44100, partial(MadeUpDancer, delay_s=0.01)), None)
prepare(recipe, "videos", out, workers=2, ray=None, progress=lambda done, of: None)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_killed_at_any_moment_it_goes_on(videos, prepared, tmp_path):
    """SIGKILL to the command itself; its workers finish what they write, and end."""
    command = [sys.executable, "-c", SCRIPT, str(videos), str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE)
    deadline = time.monotonic() + LIMIT_S
    while not list(tmp_path.rglob("*.safetensors")):
        assert process.poll() is None and time.monotonic() < deadline, process.communicate()
        time.sleep(0.005)
    process.kill()
    process.communicate(timeout=LIMIT_S)  # the workers hold its stderr: now they have ended too
    for path in tmp_path.rglob("[!.]*.safetensors"):
        load_shard(path)
    (tmp_path / "clips" / "train" / ".12ab.part.safetensors").write_bytes(b"half")  # of a worker that was killed
    assert not (tmp_path / "report.json").exists()
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=LIMIT_S)
    assert contents(tmp_path) == contents(prepared[0])


def test_a_folder_is_not_mixed(videos, recipe, prepared):
    other = Recipe(VideoFolder(videos), Needs(30.0, 48000, MadeUpDancer), None)
    with pytest.raises(InputError, match="sample_rate was 44100, is 48000"):
        run(other, prepared[0])
    with pytest.raises(InputError, match="kind was videos, is aist"):
        prepare(recipe, "aist", prepared[0], workers=None, ray=None, progress=quietly)


ITEM = Item("x", "train", {})
SOUND = np.zeros(4 * 44100, np.float32)
SEEN = Body(joints(4.0, 30, 100.0).astype(np.float32), np.ones((120, 17), np.float32))
UNSEEN = Body(np.where(np.arange(120)[:, None, None] < 50, SEEN.points, np.float32(np.nan)), SEEN.confidence)
GRID = BeatGrid.steady(100.0, 0.0, "name")


@pytest.mark.parametrize(
    ("material", "reason"),
    [
        (Material(2.9, SEEN, audio=SOUND), "too short"),
        (Material(4.0, SEEN, audio=SOUND[:44100], grid=GRID), "too short"),
        (Material(4.0, UNSEEN, audio=SOUND, grid=GRID), "no person"),
        (Material(4.0, SEEN, audio=SOUND), "no beat"),
    ],
)
def test_what_is_of_no_use_is_dropped(material, reason):
    with pytest.raises(DroppedError) as dropped:
        shard_of(ITEM, material, NEEDS, None)
    assert dropped.value.reason == reason and str(dropped.value).startswith("x: ")


def test_a_known_beat_needs_no_sound():
    shard = shard_of(ITEM, Material(4.0, SEEN, grid=GRID, facts={"genre": "pop"}), NEEDS, None)
    assert sorted(shard.arrays) == ["beats", "confidence", "points"] and shard.facts["genre"] == "pop"


def test_codes_are_the_codec_s_however_long_the_clip(codec_run, monkeypatch):
    monkeypatch.setattr("training.encode._AT_ONCE_S", 3.0)
    codec, encode = load_codec(codec_run), load_encoder(codec_run)
    rng = np.random.default_rng(0)
    audio = rng.normal(0, 0.1, round(7.1 * 44100)).astype(np.float32)
    codes = encode(audio)
    whole = audio[: len(audio) // SMALL.hop * SMALL.hop]
    with torch.no_grad():
        expected = codec.quantizer.encode(codec.encoder(torch.from_numpy(whole)[None]))[0].numpy()
    assert codes.dtype == np.int16 and codes.shape == expected.shape == (SMALL.books, len(audio) // SMALL.hop)
    assert np.array_equal(codes, expected)


def test_a_folder_with_codes_says_of_which_codec(tmp_path, codec_run):
    write_dance_video(tmp_path / "videos" / "a.mp4", 3.5)
    run(Recipe(VideoFolder(tmp_path / "videos"), NEEDS, codec_run), tmp_path / "out")
    codes = load_shard(tmp_path / "out" / "clips" / "a.mp4.safetensors").arrays["codes"]
    assert codes.shape == (SMALL.books, int(3.5 * 44100) // SMALL.hop)
    assert len(json.loads((tmp_path / "out" / "settings.json").read_text())["codec"]) == 64


def test_real_pairs_come_out_as_training_wants_them(prepared):
    ((pair,), (clip,)) = list(load_pairs(prepared[0], "val")), load_clips(prepared[0], "val")
    assert pair.dance.name == clip.name == "val/c.mp4"
    assert len(pair.dance.frames) == len(pair.visual) == 120
    assert pair.dance.grid.bpm == pytest.approx(120, rel=0.02)
    assert pair.audio.dtype == np.int16 and pair.sample_rate == 44100
    assert pair.codes is None and pair.genre is None
    rehearsal = rehearse(pair.dance)
    assert rehearsal.motion.shape[0] == 120 and len(rehearsal.energy) % 16 == 0
    assert rehearsal.energy.mean() > 0.05
    assert clip.bpm is None and clip.joints.shape == (120, 17, 2)
    assert len(perform(clip, np.random.default_rng(0)).frames) > 60
    assert [pair.dance.name for pair in load_pairs(prepared[0], "train")] == ["train/a.mp4", "train/b.mp4"]


def test_aist_gives_pairs_where_it_has_videos_and_clips_in_any_case(tmp_path):
    annotations = write_aist(tmp_path / "annotations")
    write_dance_video(tmp_path / "videos" / f"{TRAIN.replace('cAll', 'c01')}.mp4", 4.0)
    recipe = Recipe(AistRelease(annotations, tmp_path / "videos"), NEEDS, None)
    report = prepare(recipe, "aist", tmp_path / "out", workers=None, ray=None, progress=quietly)
    assert report.clips == {"train": 1, "val": 1, "test": 1} and report.holds["audio"] == 1
    (pair,) = load_pairs(tmp_path / "out", "train")
    assert pair.genre == "break" and pair.dance.grid.bpm == pytest.approx(90)
    assert not list(load_pairs(tmp_path / "out", "test"))
    (clip,) = load_clips(tmp_path / "out", "test")
    assert clip.bpm == 135.0 and clip.joints.shape == (120, 17, 3)
    assert perform(clip, np.random.default_rng(0)).grid.source == "known"


def test_tiktok_has_its_beat_from_its_joined_sound(tmp_path):
    names = [f"000000_0_0_seg{number}" for number in (1, 2, 3)]
    write_segments(tmp_path / "lists", "tiktok", "train", names)
    write_segments(tmp_path / "lists", "tiktok", "test", ["000014_85_444_seg1"])
    recipe = Recipe(D2mGan(tmp_path / "lists", "tiktok"), NEEDS, None)
    report = prepare(recipe, "d2mgan-tiktok", tmp_path / "out", workers=None, ray=None, progress=quietly)
    assert report.clips["train"] == 1 and [drop.reason for drop in report.drops] == ["too short"]
    assert "beats" in load_facts(tmp_path / "out" / "clips" / "000000_0_0_seg1.safetensors")["holds"]


def test_a_folder_that_was_never_prepared_gets_one_line(tmp_path):
    with pytest.raises(InputError, match=r"make one with python -m training\.prepare"):
        load_clips(tmp_path, "train")


def test_the_command_prints_the_report(videos, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("d2m_bridge.cli.models.fetched_pose_model", lambda: Path("no-model-needed"))
    monkeypatch.setattr("training.prepare.open_pose_model", Nobody)
    main(["videos", str(videos), "--out", str(tmp_path), "--json"])
    assert json.loads(capsys.readouterr().out)["dropped"]["no person"] == 3
    main(["videos", str(videos), "--out", str(tmp_path)])
    assert "dropped: no person" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["videos", "nowhere"], "no such folder"),
        (["aist", "."], "expected the annotations of AIST"),
        (["videos", ".", "--codec", "nowhere"], r"expected a run of training\.train_codec"),
        (["videos", "{videos}", "--workers", "0"], "expected 1 or more"),
        (["loris", ".", "--cameras", "c02"], "--cameras belongs to aist, not to loris"),
    ],
)
def test_a_wrong_call_gets_one_line(arguments, line, videos, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("d2m_bridge.cli.models.fetched_pose_model", lambda: Path("no-model-needed"))
    arguments = [argument.format(videos=videos) for argument in arguments]
    with pytest.raises(SystemExit) as end:
        main([*arguments, "--out", str(tmp_path / "out")])
    error = capsys.readouterr().err
    assert end.value.code == 2 and "Traceback" not in error
    assert re.search(line, error)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_ctrl_c_says_how_to_go_on(videos, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("d2m_bridge.cli.models.fetched_pose_model", lambda: Path("no-model-needed"))

    def interrupt():
        os.kill(os.getpid(), signal.SIGINT)
        return MadeUpDancer()

    monkeypatch.setattr("training.prepare.open_pose_model", interrupt)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job is deaf to it
    try:
        with pytest.raises(SystemExit) as end:
            main(["videos", str(videos), "--out", str(tmp_path)])
    finally:
        signal.signal(signal.SIGINT, before)
    assert end.value.code == 130 and capsys.readouterr().err == "interrupted; the same command goes on from here\n"
