"""Clips of a take that is being recorded: WAV files of whole bars, as DAWs loop and launch them."""

from __future__ import annotations

import wave
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from d2m_bridge.sinks.atomic import whole_file
from d2m_bridge.timeline import BARS_PER_PHRASE, BEATS_PER_BAR, BeatEvent, sample_at


@dataclass(frozen=True, slots=True)
class Clip:
    """path: absolute. bar: the session's bar on which it starts, from 0. beats: its length. stem: mix or a stem."""

    path: Path
    bar: int
    beats: int
    bpm: float
    stem: str


class ClipCutter:
    """Cuts the files of a take, TAKE.barNNN.STEM.wav, from each fourth bar to the next. Bars in names count from 1.

    A clip begins with the sample that sounds on its first beat and ends before the one of the next clip, so that clips
    laid end to end are the take. It is told of when it is whole.
    """

    def __init__(
        self, folder: Path, take: str, files: Mapping[str, Path], sample_rate: int, tell: Callable[[Clip], None]
    ) -> None:
        """files: by stem; they grow, and their first sample is second 0. The folder is made with the first clip."""
        self._folder, self._take, self._files, self._rate, self._tell = folder, take, files, sample_rate, tell
        self._bars: list[tuple[int, int]] = []  # number and first sample of those not yet cut, and where they end

    def beat(self, event: BeatEvent) -> None:
        """A beat of the take, in order; t counts from its first sample."""
        if event.beat == 0:
            self._bars.append((event.bar, sample_at(event.t, self._rate)))

    def advance(self, samples: int) -> None:
        """All files are this long now. Raises InputError or OSError when the disk takes no more."""
        ends = [
            place
            for place, (bar, sample) in enumerate(self._bars)
            if place and bar % BARS_PER_PHRASE == 0 and sample <= samples
        ]
        if ends:
            self._cut(ends[0])

    def finish(self, samples: int) -> None:
        """No more will come: cuts the whole bars that are left. Raises InputError or OSError."""
        self.advance(samples)
        last = max((place for place, (_, sample) in enumerate(self._bars) if sample <= samples), default=0)
        if last:
            self._cut(last)

    def _cut(self, end: int) -> None:
        (bar, first), (next_bar, after) = self._bars[0], self._bars[end]
        del self._bars[:end]
        beats = BEATS_PER_BAR * (next_bar - bar)
        bpm = 60 * beats * self._rate / (after - first)
        for stem, file in self._files.items():
            path = (self._folder / f"{self._take}.bar{bar + 1:03d}.{stem}.wav").absolute()
            with whole_file(path) as temporary:
                _copy(file, temporary, first, after - first)
            self._tell(Clip(path, bar, beats, bpm, stem))


def _copy(source: Path, target: Path, first: int, count: int) -> None:
    with wave.open(str(source), "rb") as whole, wave.open(str(target), "wb") as part:
        part.setparams(whole.getparams())
        whole.setpos(first)
        part.writeframes(whole.readframes(count))
