import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.engine.plan import DRUMS
from d2m_bridge.engine.tokens import HEAD_INDEX, HEADS
from tests.chores import contents
from tests.training.test_grooves import dataset, four_bars
from training.corpus import drifting_grid, main, part_of, save_song
from training.mixes import write_mixes
from training.render_song import drum_hits
from training.songs import load_song
from training.styles import STYLE_NAMES, STYLES
from training.teacher import Lesson
from training.timbres import UNSEEN_ONE_SHOTS, UNSEEN_PROGRAMS, any_timbre

STEPS = 32
SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
KICK = DRUMS.index("kick")


def save(folder, **meta):
    tokens = np.zeros((STEPS, len(HEADS)), np.int64)
    tokens[::4, HEAD_INDEX["kick"]] = 3
    stems = np.full((4, 1001), 0.1, np.float32)
    grid = BeatGrid.steady(120.0, 0.0, "corpus")
    save_song(folder, stems, tokens, grid, np.zeros((0, 0), np.float32), {"style": "pop", "key": 2, **meta})


def one_shots(kit):
    return {layer for voice in kit for layer in voice.split("+")}


def test_every_twelfth_song_is_for_tests_and_half_of_those_are_unseen():
    parts = [part_of(index) for index in range(480)]
    tests = [part for part in parts if part.split == "test"]
    assert [index for index, part in enumerate(parts[:40]) if part.split == "test"] == [11, 23, 35]
    assert sum(part.unseen for part in tests) == len(tests) / 2
    assert not any(part.unseen for part in parts if part.split == "train")


@pytest.mark.parametrize("split", ["train", "test"])
def test_every_style_is_in_both_splits(split):
    parts = [part_of(index) for index in range(240)]
    assert {part.style for part in parts if part.split == split} == set(STYLE_NAMES)
    assert {part.style for part in parts if part.unseen} == set(STYLE_NAMES)


def test_the_tempo_drifts_by_a_few_per_cent_and_never_jumps():
    for seed in range(20):
        grid = drifting_grid(90, np.random.default_rng(seed))
        periods = np.diff(grid.times)
        assert grid.times[0] == 0
        assert periods.max() / periods.min() < 1.07
        assert np.abs(np.diff(periods) / periods[1:]).max() < 0.015
        assert 75 < grid.bpm < 140


def test_held_out_sounds_are_heard_in_unseen_songs_only():
    kits, programs = {False: set(), True: set()}, {False: set(), True: set()}
    for unseen in (False, True):
        for seed in range(200):
            style = any_timbre(STYLES["break"], np.random.default_rng(seed), unseen=unseen)
            kits[unseen] |= one_shots(style.kit)
            programs[unseen] |= {style.bass_program, style.harmony_program, style.lead_program}
    assert not kits[False] & set(UNSEEN_ONE_SHOTS) and not programs[False] & set(UNSEEN_PROGRAMS)
    assert kits[True] >= set(UNSEEN_ONE_SHOTS) and programs[True] == set(UNSEEN_PROGRAMS)
    assert len(programs[False]) > 60


@pytest.mark.parametrize("name", STYLES)
def test_a_style_uses_no_held_out_sound(name):
    style = STYLES[name]
    assert len(style.kit) == len(DRUMS)
    assert not one_shots(style.kit) & set(UNSEEN_ONE_SHOTS)
    assert not {style.bass_program, style.harmony_program, style.lead_program} & set(UNSEEN_PROGRAMS)


def test_a_drummer_leans_where_the_plan_stands_on_the_grid(tmp_path):
    save(tmp_path / "00000")
    song = load_song(tmp_path / "00000")
    velocities, offsets = np.full((STEPS, len(DRUMS)), 0.83), np.full((STEPS, len(DRUMS)), 0.4)
    offsets[0] = -0.4
    exact = drum_hits(song.plan, song.grid.step_time, None)
    played = drum_hits(song.plan, song.grid.step_time, Lesson(np.zeros((0, 0)), velocities, offsets))
    assert exact[:2] == [(0.0, KICK, 1.0), (0.5, KICK, 1.0)]
    assert played[0] == (0.0, KICK, 0.83)  # not before the song
    assert played[1] == (pytest.approx(0.5 + 0.4 * 0.125), KICK, 0.83)


def test_a_song_is_read_back_without_being_loaded_whole(tmp_path):
    save(tmp_path / "00000", split="test", unseen=True)
    song = load_song(tmp_path / "00000")
    assert isinstance(song.stems, np.memmap) and song.stems.dtype == np.int16 and song.stems.shape == (4, 1001)
    assert song.grid.time_at(3) == pytest.approx(1.5)
    assert [path.parent.name for path in tmp_path.glob("*/meta.json")] == ["00000"]


def test_what_an_interrupted_run_left_is_no_song(tmp_path):
    left = tmp_path / ".partial" / "00000"
    left.mkdir(parents=True)
    (left / "meta.json").write_text("{}")
    assert not list(tmp_path.glob("*/meta.json"))
    save(tmp_path / "00000")
    assert json.loads((tmp_path / "00000" / "meta.json").read_text())["style"] == "pop" and not left.exists()


def test_mixes_are_written_by_split_and_by_what_is_seen(tmp_path):
    save(tmp_path / "music" / "00000", split="train", unseen=False)
    save(tmp_path / "music" / "00011", split="test", unseen=False)
    save(tmp_path / "music" / "00023", split="test", unseen=True)
    save(tmp_path / "music" / "00024")  # of an older corpus
    out = tmp_path / "out"
    assert write_mixes(tmp_path / "music", out, "test") == [out / "seen" / "00011.wav", out / "unseen" / "00023.wav"]
    samples, rate = soundfile.read(out / "seen" / "00011.wav")
    assert rate == 44100 and samples.shape == (1001,) and samples == pytest.approx(0.4, abs=1e-3)
    assert [path.name for path in write_mixes(tmp_path / "music", out, "train")] == ["00000.wav", "00024.wav"]


def test_a_corpus_without_test_songs_says_so(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no test songs; run python -m training\.corpus"):
        write_mixes(tmp_path, tmp_path, "test")


def write_sources(data):
    """The least that songs are made of: a groove of every kind, and noise in place of every one-shot."""
    (data / "midi").mkdir(parents=True)
    (data / "audio" / "sonicpi_cc0").mkdir(parents=True)
    grooves = {style.grooves[0] for style in STYLES.values()}
    takes = [(kind, split, name) for kind in ("beat", "fill") for split in ("train", "test") for name in grooves]
    dataset(
        data / "midi",
        *((f"{kind}-{split}-{name}.mid", name, kind, "4-4", split, four_bars()) for kind, split, name in takes),
    )
    kits = [any_timbre(STYLES["break"], np.random.default_rng(seed), unseen=seed % 2 == 1).kit for seed in range(400)]
    hit = np.random.default_rng(0).normal(0, 0.1, 4000)
    for name in set().union(*map(one_shots, [*kits, *(style.kit for style in STYLES.values())])):
        soundfile.write(data / "audio" / "sonicpi_cc0" / f"{name}.flac", hit, 44100)


@pytest.mark.skipif(not SOUNDFONT.is_file(), reason="needs the SoundFont of Debian's fluid-soundfont-gm")
def test_two_workers_render_the_songs_of_one_and_go_on_where_a_run_was_stopped(tmp_path, capsys):
    write_sources(tmp_path / "data")
    options = ["--data", str(tmp_path / "data"), "--songs", "3", "--seconds", "3"]
    main([*options, "--out", str(tmp_path / "alone")])
    main([*options, "--out", str(tmp_path / "two"), "--workers", "2"])
    alone = contents(tmp_path / "alone")
    assert len(alone) == 9 and contents(tmp_path / "two") == alone
    kept = tmp_path / "two" / "00000" / "meta.json"
    kept.write_text("whole already")
    shutil.rmtree(tmp_path / "two" / "00001")
    main([*options, "--out", str(tmp_path / "two"), "--workers", "2"])
    assert contents(tmp_path / "two") == {**alone, kept.relative_to(tmp_path / "two").as_posix(): b"whole already"}


def test_no_workers_are_one_line(tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        main(["--data", str(tmp_path), "--out", str(tmp_path / "out"), "--workers", "0"])
    assert end.value.code == 2 and "expected 1 or more" in capsys.readouterr().err
