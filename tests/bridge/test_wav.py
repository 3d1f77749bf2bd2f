import numpy as np
import pytest
import soundfile

from d2m_bridge.audio.wav import WavWriter
from d2m_bridge.errors import InputError
from tests.faults import no_file_larger_than
from tests.sounds import CHUNKS, chunks


@pytest.fixture
def noise():
    return np.random.default_rng(0).uniform(-0.9, 0.9, (9000, 2)).astype(np.float32)


@pytest.mark.parametrize("size", CHUNKS[1:])
@pytest.mark.parametrize(("subtype", "tolerance"), [("PCM_24", 2**-23), ("FLOAT", 0.0)])
def test_what_goes_in_comes_back(tmp_path, noise, size, subtype, tolerance):
    with WavWriter(tmp_path / "a.wav", 32000, 2, subtype) as writer:
        for chunk in chunks(noise, size):
            writer.write(chunk)
    samples, sample_rate = soundfile.read(tmp_path / "a.wav", dtype="float32")
    assert sample_rate == 32000
    assert soundfile.info(tmp_path / "a.wav").subtype == subtype
    np.testing.assert_allclose(samples, noise, rtol=0, atol=tolerance)


def test_a_file_without_samples_is_a_valid_wav(tmp_path):
    with WavWriter(tmp_path / "a.wav", 44100, 2, "PCM_24"):
        pass
    assert soundfile.info(tmp_path / "a.wav").frames == 0


def test_beyond_full_scale_24_bits_clip_and_do_not_wrap(tmp_path):
    with WavWriter(tmp_path / "a.wav", 44100, 1, "PCM_24") as writer:
        writer.write(np.array([[1.5], [-1.5]], np.float32))
    assert soundfile.read(tmp_path / "a.wav")[0] == pytest.approx([1, -1], abs=1e-6)


def test_ctrl_c_leaves_no_half_written_file(tmp_path, noise):
    with pytest.raises(KeyboardInterrupt), WavWriter(tmp_path / "a.wav", 44100, 2, "PCM_24") as writer:
        writer.write(noise)
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", [10, 60, 30000])
def test_a_full_disk_is_one_clear_line_and_leaves_nothing(tmp_path, noise, size):
    writing = WavWriter(tmp_path / "a.wav", 44100, 2, "PCM_24")
    refused = pytest.raises(InputError, match=r"a\.wav: the disk is full")
    with no_file_larger_than(size), refused as caught, writing as writer:
        for chunk in chunks(noise, 1000):
            writer.write(chunk)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_place_of_the_folder_is_one_clear_line(tmp_path):
    (tmp_path / "folder").write_text("I am a file")
    with (
        pytest.raises(InputError, match=r"cannot write .*a\.wav"),
        WavWriter(tmp_path / "folder" / "a.wav", 44100, 2, "PCM_24"),
    ):
        pass
