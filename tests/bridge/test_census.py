import threading
import time

import pytest

from d2m_bridge.pose.census import PICTURES, Census

pytestmark = pytest.mark.real_time


@pytest.fixture
def census():
    made = Census()
    yield made
    made.close()


def test_the_answer_comes_after_the_same_number_of_pictures_however_long_it_takes(census):
    for seconds in (0.0, 0.1):
        census.ask(lambda seconds=seconds: time.sleep(seconds) or "two")
        assert census.is_asked
        assert [census.take() for _ in range(PICTURES)] == [None] * (PICTURES - 1) + ["two"]
        assert not census.is_asked and census.take() is None


def test_asking_does_not_wait(census):
    done = threading.Event()
    census.ask(lambda: done.wait(10))
    assert census.take() is None
    done.set()
    assert [census.take() for _ in range(PICTURES - 1)][-1] is True


def test_what_is_forgotten_has_ended_and_its_failure_is_nobodys(census):
    ended = []

    def fail():
        time.sleep(0.05)
        ended.append(True)
        raise ValueError

    census.ask(fail)
    census.forget()
    assert ended == [True] and not census.is_asked


def test_a_failure_is_raised_where_the_answer_is_taken(census):
    census.ask(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        [census.take() for _ in range(PICTURES)]


def test_it_may_be_closed_twice(census):
    census.ask(lambda: time.sleep(0.02))
    census.close()
    census.close()
