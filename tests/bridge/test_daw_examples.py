"""The examples for other programs: Pd and SuperCollider run headless where they are installed (Debian:
puredata-core, supercollider-language); the others are read as their programs read them."""

import ast
import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from d2m_bridge.osc.messages import NextBeatMessage
from d2m_bridge.osc.protocol import TABLE
from d2m_bridge.osc.targets import OscTargets, Target
from d2m_bridge.timeline import AccentEvent, BeatEvent, EnergyEvent, NoteEvent, SectionEvent
from tests.bridge.test_daw_check import free_port

EXAMPLES = Path(__file__).parents[2] / "examples" / "osc"
EVENTS = [
    BeatEvent(1.5, 2, 0, 120.0),
    NextBeatMessage(2, 1, 120.0, 0.5),
    NoteEvent(1.5, 0.25, "bass", 40, 0.75, 32, 2),
    NoteEvent(1.5, 0.25, "drums", 36, 1.0, 32, 1),
    EnergyEvent(1.5, 0.5),
    AccentEvent(1.5, 0.25),
    SectionEvent(1.5, 4, "drop"),
    BeatEvent(2.0, 2, 1, 120.0),
]


def heard(command, port, wanted, environment=None):
    """Lines of a program that is sent the events, once it hears anything, until all that is wanted was said."""
    program = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment
    )
    os.set_blocking(program.stdout.fileno(), False)
    text = ""
    try:
        with OscTargets([Target("127.0.0.1", port)]) as targets:
            until = time.monotonic() + 60
            while not all(line in text for line in wanted) and time.monotonic() < until and program.poll() is None:
                targets.send(EVENTS)  # again and again: it may still be starting
                time.sleep(0.3)
                text += (program.stdout.read() or b"").decode(errors="replace")
    finally:
        program.kill()
        program.wait()
        program.stdout.close()
    return text


@pytest.mark.skipif(not shutil.which("pd"), reason="Pure Data is not installed")
def test_pure_data_hears_beats_notes_and_sections(tmp_path):
    port = free_port()
    patch = (EXAMPLES / "d2m.pd").read_text()
    assert "-u -b 9000;" in patch
    (tmp_path / "d2m.pd").write_text(patch.replace("-b 9000;", f"-b {port};"))
    wanted = [
        "BEAT: 2 0 120 1.5", "BEAT: 2 1 120 2", "BASS: 40 0.75 0.25 32 1.5", "DRUMS: 36 1 0.25 32 1.5", "ENERGY: 0.5",
        "ACCENT: 0.25", "SECTION: 4 drop 1.5",
    ]  # fmt: skip
    text = heard([shutil.which("pd"), "-nogui", "-noaudio", "-stderr", str(tmp_path / "d2m.pd")], port, wanted)
    assert [line for line in wanted if line not in text] == []
    assert "couldn't create" not in text and "error" not in text
    assert "BEAT: 2 1 120 0.5" not in text  # a beat ahead is not a beat


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("sclang"), reason="SuperCollider is not installed")
def test_supercollider_hears_beats_notes_and_sections(tmp_path):
    port = free_port()
    code = (EXAMPLES / "d2m.scd").read_text()
    assert "~d2mPort = 9000;" in code
    (tmp_path / "d2m.scd").write_text(code.replace("~d2mPort = 9000;", f"~d2mPort = {port};"))
    environment = {
        **os.environ, "HOME": str(tmp_path), "QTWEBENGINE_DISABLE_SANDBOX": "1", "QT_QPA_PLATFORM": "offscreen",
    }  # fmt: skip
    wanted = [
        f"d2m: listening on UDP port {port}", "beat 3.1 at 120.0 BPM", "beat 3.2 at 120.0 BPM",
        "note bass 40 for 0.25 s", "section drop at bar 5",
    ]  # fmt: skip
    text = heard([shutil.which("sclang"), "-D", str(tmp_path / "d2m.scd")], port, wanted, environment)
    assert [line for line in wanted if line not in text] == []
    assert "ERROR" not in text


def test_max_patch_connects_what_there_is():
    patcher = json.loads((EXAMPLES / "d2m.maxpat").read_text())["patcher"]
    boxes = {box["box"]["id"]: box["box"] for box in patcher["boxes"]}
    assert len(boxes) == len(patcher["boxes"])
    for line in patcher["lines"]:
        (source, outlet), (target, inlet) = line["patchline"]["source"], line["patchline"]["destination"]
        assert outlet < boxes[source]["numoutlets"] and inlet < boxes[target]["numinlets"]
    for box in boxes.values():
        assert len(box["outlettype"]) == box["numoutlets"]
        words = box.get("text", "").split()
        if words[:1] in (["route"], ["unpack"]):
            assert box["numoutlets"] == len(words) - (words[0] == "unpack")
        if words[:1] == ["route"] and words[1].startswith("/"):
            assert set(words[1:]) <= {row.address for row in TABLE}
    assert any(box.get("text") == "udpreceive 9000" for box in boxes.values())


class Table:
    """A Table DAT, as far as the callbacks use it."""

    def __init__(self):
        self.rows = []

    def row(self, name):
        return next((row for row in self.rows if row[0] == name), None)

    def appendRow(self, values):  # noqa: N802
        self.rows.append(values)

    def replaceRow(self, name, values):  # noqa: N802
        self.rows[self.rows.index(self.row(name))] = values


def test_touchdesigner_keeps_the_newest_values():
    text = (EXAMPLES / "touchdesigner_d2m.py").read_text()
    ast.parse(text, feature_version=(3, 9))  # TouchDesigner's Python
    table = Table()
    scope = {"op": lambda name: {"d2m": table}[name]}
    exec(text, scope)
    for address, *values in [
        ("/d2m/energy", 0.5),
        ("/other", 1),
        ("/d2m/beat", 2, 0, 120.0, 1.5),
        ("/d2m/energy", 0.6),
    ]:
        scope["onReceiveOSC"](None, 0, "", b"", 0.0, address, values, None)
    assert table.rows == [["/d2m/energy", 0.6], ["/d2m/beat", 2, 0, 120.0, 1.5]]


def test_the_remote_script_for_live_is_python_that_live_has():
    path = Path(__file__).parents[2] / "d2m_bridge/daw/kits/ableton/d2m_clips/__init__.py"
    ast.parse(path.read_text(), feature_version=(3, 7))
