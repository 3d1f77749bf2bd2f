"""The page for files: results heard, compared, saved and dragged; options and presets of clips."""

import json
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from d2m_bridge.engine.plan import STEMS
from d2m_bridge.errors import InputError
from tests.media import moving_square, write_video

pytest.importorskip("PyQt6.QtWidgets", reason="PyQt6 or its libraries are missing", exc_type=ImportError)

from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QPushButton

from plugin_host.live.opening import Parts
from plugin_host.messages import Messages
from plugin_host.offline.jobs import JobOptions, JobQueue
from plugin_host.offline.runner import Runner
from plugin_host.pages.offline import OfflinePage
from plugin_host.player.exports import FORMS, can_export, export

STYLES = ("house", "lock", "jazz")
SLEEPS = (sys.executable, "-c", "import sys; sys.stdin.read()")  # a renderer that gets nowhere
LOG = [{"type": "beat", "t": 0.5 * n, "bar": n // 4, "beat": n % 4, "bpm": 120.0} for n in range(8)]


def made_of(clip, out, seed, *, stems=True):
    """What a render leaves: the files of a result in `out`."""
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    names = ["dance.wav", *(f"stems/dance.{stem}.wav" for stem in STEMS if stems)]
    for name in names:
        (out / name).parent.mkdir(exist_ok=True)
        soundfile.write(out / name, rng.uniform(-0.5, 0.5, (44100, 2)), 44100, "PCM_24")
    (out / "dance.mp4").write_bytes(clip.read_bytes())
    (out / "dance.mid").write_bytes(b"MThd" + bytes([seed]))
    (out / "dance.events.jsonl").write_text("".join(f"{json.dumps(record)}\n" for record in LOG))
    wav, *others = names
    return tuple(str(out / name) for name in (wav, "dance.mp4", "dance.mid", "dance.events.jsonl", *others))


@pytest.fixture
def clip(tmp_path):
    return write_video(tmp_path / "dance.mp4", moving_square(25))


@pytest.fixture
def page(application, home, tmp_path, clip):
    """With two results of one clip, of the seeds 1 and 2."""
    queue = JobQueue(tmp_path / "queue.json")
    for seed, out in ((1, tmp_path / "out"), (2, tmp_path / "out" / "seed 2")):
        job = queue.add(clip, JobOptions(str(out), "lock", seed))
        queue.change(replace(job, state="done", files=made_of(clip, out, seed), facts=f"seed {seed}"))
    runner = Runner(queue, Parts(tmp_path), SLEEPS)
    made = OfflinePage(runner, Messages(), STYLES, str(tmp_path / "out"))
    made.resize(1280, 640)
    made.show()
    yield made
    made.finish()
    made.close()


def button(page, text):
    (found,) = [made for made in page.findChildren(QPushButton) if made.text() == text and made.isVisible()]
    return found


def click(widget):
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_the_latest_result_is_shown_and_its_takes_are_switched(page, wait_for):
    view = page.result
    assert view.job.options.seed == 2
    wait_for(lambda: view._timeline.seconds == 1.0)
    click(button(page, "Seed 1"))
    assert view.job.options.seed == 1 and button(page, "Seed 1").isChecked()
    wait_for(lambda: view._time.text() == "0:00.0 / 0:01.0")


def test_another_is_rendered_with_a_seed_that_is_new_beside_the_others(page, tmp_path):
    click(button(page, "Another"))
    job = page._runner.queue.jobs[-1]
    assert (job.options.seed, job.options.out, job.state) == (3, str(tmp_path / "out" / "seed 3"), "running")
    assert page.result.job.options.seed == 2  # what is heard stays


def test_the_options_of_a_clip_are_changed_and_it_is_rendered_again(page, tmp_path):
    page._do("options", 1)
    assert page._form_title.text() == "Options of dance.mp4" and page.form.options().style == "lock"
    page.form.show_options(replace(page.form.options(), style="house+jazz:0.3", swing=0.5, key="D#"))
    click(button(page, "Render with these"))
    job = page._runner.queue.get(1)
    assert (job.options.style, job.options.swing, job.options.key) == ("house+jazz:0.3", 0.5, "D#")
    assert job.state == "running" and job.options.out == str(tmp_path / "out")
    assert page._form_title.text() == "New clips get"


def test_going_back_leaves_a_clip_as_it_is(page):
    page._do("options", 1)
    page.form.show_options(replace(page.form.options(), seed=99))
    click(button(page, "Back"))
    assert page._runner.queue.get(1).options.seed == 1 and page._runner.queue.get(1).state == "done"


@pytest.mark.parametrize(
    "options",
    [
        JobOptions("o", "house", 5),
        JobOptions("o", "jazz+house:0.25", 0, "fixed", 99.5, False, "A#", -1.0, 0.5, 1.0, 1.0),
        JobOptions("o", "lock", 2**31 - 1, "soundtrack"),
    ],
)
def test_the_form_gives_back_what_it_shows(page, options):
    page.form.show_options(options)
    assert page.form.options() == options


def test_a_preset_is_saved_taken_and_forgotten(page):
    presets = page.form.presets
    wanted = replace(page.form.options(), style="jazz", density=-0.5)
    page.form.show_options(wanted)
    presets._name.setText("late")
    click(button(page, "Save"))
    page.form.show_options(replace(wanted, style="house", density=0.0, out="elsewhere"))
    presets._list.setCurrentIndex(presets._list.findData("late"))
    presets._choose()
    assert page.form.options() == replace(wanted, out="elsewhere")
    presets._remove()
    assert presets._list.findData("late") < 0
    presets._name.setText("")
    click(button(page, "Save"))
    assert "needs a name" in page._messages.history[-1].text


def test_a_result_is_dragged_as_music_stems_and_midi(page, tmp_path):
    urls = [Path(url.toLocalFile()).name for url in page.result._handle.mime().urls()]
    assert urls == ["dance.wav", *(f"dance.{stem}.wav" for stem in STEMS), "dance.mid"]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_saved_where_it_is_wanted(page, wait_for, tmp_path, form):
    to = tmp_path / "saved" / f"mine{FORMS[form].suffix}"
    page.result.export_to(form, to)
    wait_for(lambda: page._messages.history)
    assert page._messages.history[-1].text == f"Saved: {to}"
    of_result = tmp_path / "out" / "seed 2"
    if form == "stems":
        assert sorted(path.name for path in to.iterdir()) == sorted(f"dance.{stem}.wav" for stem in STEMS)
    elif form == "reaper":
        assert "dance.drums.wav" in to.read_text() and to.read_text().startswith("<REAPER_PROJECT")
    elif form == "dawproject":
        assert "audio/dance.wav" in zipfile.ZipFile(to).namelist()
    else:
        assert to.read_bytes() == (of_result / f"dance{FORMS[form].suffix}").read_bytes()


def test_what_is_gone_or_cannot_be_written_says_so(page, wait_for, tmp_path):
    job = page.result.job
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write"):
        export(job, "midi", tmp_path / "file" / "x.mid")
    Path(job.files[2]).unlink()
    page.result.export_to("midi", tmp_path / "x.mid")
    wait_for(lambda: page._messages.history)
    assert "it is gone; render the clip again" in page._messages.history[-1].text
    assert not list(tmp_path.glob(".*.part*")) and not (tmp_path / "x.mid").exists()


def test_without_stems_there_are_none_to_save(page):
    job = replace(page.result.job, files=tuple(file for file in page.result.job.files if "/stems/" not in file))
    assert [form for form in FORMS if not can_export(job, form)] == ["stems"]


def test_taking_the_shown_clip_off_the_list_leaves_its_files(page):
    files = page.result.job.files
    page._do("remove", 2)
    assert page.result.job is None and all(Path(file).exists() for file in files)


def test_a_result_that_is_shown_stays_while_another_take_arrives(page, clip, tmp_path, wait_for):
    click(button(page, "Another"))
    queue = page._runner.queue
    out = tmp_path / "out" / "seed 3"
    queue.change(replace(queue.get(3), state="done", files=made_of(clip, out, 3)))
    page._runner.changed.emit(3)
    assert page.result.job.options.seed == 2
    QTest.qWait(50)
    click(button(page, "Seed 3"))
    assert page.result.job.options.seed == 3
