import json
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from d2m_bridge import paths
from d2m_bridge.errors import ModelError
from d2m_bridge.pose import fetch, sources
from tests.bridge.test_bundle import tiny_net
from tests.faults import no_file_larger_than

OFFICIAL = b"the official bundle " * 50_000
NOWHERE = "http://127.0.0.1:9/pose.task"


def no_progress(stage, done, total):
    pass


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """An empty cache, no official download in reach, and a pip that knows an empty folder only."""
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "home"))
    links = tmp_path / "links"
    links.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    set_official(monkeypatch, NOWHERE)
    return tmp_path / "home" / "models"


def set_official(monkeypatch, url):
    for module in (sources, fetch):
        monkeypatch.setattr(module, "OFFICIAL_URL", url)
        monkeypatch.setattr(module, "OFFICIAL_SHA256", {sources.sha256_of(OFFICIAL)})


@pytest.fixture
def serve(tmp_path, monkeypatch):
    """A web server that offers some bytes at the official address."""
    servers = []

    def start(content):
        folder = tmp_path / "www"
        folder.mkdir()
        (folder / "pose.task").write_bytes(content)

        class Quiet(SimpleHTTPRequestHandler):
            def log_message(self, *args):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
        Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        set_official(monkeypatch, f"http://127.0.0.1:{server.server_port}/pose.task")

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def wheel(tmp_path, monkeypatch):
    """A wheel of the right name in pip's folder, with two tiny nets whose sums are the expected ones."""
    nets = {sources.WHEEL_DETECTOR: tiny_net(), sources.WHEEL_LANDMARKS: tiny_net(["min_runtime_version"])}
    monkeypatch.setattr(sources, "WHEEL_SHA256", {name: sources.sha256_of(net) for name, net in nets.items()})
    name, version = sources.WHEEL.split("==")
    tag = "cp311-cp311-manylinux_2_28_x86_64"
    info = f"{name}-{version}.dist-info"
    path = tmp_path / "links" / f"{name}-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for member, net in nets.items():
            archive.writestr(member, net)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {tag}\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def state():
    [model] = fetch.list_models()
    return model


def test_an_empty_cache_lists_the_model_as_missing(home):
    assert (state().state, state().size, state().path) == ("missing", 0, home / "pose_landmarker_full.task")
    with pytest.raises(ModelError, match=r"missing.*d2m models fetch"):
        fetch.pose_model_path()


def test_the_official_download_is_stored_with_its_record(serve, home):
    serve(OFFICIAL)
    steps = []
    path = fetch.fetch_pose_model(lambda stage, done, total: steps.append((done, total)))
    assert path.read_bytes() == OFFICIAL
    assert path == fetch.pose_model_path() == state().path
    assert (state().state, state().size) == ("present", len(OFFICIAL))
    record = json.loads(path.with_suffix(".json").read_text())
    assert record == {"source": sources.OFFICIAL_URL, "sha256": sources.sha256_of(OFFICIAL)}
    assert steps[0] == (0, len(OFFICIAL)) and steps[-1] == (len(OFFICIAL), len(OFFICIAL))
    assert len(steps) > 3


def test_a_present_model_is_not_fetched_again(serve):
    serve(OFFICIAL)
    fetch.fetch_pose_model(no_progress)
    fetch.fetch_pose_model(lambda *step: pytest.fail("fetched again"))


@pytest.mark.parametrize("wrong", [b"<html>Please log in</html>", OFFICIAL[:-1]], ids=["portal", "truncated"])
def test_wrong_content_at_the_official_address_is_refused(serve, wrong, home):
    serve(wrong)
    with pytest.raises(ModelError, match="unknown content"):
        fetch.fetch_pose_model(no_progress)
    assert not home.exists()


def test_where_the_download_is_out_of_reach_the_wheel_serves(wheel):
    path = fetch.fetch_pose_model(no_progress)
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["pose_detector.tflite", "pose_landmarks_detector.tflite"]
        assert archive.read("pose_detector.tflite") == tiny_net()
    assert (state().state, state().source) == ("present", "mediapipe==0.10.21 wheel")


def test_a_wheel_with_other_nets_is_refused(wheel, monkeypatch):
    monkeypatch.setitem(sources.WHEEL_SHA256, sources.WHEEL_LANDMARKS, "0" * 64)
    with pytest.raises(ModelError, match=r"pose_landmark_full\.tflite has sha256 .*, expected 000"):
        fetch.fetch_pose_model(no_progress)


def test_a_wheel_that_lacks_the_nets_is_refused(wheel, monkeypatch):
    monkeypatch.setattr(sources, "WHEEL_SHA256", {"mediapipe/absent.tflite": "0" * 64})
    with pytest.raises(ModelError, match="cannot be read"):
        fetch.fetch_pose_model(no_progress)


def test_with_no_source_in_reach_one_line_says_what_to_do(home):
    with pytest.raises(ModelError) as caught:
        fetch.fetch_pose_model(no_progress)
    message = str(caught.value)
    assert "\n" not in message
    for part in (NOWHERE, "not reachable", "pip failed", "pip index", str(home)):
        assert part in message
    assert not home.exists()


@pytest.mark.parametrize("damage", [b"", OFFICIAL[:-1], OFFICIAL[:-1] + b"x"], ids=["empty", "cut", "changed"])
def test_a_damaged_model_is_said_so_and_mended(serve, damage):
    serve(OFFICIAL)
    path = fetch.fetch_pose_model(no_progress)
    path.write_bytes(damage)
    assert state().state == "damaged"
    with pytest.raises(ModelError, match=r"damaged.*d2m models fetch"):
        fetch.pose_model_path()
    assert fetch.fetch_pose_model(no_progress).read_bytes() == OFFICIAL
    assert state().state == "present"


@pytest.mark.parametrize("record", [b"", b"{}", b"[1]", b'{"sha256": 3', None])
def test_without_its_record_an_assembled_model_is_not_trusted(wheel, record):
    path = fetch.fetch_pose_model(no_progress)
    if record is None:
        path.with_suffix(".json").unlink()
    else:
        path.with_suffix(".json").write_bytes(record)
    assert state().state == "damaged"


def test_an_official_build_put_there_by_hand_is_trusted(home):
    home.mkdir(parents=True)
    (home / "pose_landmarker_full.task").write_bytes(OFFICIAL)
    assert fetch.pose_model_path().read_bytes() == OFFICIAL


def test_a_full_disk_leaves_nothing_behind(serve, home):
    serve(OFFICIAL)
    with no_file_larger_than(100_000), pytest.raises(ModelError, match=paths.HOME_VARIABLE):
        fetch.fetch_pose_model(no_progress)
    assert list(home.iterdir()) == []
    assert state().state == "missing"
