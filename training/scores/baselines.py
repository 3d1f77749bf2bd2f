"""What every measure is also shown for: music that knows the dance, and sounds that know little or nothing of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from d2m_bridge.conductor.grid import BeatGrid
from d2m_bridge.engine.harmony import plan_step
from d2m_bridge.engine.plan import PlanStep
from d2m_bridge.errors import InputError
from d2m_bridge.timeline import BEATS_PER_BAR, STEPS_PER_BAR, STEPS_PER_BEAT
from training.corpus import Takes, imagined_energy
from training.effects import style_mixing
from training.pairs import Dance, per_step
from training.render_song import render_stems
from training.scores.hearing import Float32
from training.scores.scenes import LONGEST_S, Scene, Take
from training.sounds import Instruments
from training.styles import STYLES
from training.teacher import draw_material, teach

_CLICK_HZ, _CLICK_S = 1500.0, 0.03
_SINE_HZ, _LEVEL = 220.0, 0.3
_ACCENT_SHARE = 0.08


class Band:
    """The corpus' instruments and the drummers of one split: they play what the teacher writes for a dance."""

    def __init__(self, instruments: Instruments, takes: Takes, sample_rate: int) -> None:
        self.sample_rate = sample_rate
        self._instruments, self._takes = instruments, takes

    def play(
        self,
        style: str,
        grid: BeatGrid,
        energy: NDArray[np.float64],
        accent: NDArray[np.float64],
        seconds: float,
        rng: np.random.Generator,
    ) -> Take:
        """energy, accent: float [S] per 16th, whole bars. The take lasts `seconds`, silent after the last bar."""
        material = draw_material(style, self._takes.grooves, self._takes.fills, rng)
        tokens = teach(material, energy, accent, rng)
        key = int(rng.integers(12))
        heard = [step for step in range(len(tokens)) if 0 <= grid.time_at(step / STEPS_PER_BEAT) < seconds]
        plan = [plan_step(step, tokens[step], key, material.style.mode) for step in heard]
        stems = self.render(plan, style, grid, energy, seconds)
        return Take(stems.sum(axis=0), stems, plan)

    def render(
        self, plan: Sequence[PlanStep], style: str, grid: BeatGrid, energy: NDArray[np.float64], seconds: float
    ) -> Float32:
        """Stems float32 [4, N] of somebody's plan; energy: float [S] per 16th, at least to the plan's last."""
        sounds, rate = self._instruments, self.sample_rate
        heard = energy[[step.step for step in plan]]
        length = int(seconds * rate)
        return render_stems(plan, grid.step_time, heard, STYLES[style], style_mixing(style), sounds, rate, length)


class Teacher:
    """What the rules of training.teacher play for this dance: the upper reference."""

    name, has_seed = "teacher", True

    def __init__(self, band: Band) -> None:
        self._band = band

    def play(self, scene: Scene, seed: int) -> Take:
        energy, accent = per_step(Dance(scene.name, scene.motion, scene.grid))
        return self._band.play(scene.style, scene.grid, energy, accent, scene.seconds, scene.rng(seed))


class TeacherThroughCodec:
    """The teacher's stems through the codec, quantised, with the plan's pitches: what a perfect generator gives."""

    name, has_seed = "teacher_codec", True

    def __init__(self, teacher: Teacher, run: Path) -> None:
        """run: of training.train_codec, or an exported model; raises as load_codec."""
        from training.train_codec import load_codec

        self._teacher, self._codec = teacher, load_codec(run)

    def play(self, scene: Scene, seed: int) -> Take:
        take = self._teacher.play(scene, seed)
        stems = self._decoded(take, scene.grid)
        return Take(stems.sum(axis=0), stems, take.plan)

    def _decoded(self, take: Take, grid: BeatGrid) -> Float32:
        import torch

        from d2m_bridge.engine.excitation import spectra
        from training.audio_data import song_voices
        from training.songs import Song
        from training.train_codec import tonal_clock

        config, clock = self._codec.config, tonal_clock(self._codec.config)
        length = take.stems.shape[1]
        frames = -(-(length + config.delay) // config.hop)
        padded = np.pad(take.stems, ((0, 0), (0, frames * config.hop - length)))
        song = Song(0, list(take.plan), grid, np.zeros((0, 0), np.float32), padded)
        voices = song_voices(song, config.sample_rate)
        span = (frames - 1) * config.hop + clock.window
        excited = [spectra(voices.pulse_wave(row, -clock.lead, span, clock), clock) for row in range(len(padded))]
        with torch.no_grad():
            codes = self._codec.quantizer.encode(self._codec.encoder(torch.from_numpy(padded)))
            latent, excitation = self._codec.quantizer.lookup(codes), torch.from_numpy(np.stack(excited))
            decoded, _ = self._codec.decoder(latent, excitation, self._codec.decoder.initial_state(len(padded)))
        return decoded[:, config.delay : config.delay + length].numpy()


class RandomPhase:
    """The teacher's music for a dance that nobody danced, at the right tempo, at a random place of the bar."""

    name, has_seed = "random_phase", True

    def __init__(self, band: Band) -> None:
        self._band = band

    def play(self, scene: Scene, seed: int) -> Take:
        rng = scene.rng(seed)
        bar_s = BEATS_PER_BAR * 60.0 / scene.grid.bpm
        beats = np.arange(int(scene.grid.beat_at(scene.seconds)) + 2 * BEATS_PER_BAR)
        times = np.array([scene.grid.time_at(float(beat)) for beat in beats])
        grid = BeatGrid(times - rng.uniform(0, bar_s), "random")
        steps = int(np.ceil(len(beats) * STEPS_PER_BEAT / STEPS_PER_BAR)) * STEPS_PER_BAR
        accent = np.where(rng.random(steps) < _ACCENT_SHARE, rng.random(steps), 0.0)
        take = self._band.play(scene.style, grid, imagined_energy(steps, rng), accent, scene.seconds, rng)
        return Take(take.mix)


class RandomTrack:
    """A stretch of a real track that has nothing to do with the dance. tracks: int16 [N] by name."""

    name, has_seed = "random_track", True

    def __init__(self, tracks: Mapping[str, NDArray[np.int16]], sample_rate: int) -> None:
        self._rate = sample_rate
        # From where any scene fits, so that the still dancer's stretch begins where the dancing one's does.
        self._room = round(LONGEST_S * sample_rate)
        self._tracks = [track for _, track in sorted(tracks.items()) if len(track) > self._room]
        if not self._tracks:
            raise InputError(f"none of {len(tracks)} test tracks is over {LONGEST_S:g} s long")

    @classmethod
    def of(cls, data: Path, sample_rate: int) -> RandomTrack:
        """From the test audio of docs/training.md; InputError if there is none."""
        from training.audio_data import load_real_music

        try:
            return cls(load_real_music(data, "test", sample_rate), sample_rate)
        except (OSError, KeyError) as error:
            raise InputError(f"no test audio in {data} ({error})") from error

    def play(self, scene: Scene, seed: int) -> Take:
        rng = scene.rng(seed)
        track = self._tracks[rng.integers(len(self._tracks))]
        length = int(scene.seconds * self._rate)
        start = int(rng.integers(len(track) - self._room))
        return Take(track[start : start + length].astype(np.float32) / 32767)


class Metronome:
    """A click on every beat of the dance's own grid: right tempo, right phase, nothing else."""

    name, has_seed = "metronome", False

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate

    def play(self, scene: Scene, seed: int) -> Take:
        t = np.arange(int(_CLICK_S * self._rate)) / self._rate
        click = (_LEVEL * np.sin(2 * np.pi * _CLICK_HZ * t) * np.exp(-t / (_CLICK_S / 5))).astype(np.float32)
        mix = np.zeros(int(scene.seconds * self._rate), np.float32)
        for beat in range(int(scene.grid.beat_at(scene.seconds)) + 1):
            start = round(scene.grid.time_at(beat) * self._rate)
            if 0 <= start < len(mix):
                mix[start : start + len(click)] = click[: len(mix) - start]
        return Take(mix)


class Sine:
    """220 Hz, always equally loud."""

    name, has_seed = "sine", False

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate

    def play(self, scene: Scene, seed: int) -> Take:
        t = np.arange(int(scene.seconds * self._rate)) / self._rate
        return Take((_LEVEL * np.sin(2 * np.pi * _SINE_HZ * t)).astype(np.float32))


class Silence:
    """Nothing."""

    name, has_seed = "silence", False

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate

    def play(self, scene: Scene, seed: int) -> Take:
        return Take(np.zeros(int(scene.seconds * self._rate), np.float32))
