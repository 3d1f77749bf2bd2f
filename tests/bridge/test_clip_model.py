import json

import numpy as np
import pytest
import soundfile

from d2m_bridge.engine.clip_manifest import ClipInput, load_clip_manifest
from d2m_bridge.engine.clip_model import ClipModel, Series, load_clip_model, play_clips
from d2m_bridge.engine.graphs import Models, load_models
from d2m_bridge.errors import InputError, ModelError
from d2m_bridge.manifest import ASSETS
from d2m_bridge.motion.features import MOTION_FEATURES
from d2m_bridge.pipeline.kinds import load_model
from d2m_bridge.pipeline.play_clips import check_files
from d2m_bridge.visual.statistics import VISUAL_FEATURES
from tests.clip_models import CODES, MANIFEST, write_clip_model
from tests.command_line import CommandLine
from tests.estimators import MadeUpDancer
from tests.media import moving_square, write_video

RATE, HOP, OVERLAP = MANIFEST.sample_rate, MANIFEST.hop_samples, CODES - MANIFEST.hop_samples
HOUSE, LOCK = np.eye(2, dtype=np.float32)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clip_model")
    write_clip_model(folder)
    return load_clip_model(folder, "cpu")


def counting(count, features=2):
    """Row i holds i."""
    return np.repeat(np.arange(count, dtype=np.float32)[:, None], features, axis=1)


def played(model, seconds, motion=None, visual=None, style=HOUSE):
    motion = Series(counting(round(seconds * 100) if motion is None else motion), 100.0)
    visual = visual or Series(np.zeros((1, 3), np.float32), 1.0)
    return np.concatenate(list(play_clips(model, motion, visual, style, seconds)))


@pytest.mark.parametrize("samples", [1, 7, 299, 300, 301, 343, 344, 345, 600, 2049, 8193])
def test_any_length_is_played_to_the_sample(model, samples):
    sound = played(model, samples / RATE, motion=900)
    assert sound.shape == (samples,) and sound.dtype == np.float32


def test_between_the_crossfades_a_window_is_heard_alone_and_sees_its_own_time(model):
    sound = played(model, 3.0)
    for window in range(10):
        alone = sound[window * HOP + (OVERLAP if window else 0) : (window + 1) * HOP]
        assert (alone == 30 * window).all()  # 300 samples are 30 motion frames


def test_windows_never_drift_from_the_dance(model):
    sound = played(model, 600.0)
    middles = sound[np.arange(2000) * HOP + 200]
    assert np.array_equal(middles, 30.0 * np.arange(2000))


def test_a_crossfade_is_of_equal_power(model):
    sound = played(model, 0.7)
    turn = (np.arange(OVERLAP) + 0.5) / OVERLAP * np.pi / 2
    np.testing.assert_allclose(sound[2 * HOP : 2 * HOP + OVERLAP], 60 * np.sin(turn) + 30 * np.cos(turn), rtol=1e-5)


def test_two_unlike_pieces_are_as_loud_in_the_crossfade_as_beside_it(tmp_path):
    write_clip_model(tmp_path, np.random.default_rng(0).standard_normal(CODES).astype(np.float32))
    motion, visual = Series(np.ones((1, 2), np.float32), 100.0), Series(np.zeros((1, 3), np.float32), 1.0)
    windows = np.stack(list(play_clips(load_clip_model(tmp_path, "cpu"), motion, visual, HOUSE, 6.0))[1:])
    inside, beside = (np.mean(windows[:, part] ** 2) for part in (slice(0, OVERLAP), slice(OVERLAP, None)))
    assert inside == pytest.approx(beside, rel=0.35)


def test_after_the_last_motion_the_dancer_stands_still(model):
    sound = played(model, 3.0, motion=100)
    assert (sound[9 * HOP + OVERLAP :] == 99).all()


def test_one_picture_vector_is_that_of_the_middle_of_the_clip(model):
    visual = Series(counting(10, 3), 2.0)  # one each half second; a clip is 0.4 s of motion
    sound = played(model, 1.2, motion=1, visual=visual)
    assert [sound[k * HOP + 100] for k in range(4)] == [0, 1000, 1000, 2000]


def test_a_style_and_a_blend_reach_the_model(model):
    assert played(model, 0.1, style=LOCK)[0] == 100_000
    assert played(model, 0.1, style=np.array([0.75, 0.25], np.float32))[0] == 25_000


def test_a_model_without_genres_has_no_such_input(tmp_path):
    write_clip_model(tmp_path, has_genre=False)
    assert played(load_clip_model(tmp_path, "cpu"), 0.4)[350] == 30


def test_the_manifest_is_read_back(tmp_path):
    written = write_clip_model(tmp_path)
    assert load_clip_manifest(tmp_path) == written


def changed(folder, **changes):
    write_clip_model(folder)
    facts = json.loads((folder / "manifest.json").read_text()) | changes
    (folder / "manifest.json").write_text(json.dumps({key: value for key, value in facts.items() if value is not ...}))
    return folder


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format": 9}, "expected manifest format 1, got 9"),
        ({"kind": "loop"}, "of kind 'loop'; this version of d2m knows stream, clip"),
        ({"terms": ...}, "keys missing or unknown: terms"),
        ({"colour": "red"}, "keys missing or unknown: colour"),
        ({"motion": {"source": "file"}}, "frames"),
        ({"graphs": {}}, "expected the graphs generator, decoder"),
        ({"hop_samples": 0}, "cannot follow each other every 0"),
        ({"hop_samples": 171}, "cannot follow each other every 171"),
        ({"hop_samples": 345}, "cannot follow each other every 345"),
        ({"motion": {"source": "file", "frames": 41, "features": 2}}, "the graphs take"),
        ({"clip_samples": 343}, "export the model again"),
        ({"has_genre": False}, "the graphs take"),
        ({"motion": {"source": "seen", "frames": 40, "features": 2}}, f"sees {len(MOTION_FEATURES)} features"),
    ],
)
def test_a_folder_of_another_kind_is_refused_in_one_line(tmp_path, changes, words):
    with pytest.raises(ModelError, match=words) as caught:
        load_model(changed(tmp_path, **changes), "cpu")
    assert "\n" not in str(caught.value) and str(tmp_path) in str(caught.value)


def test_a_damaged_graph_is_refused(tmp_path):
    write_clip_model(tmp_path)
    (tmp_path / "decoder.onnx").write_bytes(b"half")
    with pytest.raises(ModelError, match="wrong file"):
        load_model(tmp_path, "cpu")


def test_what_must_stream_refuses_a_clip_model_and_says_what_plays_it(tmp_path):
    write_clip_model(tmp_path)
    with pytest.raises(ModelError, match="cannot stream; play it with d2m render"):
        load_models(tmp_path, "cpu")


def test_each_kind_of_folder_is_loaded_as_what_it_is(tmp_path):
    write_clip_model(tmp_path)
    assert isinstance(load_model(tmp_path, "cpu"), ClipModel)
    assert isinstance(load_model(ASSETS, "cpu"), Models)


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (None, r"dance\.motion\.npy: this model takes 2 motion features that cannot be seen"),
        (np.zeros((5, 3)), r"expected numbers \[rows, 2\], got float64 \[5, 3\]"),
        (np.zeros((0, 2)), "expected numbers"),
        (np.zeros(4), "expected numbers"),
        (np.array([["a", "b"]]), "expected numbers"),
        (np.array([[1.0, np.nan]]), "no numbers"),
        (np.array([[{}, 1]], object), "cannot be read as a NumPy array"),
    ],
    ids=["missing", "other width", "empty", "flat", "words", "nan", "objects"],
)
def test_a_file_that_the_model_needs_is_checked_before_any_work(model, tmp_path, array, words):
    np.save(tmp_path / "dance.visual.npy", np.zeros((1, 3)))
    if array is not None:
        np.save(tmp_path / "dance.motion.npy", array, allow_pickle=True)
    with pytest.raises(InputError, match=words):
        check_files(model, tmp_path / "dance.mp4")


def test_a_file_that_is_whole_passes(model, tmp_path):
    np.save(tmp_path / "dance.visual.npy", np.zeros((2, 3), np.float16))
    np.save(tmp_path / "dance.motion.npy", np.zeros((5, 2), np.int32))
    check_files(model, tmp_path / "dance.mp4")


SEEN = {
    "sample_rate": 22050, "clip_samples": 44032, "hop_samples": 39690, "motion_rate_hz": 30.0,
    "motion": ClipInput("seen", 60, len(MOTION_FEATURES)), "visual": ClipInput("seen", 60, len(VISUAL_FEATURES)),
    "terms": "not for commercial use",
}  # fmt: skip


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """2.2 s of video: two windows."""
    return write_video(tmp_path_factory.mktemp("clip") / "dance.mp4", moving_square(55))


@pytest.fixture(scope="module")
def seeing_folder(tmp_path_factory):
    """A model that sees for itself and always plays a tone."""
    folder = tmp_path_factory.mktemp("seeing")
    carrier = np.sin(2 * np.pi * 220 * np.arange(44032) / 22050).astype(np.float32)
    write_clip_model(folder, carrier, **SEEN)
    return folder


@pytest.fixture
def d2m(seeing_folder, capfd, monkeypatch):
    """The command line with that model, seeing a made-up dancer."""
    command_line = CommandLine(seeing_folder, capfd, monkeypatch)
    command_line.see(MadeUpDancer)
    return command_line


def test_d2m_render_plays_a_clip_model(d2m, clip, tmp_path):
    outcome = d2m.render(clip, "-o", tmp_path, "--json", "--style", "lock")
    assert outcome.code == 0, outcome.err
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"dance.wav", "dance.mp4", "dance.events.jsonl", "dance.png"}
    facts = json.loads(outcome.out)
    assert (facts["style"], facts["beats"]) == ("lock", 0)
    sound, rate = soundfile.read(tmp_path / "dance.wav")
    assert rate == 22050 and sound.shape == (round(2.2 * 22050), 2)
    assert np.array_equal(sound[:, 0], sound[:, 1])
    assert facts["loudness_lufs"] == pytest.approx(-14, abs=0.6)
    spectrum = np.abs(np.fft.rfft(sound[2205:24255, 0]))
    assert spectrum.argmax() == 220
    events = [json.loads(line) for line in (tmp_path / "dance.events.jsonl").read_text().splitlines()]
    assert {event["type"] for event in events} <= {"accent", "energy"}
    assert sum(event["type"] == "energy" for event in events) == 22
    assert any("not for commercial use" in line for line in outcome.err)


def test_that_a_seed_changes_nothing_is_said(d2m, clip, tmp_path):
    outcome = d2m.render(clip, "-o", tmp_path, "--style", "lock", "--seed", 2)
    assert any("every seed gives the same music" in line for line in outcome.err)


@pytest.mark.parametrize(
    ("option", "word"),
    [(["--stems"], "--stems"), (["--bpm", 120], "--bpm"), (["--key", "C"], "--key"), (["--swing", 0.5], "--swing")],
)
def test_what_a_clip_model_cannot_do_is_refused(d2m, clip, tmp_path, option, word):
    outcome = d2m.render(clip, "-o", tmp_path, *option)
    assert outcome.code == 2
    assert len(outcome.err) == 1 and word in outcome.err[0]
    assert not list(tmp_path.iterdir())


def test_an_unknown_style_names_the_genres(d2m, clip, tmp_path):
    outcome = d2m.render(clip, "-o", tmp_path, "--style", "polka")
    assert outcome.code == 2 and "house, lock" in outcome.err[0]


def test_motion_beside_the_video_is_played(d2m, clip, tmp_path):
    """A model for AIST++'s SMPL: what it needs is put beside the video, and decides the music."""
    files = {"motion": ClipInput("file", 120, 219), "visual": ClipInput("file", 1, 2048), "motion_rate_hz": 60.0}
    noise = np.random.default_rng(0).standard_normal(44032).astype(np.float32)
    write_clip_model(tmp_path / "model", noise, **{**SEEN, **files})
    video = tmp_path / "dance.mp4"
    video.write_bytes(clip.read_bytes())
    missing = d2m("render", "--model", tmp_path / "model", video, "-o", tmp_path / "out")
    assert missing.code == 2 and "dance.motion.npy" in missing.err[0]
    # Silent for a window, then not.
    motion = np.zeros((132, 219), np.float32)
    motion[100:] = 1.0
    np.save(tmp_path / "dance.motion.npy", motion)
    np.save(tmp_path / "dance.visual.npy", np.zeros((1, 2048), np.float32))
    outcome = d2m("render", "--model", tmp_path / "model", video, "-o", tmp_path / "out")
    assert outcome.code == 0, outcome.err
    sound, _ = soundfile.read(tmp_path / "out" / "dance.wav")
    assert np.abs(sound[:39000]).max() < 1e-3 < 0.05 < np.abs(sound[41000:]).max()
