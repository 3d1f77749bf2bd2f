from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
import pytest
import soundfile

from d2m_bridge.errors import InputError
from d2m_bridge.sinks.video_mux import mux
from tests.faults import no_file_larger_than
from tests.media import moving_square, rotate_display, write_video

RATE = 44100
UNEVEN_MS = [0, 33, 50, 117, 118, 300, 333, 350, 500, 517, 800, 833]


@pytest.fixture
def music(tmp_path):
    """A WAV of 1 s with a burst of noise at 0.5 s."""
    sound = np.zeros((RATE, 2))
    sound[RATE // 2 : RATE // 2 + 2000] = np.random.default_rng(0).uniform(-0.5, 0.5, (2000, 2))
    soundfile.write(tmp_path / "music.wav", sound, RATE, subtype="PCM_24")
    return tmp_path / "music.wav"


def packets(path):
    """(time of showing, bytes) of each picture packet, in order of decoding."""
    with av.open(str(path)) as container:
        return [(p.pts * p.time_base, bytes(p)) for p in container.demux(video=0) if p.size]


def pictures(path):
    """(time, rotation, grey picture) of each picture."""
    with av.open(str(path)) as container:
        return [(f.pts * f.time_base, f.rotation, f.to_ndarray(format="gray")) for f in container.decode(video=0)]


def burst_start(path):
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert stream.codec_context.name == "aac" and stream.rate == RATE
        sound = np.concatenate([f.to_ndarray()[0] for f in container.decode(stream)])
    return np.argmax(np.abs(sound) > 0.1) / RATE


def assert_copied(source, out):
    before, after = packets(source), packets(out)
    start = min(t for t, _ in before)
    assert [data for _, data in after] == [data for _, data in before]
    assert [float(t) for t, _ in after] == pytest.approx([float(t - start) for t, _ in before], abs=1e-4)


def encode(path, codec, count=20, width=64, height=48):
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for image in moving_square(count, width, height):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv"])
def test_packets_and_times_are_copied_also_at_a_variable_frame_rate(tmp_path, music, suffix):
    source = write_video(tmp_path / f"v.{suffix}", moving_square(12), UNEVEN_MS)
    assert mux(source, music, tmp_path / "out.mp4") is False
    assert_copied(source, tmp_path / "out.mp4")
    assert len(pictures(tmp_path / "out.mp4")) == 12


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_matroska_file_of_a_few_pictures(tmp_path, music, count):
    source = write_video(tmp_path / "v.mkv", moving_square(count))
    mux(source, music, tmp_path / "out.mp4")
    assert_copied(source, tmp_path / "out.mp4")


def test_webm_with_a_codec_that_mp4_holds_is_copied(tmp_path, music):
    source = encode(tmp_path / "v.webm", "libvpx-vp9")
    assert mux(source, music, tmp_path / "out.mp4") is False
    assert_copied(source, tmp_path / "out.mp4")


def test_a_codec_that_mp4_cannot_hold_is_encoded_again_and_says_so(tmp_path, music):
    source = encode(tmp_path / "v.webm", "libvpx", width=63, height=47)
    assert mux(source, music, tmp_path / "out.mp4") is True
    before, after = pictures(source), pictures(tmp_path / "out.mp4")
    assert [float(t) for t, *_ in after] == pytest.approx([float(t) for t, *_ in before], abs=1e-3)
    for (_, _, old), (_, _, new) in zip(before, after, strict=True):
        assert np.abs(old[: new.shape[0], : new.shape[1]].astype(float) - new).mean() < 6


def test_avi_which_has_no_times_of_showing_comes_out_in_order(tmp_path, music):
    source = encode(tmp_path / "v.avi", "libx264")
    assert mux(source, music, tmp_path / "out.mp4") is True
    lefts = [int(np.argmax(picture[-4])) // 5 for _, _, picture in pictures(tmp_path / "out.mp4")]
    assert lefts[:11] == list(range(11))


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_rotation_is_kept(tmp_path, music, degrees):
    source = write_video(tmp_path / "v.mp4", moving_square(5))
    rotate_display(source, degrees)
    mux(source, music, tmp_path / "out.mp4")
    assert pictures(source)[0][1] != 0
    assert pictures(tmp_path / "out.mp4")[0][1] == pictures(source)[0][1]


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
def test_the_first_picture_and_the_music_start_together(tmp_path, music, suffix):
    source = write_video(tmp_path / f"v.{suffix}", moving_square(9), [1700 + 40 * i for i in range(9)])
    mux(source, music, tmp_path / "out.mp4")
    assert float(pictures(tmp_path / "out.mp4")[0][0]) == 0
    assert burst_start(tmp_path / "out.mp4") == pytest.approx(0.5, abs=0.003)


def test_the_old_soundtrack_is_gone_and_the_new_one_is_in_time(tmp_path, music):
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (2, RATE)).astype(np.float32)
    source = write_video(tmp_path / "v.mp4", moving_square(25), sound=noise, sound_codec="aac")
    mux(source, music, tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert [stream.type for stream in container.streams] == ["video", "audio"]
    assert burst_start(tmp_path / "out.mp4") == pytest.approx(0.5, abs=0.003)


def test_a_truncated_video_is_taken_as_far_as_it_can_be_read(tmp_path, music):
    rng = np.random.default_rng(2)
    images = [rng.integers(0, 255, (48, 64, 3), np.uint8) for _ in range(50)]
    source = write_video(tmp_path / "v.mp4", images, movflags="faststart")
    whole = packets(source)
    source.write_bytes(source.read_bytes()[: source.stat().st_size * 6 // 10])
    assert mux(source, music, tmp_path / "out.mp4") is False
    kept = packets(tmp_path / "out.mp4")
    assert 20 < len(kept) < 40
    assert [data for _, data in kept] == [data for _, data in whole[: len(kept)]]
    assert len(pictures(tmp_path / "out.mp4")) == len(kept)


def test_sound_and_pictures_are_interleaved(tmp_path, music):
    soundfile.write(tmp_path / "long.wav", np.zeros((RATE * 20, 2)), RATE)
    source = write_video(tmp_path / "v.mp4", moving_square(500))
    mux(source, tmp_path / "long.wav", tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as container:
        places = sorted((p.pos, p.dts * p.time_base) for p in container.demux() if p.size)
    times = [t for _, t in places]
    assert all(later - earlier > Fraction(-3, 2) for earlier, later in pairwise(times))


def test_odd_names_are_only_names(tmp_path, music, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = write_video(tmp_path / "v.mp4", moving_square(5))
    odd = source.rename(tmp_path / "a:b %d 'ü'.mp4").relative_to(tmp_path)
    (tmp_path / "x:y").mkdir()
    mux(odd, music.relative_to(tmp_path), odd.parent / "x:y" / "out:%03d.mp4")
    assert [path.name for path in (tmp_path / "x:y").iterdir()] == ["out:%03d.mp4"]


@pytest.mark.parametrize("content", [None, b"", b"this is not a video " * 99])
def test_an_unreadable_video_is_one_clear_line(tmp_path, music, content):
    if content is not None:
        (tmp_path / "v.mp4").write_bytes(content)
    with pytest.raises(InputError, match=r"v\.mp4"):
        mux(tmp_path / "v.mp4", music, tmp_path / "out.mp4")
    assert not (tmp_path / "out.mp4").exists()


def test_a_full_disk_is_one_clear_line_and_leaves_nothing(tmp_path, music):
    source = write_video(tmp_path / "v.mp4", moving_square(25))
    with no_file_larger_than(5000), pytest.raises(InputError, match=r"cannot write .*out\.mp4") as caught:
        mux(source, music, tmp_path / "out" / "out.mp4")
    assert "\n" not in str(caught.value)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_file_in_place_of_the_folder_is_one_clear_line(tmp_path, music):
    source = write_video(tmp_path / "v.mp4", moving_square(5))
    with pytest.raises(InputError, match=r"cannot write .*out\.mp4"):
        mux(source, music, source / "out.mp4")
