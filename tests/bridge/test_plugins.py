"""Packages that bring parts: a folder with a dist-info on sys.path, as pip would leave it."""

import importlib
import shutil
import sys
import time
import tomllib
from itertools import islice
from pathlib import Path

import pytest

from d2m_bridge import plugins
from d2m_bridge.capture.camera import FileCamera, open_camera
from d2m_bridge.errors import InputError
from d2m_bridge.pose.choose import pose_opener
from tests.media import moving_square, write_video

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "plugin"
MODULE = """
from d2m_bridge.errors import InputError
from tests.estimators import MadeUpDancer

not_callable = 3

def open_pose(device):
    return MadeUpDancer()

def folder():
    return FOLDER

def open_camera(rest, now):
    if rest == "mine":
        raise InputError("mine: expected yours")
    raise OSError("the lens\\nis dirty")
"""
ENTRIES = """
[d2m.sources]
lens = d2m_tiny:open_camera
lost = d2m_nowhere:open_camera

[d2m.pose]
made-up = d2m_tiny:open_pose
three = d2m_tiny:not_callable

[d2m.models]
tiny = d2m_tiny:folder
"""


def install(folder: Path, name: str, entries: str) -> None:
    facts = folder / f"{name}-1.0.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(entries)


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder of packages; what was tried before is forgotten."""
    monkeypatch.setattr(plugins, "_problems", {})
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith(("d2m_tiny", "d2m_example"))]:
        del sys.modules[name]
    importlib.invalidate_caches()


@pytest.fixture
def tiny(site):
    (site / "d2m_tiny.py").write_text(MODULE.replace("FOLDER", repr(str(site / "model"))))
    install(site, "d2m-tiny", ENTRIES)
    return site


def of_tiny():
    return {plugin.name: plugin for plugin in plugins.found() if plugin.package == "d2m-tiny 1.0"}


def test_all_are_found_and_none_is_loaded(tiny):
    assert set(of_tiny()) == {"lens", "lost", "made-up", "three", "tiny"}
    assert of_tiny()["made-up"].group == plugins.POSE
    assert not any(plugin.problem for plugin in of_tiny().values())
    assert "d2m_tiny" not in sys.modules


def test_one_that_works_is_used(tiny):
    with pose_opener("made-up", "cpu", lambda *_: None)() as estimator:
        assert type(estimator).__name__ == "MadeUpDancer"
    assert plugins.model_folder(Path("tiny")) == tiny / "model"
    assert plugins.model_folder(tiny) == tiny and plugins.model_folder(Path("nowhere")) == Path("nowhere")
    assert not of_tiny()["made-up"].problem


@pytest.mark.parametrize(
    ("name", "rest", "reason"),
    [
        ("lost", "", "ModuleNotFoundError: No module named 'd2m_nowhere'"),
        ("lens", "", "OSError: the lens is dirty"),
        ("lens", "mine", "mine: expected yours"),
    ],
)
def test_one_that_fails_keeps_its_reason_in_one_line(tiny, name, rest, reason):
    with pytest.raises(InputError, match=r"docs/plugins\.md") as refusal:
        open_camera(f"{name}:{rest}", time.monotonic)
    assert reason in str(refusal.value) and "\n" not in str(refusal.value)
    assert of_tiny()[name].problem == reason


def test_trying_all_says_which_do_not_load(tiny):
    plugins.try_all()
    problems = {name: plugin.problem for name, plugin in of_tiny().items() if plugin.problem}
    assert set(problems) == {"lost", "three"} and "expected something to call" in problems["three"]


def test_what_is_mended_has_no_reason_any_more(tiny):
    plugins.try_all()
    (tiny / "d2m_nowhere.py").write_text("open_camera = print")
    importlib.invalidate_caches()
    plugins.try_all()
    assert not of_tiny()["lost"].problem
    del sys.modules["d2m_nowhere"]


def test_an_unknown_name_says_what_there_is(tiny):
    with pytest.raises(InputError, match=r"no plug-in brings a pose estimator 'polka'; there are: made-up, three"):
        pose_opener("polka", "cpu", lambda *_: None)


def test_a_file_is_still_a_camera(tiny):
    clip = write_video(tiny / "lens.mp4", moving_square(3))
    assert isinstance(open_camera(str(clip), time.monotonic), FileCamera)
    with pytest.raises(InputError, match="no such file"):
        open_camera("other:thing", time.monotonic)


def test_the_example_does_what_its_page_says(site):
    shutil.copytree(EXAMPLE / "d2m_example", site / "d2m_example")
    groups = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]["entry-points"]
    entries = "".join(
        f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in names.items()) for group, names in groups.items()
    )
    install(site, "d2m-example", entries)
    camera = open_camera("pattern:65x33", time.monotonic)
    frames = list(islice(camera.frames(lambda t: True), 3))
    assert camera.name == "pattern 65x33" and frames[0].image.shape == (33, 65, 3)
    assert frames[0].t < frames[1].t < frames[2].t
    camera.close()
    with pytest.raises(InputError, match="expected a size"):
        open_camera("pattern:large", time.monotonic)
    assert plugins.names(plugins.SINKS) == ("count",)


def test_a_sink_hears_a_session_and_is_closed_with_it(site, d2m, tmp_path, monkeypatch):
    """By the command line, on a camera that is a file."""
    shutil.copytree(EXAMPLE / "d2m_example", site / "d2m_example")
    install(site, "d2m-example", "[d2m.sinks]\ncount = d2m_example.count:open_sink\n")
    clip = write_video(tmp_path / "dance.mp4", moving_square(60))
    outcome = d2m("live", "--model", d2m.model, "--camera", clip, "--audio", "null", "--duration", 2, "--sink", "count")
    assert outcome.code == 0, outcome.err
    assert "EnergyEvent" in outcome.out
    outcome = d2m("live", "--model", d2m.model, "--camera", clip, "--audio", "null", "--duration", 2, "--sink", "no")
    assert outcome.code == 2 and "no plug-in brings a sink 'no'; there are: count" in outcome.err[-1]
