"""Where a RUN that is stepped into stops, as its two threads see it."""

from collections.abc import Callable
from typing import Any

import pytest

from stepper.engine.interruption import Interruption
from stepper.engine.stops import Stops
from stepper.engine.worker import WorkerResult
from stepper.image.layer import EMPTY_LAYER


class _Worker:
    """A worker that does all that it is told."""

    busybox = "/toolbox/busybox"

    def run(self, script: str) -> WorkerResult:
        return WorkerResult(b"", b"", 0)


class _Container:
    id = "container"
    worker = _Worker()


class _Runs:
    """The commands of a RUN whose shell comes to one of them when `arrived` is called."""

    arrived: Callable[[int], None]

    def stop_at(self, gate: str, look: str, arrived: Callable[[int], None]) -> None:
        self.arrived = arrived


def entered(interruption: Interruption) -> tuple[Stops, _Runs]:
    """The stops of a RUN in a container."""
    stops, runs = Stops(interruption), _Runs()
    container: Any = _Container()
    commands: Any = runs
    stops.enter(container, commands, lambda: EMPTY_LAYER)
    return stops, runs


def by_the_user(interruption: Interruption, stops: Stops) -> None:
    """Interrupt all that goes on."""
    interruption.interrupt()


def by_its_owner(interruption: Interruption, stops: Stops) -> None:
    """End the RUN alone."""
    stops.kill()


@pytest.mark.parametrize("end", [by_the_user, by_its_owner])
def test_a_shell_that_is_being_killed_does_not_wait_before_the_command_that_it_still_comes_to(
    end: Callable[[Interruption, Stops], None],
) -> None:
    interruption = Interruption()
    stops, runs = entered(interruption)
    killed: list[str] = []
    with interruption.working(), stops.stopping(lambda: killed.append("killed")):
        end(interruption, stops)
        runs.arrived(1)
        assert (stops.waits_at, killed) == (None, ["killed"])


def test_an_interrupt_while_a_shell_waits_lets_it_wait_before_later_commands_too() -> None:
    interruption = Interruption()
    stops, runs = entered(interruption)
    with interruption.working(), stops.stopping(lambda: pytest.fail("it is not meant")):
        runs.arrived(0)
        interruption.interrupt()
        runs.arrived(1)
        assert stops.waits_at == 1
