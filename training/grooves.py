"""Drum bars from the Groove MIDI Dataset (Gillick et al., 2019), quantised to 16ths and eight voices."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import mido
import numpy as np
from numpy.typing import NDArray

from d2m_bridge.engine.plan import DRUMS
from d2m_bridge.timeline import STEPS_PER_BAR, STEPS_PER_BEAT

_FURTHEST = 0.45
# Roland TD-11 notes of the data set -> our voices (the set's own reduction to nine classes, with one tom fewer).
_VOICE_OF_NOTE = {
    36: "kick", 38: "snare", 40: "snare", 37: "snare",
    42: "hat_closed", 22: "hat_closed", 44: "hat_closed", 46: "hat_open", 26: "hat_open",
    43: "tom_low", 58: "tom_low", 45: "tom_low", 47: "tom_low", 48: "tom_high", 50: "tom_high",
    49: "crash", 52: "crash", 55: "crash", 57: "crash", 51: "ride", 53: "ride", 59: "ride",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Performance:
    """One drummer's take, bars with fewer than four hits left out.

    bars: float32 [B, 16, 8] velocities 0..1. offsets: float32 [B, 16, 8], how late (+) or early (-) each hit falls, in
    16ths, at most _FURTHEST; 0 where nothing is hit.
    """

    style: str
    bars: NDArray[np.float32]
    offsets: NDArray[np.float32]


def _bars(data: bytes) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    midi = mido.MidiFile(file=io.BytesIO(data))
    hits: list[tuple[int, int, float, float]] = []
    for track in midi.tracks:
        ticks = 0
        for message in track:
            ticks += message.time
            if message.type == "note_on" and message.velocity and message.note in _VOICE_OF_NOTE:
                place = ticks * STEPS_PER_BEAT / midi.ticks_per_beat
                voice = DRUMS.index(_VOICE_OF_NOTE[message.note])
                hits.append((round(place), voice, message.velocity / 127, place - round(place)))
    count = max((step for step, *_ in hits), default=-1) // STEPS_PER_BAR + 1
    bars = np.zeros((count, STEPS_PER_BAR, len(DRUMS)), np.float32)
    offsets = np.zeros_like(bars)
    for step, voice, velocity, offset in hits:
        bar, position = divmod(step, STEPS_PER_BAR)
        if velocity > bars[bar, position, voice]:
            bars[bar, position, voice] = velocity
            offsets[bar, position, voice] = np.clip(offset, -_FURTHEST, _FURTHEST)
    played = (bars > 0).sum(axis=(1, 2)) >= 4
    return bars[played], offsets[played]


def load_grooves(midi_folder: Path, split: str, *, fills: bool = False) -> list[Performance]:
    """All 4/4 performances of a split ("train", "validation", "test"): beats, or fills.

    midi_folder holds groove_midi_v1.zip and groove_info.csv.
    """
    kind = "fill" if fills else "beat"
    found = []
    with (
        (midi_folder / "groove_info.csv").open() as table,
        zipfile.ZipFile(midi_folder / "groove_midi_v1.zip") as archive,
    ):
        names = {name.removeprefix("groove/"): name for name in archive.namelist()}
        for row in csv.DictReader(table):
            if row["split"] != split or row["time_signature"] != "4-4" or row["beat_type"] != kind:
                continue
            if row["midi_filename"] not in names:
                continue
            bars, offsets = _bars(archive.read(names[row["midi_filename"]]))
            if len(bars) >= (1 if fills else 4):
                found.append(Performance(row["style"], bars, offsets))
    if not found:
        raise ValueError(
            f"no {split} {kind}s found in {midi_folder}: expected groove_midi_v1.zip of Groove MIDI v1.0.0"
        )
    return found
