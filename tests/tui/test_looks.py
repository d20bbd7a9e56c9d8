"""Looks beside the session's thread: which waits for which."""

import threading
from functools import partial
from typing import Any

import pytest

from stepper.tui.looks import Looks
from tests.tui.harness import WAIT_SECONDS

Job = Any


@pytest.fixture
def looks() -> Looks[Job]:
    found: Looks[Job] = Looks(lambda: None, lambda job: job())
    found.start()
    return found


def test_a_short_look_does_not_wait_for_a_long_one(looks: Looks[Job]) -> None:
    goes_on, ended, looked = threading.Event(), threading.Event(), threading.Event()

    def look_long() -> None:
        goes_on.wait(WAIT_SECONDS)
        ended.set()

    looks.put(look_long, long=True)
    looks.put(looked.set, long=False)
    assert looked.wait(WAIT_SECONDS)
    assert not ended.is_set()
    goes_on.set()
    looks.close()


@pytest.mark.parametrize("long", [False, True])
def test_those_of_a_kind_come_one_after_the_other(looks: Looks[Job], long: bool) -> None:
    order: list[int] = []
    for number in range(20):
        looks.put(lambda number=number: order.append(number), long=long)
    looks.close()
    looks.join(WAIT_SECONDS)
    assert order == list(range(20))


def test_joining_waits_no_longer_than_it_is_told(looks: Looks[Job]) -> None:
    goes_on = threading.Event()
    ended: list[bool] = []

    def look(long: bool) -> None:
        goes_on.wait(WAIT_SECONDS)
        ended.append(long)

    for long in (False, True):
        looks.put(partial(look, long), long=long)
    looks.close()
    looks.join(0.01)
    assert not ended
    goes_on.set()
    looks.join(WAIT_SECONDS)
    assert sorted(ended) == [False, True]
