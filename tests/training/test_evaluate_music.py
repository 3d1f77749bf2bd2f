"""The whole command on two small dances and an untrained model: every system, every key, and what cannot be made."""

import dataclasses
import json
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
import torch

from d2m_bridge.conductor.grid import BeatGrid
from tests.dancers import RATE, joints_at, steady_beats
from tests.models_folder import SMALL
from tests.training.test_evaluate_codec import Delay
from training import evaluate_music
from training.evaluate import main
from training.evaluate_music import measure_systems
from training.pairs import motion_frames
from training.scores.baselines import Metronome, RandomPhase, RandomTrack, Silence, Sine, Teacher, TeacherThroughCodec
from training.scores.frechet import CepstralEmbedding
from training.scores.measures import FIGURES, Judging
from training.scores.scenes import LONGEST_S, Ours, Scene, Take, load_scenes
from training.scores.stage import Stage
from training.workers import Staff

SOUND_RATE = 44100
SYSTEMS = [
    "ours", "chance", "ours_live", "random_track", "random_phase", "metronome", "sine", "silence", "teacher",
    "teacher_generated", "teacher_codec",
]  # fmt: skip


def points(bpm, seconds):
    return joints_at(np.arange(int(seconds * RATE)) / RATE, steady_beats(bpm), 0.001, np.random.default_rng(0))


def scene(name="a", bpm=100.0, seconds=8.0, style="house"):
    seen = points(bpm, seconds)
    return Scene(name, seen, motion_frames(seen), BeatGrid.steady(bpm, 0.0, "known"), style)


@pytest.fixture
def data(tmp_path):
    """Two test dances in the layout of docs/training.md, and a third that is too short; no MIDI, one real track."""
    folder = tmp_path / "data"
    (folder / "motion_aist2d").mkdir(parents=True)
    (folder / "motion").mkdir()
    names = ["gHO_sFM_cAll_d19_mHO0_ch01", "gMH_sFM_cAll_d22_mMH1_ch02", "gMH_sFM_cAll_d22_mMH2_ch03"]
    for name, bpm, seconds in zip(names, (110, 90, 100), (6.6, 7.4, 4.0), strict=True):
        np.savez(
            folder / "motion_aist2d" / f"{name}.npz", kp=(points(bpm, seconds) * 1080).astype(np.float32), fps=30.0
        )
    (folder / "audio").mkdir()
    track = np.random.default_rng(0).normal(0, 0.1, ((27 * 22050), 2))
    soundfile.write(folder / "audio" / "real.flac", track, 22050)
    splits = {"motion": {"test": []}, "motion_aist2d": {"test": names}, "audio": {"test": ["real.flac"]}}
    (folder / "splits.json").write_text(json.dumps(splits))
    return folder


def command(data, model_folder, tmp_path, *options):
    kept = {"--judges": "judges", "--run": "none", "--soundfont": "no.sf2"}
    absent = [part for option, name in kept.items() for part in (option, str(tmp_path / name))]
    main(["music", "--data", str(data), "--model", str(model_folder), *absent, *options])


def test_the_command_prints_one_object_a_system_and_names_what_it_cannot_make(data, model_folder, tmp_path, capsys):
    command(data, model_folder, tmp_path, "--json")
    output = capsys.readouterr()
    table = json.loads(output.out)
    assert list(table) == SYSTEMS
    assert all(tuple(row) == FIGURES for row in table.values())
    assert {line.split(":")[0] for line in output.err.splitlines()[:-1]} == {"left out"}
    assert "mfcc40-1s" in output.err.splitlines()[-1]
    for system in ("random_phase", "teacher", "teacher_codec"):
        assert set(table[system].values()) == {None}
    ours = table["ours"]
    assert ours["style_accuracy"] is None and ours["frechet"] is None and ours["coverage_d2mgan"] is None
    for figure in ("matched_over_shuffled", "beat_f1", "tempo_within_4pct", "bar_similarity"):
        assert 0 <= table["metronome"][figure] <= 1
    assert table["metronome"]["beat_f1"] > 0.9 and table["metronome"]["tempo_within_4pct"] == 1
    assert table["metronome"]["onset_plan_f1"] is None and table["metronome"]["seed_diversity"] is None
    assert table["random_track"]["still_dancer_db"] == pytest.approx(0)
    assert table["random_track"]["still_dancer_density"] == pytest.approx(1)
    assert table["silence"]["still_dancer_db"] is None


def test_two_workers_measure_what_one_measures_and_progress_is_told_system_by_system(data, model_folder, tmp_path):
    stage, told = Stage(model_folder, data, tmp_path, tmp_path / "no.sf2"), []
    scenes = load_scenes(data, ["house", "lock"])
    judging = Judging(SOUND_RATE, None, None, CepstralEmbedding())
    makers = {name: stage.maker(name) for name in ("ours", "metronome", "teacher")}
    alone = measure_systems(scenes, makers, judging, Staff())
    two = Staff(workers=2, show=lambda what, part: told.append((what, part)))
    assert measure_systems(scenes, makers, judging, two) == alone
    assert alone["ours"]["seed_diversity"] is not None and alone["metronome"]["seed_diversity"] is None
    assert [what for what, part in told if part == 1] == ["ours", "metronome"]  # no SoundFont: no teacher


@pytest.mark.parametrize(("name", "begins"), [("markdown", "| | ours |"), ("latex", r"\begin{tabular}")])
def test_the_table_has_other_forms(monkeypatch, model_folder, capsys, name, begins):
    monkeypatch.setattr(evaluate_music, "measure_music", lambda *rest: {"ours": {"beat_f1": 0.5}})
    main(["music", "--data", ".", "--model", str(model_folder), "--table", name])
    assert capsys.readouterr().out.startswith(begins)


@pytest.mark.parametrize("fault", ["no folder", "no dance"])
def test_a_folder_without_dances_is_one_line_and_exit_code_2(data, model_folder, tmp_path, capsys, fault):
    if fault == "no dance":
        (data / "splits.json").write_text(json.dumps({"motion": {"test": []}, "motion_aist2d": {}}))
    with pytest.raises(SystemExit) as caught:
        command(data if fault == "no dance" else tmp_path / "none", model_folder, tmp_path)
    assert caught.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert str(tmp_path) in line


def test_scenes_are_the_test_dances_that_are_long_enough(data):
    scenes = load_scenes(data, ["house", "lock"])
    assert [(one.name[1:3], one.style, round(one.grid.bpm)) for one in scenes] == [
        ("HO", "house", 110),
        ("MH", "lock", 90),
    ]
    assert scenes[0].seconds == pytest.approx(6.6, abs=0.1)


def test_a_still_dancer_does_not_move_and_is_as_long():
    dancing = scene()
    still = dancing.still()
    assert len(still.motion) == len(dancing.motion)
    assert np.mean([frame.energy for frame in still.motion]) < 0.1 * np.mean([frame.energy for frame in dancing.motion])


def test_trivial_systems_play_as_long_as_the_dance_and_always_the_same():
    dance = scene(seconds=7.3)
    for system in (Metronome(SOUND_RATE), Sine(SOUND_RATE), Silence(SOUND_RATE)):
        take = system.play(dance, 1)
        assert len(take.mix) == int(dance.seconds * SOUND_RATE) and take.mix.dtype == np.float32
        np.testing.assert_array_equal(take.mix, system.play(dance, 2).mix)
        assert take.plan is None and not system.has_seed


def test_a_random_track_begins_elsewhere_with_another_seed_and_is_never_too_short():
    tracks = {"a": np.arange(int((LONGEST_S + 3) * 1000)).astype(np.int16), "short": np.zeros(1000, np.int16)}
    system = RandomTrack(tracks, 1000)
    dance = scene()
    assert len(system.play(dance, 0).mix) == int(dance.seconds * 1000)
    assert len({system.play(dance, seed).mix[0] for seed in range(8)}) > 4
    np.testing.assert_array_equal(system.play(dance, 3).mix[:500], system.play(dance.short(7.0), 3).mix[:500])


class Drummer:
    """A band that notes what it was asked and plays clicks."""

    sample_rate = SOUND_RATE

    def play(self, style, grid, energy, accent, seconds, rng):
        self.asked = SimpleNamespace(style=style, grid=grid, energy=energy, accent=accent)
        mix = np.zeros(int(seconds * SOUND_RATE), np.float32)
        return Take(mix, np.stack([mix] * 4), [])


def test_the_teacher_plays_on_the_dances_beats_and_random_phase_beside_them():
    dance, band = scene(bpm=96.0), Drummer()
    Teacher(band).play(dance, 1)
    taught = band.asked
    take = RandomPhase(band).play(dance, 1)
    random = band.asked
    assert taught.grid is dance.grid and taught.style == "house" and taught.energy.max() > 0.1
    assert random.grid.bpm == pytest.approx(96.0, rel=1e-6) and random.grid.times[0] < 0
    assert abs(random.grid.beat_at(4.0) - dance.grid.beat_at(4.0)) > 0.01
    assert random.grid.times[-1] > dance.seconds and take.plan is None


def test_the_codec_gives_the_teachers_stems_in_step():
    stems = np.random.default_rng(0).normal(0, 0.1, (4, 3 * SMALL.hop + 17)).astype(np.float32)
    config = dataclasses.replace(SMALL, books=1, entries=16)
    echo = SimpleNamespace(
        config=config,
        encoder=lambda audio: audio.reshape(4, -1, config.hop),
        quantizer=SimpleNamespace(encode=lambda latent: latent, lookup=lambda codes: codes),
        decoder=Rows(config),
    )
    system = TeacherThroughCodec.__new__(TeacherThroughCodec)
    system._codec = echo
    np.testing.assert_array_equal(system._decoded(Take(stems[0], stems, []), BeatGrid.steady(100, 0, "known")), stems)


class Rows(Delay):
    """The decoder of test_evaluate_codec for four rows."""

    def __call__(self, latent, excitation, state):
        assert excitation.shape == (4, latent.shape[1], 2 * self.config.tonal_bins)
        samples = latent.reshape(4, -1)
        return torch.nn.functional.pad(samples, (self.config.delay, 0))[:, : samples.shape[1]], state


def test_ours_has_a_plan_and_stems_and_chance_is_worse_than_the_metronomes_own(models):
    scenes = [scene("a", 100.0), scene("b", 83.0, 9.0, "lock")]
    assert Ours(models).play(scenes[0], 1).stems.shape[0] == 4
    judging = Judging(SOUND_RATE, [Metronome(SOUND_RATE).play(one, 0) for one in scenes], None, CepstralEmbedding())
    table = measure_systems(scenes, {"metronome": partial(Metronome, SOUND_RATE)}, judging, Staff())
    assert list(table) == ["metronome", "chance"]
    assert table["metronome"]["beat_f1"] > table["chance"]["beat_f1"] + 0.3
    assert table["metronome"]["coverage_loris"] == 1 and table["metronome"]["hit_d2mgan"] == 1
    assert table["metronome"]["frechet"] == pytest.approx(0, abs=1e-3)
