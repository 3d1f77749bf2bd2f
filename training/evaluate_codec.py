"""The codec beside Opus on any folder of music: `python -m training.evaluate codec`."""

from __future__ import annotations

import math
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import av
import numpy as np
import soxr
import torch
from numpy.typing import NDArray

from d2m_bridge.errors import InputError
from models.codec import Codec
from training.codec_measures import FIGURES, SAMPLE_RATE, compare, listen, mel_l1
from training.opus import through_opus
from training.partials import Partials, corrected, excitation, partials_of
from training.train_codec import load_codec, tonal_clock

SUFFIXES = frozenset((".aac", ".aif", ".aiff", ".flac", ".m4a", ".mp3", ".oga", ".ogg", ".opus", ".wav"))
OPUS_KBPS = (6, 12, 24)
_SHORTEST_S, _SILENT = 1.0, 1e-4

Float32 = NDArray[np.float32]
Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """audio, unquantised: float32 [N], in step with the input. codes: int64 [K, T]. bits: what was sent in all."""

    audio: Float32
    unquantised: Float32
    codes: NDArray[np.int64]
    bits: int


@torch.no_grad()
def reconstruct(codec: Codec, audio: Float32) -> Reconstruction:
    """Music of unknown notes, mono float32 [N], through the codec."""
    config, clock = codec.config, tonal_clock(codec.config)
    length, frames = len(audio), math.ceil((len(audio) + config.delay) / config.hop)

    def decode(latent: torch.Tensor, partials: Partials) -> Float32:
        excited = torch.from_numpy(excitation(partials, clock, frames))[None]
        decoded, _ = codec.decoder(latent, excited, codec.decoder.initial_state(1))
        aligned: Float32 = decoded[0, config.delay : config.delay + length].numpy()
        return aligned

    padded = np.pad(audio, (0, frames * config.hop - length))
    latent = codec.encoder(torch.from_numpy(padded)[None])
    codes = codec.quantizer.encode(latent)
    quantised = codec.quantizer.lookup(codes)
    partials = corrected(partials_of(audio, clock), audio, clock.sample_rate, partial(decode, quantised))
    sent = codes[0, :, : math.ceil(length / config.hop)].numpy()
    bits = round(sent.size * math.log2(config.entries)) + partials.bits
    return Reconstruction(decode(quantised, partials), decode(latent, partials), sent, bits)


def read_music(path: Path, seconds: float) -> Float32:
    """The middle of a file, at most `seconds` of it, mono float32 [N] at 44.1 kHz. InputError if it is not music."""
    try:
        with av.open(str(path), metadata_errors="replace") as container:  # old titles are of any encoding
            if not container.streams.audio:
                raise InputError(f"{path}: no sound in this file")
            rate = container.streams.audio[0].rate
            resampler = av.AudioResampler(format="fltp", rate=rate)
            parts = [
                part.to_ndarray().mean(axis=0)
                for frame in (*container.decode(audio=0), None)
                for part in resampler.resample(frame)
            ]
    except (av.FFmpegError, OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read as sound ({error})") from error
    whole = np.concatenate(parts) if parts else np.zeros(0, np.float32)
    length = int(seconds * rate)
    start = max(0, (len(whole) - length) // 2)
    music: Float32 = soxr.resample(whole[start : start + length], rate, SAMPLE_RATE)
    if len(music) < _SHORTEST_S * SAMPLE_RATE:
        raise InputError(f"{path}: only {len(music) / SAMPLE_RATE:.2f} s long; at least {_SHORTEST_S:g} s are needed")
    if not np.isfinite(music).all():
        raise InputError(f"{path}: damaged, some samples are not numbers")
    if np.abs(music).max() < _SILENT:
        raise InputError(f"{path}: silent")
    return music


def read_folder(folder: Path, seconds: float) -> Iterator[tuple[str, Float32]]:
    """Path below the folder and music of every sound file; what cannot be read is named on stderr and left out."""
    for path in sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file()):
        try:
            yield path.relative_to(folder).as_posix(), read_music(path, seconds)
        except InputError as error:
            print(f"left out: {error}", file=sys.stderr)


def measure_file(music: Float32, ours: Reconstruction) -> dict[str, Figures]:
    """The figures of every system, by system."""
    seconds = len(music) / SAMPLE_RATE
    original = listen(music)
    table = {
        "ours": compare(original, listen(ours.audio)) | {"kbps": ours.bits / seconds / 1000},
        "unquantised": compare(original, listen(ours.unquantised)),
    }
    for nominal in OPUS_KBPS:
        decoded, kbps = through_opus(music, SAMPLE_RATE, nominal)
        table[f"opus{nominal}"] = compare(original, listen(decoded)) | {"kbps": kbps}
    return table


def perplexity(counts: NDArray[np.int64]) -> float:
    """How many entries of a codebook are in use, if all were used equally: 2 to the entropy of its counts [entries]."""
    share = counts[counts > 0] / counts.sum()
    return float(2 ** -(share * np.log2(share)).sum())


def means(files: Mapping[str, Mapping[str, Figures]]) -> dict[str, Figures]:
    """By system: the mean over the files that have a figure. Of hf_error_db the absolute values count."""
    values: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for table in files.values():
        for system, figures in table.items():
            for name, value in figures.items():
                values[system][name].append(abs(value) if name == "hf_error_db" else value)
    order = (*FIGURES, "kbps")
    return {
        system: {name: float(np.mean(rows[name])) for name in order if name in rows} for system, rows in values.items()
    }


def evaluate_codec(run: Path, folder: Path, unseen: Path | None, seconds: float) -> dict[str, object]:
    """files: name -> system -> figures; mean: system -> figures; perplexity: of each codebook over all files.

    With `unseen`, gap: the mean mel_l1 of ours there less that of `folder`. Raises InputError if a folder has no music
    that can be read, or the run no codec, ModelError if run is a model without one.
    """
    torch.set_num_threads(1)
    codec = load_codec(run)
    counts = np.zeros((codec.config.books, codec.config.entries), np.int64)
    files = {}
    for name, music in read_folder(folder, seconds):
        ours = reconstruct(codec, music)
        files[name] = measure_file(music, ours)
        for book, codes in zip(counts, ours.codes, strict=True):
            book += np.bincount(codes, minlength=len(book))
    if not files:
        raise InputError(_no_music(folder))
    mean = means(files)
    report: dict[str, object] = {"files": files, "mean": mean, "perplexity": [perplexity(book) for book in counts]}
    if unseen is not None:
        distances = [
            mel_l1(listen(music), listen(reconstruct(codec, music).audio)) for _, music in read_folder(unseen, seconds)
        ]
        if not distances:
            raise InputError(_no_music(unseen))
        report["gap"] = float(np.mean(distances)) - mean["ours"]["mel_l1"]
    return report


def _no_music(folder: Path) -> str:
    return f"{folder}: no music that can be read; expected files such as {', '.join(sorted(SUFFIXES))}"
