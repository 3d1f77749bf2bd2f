"""What goes out besides the events of the timeline: transport, tempo, state, people and their joints."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from d2m_bridge.pose.skeleton import COCO_17, COCO_INDICES
from d2m_bridge.timeline import Event, Pose

PERSON_FLOATS = 3 * len(COCO_17)


@dataclass(frozen=True, slots=True)
class NextBeatMessage:
    """A beat that will sound due_in seconds after this message was sent. bar and beat as in BeatEvent."""

    bar: int
    beat: int
    bpm: float
    due_in: float


@dataclass(frozen=True, slots=True)
class DownbeatMessage:
    """The first beat of a bar sounds. bar: from 0."""

    bar: int


@dataclass(frozen=True, slots=True)
class TempoMessage:
    """Beats a minute."""

    bpm: float


@dataclass(frozen=True, slots=True)
class PlayingMessage:
    """The music runs or stands."""

    playing: bool


@dataclass(frozen=True, slots=True)
class RecordingMessage:
    """A take is being recorded, or no longer."""

    recording: bool


@dataclass(frozen=True, slots=True)
class StateMessage:
    """One ASCII line for people: what the session does, or what is wrong."""

    text: str


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Still here. count: from 0, one a second."""

    count: int


@dataclass(frozen=True, slots=True)
class PersonMessage:
    """All joints of one person in one message, which cannot be torn apart.

    joints: x, y, confidence of each of the 17 COCO keypoints in turn; x right and y down in image heights, 0..1.
    """

    person: int
    joints: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class JointMessage:
    """One coordinate of one joint of the followed dancer. joint: a name of COCO_17; axis: x or y, in image heights."""

    joint: str
    axis: str
    value: float


@dataclass(frozen=True, slots=True)
class ClipMessage:
    """A finished audio file, cut on bars. path: absolute. stem: mix, drums, bass, harmony or lead."""

    path: str
    bar: int
    beats: int
    bpm: float
    stem: str


@dataclass(frozen=True, slots=True)
class ClockMessage:
    """How we stand to the master of the tempo.

    source: follow, link, midi, osc or fixed. locked: its beat is known and held. phase_ms: our beats lie this much
    after the master's. latency_ms: measured delay of the output. offset_ms: the user's signed latency offset.
    """

    source: str
    locked: bool
    phase_ms: float
    latency_ms: float
    offset_ms: float


@dataclass(frozen=True, slots=True)
class HealthMessage:
    """Whether the machine keeps up.

    underruns: gaps in the sound since the beginning. late_blocks: blocks of music that came after their time. fps:
    pictures in which poses were looked for, a second. cpu_share: of one core, since the beginning.
    """

    underruns: int
    late_blocks: int
    fps: float
    cpu_share: float


@dataclass(frozen=True, slots=True)
class Pong:
    """The answer to /d2m/ping."""

    version: str


Message = (
    NextBeatMessage
    | DownbeatMessage
    | TempoMessage
    | PlayingMessage
    | RecordingMessage
    | StateMessage
    | Heartbeat
    | PersonMessage
    | JointMessage
    | ClipMessage
    | ClockMessage
    | HealthMessage
    | Pong
)
Outgoing = Event | Message


def person_messages(people: Iterable[Pose]) -> list[PersonMessage]:
    """One message for each person in view."""
    return [PersonMessage(pose.person, tuple(_keypoints(pose))) for pose in people]


def joint_messages(pose: Pose) -> list[JointMessage]:
    """Two messages, x and y, for each of the 17 joints of the followed dancer."""
    points = pose.points[list(COCO_INDICES)].tolist()
    return [
        JointMessage(joint, axis, value)
        for joint, point in zip(COCO_17, points, strict=True)
        for axis, value in zip("xy", point, strict=True)
    ]


def _keypoints(pose: Pose) -> Iterable[float]:
    chosen = list(COCO_INDICES)
    for (x, y), confidence in zip(pose.points[chosen].tolist(), pose.confidence[chosen].tolist(), strict=True):
        yield from (x, y, confidence)
