"""Commands that are tried in the container of a failed step, on a real engine."""

import pytest

from stepper.dockerfile.operations import RunOperation
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.step import Failure, Snapshot
from tests.engine.conftest import Printed, base, marks, run, silent, step

pytestmark = pytest.mark.engine


def failed(stepper: DockerEngine, on: Snapshot, script: str) -> Failure:
    """How a RUN failed."""
    failure = stepper.execute(run(script), on, report=silent).failure
    assert failure is not None
    return failure


def test_a_command_goes_on_from_what_the_failed_one_left(stepper: DockerEngine) -> None:
    on = base(stepper)
    failure = failed(stepper, on, "echo half >/state; exit 3")
    printed = Printed()

    first = stepper.attempt(failure, run("cat /state; echo more >/more; exit 4"), on.config, report=printed)
    second = stepper.attempt(failure, run("test -e /more"), on.config, report=printed)

    assert printed.stdout == b"half\n"
    assert marks(first.layer) == {"/": "~", "/more": "+"}
    assert first.failure is not None
    assert (first.failure.message, first.failure.exit_code) == ("the command ended with exit code 4", 4)
    assert (second.failure, marks(second.layer)) == (None, {})


def test_a_command_that_cannot_be_started_is_told_as_in_a_step(stepper: DockerEngine) -> None:
    on = base(stepper)
    missing = step(RunOperation(("/no/such",), None, ""))
    printed = Printed()

    of_step = stepper.execute(missing, on, report=silent).failure
    attempt = stepper.attempt(failed(stepper, on, "exit 3"), missing, on.config, report=printed)

    assert of_step is not None
    assert attempt.failure is not None
    assert (attempt.failure.message, attempt.failure.exit_code) == (of_step.message, of_step.exit_code)
    assert (printed.stdout, printed.stderr) == (b"", b"")
