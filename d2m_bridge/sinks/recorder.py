"""Records a live session as it goes: mix, stems, events and MIDI, each readable at any moment, also after a crash.

The music thread only puts things into a bounded queue. A full disk ends the recording, not the music.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
import wave
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.engine.plan import STEMS
from d2m_bridge.errors import InputError
from d2m_bridge.sinks.event_log import as_record
from d2m_bridge.sinks.midi_file import write_midi
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
    """Writes NAME.wav, stems/NAME.STEM.wav, NAME.events.jsonl and NAME.mid into a folder while the session plays.

    Times in the files count from the first recorded sample; the MIDI file begins with the first recorded beat.
    begin_s: where on the session's timeline it begins, None before the first sample. error: why the recording ended
    early, or None. dropped: blocks that found no room.
    """

    def __init__(self, folder: Path, name: str, sample_rate: int, style: str) -> None:
        """Raises InputError when the folder cannot be written."""
        self.error: str | None = None
        self.dropped = 0
        self.path = folder / f"{name}.wav"
        self._midi, self._style, self._rate = folder / f"{name}.mid", style, sample_rate
        try:
            (folder / "stems").mkdir(parents=True, exist_ok=True)
            self._mix = _wave(self.path, sample_rate)
            self._stems = [_wave(folder / "stems" / f"{name}.{stem}.wav", sample_rate) for stem in STEMS]
            self._log = (folder / f"{name}.events.jsonl").open("w", encoding="utf-8", newline="\n")
        except OSError as error:
            raise InputError(f"{folder}: cannot record there ({error.strerror}); choose another --record") from error
        self.begin_s: float | None = None
        self._first_step = 0
        self._beats: list[float] = []
        self._notes: list[NoteEvent] = []
        self._samples = 0
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
                        self._write_midi()
            if self.error is None:
                self._write_midi()
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
        self._mix.writeframes(_pcm24(piece.mix))  # also writes the new length into the header
        for file, samples in zip(self._stems, piece.stems, strict=True):
            file.writeframes(_pcm24(samples))
        if self.begin_s is None:
            self.begin_s = piece.start / self._rate
        for event in piece.events:
            self._note(replace(event, t=event.t - self.begin_s))
        self._log.flush()
        self._samples += len(piece.mix)

    def _note(self, event: Event) -> None:
        if isinstance(event, BeatEvent | NoteEvent) and event.t < 0:
            return  # it began before the recording
        self._log.write(json.dumps(as_record(event), allow_nan=False) + "\n")
        if isinstance(event, BeatEvent):
            if not self._beats:
                self._first_step = (event.bar * BEATS_PER_BAR + event.beat) * STEPS_PER_BEAT
            self._beats.append(event.t)
        elif isinstance(event, NoteEvent) and self._beats:
            self._notes.append(replace(event, step=event.step - self._first_step))

    def _write_midi(self) -> None:
        if len(self._beats) > 1:
            grid = BeatGrid(np.array(self._beats), "live")
            write_midi(self._midi, self._notes, grid, self.seconds, self._style)


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
