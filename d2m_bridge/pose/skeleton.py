"""The 33 BlazePose landmarks: names, mirror pairs, bones, and their place in COCO-17. Left is the dancer's own left."""

from __future__ import annotations

LANDMARKS = (
    "nose",
    "left_eye_inner",
    "left_eye",
    "left_eye_outer",
    "right_eye_inner",
    "right_eye",
    "right_eye_outer",
    "left_ear",
    "right_ear",
    "mouth_left",
    "mouth_right",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_pinky",
    "right_pinky",
    "left_index",
    "right_index",
    "left_thumb",
    "right_thumb",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
    "left_heel",
    "right_heel",
    "left_foot_index",
    "right_foot_index",
)
LANDMARK_COUNT = len(LANDMARKS)
INDEX = {name: index for index, name in enumerate(LANDMARKS)}

COCO_17 = (
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
)
# points[list(COCO_INDICES)] turns 33 landmarks into the 17 COCO keypoints.
COCO_INDICES = tuple(INDEX[name] for name in COCO_17)


def _mirror_name(name: str) -> str:
    swap = {"left": "right", "right": "left"}
    return "_".join(swap.get(part, part) for part in name.split("_"))


# points[list(MIRROR)] swaps left and right.
MIRROR = tuple(INDEX[_mirror_name(name)] for name in LANDMARKS)
LEFT_RIGHT_PAIRS = tuple((left, right) for left, right in enumerate(MIRROR) if "left" in LANDMARKS[left])

HIPS = (INDEX["left_hip"], INDEX["right_hip"])
SHOULDERS = (INDEX["left_shoulder"], INDEX["right_shoulder"])

_LEFT_BONES = (
    ("left_shoulder", "left_elbow"),
    ("left_elbow", "left_wrist"),
    ("left_wrist", "left_thumb"),
    ("left_wrist", "left_index"),
    ("left_wrist", "left_pinky"),
    ("left_index", "left_pinky"),
    ("left_shoulder", "left_hip"),
    ("left_hip", "left_knee"),
    ("left_knee", "left_ankle"),
    ("left_ankle", "left_heel"),
    ("left_ankle", "left_foot_index"),
    ("left_heel", "left_foot_index"),
    ("nose", "left_eye_inner"),
    ("left_eye_inner", "left_eye"),
    ("left_eye", "left_eye_outer"),
    ("left_eye_outer", "left_ear"),
)
_MIDDLE_BONES = (("left_shoulder", "right_shoulder"), ("left_hip", "right_hip"), ("mouth_left", "mouth_right"))

# Pairs of landmark indices that are joined by a line in a drawing.
BONES = tuple(
    (INDEX[a], INDEX[b])
    for a, b in (*_MIDDLE_BONES, *_LEFT_BONES, *((_mirror_name(a), _mirror_name(b)) for a, b in _LEFT_BONES))
)
