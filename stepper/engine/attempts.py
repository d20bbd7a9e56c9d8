"""Tries a command in the container of a failed step, which stays as the command leaves it."""

import time

from stepper.dockerfile.operations import RunOperation
from stepper.engine.client import EngineClient
from stepper.engine.command import Command, CommandRefusedError
from stepper.engine.configuration import shell_of
from stepper.engine.exec_command import ExecCommand
from stepper.engine.interruption import Interruption
from stepper.engine.protocol import Attempt, Report
from stepper.engine.run_step import changes
from stepper.engine.step import Failure, Output, Step
from stepper.engine.step_container import StepContainer
from stepper.engine.walk import can_walk, clock, walk
from stepper.image.config import ImageConfig


def attempt(
    client: EngineClient,
    container: StepContainer,
    step: Step,
    config: ImageConfig,
    report: Report,
    interruption: Interruption,
) -> Attempt:
    """Run the command of a RUN in a container as it is, with the environment and the mounts of the failed step there.

    What the command itself would mount is not mounted.
    """
    operation = step.operation
    assert isinstance(operation, RunOperation), "only the command of a RUN can be tried"
    walks = can_walk(container.worker)
    before = walk(container.worker).entries if walks else {}
    since = clock(container.worker) if walks else 0
    argv = operation.argv if operation.argv is not None else (*shell_of(config), operation.script or "")
    mounted = container.mounted
    environment = {**mounted.variables, **step.environment}
    begun = time.monotonic()
    command = ExecCommand(
        client, container, Command(argv, environment, config.user, config.working_dir, mounted.secrets)
    )
    failure = _failure(command, report, interruption)
    seconds = time.monotonic() - begun
    return Attempt(changes(container, before, since) if walks else None, failure, seconds)


def _failure(command: ExecCommand, report: Report, interruption: Interruption) -> Failure | None:
    try:
        with interruption.stopping(command.kill):
            code = command.run(lambda data, stderr: report(Output(data, stderr)))
    except CommandRefusedError as error:
        return Failure(f"the command could not be started: {error.message}")
    if command.killed:
        return Failure("interrupted", exit_code=code, interrupted=True)
    return Failure(f"the command ended with exit code {code}", exit_code=code) if code else None
