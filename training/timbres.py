"""The sounds that songs without a dance are played with, and those that only test songs may use."""

from __future__ import annotations

import dataclasses

import numpy as np

from d2m_bridge.engine.plan import DRUMS
from training.styles import Style

# General MIDI programs that make sense in a role; held-out ones are UNSEEN_PROGRAMS.
_BASSES = (*range(32, 40), 43, 58, 80, 81, 87)
_CHORDS = (
    *range(8),
    *range(16, 31),
    40,
    41,
    42,
    *range(44, 47),
    *range(48, 55),
    *range(56, 64),
    65,
    66,
    *range(80, 96),
)
_LEADS = (
    *range(14), *range(16, 31), 40, 41, 42, 45, 46, *range(48, 55), *range(56, 61), *range(61, 80), *range(80, 96),
)  # fmt: skip
_POOLS = {
    "kick": (
        "bd_808", "bd_ada", "bd_boom", "bd_fat", "bd_gas", "bd_haus", "bd_klub", "bd_pure", "bd_sone", "bd_tek",
        "bd_zome", "bd_zum", "drum_bass_hard", "drum_bass_soft", "drum_heavy_kick", "elec_hollow_kick",
        "elec_soft_kick",
    ),
    "snare": (
        "drum_snare_hard", "drum_snare_soft", "sn_dolf", "sn_dub", "sn_zome", "elec_snare", "elec_hi_snare",
        "elec_lo_snare", "elec_mid_snare", "perc_snap", "perc_snap2",
    ),
    "hat_closed": ("drum_cymbal_closed", "drum_cymbal_pedal", "elec_twip", "elec_triangle"),
    "hat_open": ("drum_cymbal_open", "drum_cymbal_soft", "elec_cymbal", "drum_cymbal_hard"),
    "tom_low": ("drum_tom_lo_hard", "drum_tom_lo_soft", "drum_tom_mid_soft", "elec_bong", "tabla_ghe2", "tabla_ghe4"),
    "tom_high": (
        "drum_tom_hi_hard", "drum_tom_hi_soft", "drum_tom_mid_hard", "elec_fuzz_tom", "elec_blup", "tabla_tun1",
    ),
    "crash": ("drum_splash_hard", "drum_splash_soft", "drum_cymbal_hard"),
    "ride": ("drum_cymbal_pedal", "drum_cymbal_soft", "drum_cowbell", "elec_cymbal", "elec_triangle", "elec_chime"),
}  # fmt: skip
UNSEEN_PROGRAMS = (1, 6, 13, 18, 25, 30, 37, 42, 46, 51, 57, 58, 65, 72, 75, 82, 87, 93, 95)
UNSEEN_ONE_SHOTS = (
    "bd_klub", "bd_sone", "bd_zum", "drum_bass_soft", "sn_zome", "elec_mid_snare", "perc_snap2", "drum_cymbal_hard",
    "drum_cowbell", "elec_chime", "tabla_ghe4", "tabla_tun1",
)  # fmt: skip
_LAYERED_SHARE = 0.5


def any_timbre(style: Style, rng: np.random.Generator, *, unseen: bool) -> Style:
    """The style with programs and layered kit drawn at random: all from the held-out sounds, or none.

    A drum voice without a held-out sound of its own (closed hats) takes what there is.
    """

    def program(pool: tuple[int, ...]) -> int:
        return int(rng.choice([one for one in pool if (one in UNSEEN_PROGRAMS) == unseen]))

    def voice(name: str) -> str:
        pool = [one for one in _POOLS[name] if (one in UNSEEN_ONE_SHOTS) == unseen] or _POOLS[name]
        layers = 2 if len(pool) > 1 and rng.random() < _LAYERED_SHARE else 1
        return "+".join(rng.choice(pool, layers, replace=False))

    return dataclasses.replace(
        style,
        kit=tuple(voice(name) for name in DRUMS),
        bass_program=program(_BASSES),
        harmony_program=program(_CHORDS),
        lead_program=program(_LEADS),
    )
