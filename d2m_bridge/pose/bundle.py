"""Assembles a Pose Landmarker bundle from its two TFLite nets. Bytes in, bytes out: no files, no network.

MediaPipe's Tasks API takes one `.task` file: an uncompressed zip of a person detector and a landmark net, each
describing its tensors in a metadata buffer. The landmark net of the older MediaPipe solutions is the same net without
that description, so it is added here.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from types import ModuleType

from d2m_bridge.pose.mediapipe_import import load_mediapipe

METADATA_BUFFER = "TFLITE_METADATA"
# In the order of the landmark net's outputs.
OUTPUTS = ("landmarks", "presence", "segmentation_mask", "heat_map", "world_landmarks")
_ALIGNMENT = 4
_LOCAL_HEADER_BYTES = 30
_PADDING_HEADER = struct.Struct("<HH")
_PADDING_ID = 0xD935  # the "alignment" extra field that Android's zipalign writes


def make_pose_bundle(detector: bytes, landmarks: bytes) -> bytes:
    """Joins the person detector (with metadata) and the landmark net (without) to the bytes of a `.task` file."""
    nets = {
        "pose_detector.tflite": detector,
        "pose_landmarks_detector.tflite": attach_metadata(landmarks, landmark_metadata()),
    }
    return stored_zip(nets)


def stored_zip(members: Mapping[str, bytes]) -> bytes:
    """An uncompressed zip whose members' data start at multiples of 4 bytes: MediaPipe maps the nets in place."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o644 << 16
            entry.extra = _padding(buffer.tell() + _LOCAL_HEADER_BYTES + len(name.encode()))
            archive.writestr(entry, data)
    return buffer.getvalue()


def _padding(offset: int) -> bytes:
    if offset % _ALIGNMENT == 0:
        return b""
    fill = -(offset + _PADDING_HEADER.size) % _ALIGNMENT
    return _PADDING_HEADER.pack(_PADDING_ID, fill) + bytes(fill)


def attach_metadata(net: bytes, metadata: bytes) -> bytes:
    """The same TFLite net carrying a metadata buffer; one that it had is replaced."""
    import flatbuffers

    load_mediapipe()
    from mediapipe.tasks.metadata import schema_py_generated as schema

    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(net, 0))
    buffer = schema.BufferT()
    buffer.data = list(metadata)
    model.buffers.append(buffer)
    entry = schema.MetadataT()
    entry.name = METADATA_BUFFER
    entry.buffer = len(model.buffers) - 1
    kept = [old for old in model.metadata or [] if old.name not in (METADATA_BUFFER, METADATA_BUFFER.encode())]
    model.metadata = [*kept, entry]
    builder = flatbuffers.Builder(len(net) + len(metadata))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def landmark_metadata() -> bytes:
    """The description of the landmark net: one RGB picture scaled to 0..1 in, five float tensors out."""
    import flatbuffers

    load_mediapipe()
    from mediapipe.tasks.metadata import metadata_schema_py_generated as schema

    graph = schema.SubGraphMetadataT()
    graph.inputTensorMetadata = [_picture_input(schema)]
    graph.outputTensorMetadata = [_feature_output(schema, name) for name in OUTPUTS]
    model = schema.ModelMetadataT()
    model.name = "Pose Landmark"
    model.description = "Detects human pose landmarks"
    model.author = "MediaPipe"
    model.version = "v1"
    model.minParserVersion = "1.0.0"
    model.subgraphMetadata = [graph]
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), b"M001")
    return bytes(builder.Output())


def _picture_input(schema: ModuleType) -> object:
    colour = schema.ImagePropertiesT()
    colour.colorSpace = schema.ColorSpaceType.RGB
    scaling = schema.NormalizationOptionsT()
    scaling.mean = [0.0]
    scaling.std = [255.0]
    unit = schema.ProcessUnitT()
    unit.optionsType = schema.ProcessUnitOptions.NormalizationOptions
    unit.options = scaling
    tensor = schema.TensorMetadataT()
    tensor.name = "image"
    tensor.description = "Input image to be landmarked"
    tensor.content = _content(schema, schema.ContentProperties.ImageProperties, colour)
    tensor.processUnits = [unit]
    tensor.stats = schema.StatsT()
    tensor.stats.min = [0.0]
    tensor.stats.max = [1.0]
    return tensor


def _feature_output(schema: ModuleType, name: str) -> object:
    tensor = schema.TensorMetadataT()
    tensor.name = name
    tensor.content = _content(schema, schema.ContentProperties.FeatureProperties, schema.FeaturePropertiesT())
    tensor.stats = schema.StatsT()
    return tensor


def _content(schema: ModuleType, kind: int, properties: object) -> object:
    content = schema.ContentT()
    content.contentPropertiesType = kind
    content.contentProperties = properties
    return content
