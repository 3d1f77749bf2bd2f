"""docs/tutorial.md: every command of ours in it parses; made small, in order, they end in a model that plays."""

import argparse
import json
import re
import runpy
import shlex
import sys
from pathlib import Path

import numpy as np
import pytest

from d2m_bridge.engine.graphs import load_models
from d2m_bridge.manifest import ASSETS
from tests.data_sets import TRAIN, VAL, write_aist, write_dance_video
from tests.estimators import MadeUpDancer
from tests.training.test_grooves import dataset, four_bars
from training.styles import STYLES

ROOT = Path(__file__).parents[2]
SMALLER = {"--steps": "2", "--performances": "3"}


def commands():
    """Those that run a program of ours, as lists of words without the program's folder."""
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    return [shlex.split(line) for line in re.findall(r"^    \.venv/bin/((?:python -m|d2m) .*)$", text, re.MULTILINE)]


def named(part):
    """The one command of the tutorial that has a word."""
    (found,) = [words for words in commands() if part in words]
    return found


def run(words):
    """As a shell would, in this process."""
    program, *arguments = words
    module, arguments = ("d2m_bridge", arguments) if program == "d2m" else (arguments[1], arguments[2:])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", [module, *arguments])
        runpy.run_module(module, run_name="__main__", alter_sys=True)


class Parsed(Exception):  # noqa: N818 - nothing went wrong
    """Raised in place of a program's work."""


def only_parse(parser, arguments=None, namespace=None):
    _, unknown = parser.parse_known_args(arguments, namespace)
    raise Parsed(unknown)


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_parses(words, monkeypatch):
    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", only_parse)
    with pytest.raises(Parsed) as parsed:
        run(words)
    assert parsed.value.args == ([],)


def test_the_tutorial_goes_from_preparing_to_playing():
    programs = [" ".join(words[:3] if words[0] == "python" else words[:2]) for words in commands()]
    assert programs == [
        "python -m training.prepare", "python -m training.prepare", "python -m training.train_planner",
        "python -m export", "python -m training.evaluate", "d2m render", "d2m live",
    ]  # fmt: skip


@pytest.fixture
def at_home(tmp_path, monkeypatch):
    """The folder of the tutorial with very little in it; a made-up dancer is in every video."""
    for clip in "ab":
        write_dance_video(tmp_path / "mine" / "dances" / "test" / f"{clip}.mp4", 6.5, sound=False)
    write_aist(tmp_path / "mine" / "aist", seconds=6.5)
    midi = tmp_path / "mine" / "music" / "midi"
    midi.mkdir(parents=True)
    grooves = {style.grooves[0] for style in STYLES.values()}
    takes = [(kind, split, name) for kind in ("beat", "fill") for split in ("train", "validation") for name in grooves]
    dataset(
        midi, *((f"{kind}-{split}-{name}.mid", name, kind, "4-4", split, four_bars()) for kind, split, name in takes)
    )
    (tmp_path / "d2m_bridge").mkdir()
    (tmp_path / "d2m_bridge" / "assets").symlink_to(ASSETS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("d2m_bridge.cli.models.fetched_pose_model", lambda: Path("no-model-needed"))
    monkeypatch.setattr("d2m_bridge.pose.fetch.fetch_pose_model", lambda progress: Path("no-model-needed"))
    monkeypatch.setattr("d2m_bridge.pose.mediapipe_pose.MediaPipePose", lambda *_, **__: MadeUpDancer())
    return tmp_path / "mine"


def test_the_commands_made_small_end_in_a_model_that_plays(at_home, capsys, monkeypatch):
    run(named("aist"))
    run([word for word in named("videos") if word not in ("--workers", "2")])  # another process sees no made-up dancer
    assert {path.stem for path in (at_home / "prepared" / "aist" / "clips").iterdir()} >= {
        TRAIN.replace("cAll", "c01"), VAL.replace("cAll", "c01"),
    }  # fmt: skip
    words = named("training.train_planner")
    run([SMALLER.get(before, word) for before, word in zip(["", *words], words, strict=False)])
    facts = json.loads((at_home / "runs" / "planner" / "run.json").read_text())
    assert facts["figures"]["step"] == 2 and "kick" in facts["figures"]["val"]
    assert facts["sessions"][0]["config"]["prepared"] == ["mine/prepared/aist", "mine/prepared/dances"]
    run(named("export"))
    ours, base = load_models(at_home / "model", "cpu").manifest, load_models(ASSETS, "cpu").manifest
    assert ours.name == "mine" and ours.graphs["planner"] != base.graphs["planner"]
    assert {name for name in ours.graphs if ours.graphs[name] == base.graphs[name]} == {
        "encoder",
        "generator",
        "decoder",
    }
    monkeypatch.setattr("training.evaluate_match.STYLES_HEARD", 1)
    capsys.readouterr()
    run([*named("match"), "--json"])
    output = capsys.readouterr()
    table = json.loads(output.out)
    assert list(table) == ["ours", "ours_live", "chance"]
    assert all(0 <= row["matched_over_shuffled"] <= 1 for row in table.values())
    assert "4 dances, 12 pairs" in output.err  # two of our own, and AIST++'s of val and test
    with pytest.raises(SystemExit) as end:
        run([str(at_home / "dances" / "test" / "a.mp4") if "*" in word else word for word in named("render")])
    assert end.value.code == 0
    assert np.any(np.frombuffer((at_home / "rendered" / "a.wav").read_bytes()[1000:200000], np.uint8))
