"""What happens to stems after the instruments: effects and the kick's side chain. Nothing here moves an onset.

Echo, pitch shift and look-ahead are left out for that reason. A style's mixing is always the same and is not modulated,
so that a generator can predict it; random mixing is for the codec, which shall know more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pedalboard import (
    Chorus,
    Compressor,
    Distortion,
    Gain,
    HighpassFilter,
    HighShelfFilter,
    LadderFilter,
    LowpassFilter,
    LowShelfFilter,
    Pedalboard,
    Phaser,
    Plugin,
    Reverb,
)

from d2m_bridge.engine.plan import STEMS

_LOUDEST = 0.95
_DUCK_ATTACK_S, _DUCK_RELEASE_S = 0.004, 0.22
_DUCKED = ("bass", "harmony")
_UNITY_DRY = 0.5  # pedalboard's reverb doubles its dry signal
# tanh lifts what it drives; this share of the drive is taken back.
_MADE_UP = 0.7
_STYLE_GAIN_DB = -2.0  # room for accents, so that hardly any song is turned down as a whole


@dataclass(frozen=True, slots=True)
class Mixing:
    """boards: the effects of each stem of STEMS. duck: how far (0..1) every kick pushes bass and harmony down."""

    boards: Mapping[str, Sequence[Plugin]]
    duck: float


def reverb(room: float, wet: float) -> Reverb:
    return Reverb(room_size=room, damping=0.5, wet_level=wet, dry_level=_UNITY_DRY, width=0.0)


def saturation(drive_db: float) -> list[Plugin]:
    return [Distortion(drive_db=drive_db), Gain(-_MADE_UP * drive_db)]


def style_mixing(name: str) -> Mixing:
    """The sound of a style: a small room on the drums, clean lows, and what makes the style's own."""
    boards: dict[str, list[Plugin]] = {
        "drums": [reverb(0.15, 0.02)],
        "bass": [Compressor(threshold_db=-18, ratio=3, attack_ms=8, release_ms=120)],
        "harmony": [HighpassFilter(140), reverb(0.35, 0.05)],
        "lead": [HighpassFilter(180), reverb(0.4, 0.06)],
    }
    if name in ("krump", "break"):
        boards["drums"] = [*saturation(8), *boards["drums"]]
        boards["bass"] += saturation(6)
    if name == "krump":
        boards["lead"] = [*saturation(8), *boards["lead"]]
    if name in ("lahiphop", "hiphop"):
        boards["bass"] += [LowpassFilter(1800)]
        boards["harmony"] = [LowpassFilter(5000), *boards["harmony"]]
    if name == "pop":
        boards["bass"] += [LadderFilter(LadderFilter.Mode.LPF24, cutoff_hz=1400, resonance=0.4)]
        boards["harmony"] = [*saturation(5), *boards["harmony"]]
    if name in ("ballet", "jazz"):
        boards["harmony"] = [HighpassFilter(140), reverb(0.55, 0.09)]
        boards["lead"] = [HighpassFilter(180), reverb(0.55, 0.1)]
    for board in boards.values():
        board.append(Gain(_STYLE_GAIN_DB))
    return Mixing(boards, {"house": 0.7, "waack": 0.35, "lahiphop": 0.35, "pop": 0.25}.get(name, 0.0))


def random_mixing(rng: np.random.Generator) -> Mixing:
    """A chain for every stem, such as a producer might choose."""

    def maybe(chance: float, *plugins: Plugin) -> list[Plugin]:
        return list(plugins) if rng.random() < chance else []

    def between(low: float, high: float) -> float:
        return float(rng.uniform(low, high))

    def compressor() -> Compressor:
        return Compressor(between(-26, -12), ratio=between(2, 5), attack_ms=between(2, 25), release_ms=between(60, 250))

    def space(chance: float, wettest: float) -> list[Plugin]:
        return maybe(chance, reverb(between(0.1, 0.75), between(0.01, wettest)))

    def movement() -> list[Plugin]:
        chorus = Chorus(rate_hz=between(0.3, 1.5), depth=between(0.1, 0.3), mix=between(0.15, 0.4))
        phaser = Phaser(rate_hz=between(0.1, 0.8), depth=between(0.2, 0.5), mix=between(0.2, 0.4))
        return maybe(0.35, chorus) or maybe(0.15, phaser)

    ladder = LadderFilter(LadderFilter.Mode.LPF24, cutoff_hz=between(700, 4000), resonance=between(0, 0.5))
    boards = {
        "drums": [
            *maybe(0.4, *saturation(between(3, 12))),
            *maybe(0.5, HighShelfFilter(6000, gain_db=between(-5, 4))),
            *maybe(0.4, LowShelfFilter(120, gain_db=between(-3, 4))),
            *maybe(0.2, LowpassFilter(between(5000, 14000))),
            *maybe(0.5, compressor()),
            *space(0.6, 0.05),
        ],
        "bass": [*maybe(0.4, *saturation(between(3, 14))), *maybe(0.5, ladder), *maybe(0.5, compressor())],
        "harmony": [
            HighpassFilter(between(100, 280)),
            *maybe(0.2, *saturation(between(3, 10))),
            *maybe(0.4, LowpassFilter(between(3000, 12000))),
            *movement(),
            *space(0.75, 0.12),
        ],
        "lead": [
            HighpassFilter(between(140, 350)),
            *maybe(0.3, *saturation(between(3, 12))),
            *maybe(0.25, LowpassFilter(between(3000, 12000))),
            *movement(),
            *space(0.75, 0.12),
        ],
    }
    duck = between(0.2, 0.8) if rng.random() < 0.4 else 0.0
    return Mixing({stem: [*board, Gain(between(-4, 2))] for stem, board in boards.items()}, duck)


def ducking(kicks: Sequence[int], length: int, depth: float, sample_rate: int) -> NDArray[np.float32]:
    """float32 [length] gains: down to 1 - depth at each kick (samples), and back. Kicks outside are not heard."""
    attack, release = int(_DUCK_ATTACK_S * sample_rate), int(_DUCK_RELEASE_S * sample_rate)
    dip = np.concatenate([np.linspace(0, 1, attack), np.linspace(1, 0, release) ** 1.5]).astype(np.float32)
    down = np.zeros(length, np.float32)
    for kick in (kick for kick in kicks if 0 <= kick < length):
        stop = min(length, kick + len(dip))
        down[kick:stop] = np.maximum(down[kick:stop], dip[: stop - kick])
    return 1 - np.float32(depth) * down


def mix(stems: NDArray[np.float32], kicks: Sequence[int], mixing: Mixing, sample_rate: int) -> NDArray[np.float32]:
    """float32 [4, N] through their effects, quieter as a whole if their sum would come near clipping."""
    gains = ducking(kicks, stems.shape[1], mixing.duck, sample_rate)
    mixed = np.stack([
        Pedalboard(list(mixing.boards[stem]))(row * gains if stem in _DUCKED else row, sample_rate)
        for stem, row in zip(STEMS, stems, strict=True)
    ])  # fmt: skip
    peak = max(float(np.abs(mixed.sum(axis=0)).max()), float(np.abs(mixed).max()))
    return mixed * np.float32(min(1.0, _LOUDEST / max(peak, 1e-6)))
