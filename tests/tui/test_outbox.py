"""Events pass from thread to thread in order, in batches, with few rings."""

import threading

from stepper.debugger.events import Notice, StateChanged, StepProgress
from stepper.debugger.state import Mode, SessionState
from stepper.engine.step import StepId
from stepper.tui.outbox import Outbox

STEP = StepId(0, 1)


def test_successive_states_and_progress_are_taken_as_the_newest() -> None:
    outbox = Outbox(lambda _: None)
    outbox.put(StateChanged(SessionState(mode=Mode.STOPPED)))
    outbox.put(StateChanged(SessionState(mode=Mode.RUNNING)))
    outbox.put(Notice("one"))
    outbox.put(StepProgress(STEP, "pulling", 1))
    outbox.put(StepProgress(STEP, "pulling", 2))
    assert outbox.take() == [
        StateChanged(SessionState(mode=Mode.RUNNING)),
        Notice("one"),
        StepProgress(STEP, "pulling", 2),
    ]
    assert outbox.take() == []


def test_it_rings_once_until_it_is_taken_and_again_for_something_urgent() -> None:
    rings: list[bool] = []
    outbox = Outbox(rings.append)
    for _ in range(100):
        outbox.put(StateChanged(SessionState()))
    assert rings == [False]
    outbox.put(Notice("urgent"))
    outbox.put(Notice("urgent too"))
    assert rings == [False, True]
    outbox.take()
    outbox.put(StateChanged(SessionState()))
    assert rings == [False, True, False]


def test_nothing_is_lost_between_threads() -> None:
    outbox = Outbox(lambda _: None)

    def put_many(number: int) -> None:
        for count in range(500):
            outbox.put(Notice(f"{number} {count}"))

    threads = [threading.Thread(target=put_many, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    taken: list[object] = []
    while any(thread.is_alive() for thread in threads):
        taken += outbox.take()
    taken += outbox.take()
    assert len(taken) == 2000
    for n in range(4):
        own = [event.message for event in taken if isinstance(event, Notice) and event.message.startswith(f"{n} ")]
        assert own == [f"{n} {i}" for i in range(500)]


def test_a_closed_outbox_drops_what_comes() -> None:
    rings: list[bool] = []
    outbox = Outbox(rings.append)
    outbox.close()
    outbox.put(Notice("late"))
    assert outbox.take() == []
    assert rings == []
