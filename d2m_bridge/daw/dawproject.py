"""A take as a DAWproject, the exchange format of Bitwig Studio, Studio One and Cubase: XML and sounds in one ZIP.

Positions are beats, with a tempo automation that holds each value; sounds run in seconds, unwarped. The sounds lie
inside, so that the file can be moved and sent.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from d2m_bridge import __version__
from d2m_bridge.daw.take import Sound, Take
from d2m_bridge.sinks.atomic import whole_file
from d2m_bridge.sinks.midi_file import CHANNELS
from d2m_bridge.timeline import BEATS_PER_BAR, STEPS_PER_BEAT

_TEMPO_ID, _MASTER_ID = "tempo", "master"


def write_dawproject(take: Take, path: Path) -> None:
    """Writes the ZIP. Raises InputError if the disk refuses."""
    with whole_file(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        archive.writestr("project.xml", _text(project_xml(take)))
        archive.writestr("metadata.xml", _text(_metadata(take)))
        for sound in (*take.stems, take.mix):
            archive.write(sound.path, _inside(sound))


def project_xml(take: Take) -> Element:
    """project.xml as a tree."""
    project = Element("Project", version="1.0")
    SubElement(project, "Application", name="d2m", version=__version__)
    transport = SubElement(project, "Transport")
    SubElement(
        transport, "Tempo", id=_TEMPO_ID, name="Tempo", unit="bpm", value=repr(take.tempo.points[0].bpm),
        min="20", max="666",
    )  # fmt: skip
    SubElement(transport, "TimeSignature", id="meter", numerator=str(BEATS_PER_BAR), denominator="4")
    structure = SubElement(project, "Structure")
    arrangement = SubElement(project, "Arrangement", id="arrangement")
    lanes = SubElement(arrangement, "Lanes", id="lanes", timeUnit="beats")
    for sound in (*take.stems, take.mix):
        _track(structure, sound.name, "audio", muted=sound is take.mix and bool(take.stems))
        _sound(_clips(lanes, sound.name), take, sound)
    _track(structure, "notes", "notes", muted=False)
    _notes(_clips(lanes, "notes"), take)
    _master(structure)
    _markers(arrangement, take)
    _tempo(arrangement, take)
    return project


def _track(structure: Element, name: str, content: str, *, muted: bool) -> None:
    track = SubElement(structure, "Track", id=f"track-{name}", name=name, contentType=content, loaded="true")
    channel = SubElement(
        track, "Channel", id=f"channel-{name}", role="regular", audioChannels="2", destination=_MASTER_ID
    )
    SubElement(channel, "Mute", id=f"mute-{name}", value=str(muted).lower())


def _master(structure: Element) -> None:
    track = SubElement(structure, "Track", id="track-master", name="Master", contentType="audio notes", loaded="true")
    SubElement(track, "Channel", id=_MASTER_ID, role="master", audioChannels="2")


def _clips(lanes: Element, name: str) -> Element:
    lane = SubElement(lanes, "Lanes", id=f"lane-{name}", track=f"track-{name}")
    return SubElement(lane, "Clips", id=f"clips-{name}")


def _sound(clips: Element, take: Take, sound: Sound) -> None:
    begin = take.tempo.beat_at(take.start_s)
    end = take.tempo.beat_at((take.offset + sound.frames) / take.sample_rate)
    seconds = repr(sound.frames / take.sample_rate)
    clip = SubElement(
        clips, "Clip", name=sound.path.name, time=repr(begin), duration=repr(end - begin),
        contentTimeUnit="seconds", playStart="0.0", playStop=seconds,
    )  # fmt: skip
    audio = SubElement(
        clip, "Audio", id=f"audio-{sound.name}", duration=seconds,
        sampleRate=str(take.sample_rate), channels=str(sound.channels),
    )  # fmt: skip
    SubElement(audio, "File", path=_inside(sound))


def _notes(clips: Element, take: Take) -> None:
    clip = SubElement(clips, "Clip", name=take.name, time="0.0", duration=repr(float(take.beats)), playStart="0.0")
    notes = SubElement(clip, "Notes", id="notes")
    for note in take.notes:
        SubElement(
            notes, "Note", time=repr(note.step / STEPS_PER_BEAT), duration=repr(note.steps / STEPS_PER_BEAT),
            channel=str(CHANNELS[note.stem]), key=str(note.pitch), vel=repr(note.velocity),
        )  # fmt: skip


def _markers(arrangement: Element, take: Take) -> None:
    if take.markers:  # the schema wants one at least
        markers = SubElement(arrangement, "Markers", id="markers", timeUnit="beats")
        for marker in take.markers:
            SubElement(markers, "Marker", name=marker.name, time=repr(float(marker.beat)))


def _tempo(arrangement: Element, take: Take) -> None:
    points = SubElement(arrangement, "TempoAutomation", id="tempo-automation", timeUnit="beats", unit="bpm")
    SubElement(points, "Target", parameter=_TEMPO_ID)
    for point in take.tempo.points:
        SubElement(points, "RealPoint", time=repr(float(point.beat)), value=repr(point.bpm), interpolation="hold")


def _metadata(take: Take) -> Element:
    metadata = Element("MetaData")
    SubElement(metadata, "Title").text = take.name
    SubElement(metadata, "Comment").text = f"made by d2m {__version__}"
    return metadata


def _inside(sound: Sound) -> str:
    return f"audio/{sound.path.name}"


def _text(tree: Element) -> bytes:
    ElementTree.indent(tree)
    text: bytes = ElementTree.tostring(tree, encoding="UTF-8", xml_declaration=True)
    return text
