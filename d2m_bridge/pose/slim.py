"""Takes the silhouette out of the landmark net: a third of its time goes into a mask that nobody here reads.

Bytes in, bytes out. The landmarks stay the same to the last bit. MediaPipe counts the net's outputs, so the mask's
place is filled with another output.
"""

from __future__ import annotations

import io
import zipfile
from functools import lru_cache
from typing import Any

from d2m_bridge.pose.bundle import OUTPUTS, stored_zip
from d2m_bridge.pose.mediapipe_import import load_mediapipe

LANDMARK_NET = "pose_landmarks_detector.tflite"
_MASK, _FILLER = OUTPUTS.index("segmentation_mask"), OUTPUTS.index("presence")
_MASK_SHAPE = [1, 256, 256, 1]


@lru_cache(1)  # two viewers open the same model at the same time
def without_mask(bundle: bytes) -> bytes:
    """The same Pose Landmarker bundle without the silhouette; one of another make comes back as it was."""
    try:
        with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
            nets = {name: archive.read(name) for name in archive.namelist()}
    except zipfile.BadZipFile:
        return bundle  # MediaPipe says what is wrong with it
    if LANDMARK_NET in nets:
        nets[LANDMARK_NET] = _pruned(nets[LANDMARK_NET])
    return stored_zip(nets)


def _pruned(net: bytes) -> bytes:
    import flatbuffers

    load_mediapipe()
    from mediapipe.tasks.metadata import schema_py_generated as schema

    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(net, 0))
    graph = model.subgraphs[0]
    outputs = list(graph.outputs)
    if len(outputs) != len(OUTPUTS) or list(graph.tensors[outputs[_MASK]].shape) != _MASK_SHAPE:
        return net
    outputs[_MASK] = outputs[_FILLER]
    graph.outputs = outputs
    graph.operators = _needed(graph.operators, outputs)
    builder = flatbuffers.Builder(len(net))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _needed(operators: list[Any], outputs: list[int]) -> list[Any]:
    """The operators that the outputs depend on, in their order."""
    made_by = {tensor: i for i, operator in enumerate(operators) for tensor in operator.outputs}
    needed: set[int] = set()
    open_tensors = list(outputs)
    while open_tensors:
        maker = made_by.get(open_tensors.pop())
        if maker is not None and maker not in needed:
            needed.add(maker)
            open_tensors += list(operators[maker].inputs)
    return [operator for i, operator in enumerate(operators) if i in needed]
