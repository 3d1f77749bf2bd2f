"""The shipped model: with the real pose model on the sample dance, and with a made-up dancer whose beat is known."""

import json
import subprocess
import sys
from pathlib import Path

import librosa
import numpy as np
import pytest
import soundfile

from d2m_bridge.audio.loudness import measure
from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.engine.engine import Engine
from d2m_bridge.engine.graphs import load_models
from d2m_bridge.manifest import ASSETS, load_manifest
from d2m_bridge.pipeline.render import RenderOptions, render
from models.audio_encoder_file import AUDIO_ENCODER
from tests.dancers import dance, steady_beats
from tests.estimators import MadeUpDancer
from tests.media import moving_square, write_video
from tests.pose_model import SAMPLE, pose_model
from tests.sounds import true_peak_db

ROOT = Path(__file__).parents[2]
BEAT_WINDOW_S = 0.07


@pytest.fixture(scope="module")
def shipped():
    return load_models(ASSETS, "cpu")


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """`d2m render examples/dancer.mp4`, as a user calls it -> the process, and its folder."""
    pose_model()
    out = tmp_path_factory.mktemp("sample")
    command = [sys.executable, "-m", "d2m_bridge", "render", SAMPLE, "-o", out, "--json"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600), out


@pytest.mark.slow
def test_the_sample_renders_without_a_word_on_stderr(sample):
    process, out = sample
    assert (process.returncode, process.stderr) == (0, "")
    assert {path.name for path in out.iterdir()} == {
        f"dancer{suffix}" for suffix in (".wav", ".mp4", ".mid", ".events.jsonl", ".png")
    }


@pytest.mark.slow
def test_the_sample_dancer_is_seen_and_followed(sample):
    facts = json.loads(sample[0].stdout)
    assert facts["pose_coverage"] >= 0.95
    assert (facts["seconds"], facts["frames"], facts["tempo_source"]) == (15.0, 450, "follow")
    assert 70 <= facts["bpm"] <= 140


@pytest.mark.slow
def test_the_samples_music_is_on_target(sample):
    _, out = sample
    samples, _ = soundfile.read(out / "dancer.wav")
    assert len(samples) / 44100 == pytest.approx(15.0, abs=0.025)
    assert np.isfinite(samples).all()
    assert measure(out / "dancer.wav").lufs == pytest.approx(-14, abs=1)
    assert true_peak_db(samples) <= -1


@pytest.mark.slow
def test_a_given_tempo_is_heard_and_its_beats_lie_where_the_log_says(shipped, tmp_path):
    clip = write_video(tmp_path / "dance.mp4", moving_square(25 * 20))
    options = RenderOptions("house", tempo="fixed", bpm=100.0)
    render(clip, tmp_path / "out", options, shipped, MadeUpDancer, lambda stage, part: None)
    samples, rate = soundfile.read(tmp_path / "out" / "dance.wav")
    tempo, heard = librosa.beat.beat_track(y=samples.mean(axis=1), sr=rate, units="time")
    assert np.atleast_1d(tempo)[0] == pytest.approx(100, rel=0.04)
    lines = map(json.loads, (tmp_path / "out" / "dance.events.jsonl").read_text().splitlines())
    beats = np.array([line["t"] for line in lines if line["type"] == "beat"])
    nearest = np.abs(beats[:, None] - heard).min(axis=0)
    assert (nearest <= BEAT_WINDOW_S).mean() >= 0.8


def test_styles_and_seeds_have_plans_of_their_own(shipped):
    motion = dance(4.0, steady_beats(100.0))
    picture = np.zeros(len(shipped.manifest.visual_features), np.float32)
    plans = []
    for style, seed in ((0, 1), (2, 1), (4, 1), (0, 2)):
        engine = Engine(shipped, BeatGrid.steady(100.0, 0.0, "fixed"), style, seed)
        plans.append([step for frame in motion for step in engine.push(frame, picture).plan])
    assert len({repr(plan) for plan in plans}) == len(plans)


def test_what_plays_is_no_larger_than_30_mb():
    assert sum(path.stat().st_size for path in ASSETS.iterdir() if path.name != AUDIO_ENCODER) <= 30e6


def test_the_model_files_are_those_of_the_manifest():
    manifest = load_manifest(ASSETS)
    names = {graph.file for graph in manifest.graphs.values()}
    assert names | {"manifest.json", "MODEL_CARD.md", AUDIO_ENCODER} == {path.name for path in ASSETS.iterdir()}
    assert len(manifest.styles) >= 3
