"""Tries a command in the container of a failed step, which stays as the command leaves it."""

import time

from stepper.dockerfile.operations import RunOperation
from stepper.engine.client import EngineClient
from stepper.engine.command import Command
from stepper.engine.exec_command import ExecCommand
from stepper.engine.interruption import Interruption
from stepper.engine.protocol import Attempt, Report
from stepper.engine.run_step import argv_in, changes, run_command
from stepper.engine.step import Output, Step
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
    mounted = container.mounted
    environment = {**mounted.variables, **step.environment}
    argv = argv_in(container, operation, config)
    command = Command(argv, environment, config.user, config.working_dir, mounted.secrets)
    begun = time.monotonic()
    _, failure = run_command(
        ExecCommand(client, container, command),
        lambda data, stderr: report(Output(data, stderr)),
        interruption.stopping,
    )
    seconds = time.monotonic() - begun
    return Attempt(changes(container, before, since) if walks else None, failure, seconds)
