import numpy as np
import pytest
import soundfile

from d2m_bridge.audio import master as master_module
from d2m_bridge.audio.loudness import measure
from d2m_bridge.audio.master import MAX_GAIN_DB, master, write_stems
from d2m_bridge.errors import InputError
from tests.faults import no_file_larger_than
from tests.sounds import drum_loop, sine, true_peak_db

RATE = 44100


def raw_file(tmp_path, samples):
    soundfile.write(tmp_path / "raw.wav", samples.astype(np.float32), RATE, subtype="FLOAT")
    return tmp_path / "raw.wav"


def noise(seconds, amplitude):
    return amplitude * np.random.default_rng(4).standard_normal((int(seconds * RATE), 2))


MATERIAL = {
    "quiet noise": noise(2, 0.01),
    "loud noise": noise(2, 0.5),
    "far over full scale": noise(2, 5.0),
    "a sine": sine(220, 0.3, 2, RATE),
    "peaky drums": drum_loop(3, RATE),
    "peaky drums, quiet": drum_loop(3, RATE) * 0.3,
    "soft then hard": np.concatenate([drum_loop(2, RATE) * 0.03, drum_loop(2, RATE)]),
}


@pytest.mark.parametrize("name", MATERIAL)
def test_the_result_is_on_target_and_under_the_ceiling(tmp_path, name):
    result = master(raw_file(tmp_path, MATERIAL[name]), tmp_path / "out.wav")
    samples, _ = soundfile.read(tmp_path / "out.wav", always_2d=True)
    assert soundfile.info(tmp_path / "out.wav").subtype == "PCM_24"
    assert len(samples) == len(MATERIAL[name])
    assert measure(tmp_path / "out.wav").lufs == pytest.approx(-14, abs=1)
    assert true_peak_db(samples) <= -1
    written = measure(tmp_path / "out.wav")
    assert (result.loudness.lufs, result.loudness.dbtp) == pytest.approx((written.lufs, written.dbtp), abs=0.02)


def test_without_limiting_the_output_is_the_input_times_the_gain(tmp_path):
    samples = noise(2, 0.02)
    result = master(raw_file(tmp_path, samples), tmp_path / "out.wav")
    output, _ = soundfile.read(tmp_path / "out.wav")
    np.testing.assert_allclose(output, samples * 10 ** (result.gain_db / 20), rtol=0, atol=1e-6)


def test_other_targets(tmp_path):
    result = master(raw_file(tmp_path, noise(2, 0.1)), tmp_path / "out.wav", target_lufs=-23, ceiling_dbtp=-3)
    assert result.loudness.lufs == pytest.approx(-23, abs=1)
    assert result.loudness.dbtp <= -3


@pytest.mark.parametrize("length", [0, 1, 44100])
def test_silence_stays_silent(tmp_path, length):
    result = master(raw_file(tmp_path, np.zeros((length, 2))), tmp_path / "out.wav")
    samples, _ = soundfile.read(tmp_path / "out.wav", always_2d=True)
    assert not samples.any() and len(samples) == length
    assert result.loudness.lufs == -np.inf and result.gain_db == 0


def test_near_silence_is_not_blown_up(tmp_path):
    result = master(raw_file(tmp_path, noise(2, 2e-4)), tmp_path / "out.wav")
    assert result.gain_db == MAX_GAIN_DB
    assert -50 < result.loudness.lufs < -35


def test_a_clip_too_short_for_a_loudness_keeps_its_level(tmp_path):
    result = master(raw_file(tmp_path, sine(440, 0.2, 0.1, RATE)), tmp_path / "out.wav")
    assert result.gain_db == 0
    assert np.abs(soundfile.read(tmp_path / "out.wav")[0]).max() == pytest.approx(0.2, abs=1e-3)


def test_ctrl_c_leaves_no_half_written_file(tmp_path, monkeypatch):
    class Interrupted(master_module.Limiter):
        def flush(self):
            raise KeyboardInterrupt

    raw = raw_file(tmp_path, noise(1, 0.1))
    monkeypatch.setattr(master_module, "Limiter", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        master(raw, tmp_path / "out.wav")
    assert [path.name for path in tmp_path.iterdir()] == ["raw.wav"]


def test_a_full_disk_is_one_clear_line_that_names_the_file(tmp_path):
    raw = raw_file(tmp_path, drum_loop(2, RATE))
    with no_file_larger_than(100_000), pytest.raises(InputError, match=r"out\.wav: the disk is full"):
        master(raw, tmp_path / "out.wav")
    assert [path.name for path in tmp_path.iterdir()] == ["raw.wav"]


@pytest.mark.parametrize(("gain_db", "used_db"), [(-3.0, -3.0), (20.0, -20 * np.log10(0.5))])
def test_stems_share_a_gain_that_clips_none(tmp_path, gain_db, used_db):
    stems = [sine(hz, amplitude, 0.5, RATE) for hz, amplitude in ((100, 0.5), (300, 0.2))]
    paths = {}
    for index, stem in enumerate(stems):
        soundfile.write(tmp_path / f"{index}.raw.wav", stem, RATE, subtype="FLOAT")
        paths[tmp_path / f"{index}.raw.wav"] = tmp_path / f"{index}.wav"
    assert write_stems(paths, gain_db) == pytest.approx(used_db, abs=0.01)
    total = sum(soundfile.read(out)[0] for out in paths.values())
    np.testing.assert_allclose(total, sum(stems) * 10 ** (used_db / 20), rtol=0, atol=2e-4)
    assert all(soundfile.info(out).subtype == "PCM_24" for out in paths.values())
