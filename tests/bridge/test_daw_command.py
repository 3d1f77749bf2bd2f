"""d2m daw as a command, and what it installs."""

import argparse
import re
from importlib.resources import files
from pathlib import Path

import pytest

from d2m_bridge.cli import daw
from d2m_bridge.daw.kit import KITS, install, user_folder
from d2m_bridge.errors import InputError
from d2m_bridge.osc.commands import BY_ADDRESS
from d2m_bridge.sync.host_follow import HostFollower
from d2m_bridge.sync.osc_transport import OscTransport
from tests.bridge.test_daw_check import PONG, StandIn, free_port
from tests.bridge.test_daw_take import record_take


def d2m(*arguments):
    parser = argparse.ArgumentParser()
    daw.add_parser(parser.add_subparsers())
    options = parser.parse_args(["daw", *map(str, arguments)])
    return options.run(options)


@pytest.mark.parametrize(("to", "suffix"), daw.FORMATS.items())
def test_export_writes_beside_the_take_and_never_over_a_project(tmp_path, capsys, to, suffix):
    record_take(tmp_path, seconds=15)
    assert d2m("export", tmp_path / "take001.wav", "--to", to) == 0
    made = tmp_path / f"take001{suffix}"
    assert str(made) in capsys.readouterr().out and made.stat().st_size > 1000
    made.write_text("my work")
    with pytest.raises(InputError, match="may hold your work"):
        d2m("export", tmp_path / "take001", "--to", to)
    assert made.read_text() == "my work"
    assert d2m("export", tmp_path / "take001", "--to", to, "-o", tmp_path / "new" / f"x{suffix}") == 0
    assert (tmp_path / "new" / f"x{suffix}").is_file()


@pytest.mark.parametrize("name", ["reaper", "ableton", "ardour"])
def test_install_writes_the_kit_once(tmp_path, capsys, name):
    assert d2m("install", name, "-o", tmp_path) == 0
    said = capsys.readouterr().out
    for file in KITS[name].files:
        assert (tmp_path / file.target).read_bytes() == file.content() != b""
        assert str(tmp_path / file.target) in said
    assert all(f"{number}. {step}" in said for number, step in enumerate(KITS[name].steps, 1))
    assert d2m("install", name, "-o", tmp_path) == 0
    assert "is up to date" in capsys.readouterr().out
    assert not list(tmp_path.rglob("*.bak"))


def test_install_keeps_what_was_changed_and_says_so(tmp_path, capsys):
    target = tmp_path / KITS["reaper"].files[0].target
    d2m("install", "reaper", "-o", tmp_path)
    for mine in ("mine", "mine too"):
        target.write_text(mine)
        capsys.readouterr()
        assert d2m("install", "reaper", "-o", tmp_path) == 0
        assert f"{target} was there and different; it is kept as" in capsys.readouterr().err
    assert [path.read_text() for path in sorted(target.parent.glob("*.bak"))] == ["mine", "mine too"]
    assert target.read_bytes() == KITS["reaper"].files[0].content()


def test_install_refuses_where_it_cannot_write(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot write"):
        install(KITS["ardour"], tmp_path / "file")


def test_bitwig_needs_no_file_but_is_told_the_steps(tmp_path, capsys):
    assert d2m("install", "bitwig", "-o", tmp_path) == 0
    assert "insertFile" in capsys.readouterr().out and not list(tmp_path.iterdir())


USUAL = {
    ("reaper", "linux"): ".config/REAPER",
    ("reaper", "darwin"): "Library/Application Support/REAPER",
    ("reaper", "win32"): "AppData/Roaming/REAPER",
    ("ableton", "darwin"): "Music/Ableton/User Library/Remote Scripts",
    ("ableton", "win32"): "Documents/Ableton/User Library/Remote Scripts",
    ("ardour", "linux"): ".config/ardour8",
    ("ardour", "darwin"): "Library/Preferences/Ardour7",
    ("ardour", "win32"): "AppData/Local/Ardour9",
}


@pytest.mark.parametrize(("name", "system"), USUAL)
def test_the_usual_folder_is_found_where_it_is(tmp_path, name, system):
    folder = tmp_path / USUAL[name, system]
    with pytest.raises(InputError, match=r"start .* once, or name with -o") as caught:
        user_folder(KITS[name], system, tmp_path, {})
    assert "\n" not in str(caught.value) and not folder.exists()
    folder.mkdir(parents=True)
    assert user_folder(KITS[name], system, tmp_path, {}) == folder


def test_folders_that_the_system_names_come_first(tmp_path):
    (tmp_path / "xdg" / "REAPER").mkdir(parents=True)
    found = user_folder(KITS["reaper"], "linux", tmp_path, {"XDG_CONFIG_HOME": str(tmp_path / "xdg")})
    assert found == tmp_path / "xdg" / "REAPER"


def test_live_does_not_run_on_linux(tmp_path):
    with pytest.raises(InputError, match="does not run on this system"):
        user_folder(KITS["ableton"], "linux", tmp_path, {})


def test_check_prints_how_long_it_took(capsys):
    with StandIn("/d2m/ping", PONG, None) as stand_in:
        assert d2m("check", "generic", "--port", stand_in.port) == 0
    assert re.search(r"answered /d2m/pong after [\d.]+ ms", capsys.readouterr().out)


def test_check_says_what_to_set(capsys):
    assert d2m("check", "generic", "--port", free_port()) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "no answer" in line and "start d2m live with --osc-in PORT" in line


def test_the_pattern_file_speaks_only_what_d2m_understands():
    text = files("d2m_bridge.daw").joinpath("kits/reaper/d2m.ReaperOSC").read_text()
    lines = [line.split() for line in text.splitlines() if line and not line.startswith(("#", "DEVICE_", "ACTION"))]
    patterns = [pattern for _, *patterns in lines for pattern in patterns]
    # Flags as REAPER knows them; d2m gets a trigger's 1 and 0, a raw float, or a string.
    assert all(pattern[0] in "tfs" and pattern[1] == "/" for pattern in patterns)
    transport = OscTransport(HostFollower())
    for address in {pattern[1:] for pattern in patterns} - set(BY_ADDRESS):
        assert any(transport.receive(0.0, address, [value]) for value in (1.0, "1.1.00"))
    assert {key for key, *_ in lines} == {"PLAY", "STOP", "RECORD", "TEMPO", "BEAT", "LAST_MARKER_NAME"}


def test_every_file_of_a_kit_is_used():
    kits = Path(str(files("d2m_bridge.daw"))) / "kits"
    there = {path.relative_to(kits).as_posix() for path in kits.rglob("*") if path.is_file()}
    used = {part for kit in KITS.values() for file in kit.files for part in file.parts}
    assert {name for name in there if "__pycache__" not in name} == used
