"""The queue and its file."""

from dataclasses import replace
from pathlib import Path

import pytest

from d2m_bridge.errors import InputError
from plugin_host.offline.jobs import JobOptions, JobQueue, videos_in
from plugin_host.offline.progress import RenderProgress, spoken


@pytest.fixture
def file(tmp_path):
    return tmp_path / "deep" / "queue.json"


def test_a_restart_finds_everything_and_what_ran_waits_again(file):
    queue = JobQueue(file)
    options = JobOptions("out", "jazz", 7, "fixed", 120.5, stems=False)
    running, done = queue.add(Path("a ä.mp4"), options), queue.add(Path("b.mp4"), options)
    queue.change(replace(running, state="running"))
    queue.change(replace(done, state="done", files=("out/b.wav",), note="short"))
    again = JobQueue(file)
    assert [job.state for job in again.jobs] == ["waiting", "done"]
    assert again.jobs[0] == running and again.jobs[1].result(".wav") == Path("out/b.wav")
    assert again.next_waiting() == running


def test_numbers_are_not_used_again_while_they_are_listed(file):
    queue = JobQueue(file)
    for name in "abc":
        queue.add(Path(name), JobOptions("out"))
    queue.remove(2)
    assert queue.add(Path("d"), JobOptions("out")).number == 4


def test_a_clip_that_would_replace_anothers_result_is_refused(file):
    queue = JobQueue(file)
    queue.add(Path("one/dance.mp4"), JobOptions("out"))
    with pytest.raises(InputError, match="same name"):
        queue.add(Path("two/dance.mov"), JobOptions("out"))
    queue.add(Path("two/dance.mov"), JobOptions("elsewhere"))
    queue.add(Path("one/dance.mp4"), JobOptions("out"))  # the same clip again
    assert len(queue.jobs) == 3


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": 9, "jobs": []}', '{"format": 1, "jobs": [{"number": 1}]}', "\0"]
)
def test_a_damaged_file_is_set_aside(file, text):
    file.parent.mkdir()
    file.write_text(text)
    assert JobQueue(file).jobs == []
    assert file.with_suffix(".damaged").read_text() == text


def test_a_folder_is_its_videos_in_order(tmp_path):
    for name in ("b.MP4", "a.mov", "notes.txt"):
        (tmp_path / name).touch()
    single = tmp_path / "notes.txt"
    assert [path.name for path in videos_in([tmp_path, single])] == ["a.mov", "b.MP4", "notes.txt"]


def test_progress_never_goes_back_and_knows_what_is_left():
    progress = RenderProgress(100.0)
    assert progress.left_s(101.0) is None
    progress.push("watching", 1.0)
    half = progress.whole
    progress.push("watching", 0.2)
    assert progress.whole == half
    assert progress.left_s(162.0) == pytest.approx(38.0, abs=0.1)
    progress.push("finishing", 1.0)
    assert progress.whole == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 s left"), (61, "61 s left"), (600, "10 min left"), (9000, "2.5 h left")]
)
def test_time_left_in_words(seconds, words):
    assert spoken(seconds) == words
