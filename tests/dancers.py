"""A dancer made of sines: COCO-17 joints in image heights that bounce, swing and step to a known beat."""

import numpy as np

from d2m_bridge.motion.features import MotionFeatures
from d2m_bridge.pose.skeleton import COCO_17, COCO_INDICES, LANDMARK_COUNT
from d2m_bridge.timeline import Pose

RATE = 30.0
BODY = np.array(
    [
        *[(0.0, -0.30), (0.02, -0.31), (-0.02, -0.31), (0.03, -0.30), (-0.03, -0.30)],
        *[(0.07, -0.20), (-0.07, -0.20), (0.13, -0.10), (-0.13, -0.10), (0.15, 0.0), (-0.15, 0.0)],
        *[(0.05, 0.0), (-0.05, 0.0), (0.06, 0.16), (-0.06, 0.16), (0.06, 0.32), (-0.06, 0.32)],
    ]
)
PLACE = np.array([0.9, 0.55])
_FEET = [COCO_17.index(name) for name in ("left_ankle", "right_ankle")]
_ARMS = {"left_elbow": 0.5, "right_elbow": 0.5, "left_wrist": 1.0, "right_wrist": 1.0}


def steady_beats(bpm, first_beat=0.0):
    """t in seconds -> position in beats."""
    return lambda t: (t - first_beat) * bpm / 60


def drifting_beats(bpm, depth, every_s):
    """A tempo that swings by +-depth around bpm once every_s seconds."""
    return lambda t: bpm / 60 * (t + depth * every_s / (2 * np.pi) * np.sin(2 * np.pi * t / every_s))


def joints_at(t, beats, noise=0.0, rng=None):
    """t: [T] seconds -> [T, 17, 2]. The body falls through its middle on each beat, the hands swing over two beats."""
    beat = beats(t)[:, None]
    joints = np.repeat(BODY[None], len(t), axis=0)
    bounce = 0.02 * np.sin(2 * np.pi * beat)  # y down: fastest downwards on the beat
    for joint in range(len(COCO_17)):
        if joint not in _FEET:
            joints[:, joint, 1] += bounce[:, 0]
    for name, size in _ARMS.items():
        # An arm rests at each end of its swing, on the beats.
        joint = COCO_17.index(name)
        joints[:, joint, 0] += size * 0.06 * np.cos(np.pi * beat[:, 0])
        joints[:, joint, 1] += size * 0.03 * np.cos(np.pi * beat[:, 0])
    for side, joint in enumerate(_FEET):
        lift = np.maximum(0.0, np.sin(np.pi * (beat[:, 0] + side)))
        joints[:, joint, 1] -= 0.03 * lift
    if noise:
        joints = joints + rng.normal(0.0, noise, joints.shape)
    return joints + PLACE


def still(seconds, noise, rng):
    """A person who only trembles."""
    return BODY + PLACE + rng.normal(0.0, noise, (round(seconds * RATE), len(COCO_17), 2))


def frames_of(joints, rate=RATE):
    """joints: [T, 17, 2], or a list with None for nobody -> MotionFrames."""
    features = MotionFeatures(rate)
    frames = [frame for index, row in enumerate(joints) for frame in features.push_coco(index, row)]
    return frames + features.finish()


def dance(seconds, beats, noise=0.0, seed=0):
    """MotionFrames of a dancer."""
    t = np.arange(round(seconds * RATE)) / RATE
    return frames_of(joints_at(t, beats, noise, np.random.default_rng(seed)))


def pose_of(t, joints, person=1):
    """COCO joints as a Pose of 33 landmarks; landmarks that COCO lacks lie on the nose."""
    points = np.repeat(joints[:1], LANDMARK_COUNT, axis=0)
    points[list(COCO_INDICES)] = joints
    return Pose(t, points.astype(np.float32), np.ones(LANDMARK_COUNT, np.float32), person)
