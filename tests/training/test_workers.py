"""Workers of both kinds: the same results, whatever dies on the way. Ray starts once, for this file alone."""

import os
import signal
import threading
import time

import pytest

from d2m_bridge.errors import InputError
from d2m_bridge.pipeline.render import RenderOptions
from tests.chores import Deadly, DeadlyDancer, Slow, contents, make_nothing, make_picky, make_square, make_telling
from tests.data_sets import write_dance_video
from tests.estimators import MadeUpDancer
from training.datasets.clip import Needs
from training.datasets.videos import VideoFolder
from training.prepare import Recipe, prepare
from training.render_batch import Batch, render_batch
from training.workers import TRIES, WorkError, map_work

ITEMS = list(range(7))
SQUARES = [item * item for item in ITEMS]


@pytest.fixture(scope="module")
def cluster():
    """The address of a Ray cluster of two CPUs on this machine."""
    pytest.importorskip("ray")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_raylet_start_wait_time_s", "120")  # a busy machine
        from ray.cluster_utils import Cluster

        arguments = {"num_cpus": 2, "object_store_memory": 80 << 20, "include_dashboard": False, "num_gpus": 0}
        running = Cluster(initialize_head=True, head_node_args=arguments)
        yield running.address
        running.shutdown()


@pytest.fixture(scope="module")
def videos(tmp_path_factory):
    """Two dances."""
    folder = tmp_path_factory.mktemp("videos")
    for name in ("a.mp4", "more/b.mp4"):
        write_dance_video(folder / name, 3.1)
    return folder


def quietly(done, of):
    """A progress bar that nobody sees."""


@pytest.fixture(params=["local", "ray"])
def where(request):
    """Two workers: of this machine, or of the cluster."""
    return {"workers": 2, "ray": request.getfixturevalue("cluster") if request.param == "ray" else None}


def test_results_come_in_the_order_of_the_items_and_progress_in_one_place(where):
    told = []
    results = map_work(make_square, ITEMS, **where, progress=lambda done, of: told.append((done, of, os.getpid())))
    assert results == SQUARES == map_work(make_square, ITEMS)
    assert told == [(done + 1, len(ITEMS), os.getpid()) for done in range(len(ITEMS))]


def test_what_a_dead_worker_was_doing_is_done_by_another(where, tmp_path):
    assert map_work(Deadly(tmp_path, item=2, times=TRIES - 1), ITEMS, **where) == SQUARES
    assert (tmp_path / "deaths").read_text() == str(TRIES - 1)


def test_an_item_that_kills_every_worker_is_named_and_the_others_are_done(where, tmp_path):
    told = []
    with pytest.raises(WorkError, match=rf"^5: {TRIES} workers died on it, .*everything else is done"):
        map_work(Deadly(tmp_path, 5, 99), ITEMS, **where, progress=lambda done, of: told.append(done))
    assert told[-1] == len(ITEMS) - 1


def test_an_error_of_the_user_comes_back_as_it_was(where):
    with pytest.raises(InputError, match=r"^three is not wanted$"):
        map_work(make_picky, [1, 1, 3, 1], **where)


def test_a_worker_that_cannot_set_up_says_why():
    with pytest.raises(InputError, match=r"^no tools here$"):
        map_work(make_nothing, [1, 2], workers=2)


def test_a_mistake_in_the_work_comes_back_with_its_traceback(where):
    with pytest.raises(RuntimeError, match=r"(?s)in work.*KeyError: 2"):
        map_work(make_picky, [1, 2], **where)


def test_both_workers_work(where, tmp_path):
    assert len(set(map_work(Slow(tmp_path, 0.3), ITEMS[:4], **where))) == 2


def test_killing_a_worker_from_outside_loses_nothing(tmp_path):
    """The kernel's out-of-memory killer does this."""
    killed = []

    def kill_one():
        while not (begun := list(tmp_path.glob("*.begun"))):
            time.sleep(0.02)
        killed.append(int(begun[0].name.split(".")[1]))
        os.kill(killed[0], signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    pids = map_work(Slow(tmp_path, 0.5), ITEMS[:4], workers=2)
    killer.join()
    assert len(pids) == 4 and killed[0] not in pids


def test_no_process_stays_behind(tmp_path):
    pids = set(map_work(Slow(tmp_path, 0.2), ITEMS[:4], workers=2))
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the system does not bind processes to cores")
def test_a_worker_has_one_core_of_its_own_and_one_thread_and_the_caller_keeps_its_own(monkeypatch, where):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    ours = sorted(os.sched_getaffinity(0))
    told = map_work(make_telling, ITEMS, **where)
    assert {threads for _, threads in told} == {"1"}
    assert len(ours) < 2 or len({core for (core,), _ in told}) == 2
    assert {len(cores) for cores, _ in told} == {1} and {core for (core,), _ in told} <= set(ours)
    assert map_work(make_telling, [1]) == [(ours, "7")]


@pytest.mark.parametrize("workers", [0, -1])
def test_no_workers_are_no_choice(workers):
    with pytest.raises(InputError, match=f"--workers {workers}"):
        map_work(make_square, ITEMS, workers=workers)


def test_more_workers_than_the_cluster_has_cpus_are_refused(cluster):
    with pytest.raises(InputError, match=r"--workers 3: the Ray cluster at .* has 2 CPUs"):
        map_work(make_square, ITEMS, workers=3, ray=cluster)


@pytest.mark.parametrize("address", ["127.0.0.1:1", "nonsense://nowhere", "nonsense"])
def test_a_cluster_that_is_not_there_gets_one_line(address):
    pytest.importorskip("ray")
    with pytest.raises(InputError, match=f"^--ray {address}: no Ray cluster answers there"):
        map_work(make_square, ITEMS, ray=address)


def test_no_items_are_no_work():
    assert map_work(make_nothing, []) == []


def test_a_cluster_prepares_the_bytes_of_one_process_though_a_worker_dies(cluster, videos, tmp_path):
    def run(out, estimator, **where):
        recipe = Recipe(VideoFolder(videos), Needs(30.0, 44100, estimator), None)
        return prepare(recipe, "videos", tmp_path / out, **where, progress=quietly)

    alone = run("alone", MadeUpDancer, workers=None, ray=None)
    together = run("together", DeadlyDancer(tmp_path / "marker"), workers=2, ray=cluster)
    assert (tmp_path / "marker").exists()
    assert together == alone and sum(alone.clips.values()) == 2
    assert contents(tmp_path / "together") == contents(tmp_path / "alone")


def test_a_cluster_renders_the_bytes_of_one_process(cluster, videos, model_folder, tmp_path):
    def run(out, **where):
        choice = RenderOptions("house", seed=3)
        return render_batch(
            Batch(videos, tmp_path / out, choice, model_folder, "cpu", MadeUpDancer), **where, progress=quietly
        )

    assert run("alone", workers=None, ray=None) == run("together", workers=2, ray=cluster)
    rendered = contents(tmp_path / "together")
    assert {"a.wav", "more/b.mp4", "batch/report.json"} <= rendered.keys()
    assert rendered == contents(tmp_path / "alone")
