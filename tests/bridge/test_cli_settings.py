"""The user's settings as defaults of the command line."""

import pytest

from d2m_bridge import cli
from d2m_bridge.cli import main
from d2m_bridge.settings import Lesson, store_settings


@pytest.fixture
def options(tmp_path, monkeypatch):
    """What a command would run with."""
    path = tmp_path / "settings.toml"
    monkeypatch.setattr(cli, "settings_path", lambda: path)
    seen = []
    for name in ("live", "render"):
        monkeypatch.setattr(f"d2m_bridge.cli.{name}.run", lambda options: seen.append(options) or 0)

    def run(*arguments, text=None, **stored):
        if stored:
            store_settings(path, stored)
        if text is not None:
            path.write_text(text)
        assert main(arguments) == 0
        return seen[-1]

    return run


def test_without_a_file_all_is_as_the_help_says(options):
    live = options("live")
    assert (live.camera, live.seed, live.bpm, live.osc_in, str(live.takes)) == ("0", 1, None, None, "takes")
    assert options("render", "x.mp4").style is None


def test_what_the_file_names_is_the_default_and_an_option_goes_before(options):
    stored = {"camera": "Cam", "seed": 5, "swing": 0.5, "style": "jazz", "bpm": 90.0, "osc_in": 9001, "takes": "/t"}
    live = options("live", "--seed", "6", **stored)
    assert (live.camera, live.seed, live.swing, live.style) == ("Cam", 6, 0.5, "jazz")
    assert (live.bpm, live.osc_in, str(live.takes)) == (90.0, 9001, "/t")


def test_a_render_does_not_take_the_tempo_that_a_session_begins_with(options):
    render = options("render", "x.mp4", bpm=90.0, style="jazz", key="D")
    assert (render.bpm, render.style, render.key) == (None, "jazz", "D")


def test_nothing_in_the_file_is_nothing(options):
    live = options("live", osc_in=0, midi_in="", midi_out="")
    assert (live.osc_in, live.midi_in, live.midi_out) == (None, None, None)


def test_where_to_send_is_replaced_not_added_to(options):
    from d2m_bridge.cli.connections import osc_targets
    from d2m_bridge.osc.targets import Target

    stored = {"osc": "127.0.0.1:8000", "dialect": "reaper", "learn": (Lesson("/x", "/d2m/play"),)}
    live = options("live", **stored)
    assert osc_targets(live) == [Target("127.0.0.1", 8000, "reaper")]
    assert live.stored.learn == stored["learn"]
    assert osc_targets(options("live", "--osc", "127.0.0.1:9")) == [Target("127.0.0.1", 9, "generic")]


def test_a_wrong_line_is_told_once_and_the_rest_counts(options, capsys):
    assert options("live", text="sed = 3\nseed = 4\n").seed == 4
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1 and "unknown setting 'sed'" in told[0]
    options("render", "x.mp4")
    assert "unknown setting" in capsys.readouterr().err
