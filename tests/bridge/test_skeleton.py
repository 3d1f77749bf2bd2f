from d2m_bridge.pose.skeleton import BONES, COCO_17, COCO_INDICES, INDEX, LANDMARKS, LEFT_RIGHT_PAIRS, MIRROR


def test_there_are_33_landmarks_with_different_names():
    assert len(LANDMARKS) == len(set(LANDMARKS)) == 33


def test_mirroring_twice_is_nothing():
    assert [MIRROR[i] for i in MIRROR] == list(range(33))


def test_only_the_nose_is_its_own_mirror_image():
    assert [LANDMARKS[i] for i in range(33) if MIRROR[i] == i] == ["nose"]


def test_pairs_join_the_same_part_of_both_sides():
    assert len(LEFT_RIGHT_PAIRS) == 16
    for left, right in LEFT_RIGHT_PAIRS:
        assert LANDMARKS[left].replace("left", "right") == LANDMARKS[right]


def test_coco_points_are_found_by_name():
    assert [LANDMARKS[i] for i in COCO_INDICES] == list(COCO_17)
    assert (INDEX["left_shoulder"], INDEX["right_foot_index"]) == (11, 32)


def test_bones_are_the_same_on_both_sides_and_reach_every_landmark():
    bones = {frozenset(bone) for bone in BONES}
    assert len(bones) == len(BONES)
    assert {frozenset(MIRROR[i] for i in bone) for bone in bones} == bones
    assert {i for bone in bones for i in bone} == set(range(33))
