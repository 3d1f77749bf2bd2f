import numpy as np
import pytest

from d2m_bridge.capture.soundtrack import read_soundtrack
from d2m_bridge.errors import InputError
from tests.media import click, moving_square, write_video

# One period of a 200 Hz tone: a click is found more closely than that, also after a lossy codec.
CLICK_TOLERANCE_S = 0.003


def click_time(samples, sample_rate):
    return float(np.argmax(np.abs(samples) > 0.2)) / sample_rate


@pytest.mark.parametrize(("suffix", "codec"), [("mp4", "aac"), ("mp4", "flac"), ("mkv", "flac"), ("mkv", "libopus")])
@pytest.mark.parametrize("sample_rate", [22050, 44100])
def test_a_click_lies_where_it_sounds(tmp_path, suffix, codec, sample_rate):
    rate = 48000 if codec == "libopus" else 44100
    path = write_video(
        tmp_path / f"v.{suffix}", moving_square(25), sound=click(0.5, 1.0, rate), sample_rate=rate, sound_codec=codec
    )
    samples = read_soundtrack(path, sample_rate)
    assert samples.dtype == np.float32 and samples.ndim == 1
    assert click_time(samples, sample_rate) == pytest.approx(0.5, abs=CLICK_TOLERANCE_S)
    assert len(samples) / sample_rate == pytest.approx(1.0, abs=0.05)


def test_time_starts_with_the_first_frame_and_not_with_the_sound(tmp_path):
    times_ms = [300 + 40 * i for i in range(25)]
    path = write_video(tmp_path / "v.mkv", moving_square(25), times_ms, sound=click(0.5, 1.3))
    assert click_time(read_soundtrack(path, 22050), 22050) == pytest.approx(0.2, abs=CLICK_TOLERANCE_S)


def test_a_sound_that_starts_late_is_preceded_by_silence(tmp_path):
    path = write_video(tmp_path / "v.mkv", moving_square(25), sound=click(0.1, 0.5), sound_start_ms=400)
    samples = read_soundtrack(path, 22050)
    assert not samples[: round(0.39 * 22050)].any()
    assert click_time(samples, 22050) == pytest.approx(0.5, abs=CLICK_TOLERANCE_S)


def test_a_pause_in_the_recording_is_silence(tmp_path):
    path = write_video(tmp_path / "v.mkv", moving_square(50), sound=click(1.5, 2.0))
    holed = without_sound_between(path, tmp_path / "holed.mkv", 0.5, 1.2)
    samples = read_soundtrack(holed, 22050)
    assert click_time(samples, 22050) == pytest.approx(1.5, abs=CLICK_TOLERANCE_S)


def without_sound_between(source, target, start_s, end_s):
    import av

    with av.open(str(source)) as old, av.open(str(target), "w") as new:
        streams = {s.index: new.add_stream_from_template(s) for s in old.streams}
        for packet in old.demux():
            lost = packet.stream.type == "audio" and packet.pts and start_s < packet.pts * packet.time_base < end_s
            if packet.size and not lost:
                packet.stream = streams[packet.stream.index]
                new.mux(packet)
    return target


def test_stereo_is_mixed_to_its_mean(tmp_path):
    tone = np.sin(np.arange(44100) * 0.05).astype(np.float32)
    path = write_video(tmp_path / "v.mkv", moving_square(25), sound=np.stack([0.8 * tone, 0.2 * tone]))
    assert np.abs(read_soundtrack(path, 44100)).max() == pytest.approx(0.5, abs=0.01)


def test_a_video_without_sound_is_refused(tmp_path):
    path = write_video(tmp_path / "v.mp4", moving_square(3))
    with pytest.raises(InputError, match="no soundtrack"):
        read_soundtrack(path, 22050)


def test_a_cut_off_file_gives_the_sound_that_is_left(tmp_path):
    path = write_video(
        tmp_path / "v.mkv", moving_square(100), sound=np.random.default_rng(1).random((1, 4 * 44100)) / 2
    )
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert 1.0 < len(read_soundtrack(path, 22050)) / 22050 < 3.0
