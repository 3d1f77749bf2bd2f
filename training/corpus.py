"""Render the corpus: songs with stems, plan and exact 16th grid.

    python -m training.corpus --data DATA --out corpus/free --songs 96           music alone, any timbre: for the codec
    python -m training.corpus --data DATA --out corpus/pairs --dances --songs 200   music for dances: for the generator

DATA is laid out as docs/training.md says. Every song is a folder written whole or not at all, so that an interrupted
run goes on where it stopped.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.engine.harmony import plan_step
from d2m_bridge.timeline import STEPS_PER_BAR, STEPS_PER_BEAT
from training.grooves import Performance, load_grooves
from training.render_song import render_stems
from training.sounds import Instruments
from training.styles import STYLE_NAMES, STYLES, Style
from training.teacher import draw_material, teach

SAMPLE_RATE = 44100
_TONAL_PROGRAMS = (0, 4, 5, 7, 11, 16, 19, 24, 26, 29, 48, 50, 61, 62, 66, 73, 80, 81, 88, 90)
_BASS_PROGRAMS = (32, 33, 34, 35, 36, 37, 38, 39)


@dataclass(frozen=True, slots=True)
class Library:
    """Everything that songs are made from."""

    grooves: list[Performance]
    fills: list[Performance]
    instruments: Instruments


def load_library(data: Path, soundfont: Path, split: str = "train") -> Library:
    """data: the folder of docs/training.md; split: of the Groove MIDI Dataset."""
    midi = data / "midi"
    return Library(
        load_grooves(midi, split),
        load_grooves(midi, split, fills=True),
        Instruments(soundfont, data / "audio" / "sonicpi_cc0", SAMPLE_RATE),
    )


def any_timbre(style: Style, rng: np.random.Generator) -> Style:
    """The style with programs and kit drawn at random, for a codec that shall know more sounds than the styles use."""
    kits = [other.kit for other in STYLES.values()]
    kit = tuple(kits[rng.integers(len(kits))][voice] for voice in range(len(style.kit)))
    return dataclasses.replace(
        style,
        kit=kit,
        bass_program=int(rng.choice(_BASS_PROGRAMS)),
        harmony_program=int(rng.choice(_TONAL_PROGRAMS)),
        lead_program=int(rng.choice(_TONAL_PROGRAMS)),
    )


def imagined_energy(steps: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Float [steps] 0..1: the energy of a dance that nobody danced, in phrases."""
    knots = np.arange(0, steps + STEPS_PER_BAR, 2 * STEPS_PER_BAR)
    return np.interp(np.arange(steps), knots, np.clip(rng.normal(0.5, 0.3, len(knots)), 0, 1))


def save_song(
    folder: Path,
    stems: NDArray[np.float32],
    tokens: NDArray[np.int64],
    grid: BeatGrid,
    motion: NDArray[np.float32],
    meta: dict[str, object],
) -> None:
    """Writes stems.npy int16 [4, N], song.npz and meta.json as one folder, whole or not at all."""
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    np.save(partial / "stems.npy", np.clip(stems * 32767, -32768, 32767).astype(np.int16))
    beats = np.array([grid.time_at(beat) for beat in range(len(tokens) // STEPS_PER_BEAT + 1)])
    np.savez(partial / "song.npz", tokens=tokens, beats=beats, motion=motion)
    (partial / "meta.json").write_text(json.dumps(meta))
    partial.rename(folder)


def free_song(folder: Path, index: int, library: Library, seconds: float) -> None:
    """A song without a dance, in any timbre."""
    rng = np.random.default_rng([1, index])
    name = STYLE_NAMES[index % len(STYLE_NAMES)]
    bpm = float(rng.uniform(80, 135))
    grid = BeatGrid.steady(bpm, 0.0, "fixed")
    bars = int(seconds * bpm / 60 / 4) + 1
    energy = imagined_energy(bars * STEPS_PER_BAR, rng)
    accent = np.where(rng.random(len(energy)) < 0.08, rng.random(len(energy)), 0.0)
    material = draw_material(name, library.grooves, library.fills, rng)
    tokens = teach(material, energy, accent, rng)
    key = int(rng.integers(12))
    plan = [plan_step(step, row, key, material.style.mode) for step, row in enumerate(tokens)]
    style = any_timbre(material.style, rng)
    length = int(grid.time_at(len(plan) / STEPS_PER_BEAT) * SAMPLE_RATE)
    stems = render_stems(plan, grid.step_time, energy, style, library.instruments, SAMPLE_RATE, length)
    nobody = np.zeros((0, 0), np.float32)
    save_song(folder, stems, tokens, grid, nobody, {"style": name, "key": key, "dance": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--soundfont", type=Path, default=Path("/usr/share/sounds/sf2/FluidR3_GM.sf2"))
    parser.add_argument("--songs", type=int, default=96)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--dances", action="store_true", help="pair every song with a dance of DATA")
    options = parser.parse_args()
    library = load_library(options.data, options.soundfont)
    options.out.mkdir(parents=True, exist_ok=True)
    if options.dances:
        from training.pairs import dance_songs

        jobs = dance_songs(options.data, library, options.songs)
    else:
        jobs = ((lambda folder, i=i: free_song(folder, i, library, options.seconds)) for i in range(options.songs))
    for index, job in enumerate(jobs):
        folder = options.out / f"{index:05d}"
        if not folder.exists():
            job(folder)
            print(f"\r{index + 1}/{options.songs}", end="", flush=True)
    print()


if __name__ == "__main__":
    main()
