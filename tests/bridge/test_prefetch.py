import threading
import time

import pytest

from d2m_bridge.pipeline.prefetch import Prefetched

pytestmark = pytest.mark.real_time


def wait_for(is_so):
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.001)


@pytest.mark.parametrize(("count", "room"), [(0, 1), (1, 1), (7, 1), (7, 3), (65, 8)])
def test_the_items_come_in_order(count, room):
    with Prefetched(range(count), room) as items:
        assert list(items) == list(range(count))


def test_none_is_an_item_like_others():
    with Prefetched([None, 0, None], 1) as items:
        assert list(items) == [None, 0, None]


def test_the_worker_begins_at_once_and_waits_when_the_room_is_full():
    made = []
    with Prefetched((made.append(i) or i for i in range(100)), 3) as items:
        wait_for(lambda: len(made) == 4)  # three wait, one is in the worker's hand
        time.sleep(0.05)
        assert len(made) == 4
        assert next(iter(items)) == 0
        wait_for(lambda: len(made) == 5)


def test_an_error_comes_where_its_item_would():
    def items():
        yield 1
        raise KeyError("two")

    with Prefetched(items(), 4) as prefetched:
        reader = iter(prefetched)
        assert next(reader) == 1
        with pytest.raises(KeyError, match="two"):
            next(reader)


@pytest.mark.parametrize("read", [0, 1, 5])
def test_leaving_early_closes_the_source_and_ends_the_thread(read):
    closed = []

    def items():
        try:
            yield from range(10**9)
        finally:
            closed.append(threading.current_thread().name)

    with Prefetched(items(), 2) as prefetched:
        for _ in zip(range(read), prefetched, strict=False):
            pass
        wait_for(lambda: prefetched._waiting.full())
    assert closed == ["prefetch"]
    assert "prefetch" not in [thread.name for thread in threading.enumerate()]


def test_one_may_feed_another():
    with Prefetched(range(100), 2) as numbers, Prefetched((n * n for n in numbers), 2) as squares:
        assert list(squares) == [n * n for n in range(100)]


def test_a_chain_left_early_ends():
    with Prefetched(iter(int, 1), 2) as endless, Prefetched((n for n in endless), 2) as copies:
        assert next(iter(copies)) == 0
