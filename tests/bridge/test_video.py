import tracemalloc
import wave
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from d2m_bridge.capture.video import VideoFile
from d2m_bridge.errors import InputError
from tests.media import click, moving_square, rotate_display, write_video

UNEVEN_MS = [0, 33, 50, 117, 118, 300, 333, 350, 500, 517, 800, 833]


def read(path):
    with VideoFile(path) as video:
        return list(video.frames()), video


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "mov"])
def test_times_are_exact_at_a_variable_frame_rate(tmp_path, suffix):
    frames, _ = read(write_video(tmp_path / f"v.{suffix}", moving_square(12), UNEVEN_MS))
    assert [f.t for f in frames] == pytest.approx([ms / 1000 for ms in UNEVEN_MS], abs=1e-4)
    assert [f.index for f in frames] == list(range(12))


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
def test_time_starts_at_the_first_frame(tmp_path, suffix):
    frames, video = read(write_video(tmp_path / f"v.{suffix}", moving_square(9), [1700 + 40 * i for i in range(9)]))
    assert [f.t for f in frames] == pytest.approx([0.04 * i for i in range(9)], abs=1e-4)
    assert video.end_s == pytest.approx(0.36, abs=1e-3)


@pytest.mark.parametrize("suffix", ["avi", "h264"])
def test_a_file_without_presentation_times_has_even_ones(tmp_path, suffix):
    source = write_video(tmp_path / "source.mkv", moving_square(30))
    frames, _ = read(remuxed_at_constant_rate(source, tmp_path / f"v.{suffix}"))
    assert [f.t for f in frames] == pytest.approx([0.04 * i for i in range(30)], abs=1e-6)
    lefts = [int(np.argmax(f.image[-4, :, 1])) // 5 for f in frames[:11]]
    assert lefts == sorted(lefts)


def remuxed_at_constant_rate(source, target):
    import av

    with av.open(str(source)) as old, av.open(str(target), "w") as new:
        stream = new.add_stream("libx264", rate=25, options={"bf": "2"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for index, picture in enumerate(old.decode(video=0)):
            picture.pts, picture.time_base = index, Fraction(1, 25)
            picture.pict_type = 0
            new.mux(stream.encode(picture))
        new.mux(stream.encode())
    return target


def test_the_video_ends_when_its_last_frame_ends(tmp_path):
    _, even = read(write_video(tmp_path / "even.mp4", moving_square(10)))
    assert even.end_s == pytest.approx(0.4, abs=1e-3)
    _, one = read(write_video(tmp_path / "one.mp4", moving_square(1)))
    assert one.end_s == pytest.approx(0.04, abs=1e-3)


def test_frames_are_rgb_and_belong_to_the_caller(tmp_path):
    frames, _ = read(write_video(tmp_path / "v.mp4", moving_square(12)))
    assert all(f.image.dtype == np.uint8 and f.image.shape == (48, 64, 3) for f in frames)
    red, grey = frames[0].image[5, 5].astype(int), frames[0].image[5, -5].astype(int)
    assert red[0] > 200 and red[2] < 60
    assert np.ptp(grey) < 20
    assert not np.shares_memory(frames[0].image, frames[1].image)
    assert (frames[0].image != frames[1].image).any()


@pytest.mark.parametrize(("degrees", "corner"), [(0, (0, 0)), (90, (0, -1)), (180, (-1, -1)), (270, (-1, 0))])
def test_rotation_metadata_is_applied(tmp_path, degrees, corner):
    path = write_video(tmp_path / "v.mp4", moving_square(3))
    rotate_display(path, degrees)
    frames, video = read(path)
    assert (video.width, video.height) == ((64, 48) if degrees % 180 == 0 else (48, 64))
    corners = {(y, x): frames[2].image[y * 4, x * 4].astype(int) for y in (0, -1) for x in (0, -1)}
    assert [at for at, colour in corners.items() if colour[0] - colour[2] > 100] == [corner]
    assert frames[2].image.shape == (video.height, video.width, 3)


def test_pixels_are_made_square(tmp_path):
    frames, video = read(write_video(tmp_path / "v.mp4", moving_square(2), aspect=Fraction(3, 2)))
    assert (video.width, video.height) == (96, 48)
    assert frames[0].image.shape == (48, 96, 3)


def test_what_the_file_announces(tmp_path):
    path = write_video(tmp_path / "v.mp4", moving_square(10), sound=click(0.1, 0.4))
    with VideoFile(path) as video:
        assert video.path == path
        assert video.duration_s == pytest.approx(0.4, abs=1e-3)
        assert video.frame_count_estimate == 10
        assert video.has_audio
    with VideoFile(write_video(tmp_path / "v.mkv", moving_square(10))) as video:
        assert (video.frame_count_estimate, video.has_audio) == (10, False)


def test_a_whole_file_is_not_called_damaged(tmp_path):
    for name, sound in {
        "v.mp4": None,
        "v.mkv": None,
        "long.mkv": click(0.1, 2.0),
        "short.mp4": click(0.1, 0.2),
    }.items():
        _, video = read(write_video(tmp_path / name, moving_square(25), sound=sound))
        assert video.damage is None


@pytest.mark.parametrize(("suffix", "options"), [("mp4", {"movflags": "faststart"}), ("mkv", {})])
@pytest.mark.parametrize("sound", [None, click(0.1, 4.0)])
def test_a_cut_off_file_yields_its_start_and_says_so(tmp_path, suffix, options, sound):
    path = write_video(tmp_path / f"v.{suffix}", noise(100), sound=sound, **options)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    frames, video = read(path)
    assert 30 < len(frames) < 80
    assert video.end_s == pytest.approx(0.04 * len(frames), abs=0.01)
    assert video.damage is not None and "\n" not in video.damage
    assert f"cut off: {video.end_s:.1f} s of 4.0 s" in video.damage


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_damage_in_the_middle_is_left_out_and_named(tmp_path, suffix):
    path = write_video(tmp_path / f"v.{suffix}", noise(100))
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    path.write_bytes(data)
    frames, video = read(path)
    assert frames[-1].t > 3.5
    assert all(b.t > a.t for a, b in pairwise(frames))
    assert video.damage is not None and "damaged at about" in video.damage


def noise(count):
    random = np.random.default_rng(5)
    return [np.kron(random.integers(0, 255, (12, 16, 3), np.uint8), np.ones((4, 4, 1), np.uint8)) for _ in range(count)]


def bad_inputs(folder):
    (folder / "text.mp4").write_text("just some words\n" * 200)
    (folder / "text.txt").write_text("just some words\n" * 200)
    (folder / "empty.mp4").write_bytes(b"")
    with wave.open(str(folder / "sound.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(8000))
    cover(folder / "cover.mp3")
    broken = write_video(folder / "broken.mp4", moving_square(5), movflags="faststart")
    data = broken.read_bytes()
    broken.write_bytes(data[: data.index(b"mdat") + 4] + bytes(len(data)))
    unknown = write_video(folder / "unknown.mp4", moving_square(5))
    unknown.write_bytes(unknown.read_bytes().replace(b"avc1", b"zzzz"))
    return {
        "missing.mp4": "no such file",
        ".": "folder",
        "text.mp4": "cannot be read as a video",
        "text.txt": "no video in this file",
        "empty.mp4": "cannot be read as a video",
        "sound.wav": "no video in this file",
        "cover.mp3": "no video in this file",
        "broken.mp4": "no frame",
        "unknown.mp4": "format unknown",
    }


def cover(path):
    import av

    with av.open(str(path), "w") as song:
        sound = song.add_stream("libmp3lame", rate=44100, layout="mono")
        picture = song.add_stream("png", rate=1)
        picture.width, picture.height, picture.pix_fmt = 16, 16, "rgb24"
        picture.disposition = av.stream.Disposition.attached_pic
        song.mux(picture.encode(av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8), format="rgb24")))
        block = av.AudioFrame.from_ndarray(np.zeros((1, 44100), np.float32), format="fltp", layout="mono")
        block.sample_rate = 44100
        for part in av.AudioResampler(format="fltp", layout="mono", rate=44100, frame_size=1152).resample(block):
            song.mux(sound.encode(part))
        song.mux(sound.encode())


def test_every_bad_input_is_one_clear_line(tmp_path):
    for name, text in bad_inputs(tmp_path).items():
        with pytest.raises(InputError, match=text) as caught:
            VideoFile(tmp_path / name)
        assert "\n" not in str(caught.value)
        assert str(caught.value).startswith(str(tmp_path / name))


def test_a_colon_in_the_name_is_no_protocol(tmp_path, monkeypatch):
    write_video(tmp_path / "v.mp4", moving_square(3)).rename(tmp_path / "take:2.mp4")
    monkeypatch.chdir(tmp_path)
    frames, _ = read("take:2.mp4")
    assert len(frames) == 3


def test_memory_does_not_grow_with_the_length(tmp_path):
    path = write_video(tmp_path / "v.mp4", moving_square(120, 320, 240))
    tracemalloc.start()
    with VideoFile(path) as video:
        assert sum(1 for _ in video.frames()) == 120
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 * 320 * 240 * 3


def test_a_closed_file_may_be_closed_again(tmp_path):
    video = VideoFile(write_video(tmp_path / "v.mp4", moving_square(3)))
    video.close()
    video.close()
