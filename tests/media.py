"""Small real media files for tests, written with PyAV."""

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

MILLISECOND = Fraction(1, 1000)


def moving_square(count: int, width: int = 64, height: int = 48) -> list[np.ndarray]:
    """Grey pictures with a red top left quarter and a white square that wanders along the bottom."""
    images = []
    for index in range(count):
        image = np.full((height, width, 3), 60, np.uint8)
        image[: height // 2, : width // 2] = (255, 0, 0)
        left = index * 5 % (width - 8)
        image[-8:, left : left + 8] = 255
        images.append(image)
    return images


def write_video(
    path: Path,
    images: list[np.ndarray],
    times_ms: list[int] | None = None,
    sound: np.ndarray | None = None,
    sound_start_ms: int = 0,
    sample_rate: int = 44100,
    sound_codec: str = "flac",
    aspect: Fraction | None = None,
    **options: str,
) -> Path:
    """images: uint8 [H, W, 3] each; times_ms: one each (default 25 a second); sound: float32 [C, N]."""
    times_ms = [40 * i for i in range(len(images))] if times_ms is None else times_ms
    with av.open(str(path), "w", options=options) as container:
        video = container.add_stream("libx264", rate=25, options={"threads": "1", "crf": "10"})
        video.height, video.width = images[0].shape[:2]
        video.pix_fmt = "yuv420p"
        video.time_base = video.codec_context.time_base = MILLISECOND
        if aspect is not None:
            video.codec_context.sample_aspect_ratio = aspect
        audio = None
        if sound is not None:
            audio = container.add_stream(sound_codec, rate=sample_rate, layout="stereo" if len(sound) == 2 else "mono")
        for image, time_ms in zip(images, times_ms, strict=True):
            picture = av.VideoFrame.from_ndarray(image, format="rgb24")
            picture.pts, picture.time_base = time_ms, MILLISECOND
            container.mux(video.encode(picture))
        container.mux(video.encode())
        if audio is not None:
            _write_sound(container, audio, sound, sample_rate, sound_start_ms)
    return path


def _write_sound(container, audio, sound: np.ndarray, sample_rate: int, start_ms: int) -> None:
    resampler = av.AudioResampler(format=audio.format, layout=audio.layout, rate=sample_rate, frame_size=1024)
    block = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound, np.float32), format="fltp", layout=audio.layout.name)
    block.sample_rate, block.time_base = sample_rate, Fraction(1, sample_rate)
    block.pts = start_ms * sample_rate // 1000
    for part in [*resampler.resample(block), *resampler.resample(None)]:
        container.mux(audio.encode(part))
    container.mux(audio.encode())


def rotate_display(path: Path, degrees_clockwise: int) -> None:
    """Set the display matrix of an MP4's video track, as a phone held upright does."""
    one = 1 << 16
    cosine, sine = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[degrees_clockwise]
    data = bytearray(path.read_bytes())
    matrix = data.index(b"tkhd") + 4 + 40  # version 0: 40 bytes lie between the box's name and the matrix
    data[matrix : matrix + 36] = struct.pack(
        ">9i", cosine * one, sine * one, 0, -sine * one, cosine * one, 0, 0, 0, 1 << 30
    )
    path.write_bytes(data)


def click(at_s: float, length_s: float, sample_rate: int = 44100, channels: int = 1) -> np.ndarray:
    """Silence with 2 ms of full scale at at_s, float32 [C, N]."""
    sound = np.zeros((channels, round(length_s * sample_rate)), np.float32)
    start = round(at_s * sample_rate)
    sound[:, start : start + sample_rate // 500] = 0.9
    return sound
