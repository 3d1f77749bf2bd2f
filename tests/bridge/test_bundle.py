import io
import struct
import zipfile

import flatbuffers
import pytest
from mediapipe.tasks.metadata import metadata_schema_py_generated, schema_py_generated

from d2m_bridge.pose.bundle import METADATA_BUFFER, OUTPUTS, attach_metadata, landmark_metadata, stored_zip


def tiny_net(metadata=()):
    """A TFLite net without operators, with empty metadata buffers of the given names."""
    model = schema_py_generated.ModelT()
    model.version = 3
    model.description = "tiny"
    model.buffers = [schema_py_generated.BufferT() for _ in range(1 + len(metadata))]
    model.metadata = []
    for index, name in enumerate(metadata):
        entry = schema_py_generated.MetadataT()
        entry.name, entry.buffer = name, 1 + index
        model.metadata.append(entry)
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def metadata_of(net):
    model = schema_py_generated.ModelT.InitFromObj(schema_py_generated.Model.GetRootAs(net, 0))
    return {entry.name.decode(): model.buffers[entry.buffer].data for entry in model.metadata}, model


def data_offset(archive, entry):
    archive.seek(entry.header_offset + 26)
    name_length, extra_length = struct.unpack("<HH", archive.read(4))
    return entry.header_offset + 30 + name_length + extra_length


@pytest.mark.parametrize("sizes", [(0, 0), (1, 1), (2, 7), (3, 65), (5, 4097)])
@pytest.mark.parametrize("names", [("a", "bb"), ("ccc", "dddd"), ("pose_detector.tflite", "x.tflite")])
def test_members_lie_uncompressed_at_multiples_of_four(sizes, names):
    members = {name: bytes([size % 251]) * size for name, size in zip(names, sizes, strict=True)}
    archive = io.BytesIO(stored_zip(members))
    with zipfile.ZipFile(archive) as reader:
        assert reader.testzip() is None
        assert reader.namelist() == list(names)
        for entry in reader.infolist():
            assert entry.compress_type == zipfile.ZIP_STORED
            assert reader.read(entry) == members[entry.filename]
    for entry in reader.infolist():
        assert data_offset(archive, entry) % 4 == 0


def test_the_same_members_make_the_same_bytes():
    assert stored_zip({"a": b"1"}) == stored_zip({"a": b"1"})


def test_a_net_gets_metadata_and_keeps_the_rest():
    net = attach_metadata(tiny_net(["min_runtime_version"]), b"hello")
    entries, model = metadata_of(net)
    assert bytes(entries[METADATA_BUFFER]) == b"hello"
    assert set(entries) == {METADATA_BUFFER, "min_runtime_version"}
    assert model.description == b"tiny"
    assert net[4:8] == b"TFL3"


def test_older_metadata_is_replaced():
    entries, model = metadata_of(attach_metadata(attach_metadata(tiny_net(), b"old"), b"new"))
    assert bytes(entries[METADATA_BUFFER]) == b"new"
    assert len(model.metadata) == 1


def test_the_description_names_one_picture_and_five_outputs():
    content = landmark_metadata()
    assert content[4:8] == b"M001"
    model = metadata_schema_py_generated.ModelMetadataT.InitFromObj(
        metadata_schema_py_generated.ModelMetadata.GetRootAs(content, 0)
    )
    graph = model.subgraphMetadata[0]
    scaling = graph.inputTensorMetadata[0].processUnits[0].options
    assert (scaling.mean[0], scaling.std[0]) == (0.0, 255.0)
    assert tuple(output.name.decode() for output in graph.outputTensorMetadata) == OUTPUTS
