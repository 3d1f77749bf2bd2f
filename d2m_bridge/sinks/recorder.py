"""Records a live session as it goes: mix, stems, events, MIDI and clips, readable at any moment, also after a crash.

The music thread only puts things into a bounded queue. A full disk ends the recording, not the music.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from d2m_bridge.engine.plan import STEMS
from d2m_bridge.errors import InputError
from d2m_bridge.sinks.clips import Clip, ClipCutter
from d2m_bridge.sinks.event_log import as_record
from d2m_bridge.sinks.midi_file import Score
from d2m_bridge.timeline import BEATS_PER_BAR, STEPS_PER_BEAT, BeatEvent, Event, Float32, NoteEvent

log = logging.getLogger(__name__)

ROOM = 512  # blocks of 93 ms: the disk may stand still for most of a minute
_MIDI_EVERY = 100  # blocks
_PEAK = (1 << 23) - 1


@dataclass(frozen=True, slots=True)
class _Piece:
    """start: first sample on the session's timeline. mix float32 [N, 2]; stems float32 [4, N, 2]."""

    start: int
    mix: Float32
    stems: Float32
    events: Sequence[Event]


class Recorder:
    """Writes NAME.wav, stems/NAME.STEM.wav, NAME.events.jsonl and NAME.mid into a folder while the session plays, and
    every four bars clips/NAME.barNNN.STEM.wav.

    Times in the files count from the first recorded sample; the MIDI file begins with the first recorded beat.
    begin_s: where on the session's timeline it begins, None before the first sample. error: why the recording ended
    early, or None. dropped: blocks that found no room; there is silence in their place.
    """

    def __init__(
        self, folder: Path, name: str, sample_rate: int, style: str, tell: Callable[[Clip], None] = lambda _: None
    ) -> None:
        """tell: of each clip, when it is whole; on the recorder's thread. Raises InputError when the folder cannot be
        written.
        """
        self.error: str | None = None
        self.dropped = 0
        self.path = folder / f"{name}.wav"
        self._midi, self._score, self._rate = folder / f"{name}.mid", Score(style), sample_rate
        try:
            (folder / "stems").mkdir(parents=True, exist_ok=True)
            files = {stem: folder / "stems" / f"{name}.{stem}.wav" for stem in STEMS}
            self._mix = _wave(self.path, sample_rate)
            self._stems = [_wave(file, sample_rate) for file in files.values()]
            self._log = (folder / f"{name}.events.jsonl").open("w", encoding="utf-8", newline="\n")
        except OSError as error:
            raise InputError(f"{folder}: cannot record there ({error.strerror}); choose another --record") from error
        self._clips = ClipCutter(folder / "clips", name, {"mix": self.path, **files}, sample_rate, tell)
        self.begin_s: float | None = None
        self._first_step: int | None = None  # of the first beat that was recorded
        self._first = self._samples = 0
        self._waiting: queue.Queue[_Piece | None] = queue.Queue(ROOM)
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    @property
    def seconds(self) -> float:
        """What is on disk."""
        return self._samples / self._rate

    def put(self, start: int, mix: Float32, stems: Float32, events: Sequence[Event]) -> None:
        """What was played since the last call, from sample `start` of the session on; never waits."""
        try:
            self._waiting.put_nowait(_Piece(start, mix, stems, tuple(events)))
        except queue.Full:
            self.dropped += 1

    def close(self) -> None:
        """Writes what waits and ends all files. Safe to call twice."""
        if self._thread.is_alive():
            self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        pieces = 0
        try:
            while (piece := self._waiting.get()) is not None:
                if self.error is None:
                    self._write(piece)
                    pieces += 1
                    if pieces % _MIDI_EVERY == 0:
                        self._score.write(self._midi)
            if self.error is None:
                self._score.write(self._midi)
                self._clips.finish(self._samples)
        except (OSError, InputError) as error:
            self.error = f"{self.path}: recording ended ({getattr(error, 'strerror', None) or error}); make room"
            log.error("%s", self.error)
            while self._waiting.get() is not None:
                pass
        finally:
            self._end()

    def _end(self) -> None:
        for close in (self._mix.close, *(stem.close for stem in self._stems), self._log.close):
            try:
                close()
            except OSError as error:  # a full disk says it once more
                self.error = self.error or f"{self.path}: {error.strerror}"

    def _write(self, piece: _Piece) -> None:
        if self.begin_s is None:
            self._first, self.begin_s = piece.start, piece.start / self._rate
        while (missing := piece.start - self._first - self._samples) > 0:
            self._append(np.zeros((1 + len(STEMS), min(missing, self._rate), 2), np.float32))
        self._append([piece.mix, *piece.stems])
        for event in piece.events:
            self._note(replace(event, t=event.t - self.begin_s))
        self._log.flush()
        self._clips.advance(self._samples)

    def _append(self, sounds: Sequence[Float32] | Float32) -> None:
        """Mix and stems, float32 [N, 2] each."""
        for file, samples in zip((self._mix, *self._stems), sounds, strict=True):
            file.writeframes(_pcm24(samples))  # also writes the new length into the header
        self._samples += len(sounds[0])

    def _note(self, event: Event) -> None:
        if isinstance(event, BeatEvent | NoteEvent) and event.t < 0:
            return  # it began before the recording
        self._log.write(json.dumps(as_record(event), allow_nan=False) + "\n")
        if isinstance(event, BeatEvent):
            if self._first_step is None:
                self._first_step = (event.bar * BEATS_PER_BAR + event.beat) * STEPS_PER_BEAT
            self._score.beat(event.t)
            self._clips.beat(event)
        elif isinstance(event, NoteEvent) and self._first_step is not None:
            self._score.note(replace(event, step=event.step - self._first_step))


def _wave(path: Path, sample_rate: int) -> wave.Wave_write:
    file = wave.open(str(path), "wb")  # noqa: SIM115 - closed by the recorder
    file.setnchannels(2)
    file.setsampwidth(3)
    file.setframerate(sample_rate)
    return file


def _pcm24(samples: Float32) -> bytes:
    """float32 [N, 2] -> little-endian 24-bit frames, clipped at full scale."""
    whole = np.rint(np.clip(samples.astype(np.float64), -1, 1) * _PEAK).astype("<i4")
    packed: bytes = whole.reshape(-1, 1).view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
    return packed
