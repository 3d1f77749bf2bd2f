import io
import zipfile

import numpy as np
import pytest
from mediapipe.tasks.metadata import schema_py_generated as schema

from d2m_bridge.pose.bundle import stored_zip
from d2m_bridge.pose.landmarker import Landmarker
from d2m_bridge.pose.slim import LANDMARK_NET, without_mask
from tests.bridge.test_bundle import tiny_net
from tests.pose_model import pose_model, sample_frames


def points_in(bundle, follow):
    landmarker = Landmarker(bundle, 1, follow=follow, gpu=False)
    people = [landmarker.find(frame.image, frame.t) for frame in sample_frames(12)]
    landmarker.close()
    return np.stack([np.hstack([body.points, body.confidence[:, None]]) for [body] in people])


def operators(bundle):
    net = zipfile.ZipFile(io.BytesIO(bundle)).read(LANDMARK_NET)
    return len(schema.ModelT.InitFromObj(schema.Model.GetRootAs(net, 0)).subgraphs[0].operators)


@pytest.mark.parametrize("follow", [True, False])
def test_the_landmarks_stay_the_same_to_the_last_bit(follow):
    whole = pose_model().read_bytes()
    np.testing.assert_array_equal(points_in(without_mask(whole), follow), points_in(whole, follow))


def test_the_mask_is_gone():
    whole = pose_model().read_bytes()
    slim = without_mask(whole)
    assert operators(slim) < 0.9 * operators(whole)
    assert operators(without_mask(slim)) == operators(slim)


def test_a_bundle_of_another_make_comes_back_as_it_was():
    assert without_mask(b"no bundle at all") == b"no bundle at all"
    other = stored_zip({"other.tflite": tiny_net()})
    assert without_mask(other) == other
