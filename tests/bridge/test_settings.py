"""What the user has chosen for good: one file for the window and the command line."""

from dataclasses import fields
from pathlib import Path

import pytest

from d2m_bridge.osc.learn import Lesson
from d2m_bridge.settings import Loaded, Settings, load_settings, settings_markdown, settings_path, store_settings

ROOT = Path(__file__).parent.parent.parent
LESSONS = (Lesson("/1/fader1", "/d2m/intensity"), Lesson("cc 1 74", "/d2m/section drop", 0.0, 127.0))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "settings.toml"


def test_what_is_stored_is_loaded(path):
    changes = {
        "camera": 'My "best" cam\\1 \u00e4 \U0001f3a5', "bpm": 128.5, "mirror": False, "osc_in": 9001, "buffer_ms": 650,
        "sync": "fixed", "sinks": ("a", "b"), "learn": LESSONS, "swing": 0.25,
    }  # fmt: skip
    store_settings(path, changes)
    loaded = load_settings(path)
    assert {key: getattr(loaded.settings, key) for key in changes} == changes
    assert loaded.given == set(changes) and loaded.problems == () and loaded.exists


def test_storing_keeps_comments_wrong_lines_and_the_order(path):
    path.parent.mkdir()
    path.write_text('# mine\nbpm = 90 # slow\nwhat = "ever"\n\n[[learn]]\nsource = "/x"\ncommand = "/d2m/play"\n')
    store_settings(path, {"bpm": 100.0, "page": "offline"})
    text = path.read_text()
    assert "# mine" in text and "# slow" in text and 'what = "ever"' in text
    loaded = load_settings(path)
    assert (loaded.settings.bpm, loaded.settings.page) == (100.0, "offline")
    assert loaded.settings.learn == (Lesson("/x", "/d2m/play"),)


def test_lessons_are_replaced_and_forgotten(path):
    for lessons in (LESSONS, LESSONS[:1], ()):
        store_settings(path, {"learn": lessons, "seed": 3})
        assert load_settings(path).settings.learn == lessons


def test_without_a_file_they_are_the_usual_ones(tmp_path, monkeypatch):
    monkeypatch.setenv("D2M_HOME", str(tmp_path))
    assert settings_path().parent == tmp_path
    assert load_settings(settings_path()) == Loaded(Settings())
    assert not load_settings(settings_path()).exists


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("camra = '0'", "unknown setting 'camra': did you mean 'camera'"),
        ("zzzz = 1", "docs/settings.md lists them"),
        ("camera = 0", "camera: expected str"),
        ("mirror = 1", "mirror: expected bool"),
        ("seed = true", "seed: expected int"),
        ("buffer_ms = 20", "expected 300 to 2000, got 20"),
        ("bpm = nan", "setting bpm"),
        ("sync = 'sun'", "setting sync"),
        ("sinks = 'one'", "expected a list of names"),
        ("learn = 3", "expected tables"),
        ("learn = [{source = '/x'}]", "expected tables"),
        ("learn = [{source = '/d2m/x', command = '/d2m/play'}]", "source '/d2m/x'"),
        ("learn = [{source = '/x', command = '/d2m/polka'}]", "/d2m/polka"),
        ("learn = [{source = '/x', command = '/d2m/play', low = '0'}]", "low: expected float"),
    ],
)
def test_a_wrong_line_says_so_and_the_rest_goes_on(path, text, said):
    path.parent.mkdir()
    path.write_text(f"seed = 7\n{text}\nbuffer_ms = 500\n" if "seed" not in text and "buffer" not in text else text)
    loaded = load_settings(path)
    assert len(loaded.problems) == 1 and said in loaded.problems[0] and str(path) in loaded.problems[0]
    assert "\n" not in loaded.problems[0]
    if "seed" not in text and "buffer" not in text:
        assert (loaded.settings.seed, loaded.settings.buffer_ms) == (7, 500)


@pytest.mark.parametrize("content", [b"camera = ", b"\xff", b"\0"])
def test_what_is_no_toml_says_so_and_is_set_aside_when_something_is_stored(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    loaded = load_settings(path)
    assert loaded.settings == Settings() and "cannot be read" in loaded.problems[0] and loaded.exists
    store_settings(path, {"seed": 5})
    assert load_settings(path).settings.seed == 5
    assert path.with_suffix(".damaged").read_bytes() == content


def test_a_whole_number_will_do_for_a_tempo(path):
    path.parent.mkdir()
    path.write_text("bpm = 120")
    assert load_settings(path).settings.bpm == 120


def test_the_documentation_holds_the_table():
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert settings_markdown() in text
    assert all(f"`{field.name}`" in text for field in fields(Settings))
