"""The dancer's body: the joints of one frame become round cones and ellipsoids, each with its look."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stage.face import HAIR
from stage.motion import (
    ANKLE_HEIGHT,
    L_ANKLE,
    L_EAR,
    L_ELBOW,
    L_HIP,
    L_KNEE,
    L_SHOULDER,
    L_WRIST,
    NOSE,
    R_ANKLE,
    R_EAR,
    R_ELBOW,
    R_HIP,
    R_KNEE,
    R_SHOULDER,
    R_WRIST,
    unit,
)

SKIN = (0.72, 0.45, 0.32)
SHIRT = (0.72, 0.10, 0.08)
TROUSERS = (0.06, 0.085, 0.19)
SHOE = (0.86, 0.86, 0.84)
SOLE = (0.30, 0.30, 0.32)

# How far neighbouring parts melt into each other, in metres.
SOFT, LIMB, CRISP = 0.05, 0.02, 0.004


@dataclass(frozen=True)
class Cone:
    """A round cone: two spheres and what a tight skin around both encloses. Metres, world axes."""

    a: np.ndarray
    b: np.ndarray
    radius_a: float
    radius_b: float
    colour: tuple[float, float, float]
    blend: float = SOFT


@dataclass(frozen=True)
class Ellipsoid:
    """axes: the half-axes as columns [3, 3], x to the dancer's left, y up, z to the front. face: drawn on it."""

    centre: np.ndarray
    axes: np.ndarray
    colour: tuple[float, float, float]
    face: bool = False


def body_parts(joints: np.ndarray) -> list[Cone | Ellipsoid]:
    """What one frame, joints [17, 3], looks like."""
    parts: list[Cone | Ellipsoid] = []
    forward = _forward(joints)
    for hip, knee, ankle in ((L_HIP, L_KNEE, L_ANKLE), (R_HIP, R_KNEE, R_ANKLE)):
        parts += _leg(joints[hip], joints[knee], joints[ankle], forward)
    parts += _torso(joints)
    for shoulder, elbow, wrist in ((L_SHOULDER, L_ELBOW, L_WRIST), (R_SHOULDER, R_ELBOW, R_WRIST)):
        parts += _arm(joints[shoulder], joints[elbow], joints[wrist], joints[[L_SHOULDER, R_SHOULDER]].mean(axis=0))
    return parts + _head(joints)


def _forward(joints: np.ndarray) -> np.ndarray:
    across = joints[L_HIP] - joints[R_HIP]
    return unit(np.array([-across[2], 0.0, across[0]]))


def _torso(joints: np.ndarray) -> list[Cone | Ellipsoid]:
    hips, chest = joints[[L_HIP, R_HIP]].mean(axis=0), joints[[L_SHOULDER, R_SHOULDER]].mean(axis=0)
    up = unit(chest - hips)
    side = unit(joints[L_SHOULDER] - joints[R_SHOULDER])
    hip_side = unit(joints[L_HIP] - joints[R_HIP])
    waist = hips + up * 0.17
    parts: list[Cone | Ellipsoid] = [
        Cone(hips + hip_side * 0.075, hips - hip_side * 0.075, 0.112, 0.112, TROUSERS),
        Cone(hips + up * 0.055 + hip_side * 0.07, hips + up * 0.055 - hip_side * 0.07, 0.117, 0.117, SHIRT, CRISP),
        Cone(hips + up * 0.09, chest - up * 0.13, 0.126, 0.135, SHIRT),
        Cone(chest + side * 0.155 - up * 0.01, chest - side * 0.155 - up * 0.01, 0.066, 0.066, SHIRT),
        Cone(chest + up * 0.01, chest + up * 0.10, 0.058, 0.050, SKIN, 0.015),
    ]
    for sign in (1.0, -1.0):
        flank = sign * side
        hem = hips + up * 0.065 + sign * hip_side * 0.07
        parts += [
            Cone(hem, waist + flank * 0.055, 0.112, 0.100, SHIRT),
            Cone(waist + flank * 0.055, chest + flank * 0.09 - up * 0.08, 0.100, 0.105, SHIRT),
        ]
    return parts


def _arm(shoulder: np.ndarray, elbow: np.ndarray, wrist: np.ndarray, chest: np.ndarray) -> list[Cone | Ellipsoid]:
    sleeve = shoulder + (elbow - shoulder) * 0.62
    along = unit(wrist - elbow)
    # The thumb points to the front of the bent arm, or to the body when it is straight.
    thumb = unit(np.cross(along, np.cross(shoulder - elbow, along)) + 0.1 * unit(chest - wrist))
    knuckles, tips = wrist + along * 0.085, wrist + along * 0.165
    return [
        Cone(shoulder, elbow, 0.052, 0.041, SKIN, LIMB),
        Cone(elbow, wrist, 0.041, 0.029, SKIN, CRISP),
        Cone(shoulder, sleeve, 0.068, 0.066, SHIRT, LIMB),
        Cone(wrist, knuckles, 0.030, 0.037, SKIN, LIMB),
        Cone(knuckles, tips, 0.034, 0.020, SKIN, LIMB),
        Cone(wrist + along * 0.03, wrist + along * 0.09 + thumb * 0.055, 0.018, 0.014, SKIN, 0.01),
    ]


def _leg(hip: np.ndarray, knee: np.ndarray, ankle: np.ndarray, forward: np.ndarray) -> list[Cone | Ellipsoid]:
    bend = knee - (hip + ankle) / 2
    bend[1] = 0.0
    ahead = unit(forward + bend * 4.0 * (bend @ forward > 0))
    raised = max(0.0, ankle[1] - ANKLE_HEIGHT)
    pitch = min(2.2 * raised, 0.8)
    toe_way = ahead * np.cos(pitch) - np.array([0.0, np.sin(pitch), 0.0])
    down = -np.array([0.0, 1.0, 0.0]) * np.cos(pitch) - ahead * np.sin(pitch)
    heel = ankle + down * (ANKLE_HEIGHT - 0.042) - toe_way * 0.045
    toe = ankle + down * (ANKLE_HEIGHT - 0.034) + toe_way * 0.145
    cuff = knee + (ankle - knee) * 0.93
    return [
        Cone(heel, toe, 0.040, 0.033, SHOE, 0.01),
        Cone(ankle, heel + toe_way * 0.09, 0.043, 0.040, SHOE, 0.03),
        Cone(heel + down * 0.016, toe + down * 0.012, 0.036, 0.030, SOLE, CRISP),
        Cone(knee + (ankle - knee) * 0.8, ankle, 0.040, 0.036, SKIN, 0.01),
        Cone(hip, knee, 0.096, 0.066, TROUSERS, SOFT),
        Cone(knee, cuff, 0.065, 0.056, TROUSERS, CRISP),
    ]


def _head(joints: np.ndarray) -> list[Cone | Ellipsoid]:
    chest = joints[[L_SHOULDER, R_SHOULDER]].mean(axis=0)
    left = unit(joints[L_EAR] - joints[R_EAR])
    ears = joints[[L_EAR, R_EAR]].mean(axis=0)
    front = joints[NOSE] - ears
    front = unit(front - (front @ left) * left)
    up = np.cross(front, left)
    frame = np.stack([left, up, front], axis=1)
    centre = chest + unit(ears - chest) * 0.06 + up * 0.155 + front * 0.015

    def at(x: float, y: float, z: float) -> np.ndarray:
        return centre + frame @ np.array([x, y, z])

    return [
        Ellipsoid(centre, frame * np.array([0.076, 0.112, 0.094]), SKIN, face=True),
        Ellipsoid(at(0.0, 0.022, -0.022), frame * np.array([0.086, 0.104, 0.092]), HAIR),
        Cone(at(0.0, 0.005, 0.088), at(0.0, -0.020, 0.098), 0.010, 0.014, SKIN, 0.015),
        Cone(at(0.078, 0.012, -0.004), at(0.074, -0.020, 0.0), 0.014, 0.010, SKIN, CRISP),
        Cone(at(-0.078, 0.012, -0.004), at(-0.074, -0.020, 0.0), 0.014, 0.010, SKIN, CRISP),
    ]
