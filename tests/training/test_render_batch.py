"""A folder of videos rendered in many processes: what d2m render gives, whatever is killed on the way."""

import json
from pathlib import Path

import pytest

from d2m_bridge.errors import InputError
from d2m_bridge.pipeline.render import SUFFIXES, RenderOptions
from tests.chores import DeadlyDancer, contents
from tests.data_sets import write_dance_video
from tests.estimators import MadeUpDancer, Nobody
from training.render_batch import Batch, main, render_batch

NAMES = ["a.mp4", "more/b.mp4"]


def quietly(done, of):
    """A progress bar that nobody sees."""


@pytest.fixture(scope="module")
def videos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("videos")
    for name in NAMES:
        write_dance_video(folder / name, 1.0)
    return folder


def make(videos, out, model_folder, estimator=MadeUpDancer, **options):
    return Batch(videos, out, RenderOptions("house", **options), model_folder, "cpu", estimator)


def run(batch, workers=None, progress=quietly):
    return render_batch(batch, workers=workers, ray=None, progress=progress)


@pytest.fixture(scope="module")
def rendered(videos, model_folder, tmp_path_factory):
    """By one process, undisturbed."""
    out = tmp_path_factory.mktemp("rendered")
    return out, run(make(videos, out, model_folder))


def test_the_files_are_those_of_d2m_render(rendered, videos, d2m, tmp_path):
    out, _ = rendered
    assert d2m.render(videos / "a.mp4", "-o", tmp_path, "--style", "house").code == 0
    for suffix in SUFFIXES:
        assert (out / f"a{suffix}").read_bytes() == (tmp_path / f"a{suffix}").read_bytes()
        assert (out / "more" / f"b{suffix}").exists()


def test_a_worker_that_dies_loses_nothing(rendered, videos, model_folder, tmp_path):
    deadly = make(videos, tmp_path / "out", model_folder, DeadlyDancer(tmp_path / "marker"))
    assert run(deadly, workers=2) == rendered[1]
    assert (tmp_path / "marker").exists()
    assert contents(tmp_path / "out") == contents(rendered[0])


def test_what_is_rendered_is_not_rendered_again(rendered, videos, model_folder):
    out, table = rendered
    before = contents(out)
    done = []
    (out / "a.mid").unlink()
    assert run(make(videos, out, model_folder), progress=lambda *step: done.append(step)) == table
    assert done == [(1, 1)] and contents(out) == before
    assert json.loads((out / "batch" / "report.json").read_text()) == table


def test_other_options_need_another_folder(rendered, videos, model_folder):
    with pytest.raises(InputError, match="seed was 1, is 2"):
        run(make(videos, rendered[0], model_folder, seed=2))


def test_what_fails_is_said_and_tried_again(model_folder, tmp_path):
    folder = tmp_path / "videos"
    write_dance_video(folder / "a.mp4", 1.0)
    write_dance_video(folder / "a.mkv", 1.0)
    (folder / "b.mp4").write_bytes(b"no video")
    batch = make(folder, folder / "out", model_folder)  # below the videos: its own files are no input
    first, second, third = run(batch)
    assert first["video"] == "a.mkv" and "error" not in first
    assert "names of a.mkv's" in second["error"]
    assert "cannot be read as a video" in third["error"]
    write_dance_video(folder / "b.mp4", 1.0)
    assert [facts["video"] for facts in run(batch) if "error" not in facts] == ["a.mkv", "b.mp4"]


def test_the_command_ends_with_2_when_a_video_has_a_flaw(videos, model_folder, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("d2m_bridge.cli.models.fetched_pose_model", lambda: Path("no-model-needed"))
    monkeypatch.setattr("training.render_batch.MediaPipePose", lambda *_, **__: Nobody())
    with pytest.raises(SystemExit) as end:
        main([str(videos / "more"), "-o", str(tmp_path), "--model", str(model_folder), "--style", "jazz"])
    assert end.value.code == 2
    assert "nobody was seen" in capsys.readouterr().out


def test_a_wrong_call_gets_one_line(videos, model_folder, tmp_path, capsys):
    for arguments in (["--style", "polka"], ["--seed", "-1"]):
        with pytest.raises(SystemExit) as end:
            main([str(videos), "-o", str(tmp_path), "--model", str(model_folder), *arguments])
        assert end.value.code == 2 and len(capsys.readouterr().err.splitlines()) == 1
