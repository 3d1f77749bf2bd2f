"""The styles of the corpus, the street dances of AIST++: one row each says which grooves, harmonies and sounds make it.

Programs are General MIDI numbers of FluidR3; kits name files of the CC0 one-shots of Sonic Pi, one per voice of
d2m_bridge.engine.plan.DRUMS, layers joined by "+". Patterns are 16 sixteenths. Model files know a style by its
position: new ones go to the end.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """grooves: prefixes of Groove MIDI's `style` column. progressions: scale degrees, one a bar, four bars.

    bass: (step, degree index of tokens.BASS_DEGREES, length). harmony: (step, length). four_on_floor: the kick marks
    each beat whatever the drummer played.
    """

    grooves: tuple[str, ...]
    mode: str
    progressions: tuple[tuple[int, int, int, int], ...]
    bass: tuple[tuple[tuple[int, int, int], ...], ...]
    harmony: tuple[tuple[tuple[int, int], ...], ...]
    lead_density: float
    four_on_floor: bool
    kit: tuple[str, ...]
    bass_program: int
    harmony_program: int
    lead_program: int


_ACOUSTIC = (
    "drum_heavy_kick", "drum_snare_hard", "drum_cymbal_closed", "drum_cymbal_open",
    "drum_tom_lo_hard", "drum_tom_hi_hard", "drum_splash_hard", "drum_cymbal_pedal",
)  # fmt: skip
_ELECTRO = (
    "bd_haus", "sn_dub", "drum_cymbal_closed", "drum_cymbal_open",
    "drum_tom_lo_soft", "drum_tom_hi_soft", "drum_splash_soft", "elec_cymbal",
)  # fmt: skip
_HEAVY = (
    "bd_fat", "sn_dolf", "drum_cymbal_closed+elec_tick", "drum_cymbal_open",
    "elec_fuzz_tom", "drum_tom_mid_hard", "drum_splash_hard", "elec_cymbal",
)  # fmt: skip
_EIGHTOEIGHT = (
    "bd_808", "elec_hi_snare", "drum_cymbal_closed", "drum_cymbal_pedal",
    "drum_tom_lo_soft", "drum_tom_mid_soft", "drum_splash_soft", "elec_triangle",
)  # fmt: skip
_SOFT = (
    "drum_bass_hard", "drum_snare_soft", "drum_cymbal_pedal", "drum_cymbal_soft",
    "drum_tom_lo_soft", "drum_tom_hi_soft", "drum_splash_soft", "drum_cymbal_soft",
)  # fmt: skip
_TRAP = (
    "bd_boom+bd_808", "perc_snap+elec_hi_snare", "elec_twip+drum_cymbal_closed", "drum_cymbal_pedal",
    "tabla_ghe2", "elec_fuzz_tom", "drum_splash_soft", "elec_triangle",
)  # fmt: skip
_ROBOT = (
    "bd_tek+bd_pure", "elec_snare+sn_dub", "elec_twip+drum_cymbal_closed", "elec_cymbal",
    "elec_bong", "elec_blup", "drum_splash_hard", "elec_cymbal",
)  # fmt: skip
_DISCO = (
    "drum_heavy_kick+bd_haus", "drum_snare_hard+perc_snap", "drum_cymbal_closed", "drum_cymbal_open",
    "drum_tom_lo_hard", "drum_tom_mid_hard", "drum_splash_hard", "drum_cymbal_pedal",
)  # fmt: skip

_STRAIGHT = ((0, 0, 4), (4, 0, 4), (8, 0, 4), (12, 2, 4))
_OFFBEAT = ((2, 0, 2), (6, 0, 2), (10, 0, 2), (14, 4, 2))
_SYNCOPATED = ((0, 0, 3), (3, 0, 1), (6, 4, 2), (8, 0, 2), (11, 2, 1), (14, 3, 2))
_SLOW = ((0, 0, 6), (6, 0, 2), (8, 2, 8))
_BOUNCE = ((0, 0, 2), (3, 0, 3), (10, 0, 2), (13, 2, 3))
_WALK = ((0, 0, 4), (4, 1, 4), (8, 2, 4), (12, 3, 4))
_OCTAVES = tuple((step, 0 if step % 4 == 0 else 4, 2) for step in range(0, 16, 2))
_SLIDE = ((0, 0, 3), (3, 0, 3), (6, 0, 4), (10, 4, 2), (12, 2, 4))
_ROBOTIC = ((0, 0, 1), (2, 0, 1), (3, 4, 1), (6, 0, 1), (8, 3, 2), (11, 0, 1), (12, 2, 1), (14, 4, 1))
_SUSTAINED = ((0, 0, 8), (8, 2, 4), (12, 0, 4))

_PAD = ((0, 16),)
_HALVES = ((0, 8), (8, 8))
_STABS = ((2, 1), (6, 1), (10, 1), (14, 1))
_CHOPS = ((4, 1), (7, 1), (12, 2))
_PUSH = ((0, 3), (3, 3), (6, 8))
_ARPEGGIO = ((0, 4), (4, 4), (8, 4), (12, 4))
_SKANK = ((2, 1), (3, 1), (6, 1), (7, 1), (10, 1), (11, 1), (14, 1), (15, 1))
_ROBOT_HITS = ((0, 1), (3, 1), (6, 2), (11, 1), (14, 1))

STYLES: dict[str, Style] = {
    "break": Style(
        ("funk", "dance/breakbeat"), "dorian", ((0, 3, 0, 3), (0, 0, 3, 4), (0, 6, 3, 0)),
        (_SYNCOPATED, _BOUNCE), (_CHOPS, _PUSH), 0.6, False, _ACOUSTIC, 33, 16, 61,
    ),
    "hiphop": Style(
        ("hiphop",), "minor", ((0, 5, 3, 4), (0, 3, 5, 4), (0, 0, 5, 5)),
        (_SLOW, _BOUNCE), (_HALVES, _PAD), 0.4, False, _EIGHTOEIGHT, 38, 4, 11,
    ),
    "house": Style(
        ("dance/disco", "pop", "rock/indie"), "minor", ((0, 5, 2, 6), (0, 3, 5, 6), (5, 6, 0, 0)),
        (_OFFBEAT, _STRAIGHT), (_STABS, _PUSH), 0.6, True, _ELECTRO, 38, 90, 81,
    ),
    "jazz": Style(
        ("jazz/funk", "soul", "gospel"), "major", ((1, 4, 0, 5), (0, 5, 1, 4), (3, 4, 2, 5)),
        (_WALK, _SLOW), (_HALVES, _PUSH), 0.5, False, _ACOUSTIC, 32, 5, 66,
    ),
    "krump": Style(
        ("hiphop", "punk"), "phrygian", ((0, 0, 1, 0), (0, 1, 0, 5), (0, 0, 5, 1)),
        (_SLOW, _STRAIGHT), (_HALVES, _PUSH), 0.5, False, _HEAVY, 39, 48, 80,
    ),
    "lock": Style(
        ("funk", "soul/motown"), "mixolydian", ((0, 0, 3, 3), (0, 6, 3, 0), (0, 3, 4, 3)),
        (_SYNCOPATED, _BOUNCE), (_CHOPS, _STABS), 0.6, False, _ACOUSTIC, 36, 7, 62,
    ),
    "ballet": Style(
        ("pop", "latin/brazilian-bossa", "rock/folk"), "major", ((0, 4, 5, 3), (0, 5, 3, 4), (3, 4, 2, 5)),
        (_SUSTAINED, _STRAIGHT), (_ARPEGGIO, _PAD), 0.45, False, _SOFT, 35, 0, 73,
    ),
    "lahiphop": Style(
        ("hiphop", "latin/reggaeton", "latin/bounce"), "minor", ((0, 0, 5, 6), (5, 6, 0, 0), (0, 2, 5, 4)),
        (_SLIDE, _SLOW), (_PAD, _PUSH), 0.5, False, _TRAP, 39, 89, 12,
    ),
    "pop": Style(
        ("funk", "dance/breakbeat", "hiphop"), "dorian", ((0, 0, 0, 3), (0, 6, 0, 3), (0, 3, 6, 3)),
        (_ROBOTIC, _OFFBEAT), (_ROBOT_HITS, _STABS), 0.7, False, _ROBOT, 38, 63, 84,
    ),
    "waack": Style(
        ("dance/disco", "soul", "pop"), "minor", ((0, 3, 6, 2), (5, 6, 0, 0), (0, 5, 3, 4)),
        (_OCTAVES, _STRAIGHT), (_SKANK, _CHOPS), 0.55, True, _DISCO, 34, 27, 50,
    ),
}  # fmt: skip
STYLE_NAMES = tuple(STYLES)
