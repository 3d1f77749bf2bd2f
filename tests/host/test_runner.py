"""Rendering from the queue, in a real process."""

import json
import os
import sys
from pathlib import Path

import pytest

from tests.media import moving_square, write_video

pytest.importorskip("PyQt6.QtCore", reason="PyQt6 or its libraries are missing", exc_type=ImportError)

from plugin_host.live.opening import Parts
from plugin_host.offline.jobs import JobOptions, JobQueue
from plugin_host.offline.runner import Runner

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def clip(tmp_path):
    return write_video(tmp_path / "dance.mp4", moving_square(60))


@pytest.fixture
def make_runner(application, tmp_path, model_folder, monkeypatch):
    """delay_s: how long a look takes. Ends what still runs."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    made = []

    def make(delay_s=0.0, command=None):
        worker = command or (sys.executable, str(Path(__file__).parent / "render_worker.py"), str(delay_s))
        runner = Runner(JobQueue(tmp_path / "queue.json"), Parts(model_folder, "cpu"), worker)
        made.append(runner)
        return runner

    yield make
    for runner in made:
        runner.finish()


def leftovers(folder):
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def test_a_clip_of_the_queue_has_the_bytes_of_the_command_line(make_runner, wait_for, clip, tmp_path, d2m):
    runner = make_runner()
    stages = []
    runner.progressed.connect(lambda number, progress: stages.append((progress.stage, progress.whole)))
    job = runner.add(clip, JobOptions(str(tmp_path / "queue out"), "lock", 5))
    wait_for(lambda: runner.queue.get(job.number).state not in ("running", "waiting"), 60)
    done = runner.queue.get(job.number)
    assert (done.state, done.note) == ("done", "")
    assert {"watching", "playing", "finishing"} <= {stage for stage, _ in stages}
    assert [whole for _, whole in stages] == sorted(whole for _, whole in stages)
    d2m.render(clip, "-o", str(tmp_path / "cli out"), "--style", "lock", "--seed", "5", "--stems")
    for file in done.files:
        other = tmp_path / "cli out" / Path(file).relative_to(tmp_path / "queue out")
        assert Path(file).read_bytes() == other.read_bytes(), other


def test_cancelling_leaves_no_half_file_and_the_next_clip_is_rendered(make_runner, wait_for, clip, tmp_path):
    runner = make_runner(delay_s=0.1)
    out = tmp_path / "out"
    job = runner.add(clip, JobOptions(str(out)))
    told = []
    runner.progressed.connect(lambda *_: told.append(1))
    wait_for(lambda: told, 60)
    runner.cancel(job.number)
    wait_for(lambda: runner.queue.get(job.number).state == "cancelled")
    assert leftovers(out) == []


def test_closing_the_window_stops_tidily_and_the_next_start_goes_on(make_runner, wait_for, clip, tmp_path):
    runner = make_runner(delay_s=0.1)
    out = tmp_path / "out"
    job = runner.add(clip, JobOptions(str(out)))
    told = []
    runner.progressed.connect(lambda *_: told.append(1))
    wait_for(lambda: told, 60)
    runner.finish()
    assert leftovers(out) == []
    assert json.loads((tmp_path / "queue.json").read_text())["jobs"][0]["state"] == "running"
    again = make_runner()
    again.start()
    wait_for(lambda: again.queue.get(job.number).state == "done", 60)
    assert (out / "dance.wav").exists()


def test_a_clip_that_is_none_fails_with_its_reason_and_may_be_tried_again(make_runner, wait_for, tmp_path):
    runner = make_runner()
    (tmp_path / "text.mp4").write_text("no video")
    job = runner.add(tmp_path / "text.mp4", JobOptions(str(tmp_path / "out")))
    wait_for(lambda: runner.queue.get(job.number).state == "failed", 60)
    assert "cannot be read as a video" in runner.queue.get(job.number).note
    runner.retry(job.number)
    assert runner.queue.get(job.number).state == "running"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ((sys.executable, "-c", "import sys; sys.exit('out of memory')"), "the renderer ended: out of memory"),
        (("/no/such/program",), "the renderer ended"),
        ((sys.executable, "-c", "print('no json'); print('{')"), "the renderer ended"),
    ],
)
def test_a_renderer_that_breaks_down_fails_the_clip(make_runner, wait_for, clip, tmp_path, command, said):
    runner = make_runner(command=command)
    job = runner.add(clip, JobOptions(str(tmp_path / "out")))
    wait_for(lambda: runner.queue.get(job.number).state == "failed")
    assert said in runner.queue.get(job.number).note


def test_one_that_waits_is_taken_out(make_runner, clip, tmp_path):
    runner = make_runner(delay_s=0.5)
    runner.add(clip, JobOptions(str(tmp_path / "out")))
    second = runner.add(clip, JobOptions(str(tmp_path / "other")))
    runner.cancel(second.number)
    assert runner.queue.get(second.number).state == "cancelled"
    assert runner.queue.next_waiting() is None
