"""All figures of one system: what it played, measured as docs/evaluation.md defines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from training.musical_measures import beat_f1, chroma_match, energy_rank, onset_f1, tempo_found
from training.pairs import Dance, per_step
from training.scores.balance import balance_off_db
from training.scores.beats_field import d2mgan_scores, d2mgan_seconds, loris_scores, loris_seconds, segments
from training.scores.diversity import seed_diversity
from training.scores.frechet import Embedding, frechet_distance
from training.scores.hearing import LISTENING_RATE, Float32, at_listening_rate, find_onsets, log_mel
from training.scores.match import accent_f1, curve_of_sound, curves_of_dance, win_share
from training.scores.playing import Played
from training.scores.scenes import Scene, Take
from training.scores.structure import bar_similarity, bars_of, plan_bars, section_similarity
from training.scores.voices import notes_off
from training.styles import STYLE_NAMES

if TYPE_CHECKING:
    from training.scores.baselines import Band
    from training.scores.judges import Judges

FIGURES = (
    "matched_over_shuffled", "match_learned", "beat_f1", "accent_f1", "onset_plan_f1", "chroma_plan", "energy_rho",
    "tempo_within_4pct", "style_accuracy", "still_dancer_db", "still_dancer_density", "seed_diversity",
    "plan_diversity", "notes_off", "balance_off_db", "frechet", "bar_similarity", "section_similarity",
    "coverage_d2mgan", "hit_d2mgan", "coverage_loris", "hit_loris", "f1_loris", "csd_loris", "hsd_loris",
)  # fmt: skip
_FOLLOWS_S = (0.0, 0.5, 1.0)  # a render is in time, a live system somewhat late
_SEGMENT_S = 2.0  # D2M-GAN's clips

Row = dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Judging:
    """What the music is judged by. references: music for each scene that no measured system played, with its plan, if
    there is any; band: who plays a system's plan as it should sound.
    """

    sample_rate: int
    references: Sequence[Take] | None
    judges: Judges | None
    embedding: Embedding
    band: Band | None = None


def measure(scenes: Sequence[Scene], played: Played, judging: Judging) -> Row:
    """All of FIGURES, means over the scenes that have one."""
    rate = judging.sample_rate
    row: Row = dict.fromkeys(FIGURES)
    row |= _against(scenes, played.takes, judging)
    if judging.judges is not None and played.again is not None:
        right = [_is_style(judging, take, scene) for take, scene in zip(played.again, scenes, strict=True)]
        row["style_accuracy"] = float(np.mean([row["style_accuracy"], np.mean(right)]))
    row["still_dancer_db"], row["still_dancer_density"] = still_dancer(played.danced, played.stood, rate)
    bars = [bars_of(take.mix, rate, scene.grid) for take, scene in zip(played.takes, scenes, strict=True)]
    row["bar_similarity"] = _mean(map(bar_similarity, bars))
    row["section_similarity"] = _mean(map(section_similarity, bars))
    if played.again is not None:
        others = [bars_of(take.mix, rate, scene.grid) for take, scene in zip(played.again, scenes, strict=True)]
        row["seed_diversity"] = _mean(map(seed_diversity, bars, others))
        row["plan_diversity"] = _mean(
            seed_diversity(plan_bars(take.plan), plan_bars(other.plan))
            for take, other in zip(played.takes, played.again, strict=True)
            if take.plan is not None and other.plan is not None
        )
    if judging.band is not None:
        row["balance_off_db"] = _mean(_balance(judging.band, *pair) for pair in zip(scenes, played.takes, strict=True))
    if judging.references is not None:
        heard, wanted = (
            np.concatenate([judging.embedding(take.mix, rate) for take in takes])
            for takes in (played.takes, judging.references)
        )
        row["frechet"] = frechet_distance(heard, wanted)
        row["notes_off"] = notes_off(
            *([take.plan or () for take in takes] for takes in (played.takes, judging.references))
        )
    return row


def measure_chance(scenes: Sequence[Scene], takes: Sequence[Take], judging: Judging) -> Row:
    """The music of each scene against plan, grid, dance, style and reference of the next."""
    row: Row = dict.fromkeys(FIGURES)
    turned = [*range(1, len(scenes)), 0]
    swapped = [Take(takes[i].mix, takes[i].stems, takes[j].plan) for i, j in enumerate(turned)]
    references = judging.references and [judging.references[j] for j in turned]
    return row | _against([scenes[j] for j in turned], swapped, replace(judging, references=references))


def _against(scenes: Sequence[Scene], takes: Sequence[Take], judging: Judging) -> Row:
    """The figures that compare music with what was asked for."""
    rate = judging.sample_rate
    pairs = list(zip(scenes, takes, strict=True))
    heard = [(at_listening_rate(take.mix, rate), scene.grid) for scene, take in pairs]  # the rate of librosa's trackers
    row: Row = {
        "matched_over_shuffled": win_share(
            [curves_of_dance(scene.motion, scene.grid) for scene in scenes],
            [curve_of_sound(take.mix, rate) for take in takes],
        ),
        "beat_f1": _mean(beat_f1(mix, LISTENING_RATE, grid) for mix, grid in heard),
        "tempo_within_4pct": _mean(tempo_found(mix, LISTENING_RATE, grid) for mix, grid in heard),
        "accent_f1": _mean(_accents(scene, take, rate) for scene, take in pairs),
        "energy_rho": _energy_rho(pairs, rate),
    }
    if all(take.plan is not None for take in takes):
        row["onset_plan_f1"] = _mean(onset_f1(take.stems[0], rate, take.plan, scene.grid) for scene, take in pairs)
        row["chroma_plan"] = _mean(chroma_match(take.stems[2], rate, take.plan, scene.grid) for scene, take in pairs)
    if judging.judges is not None:
        motion = [np.stack([frame.features for frame in scene.motion]) for scene in scenes]
        grids, mels = [scene.grid for scene in scenes], [log_mel(take.mix, rate) for take in takes]
        row["match_learned"] = judging.judges.match.win_share(motion, grids, mels)
        row["style_accuracy"] = _mean(_is_style(judging, take, scene) for scene, take in pairs)
    if judging.references is not None:
        row |= field_figures([take.mix for take in judging.references], [take.mix for take in takes], rate)
    return row


def field_figures(references: Sequence[Float32], mixes: Sequence[Float32], rate: int) -> Row:
    """Coverage and hit of both fashions: D2M-GAN's on two-second segments, LORIS's on whole scenes."""
    short, whole = [], []
    for reference, mix in zip(references, mixes, strict=True):
        length = min(len(reference), len(mix))
        pair = reference[:length], mix[:length]
        whole.append(tuple(loris_seconds(sound, rate) for sound in pair))
        for pieces in zip(*(segments(sound, rate, _SEGMENT_S) for sound in pair), strict=True):
            short.append(tuple(d2mgan_seconds(piece, rate) for piece in pieces))
    ours, theirs = d2mgan_scores(short), loris_scores(whole)
    return {
        "coverage_d2mgan": ours and ours.coverage, "hit_d2mgan": ours and ours.hit,
        "coverage_loris": theirs.coverage, "hit_loris": theirs.hit, "f1_loris": theirs.f1,
        "csd_loris": theirs.csd, "hsd_loris": theirs.hsd,
    }  # fmt: skip


def still_dancer(danced: Sequence[Take], stood: Sequence[Take], rate: int) -> tuple[float | None, float | None]:
    """Music for the dancer who stands still against music for the same one dancing: level in dB (negative: quieter)
    and onsets a second as a ratio. None where the dancing has no sound, or no onsets.

    The still dancer's onsets are heard after the dancing one's: alone, whatever is quiet is heard as if it were loud.
    """
    level, onsets = [], []
    for take, still in zip(danced, stood, strict=True):
        length = min(len(take.mix), len(still.mix))
        moving, resting = take.mix[:length], still.mix[:length]
        if np.any(moving):
            level.append(20 * np.log10(max(_rms(resting), 1e-6) / _rms(moving)))
        heard = find_onsets(moving, rate)
        if len(heard.times):
            left = find_onsets(resting, rate, strongest=float(heard.strengths.max()))
            onsets.append(len(left.times) / len(heard.times))
    return _mean(level), _mean(onsets)


def _accents(scene: Scene, take: Take, rate: int) -> float | None:
    return accent_f1(find_onsets(take.mix, rate), scene.motion, scene.seconds)


def _balance(band: Band, scene: Scene, take: Take) -> float | None:
    if take.plan is None or take.stems is None:
        return None
    energy, _ = per_step(Dance(scene.name, scene.motion, scene.grid))
    danced = [step for step in take.plan if 0 <= step.step < len(energy)]
    return balance_off_db(take.stems, band.render(danced, scene.style, scene.grid, energy, scene.seconds))


def _is_style(judging: Judging, take: Take, scene: Scene) -> float:
    mel = log_mel(take.mix, judging.sample_rate)
    return float(judging.judges.style.judge(mel) == STYLE_NAMES.index(scene.style))


def _energy_rho(pairs: Sequence[tuple[Scene, Take]], rate: int) -> float | None:
    """At the one delay, the same for all scenes, at which the music follows best."""
    rows = [_mean(energy_rank(take.mix, rate, scene.motion, late) for scene, take in pairs) for late in _FOLLOWS_S]
    return max((row for row in rows if row is not None), default=None)


def _rms(sound: Float32) -> float:
    return float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))


def _mean(values: Iterable[float | None]) -> float | None:
    known = [float(value) for value in values if value is not None]
    return float(np.mean(known)) if known else None
