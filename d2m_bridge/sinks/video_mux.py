"""The video with the music in place of its sound. Its packets are copied, not encoded again, where MP4 can hold them.

The first picture moves to time zero, where the music begins; the distances between pictures stay as they were.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from d2m_bridge.capture.video import VideoFile, open_container
from d2m_bridge.sinks.atomic import whole_file

if TYPE_CHECKING:
    from av import Packet, VideoStream
    from av.container import InputContainer, OutputContainer

AAC_BITS_PER_S = 192_000
AAC_SEARCH = {"aac_coder": "fast"}  # at this rate as close to the music as the default, in a third of the time
AUDIO_BLOCK = 4096
REENCODING = {"crf": "18", "preset": "veryfast"}
REENCODED_TIME_BASE = Fraction(1, 90_000)  # fine enough for any frame rate, also a variable one


def mux(video: Path, wav: Path, out: Path) -> bool:
    """Write the pictures of `video` and the sound of `wav` (one or two channels) as the MP4 `out`.

    A damaged or truncated video is taken as far as it can be read. Rotation is kept. Returns True when the pictures
    had to be encoded again (H.264), because MP4 cannot hold them as they are.

    Raises InputError if `video` holds no picture that can be read, or `out` cannot be written.
    """
    import av

    with VideoFile(video) as opened:
        start_s = opened.start_s
    with whole_file(out) as temporary:
        try:
            with open_container(video) as source, _create(temporary) as target:
                _interleave(target, _copied(source, target, start_s), _sound(wav, target))
        except (_CannotCopyError, av.error.InvalidDataError, av.error.ArgumentError):
            with VideoFile(video) as source, _create(temporary) as target:
                _interleave(target, _reencoded(source, target), _sound(wav, target))
            return True
    return False


class _CannotCopyError(Exception):
    """MP4 cannot hold these packets."""


def _create(path: Path) -> OutputContainer:
    import av

    return av.open(
        f"file:{path}", "w", format="mp4"
    )  # the prefix keeps a colon in a name from being read as a protocol


def _interleave(target: OutputContainer, *streams: Iterator[Packet[Any]]) -> None:
    for packet in heapq.merge(*streams, key=_decoding_time):
        target.mux(packet)


def _decoding_time(packet: Packet[Any]) -> Fraction:
    return (packet.dts or 0) * packet.time_base


def _copied(source: InputContainer, target: OutputContainer, start_s: float) -> Iterator[Packet[Any]]:
    import av

    stream = source.streams.best("video")
    if not isinstance(stream, av.VideoStream) or stream.time_base is None:
        raise _CannotCopyError
    # The AVI demuxer does not know when a picture is shown, only the order of decoding.
    if stream.codec_context.name not in target.supported_codecs or source.format.name == "avi":
        raise _CannotCopyError
    out = target.add_stream_from_template(stream)
    origin = round(start_s / stream.time_base)
    return _moved(_with_decoding_times(_packets(source, stream)), out, origin)


def _moved(packets: Iterator[Packet[Any]], out: VideoStream, origin: int) -> Iterator[Packet[Any]]:
    for packet in packets:
        if packet.pts is None or packet.dts is None:
            raise _CannotCopyError
        packet.pts -= origin
        packet.dts -= origin
        packet.stream = out
        yield packet


def _with_decoding_times(packets: Iterator[Packet[Any]]) -> Iterator[Packet[Any]]:
    """Matroska gives no decoding time until the reordering delay has passed: count those packets back from the first.

    A frame's length back for each keeps the order and stays before the picture is due.
    """
    early: list[Packet[Any]] = []
    known = None
    while known is None and (packet := next(packets, None)) is not None:
        early.append(packet)
        known = packet.dts
    if known is None:
        known = min((packet.pts for packet in early if packet.pts is not None), default=0)
    for place, packet in enumerate(early):
        packet.dts = known - (len(early) - 1 - place) * max(1, packet.duration or 1)
    return chain(early, packets)


def _packets(source: InputContainer, stream: VideoStream) -> Iterator[Packet[Any]]:
    """The whole packets up to the end, or to where the file breaks off."""
    import av

    with suppress(av.FFmpegError):
        for packet in source.demux(stream):
            if packet.size > 0 and not packet.is_corrupt:
                yield packet


def _reencoded(source: VideoFile, target: OutputContainer) -> Iterator[Packet[Any]]:
    out = target.add_stream("libx264", options=REENCODING)
    # Colour is stored at half the resolution, so both sides must be even.
    out.width, out.height = source.width // 2 * 2, source.height // 2 * 2
    out.pix_fmt = "yuv420p"
    out.codec_context.time_base = REENCODED_TIME_BASE
    return _encoded(source, out)


def _encoded(source: VideoFile, out: VideoStream) -> Iterator[Packet[Any]]:
    import av

    for frame in source.frames():
        image = np.ascontiguousarray(frame.image[: out.height, : out.width])
        picture = av.VideoFrame.from_ndarray(image, format="rgb24")
        picture.time_base = REENCODED_TIME_BASE
        picture.pts = round(frame.t / REENCODED_TIME_BASE)
        yield from out.encode(picture)
    yield from out.encode(None)


def _sound(wav: Path, target: OutputContainer) -> Iterator[Packet[Any]]:
    import av
    import soundfile

    info = soundfile.info(wav)
    layout = "mono" if info.channels == 1 else "stereo"
    out = target.add_stream("aac", rate=info.samplerate, layout=layout, bit_rate=AAC_BITS_PER_S, options=AAC_SEARCH)

    def packets() -> Iterator[Packet[Any]]:
        start = 0
        for block in soundfile.blocks(wav, AUDIO_BLOCK, dtype="float32", always_2d=True):
            frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), format="flt", layout=layout)
            frame.sample_rate = info.samplerate
            frame.time_base = Fraction(1, info.samplerate)
            frame.pts = start
            start += len(block)
            yield from out.encode(frame)
        yield from out.encode(None)

    return packets()
