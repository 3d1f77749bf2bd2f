"""Options of clips under names."""

from dataclasses import replace

import pytest

from plugin_host.offline.jobs import JobOptions
from plugin_host.offline.presets import load_presets, store_preset

CLUB = JobOptions("", "house+jazz:0.3", 7, "fixed", 128.0, False, "D#", 0.5, -0.25, 1.0, 0.1)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "deep" / "presets.toml"


def test_what_is_stored_is_loaded_without_its_folder(file):
    store_preset(file, 'Club, "fast" \u00e4', replace(CLUB, out="somewhere"))
    store_preset(file, "plain", JobOptions("out"))
    assert load_presets(file) == ({'Club, "fast" \u00e4': CLUB, "plain": JobOptions("")}, ())


def test_one_is_replaced_and_forgotten_and_the_others_stay(file):
    for name in ("a", "b"):
        store_preset(file, name, CLUB)
    store_preset(file, "a", JobOptions("", "jazz"))
    store_preset(file, "b", None)
    store_preset(file, "never there", None)
    assert load_presets(file)[0] == {"a": JobOptions("", "jazz")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 3", "preset x: expected a table"),
        ("[x]\nspeed = 3", "unknown key 'speed'"),
        ("[x]\nseed = '3'", "seed: expected int"),
        ("[x]\nseed = -1", "seed: expected 0 to"),
        ("[x]\nkey = 'H'", "key: expected"),
        ("[x]\nswing = 2", "swing: expected 0 to 1"),
        ("[x]\nbpm = 90", 'one where tempo = "fixed"'),
        ("[x]\ntempo = 'fixed'", 'one where tempo = "fixed"'),
        ("[x]\nstyle = 'a+b:7'", "share"),
    ],
)
def test_one_that_is_wrong_says_so_and_the_others_count(file, text, said):
    file.parent.mkdir()
    file.write_text(f"{text}\n[good]\nseed = 5\n")
    presets, problems = load_presets(file)
    assert presets["good"].seed == 5 and "x" not in presets
    assert len(problems) == 1 and said in problems[0] and str(file) in problems[0]


def test_a_file_that_is_none_says_so(file):
    file.parent.mkdir()
    file.write_text("[")
    presets, problems = load_presets(file)
    assert presets == {} and "cannot be read" in problems[0]


def test_without_a_file_there_are_none(file):
    assert load_presets(file) == ({}, ())
