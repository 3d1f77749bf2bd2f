"""The clip's own soundtrack as mono samples on the clock of its pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from d2m_bridge.capture.video import VideoFile, open_container
from d2m_bridge.errors import InputError
from d2m_bridge.timeline import Float32

if TYPE_CHECKING:
    from av import AudioFrame
    from av.container import InputContainer
    from av.filter import Graph


def read_soundtrack(path: str | Path, sample_rate: int) -> Float32:
    """The soundtrack, float32 [N], about -1..1; sample 0 sounds with the first video frame.

    Pauses in the recording are filled with silence. Raises InputError if the file is not a video (see VideoFile) or
    has no soundtrack that can be decoded.
    """
    with VideoFile(path) as video:
        if not video.has_audio:
            raise InputError(f"{path}: this video has no soundtrack; use a tempo of follow or fixed instead")
        start_s = video.start_s
    blocks: list[Float32] = []
    graph = None
    with open_container(Path(path)) as container:
        for sound in _decode(container):
            if graph is None:
                graph = _make_graph(sound, start_s, sample_rate)
            graph.push(sound)
            blocks += _pull(graph)
        if graph is not None:
            graph.push(None)
            blocks += _pull(graph)
    if not blocks:
        raise InputError(f"{path}: the soundtrack cannot be decoded; use a tempo of follow or fixed instead")
    return np.concatenate(blocks)


def _decode(container: InputContainer) -> Iterator[AudioFrame]:
    """The sound that can be decoded; a damaged packet is a pause."""
    import av

    for packet in container.demux(container.streams.audio[0]):
        try:
            sounds = packet.decode()
        except av.FFmpegError:
            continue
        yield from sounds


def _make_graph(first: AudioFrame, start_s: float, sample_rate: int) -> Graph:
    """Resampler to mono, from start_s on; gaps in the time stamps become silence."""
    from av.filter import Graph

    first_pts = round(start_s * first.sample_rate)  # in samples of the input
    graph = Graph()
    graph.link_nodes(
        graph.add_abuffer(
            sample_rate=first.sample_rate, format=first.format, layout=first.layout, time_base=first.time_base
        ),
        graph.add("aresample", f"{sample_rate}:async=1:first_pts={first_pts}:rematrix_maxval=1"),
        graph.add("aformat", "sample_fmts=flt:channel_layouts=mono"),
        graph.add("abuffersink"),
    ).configure()
    return graph


def _pull(graph: Graph) -> Iterator[Float32]:
    import av

    while True:
        try:
            sound = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        yield np.asarray(sound.to_ndarray(), dtype=np.float32).reshape(-1)
