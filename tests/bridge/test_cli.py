import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from d2m_bridge.audio.loudness import measure
from tests.estimators import Nobody
from tests.faults import no_file_larger_than
from tests.media import click, moving_square, write_video

FILES = {"{}.wav", "{}.mp4", "{}.mid", "{}.events.jsonl", "{}.png"}


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """1.2 s of video without sound."""
    return write_video(tmp_path_factory.mktemp("clip") / "good.mp4", moving_square(30))


def made(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def files_of(*names):
    return {file.format(name) for name in names for file in FILES}


def text_called_mp4(path):
    path.with_suffix(".mp4").write_text("dear diary\n" * 50)
    return path.with_suffix(".mp4")


def empty_file(path):
    path.with_suffix(".mp4").touch()
    return path.with_suffix(".mp4")


def folder(path):
    path.mkdir()
    return path


def audio_only(path):
    soundfile.write(path.with_suffix(".wav"), np.zeros(44100), 44100)
    return path.with_suffix(".wav")


def one_frame(path):
    return write_video(path.with_suffix(".mp4"), moving_square(1))


def missing(path):
    return path.with_suffix(".mp4")


BAD = {
    missing: "no such file",
    text_called_mp4: "cannot be read as a video",
    empty_file: "cannot be read as a video",
    folder: "this is a folder",
    audio_only: "no video in this file",
    one_frame: "one frame is a picture",
}


@pytest.mark.parametrize("make", BAD, ids=lambda make: make.__name__)
def test_a_bad_input_is_one_clear_line_and_the_other_clips_are_rendered(d2m, tmp_path, clip, make):
    bad = make(tmp_path / "bad")
    outcome = d2m.render(bad, clip, "-o", tmp_path / "out")
    assert outcome.code == 2
    [line] = outcome.err
    assert line.startswith(f"d2m: {bad}: ") and BAD[make] in line
    assert made(tmp_path / "out") == files_of("good")


def test_a_good_clip_ends_with_0_and_a_quiet_stderr(d2m, tmp_path, clip):
    outcome = d2m.render(clip, "-o", tmp_path / "out")
    assert (outcome.code, outcome.err) == (0, [])
    assert str(tmp_path / "out" / "good.wav") in outcome.out


def test_a_truncated_file_is_rendered_as_far_as_it_goes(d2m, tmp_path, clip):
    whole = write_video(tmp_path / "cut.mkv", moving_square(100), sound=click(1.0, 4.0))
    data = whole.read_bytes()
    whole.write_bytes(data[: len(data) * 6 // 10])
    outcome = d2m.render(whole, clip, "-o", tmp_path / "out", "--json")
    assert outcome.code == 2
    [line] = outcome.err
    assert str(whole) in line and "can be read" in line and line.count(str(whole)) == 1
    cut, good = map(json.loads, outcome.out.splitlines())
    assert 0.5 < cut["seconds"] < 3.9
    assert soundfile.info(tmp_path / "out" / "cut.wav").duration == pytest.approx(cut["seconds"], abs=0.025)
    assert good["path"] == str(clip)


def test_nobody_in_the_picture_is_quiet_music_and_a_warning(d2m, tmp_path):
    d2m.see(Nobody)
    clip = write_video(tmp_path / "empty.mp4", moving_square(100))
    outcome = d2m.render(clip, "-o", tmp_path / "out", "--json")
    assert outcome.code == 2
    [line] = outcome.err
    assert "nobody" in line and str(clip) in line
    assert json.loads(outcome.out)["pose_coverage"] == 0
    assert measure(tmp_path / "out" / "empty.wav").lufs < -25
    assert made(tmp_path / "out") == files_of("empty")


@pytest.mark.parametrize("where", ["file/out", "file"])
def test_an_output_folder_that_cannot_be_made_is_said_once(d2m, tmp_path, clip, where):
    (tmp_path / "file").touch()
    outcome = d2m.render(clip, clip, "-o", tmp_path / where)
    assert outcome.code == 2
    [line] = outcome.err
    assert str(tmp_path / where) in line and "-o" in line


@pytest.mark.skipif(
    not Path("/proc/self").exists(), reason="there is no folder here that takes no file, even from root"
)
def test_an_output_folder_that_takes_no_file_is_said_once(d2m, clip):
    outcome = d2m.render(clip, clip, "-o", "/proc")
    assert outcome.code == 2
    [line] = outcome.err
    assert "/proc: cannot write there" in line


def test_a_full_disk_costs_only_the_clip_that_does_not_fit(d2m, tmp_path, clip):
    long = write_video(tmp_path / "long.mp4", moving_square(200))
    with no_file_larger_than(1_500_000):
        outcome = d2m.render(long, clip, "-o", tmp_path / "out")
    assert outcome.code == 2
    [line] = outcome.err
    assert "long.wav" in line and "disk is full" in line
    assert made(tmp_path / "out") == files_of("good")


@pytest.mark.parametrize("limit", [3_000, 20_000, 280_000])
def test_a_full_disk_leaves_no_half_written_file(d2m, tmp_path, clip, limit):
    with no_file_larger_than(limit):
        outcome = d2m.render(clip, "-o", tmp_path / "out")
    assert outcome.code == 2
    assert len(outcome.err) == 1
    assert all(path.stat().st_size < limit for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert not [name for name in made(tmp_path / "out") if name.startswith(".")]


def test_an_unknown_style_names_the_known_ones(d2m, tmp_path, clip):
    outcome = d2m.render(clip, clip, "-o", tmp_path / "out", "--style", "polka")
    assert outcome.code == 2
    assert outcome.err == ["d2m: unknown style 'polka': this model knows house, lock, jazz"]


def test_a_model_file_with_a_wrong_checksum_is_refused(d2m, tmp_path, clip, model_folder):
    shutil.copytree(model_folder, tmp_path / "model")
    broken = bytearray((tmp_path / "model" / "decoder.onnx").read_bytes())
    broken[1000] ^= 1
    (tmp_path / "model" / "decoder.onnx").write_bytes(broken)
    outcome = d2m("render", clip, "-o", tmp_path / "out", "--model", tmp_path / "model")
    assert outcome.code == 2
    [line] = outcome.err
    assert "decoder.onnx" in line and "sha256" in line


WRONG_CALLS = {
    "too slow": (["--bpm", "39"], "40 to 240"),
    "too fast": (["--bpm", "241"], "40 to 240"),
    "no number": (["--bpm", "nan"], "40 to 240"),
    "a word for a number": (["--bpm", "fast"], "--bpm"),
    "fixed without a tempo": (["--tempo", "fixed"], "--bpm 100"),
    "two masters": (["--tempo", "follow", "--bpm", "100"], "exclude each other"),
    "an unknown master": (["--tempo", "waltz"], "follow"),
    "a seed below zero": (["--seed", "-1"], "--seed -1"),
    "a seed too large": (["--seed", str(2**63)], "2^63"),
    "half an address": (["--osc", "localhost"], "HOST:PORT"),
    "no model": (["--model", "/nowhere"], "/nowhere"),
    "an unknown option": (["--loud"], "--loud"),
}


@pytest.mark.parametrize("name", WRONG_CALLS)
def test_a_wrong_call_is_one_clear_line_and_nothing_is_rendered(d2m, tmp_path, clip, name):
    arguments, words = WRONG_CALLS[name]
    outcome = d2m.render(clip, clip, "-o", tmp_path / "out", *arguments)
    assert outcome.code == 2
    [line] = outcome.err
    assert line.startswith("d2m: ") and words in line
    assert not outcome.out
    assert not (tmp_path / "out").exists() or not made(tmp_path / "out")


@pytest.mark.parametrize("sound", [None, np.zeros((1, 4 * 44100), np.float32)], ids=["no soundtrack", "silence"])
def test_the_soundtrack_as_master_needs_one_with_a_beat(d2m, tmp_path, clip, sound):
    silent = write_video(tmp_path / "silent.mkv", moving_square(100), sound=sound)
    outcome = d2m.render(silent, "-o", tmp_path / "out", "--tempo", "soundtrack")
    assert outcome.code == 2
    [line] = outcome.err
    assert "soundtrack" in line and str(silent) in line
    assert not made(tmp_path / "out")


def test_of_two_clips_with_one_name_the_first_is_rendered(d2m, tmp_path, clip):
    twin = write_video(tmp_path / "good.mkv", moving_square(50))
    outcome = d2m.render(clip, twin, "-o", tmp_path / "out")
    assert outcome.code == 2
    [line] = outcome.err
    assert str(twin) in line and str(clip) in line and "-o" in line
    assert soundfile.info(tmp_path / "out" / "good.wav").duration == pytest.approx(1.2, abs=0.025)


def test_the_video_itself_is_never_replaced(d2m, tmp_path, clip):
    own = tmp_path / "own.mp4"
    shutil.copy(clip, own)
    before = own.read_bytes()
    outcome = d2m.render(own, clip, "-o", tmp_path)
    assert outcome.code == 2
    [line] = outcome.err
    assert "replace the video" in line
    assert own.read_bytes() == before
    assert made(tmp_path) == files_of("good") | {"own.mp4"}


def test_json_has_one_object_a_clip_with_these_fields(d2m, tmp_path, clip):
    other = write_video(tmp_path / "other.mp4", moving_square(60))
    outcome = d2m.render(clip, other, "-o", tmp_path / "out", "--json", "--bpm", "120", "--style", "lock", "--seed", 5)
    first, second = map(json.loads, outcome.out.splitlines())
    assert list(first) == [
        "path", "seconds", "frames", "pose_coverage", "bpm", "tempo_source", "beats", "style", "seed",
        "loudness_lufs", "true_peak_dbtp", "wall_s", "realtime_factor", "stages",
    ]  # fmt: skip
    assert (first["path"], second["path"]) == (str(clip), str(other))
    assert (second["seconds"], second["frames"]) == (2.4, 60)
    assert (first["bpm"], first["tempo_source"]) == (120, "fixed")
    assert (first["style"], first["seed"]) == ("lock", 5)
    assert first["pose_coverage"] == 1
    assert set(first["stages"]) == {"watch", "tempo", "play", "master", "write"}
    assert sum(first["stages"].values()) <= first["wall_s"]
    assert first["realtime_factor"] == pytest.approx(first["seconds"] / first["wall_s"], rel=0.01)


def test_json_says_too_which_clip_failed(d2m, tmp_path, clip):
    outcome = d2m.render(tmp_path / "none.mp4", clip, "-o", tmp_path / "out", "--json")
    failed, good = map(json.loads, outcome.out.splitlines())
    assert set(failed) == {"path", "error"} and failed["path"] == str(tmp_path / "none.mp4")
    assert good["path"] == str(clip)


def test_silence_has_no_level_in_json(d2m, tmp_path):
    short = write_video(tmp_path / "short.mp4", moving_square(5))
    facts = json.loads(d2m.render(short, "-o", tmp_path / "out", "--json").out)
    assert facts["loudness_lufs"] is None


def test_without_a_command_the_help_is_named(d2m):
    outcome = d2m()
    assert outcome.code == 2
    assert outcome.err == ["d2m: the following arguments are required: COMMAND; see d2m --help"]
