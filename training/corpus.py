"""Render the corpus: songs with stems, plan and exact 16th grid.

    python -m training.corpus --data DATA --out corpus/music               music alone, any timbre: for the codec
    python -m training.corpus --data DATA --out corpus/pairs --dances      music for dances: for the generator

DATA is laid out as docs/training.md says. Every song is a folder written whole or not at all, so that an interrupted
run goes on where it stopped; song 123 is the same song however many are rendered, by however many workers.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.engine.harmony import plan_step
from d2m_bridge.errors import D2MError
from d2m_bridge.timeline import STEPS_PER_BAR, STEPS_PER_BEAT
from training.effects import random_mixing
from training.grooves import Performance, load_grooves
from training.render_song import render_stems
from training.sounds import Instruments
from training.styles import STYLE_NAMES
from training.teacher import draw_material, write_lesson
from training.timbres import any_timbre
from training.workers import Staff, add_worker_options

SAMPLE_RATE = 44100
_TEST_EVERY = 12
_SLOWEST_BPM, _FASTEST_BPM = 80, 135
_WIDEST_DRIFT = 0.03
_PARTIAL = ".partial"  # one level deeper than songs, so that no search for songs finds it


@dataclass(frozen=True, slots=True)
class Takes:
    """The drummers' performances of one split."""

    grooves: list[Performance]
    fills: list[Performance]


@dataclass(frozen=True, slots=True)
class Library:
    """Everything that songs are made from. takes: by split of the Groove MIDI Dataset."""

    takes: Mapping[str, Takes]
    instruments: Instruments


def load_library(data: Path, soundfont: Path) -> Library:
    """data: the folder of docs/training.md."""
    midi = data / "midi"
    return Library(
        {split: Takes(load_grooves(midi, split), load_grooves(midi, split, fills=True)) for split in ("train", "test")},
        Instruments(soundfont, data / "audio" / "sonicpi_cc0", SAMPLE_RATE),
    )


@dataclass(frozen=True, slots=True)
class Part:
    """What a song without a dance is for. unseen: it is played by sounds that no training song has."""

    split: str
    unseen: bool
    style: str


def part_of(index: int) -> Part:
    """Every twelfth song is for tests, half of those unseen; both splits go through the styles in turn."""
    before = index // _TEST_EVERY
    if index % _TEST_EVERY != _TEST_EVERY - 1:
        return Part("train", False, STYLE_NAMES[(index - before) % len(STYLE_NAMES)])
    rounds, style = divmod(before, len(STYLE_NAMES))
    return Part("test", (style + rounds) % 2 == 1, STYLE_NAMES[style])


def imagined_energy(steps: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Float [steps] 0..1: the energy of a dance that nobody danced, in phrases."""
    knots = np.arange(0, steps + STEPS_PER_BAR, 2 * STEPS_PER_BAR)
    return np.interp(np.arange(steps), knots, np.clip(rng.normal(0.5, 0.3, len(knots)), 0, 1))


def drifting_grid(beats: int, rng: np.random.Generator) -> BeatGrid:
    """A tempo that wanders by a few per cent around one drawn at random, as a band's does."""
    bpm = rng.uniform(_SLOWEST_BPM, _FASTEST_BPM)
    phases = np.arange(beats) / rng.uniform(16, 64) + rng.random()
    drift = rng.uniform(0, _WIDEST_DRIFT) * np.sin(2 * np.pi * phases)
    return BeatGrid(np.concatenate([[0.0], np.cumsum(60 / bpm * (1 + drift))]), "corpus")


def save_song(
    folder: Path,
    stems: NDArray[np.float32],
    tokens: NDArray[np.int64],
    grid: BeatGrid,
    motion: NDArray[np.float32],
    meta: dict[str, object],
) -> None:
    """Writes stems.npy int16 [4, N], song.npz and meta.json as one folder, whole or not at all."""
    partial_folder = folder.parent / _PARTIAL / folder.name
    shutil.rmtree(partial_folder, ignore_errors=True)
    partial_folder.mkdir(parents=True)
    np.save(partial_folder / "stems.npy", np.clip(np.rint(stems * 32767), -32768, 32767).astype(np.int16))
    beats = np.array([grid.time_at(beat) for beat in range(len(tokens) // STEPS_PER_BEAT + 1)])
    np.savez(partial_folder / "song.npz", tokens=tokens, beats=beats, motion=motion)
    (partial_folder / "meta.json").write_text(json.dumps(meta))
    partial_folder.rename(folder)


def free_song(folder: Path, index: int, library: Library, seconds: float) -> None:
    """A song without a dance: any timbre, any effects, a drummer's timing, a tempo that drifts."""
    rng = np.random.default_rng([1, index])
    part = part_of(index)
    grid = drifting_grid(int(seconds * _FASTEST_BPM / 60) + 4, rng)
    bars = int(grid.beat_at(seconds) / 4) + 1
    energy = imagined_energy(bars * STEPS_PER_BAR, rng)
    accent = np.where(rng.random(len(energy)) < 0.08, rng.random(len(energy)), 0.0)
    takes = library.takes[part.split]
    material = draw_material(part.style, takes.grooves, takes.fills, rng)
    lesson = write_lesson(material, energy, accent, rng)
    key = int(rng.integers(12))
    plan = [plan_step(step, row, key, material.style.mode) for step, row in enumerate(lesson.tokens)]
    style = any_timbre(material.style, rng, unseen=part.unseen)
    mixing = random_mixing(rng)
    length = int(grid.time_at(len(plan) / STEPS_PER_BEAT) * SAMPLE_RATE)
    stems = render_stems(
        plan, grid.step_time, energy, style, mixing, library.instruments, SAMPLE_RATE, length, drummer=lesson
    )
    meta = {
        "style": part.style,
        "key": key,
        "dance": None,
        "split": part.split,
        "unseen": part.unseen,
        "programs": {"bass": style.bass_program, "harmony": style.harmony_program, "lead": style.lead_program},
        "kit": style.kit,
    }
    save_song(folder, stems, lesson.tokens, grid, np.zeros((0, 0), np.float32), meta)


def song_maker(data: Path, soundfont: Path, seconds: float, *, dances: bool) -> Callable[[Path, int], None]:
    """The function that renders song `index` into a folder."""
    library = load_library(data, soundfont)
    if not dances:
        return partial(free_song, library=library, seconds=seconds)
    from training.pairs import dance_song, load_clips

    return partial(dance_song, clips=load_clips(data, "train"), library=library)


class Studio:
    """A worker's part: synthesiser and drummers, loaded once, then one song after the other."""

    def __init__(self, data: Path, soundfont: Path, seconds: float, out: Path, *, dances: bool) -> None:
        self._make = song_maker(data, soundfont, seconds, dances=dances)
        self._out = out

    def __call__(self, index: int) -> None:
        """Renders the song of this number; one that a worker left whole before it died is not rendered again."""
        folder = song_folder(self._out, index)
        if not folder.exists():
            self._make(folder, index)


def song_folder(out: Path, index: int) -> Path:
    """Where a song of a corpus lies, or will."""
    return out / f"{index:05d}"


def main(arguments: list[str] | None = None) -> None:
    from d2m_bridge.cli.say import bar

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--soundfont", type=Path, default=Path("/usr/share/sounds/sf2/FluidR3_GM.sf2"))
    parser.add_argument("--songs", type=int, default=400)
    parser.add_argument("--seconds", type=float, default=40.0, help="of a song without a dance")
    parser.add_argument("--dances", action="store_true", help="pair every song with a dance of DATA")
    add_worker_options(parser)
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    waiting = [index for index in range(options.songs) if not song_folder(options.out, index).exists()]
    open_studio = partial(
        Studio, options.data, options.soundfont, options.seconds, options.out, dances=options.dances
    )  # fmt: skip
    try:
        with bar(str(options.out)) as show:
            Staff(options.workers, options.ray, show).map("songs", open_studio, waiting)
    except D2MError as error:
        parser.exit(2, f"{error}\n")
    except KeyboardInterrupt:
        parser.exit(130, "interrupted; the same command goes on from here\n")
    print(f"{options.out}: {options.songs} songs")


if __name__ == "__main__":
    main()
