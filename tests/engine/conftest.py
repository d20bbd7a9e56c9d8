"""What the engine's tests share: a connection, an engine of their own, and steps written in one line."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from stepper.dockerfile.model import Instruction
from stepper.dockerfile.operations import Operation, RunOperation
from stepper.engine.client import EngineClient
from stepper.engine.configuration import begin_stage
from stepper.engine.connect import Connection
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.protocol import Report
from stepper.engine.step import Outcome, Output, Progress, RunSettings, Snapshot, Step, StepId
from stepper.image.layer import Layer

BUSYBOX = "busybox:latest"


@pytest.fixture
def client(engine: Connection) -> EngineClient:
    """A client of the engine that the tests run against."""
    return engine.client


@pytest.fixture
def stepper(client: EngineClient, tmp_path: Path) -> Iterator[DockerEngine]:
    """Stepper's engine with an empty cache; all that it made is removed in the end."""
    stepper = DockerEngine(client, cache=tmp_path / "cache")
    yield stepper
    stepper.prune()
    stepper.close()


@pytest.fixture(scope="module")
def module_stepper(engine: Connection, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerEngine]:
    """Stepper's engine for all tests of a module, by its socket; all that it made is removed in the end.

    A module whose tests do not look at what others left has it as its `stepper`.
    """
    stepper = DockerEngine(engine.client, cache=tmp_path_factory.mktemp("cache"), endpoint=engine.endpoint.url)
    yield stepper
    stepper.prune()
    stepper.close()


class Printed:
    """Collects what a step reports."""

    def __init__(self) -> None:
        self.stdout = b""
        self.stderr = b""

    def __call__(self, item: Output | Progress) -> None:
        if isinstance(item, Output):
            if item.stderr:
                self.stderr += item.data
            else:
                self.stdout += item.data


def silent(_: Output | Progress) -> None:
    """A report that nobody reads."""


def step(operation: Operation, *, environment: Mapping[str, str] | None = None, network: str | None = None) -> Step:
    """A step that does this operation."""
    instruction = Instruction("RUN", 1, 1, "RUN", ())
    return Step(StepId(0, 1), "Dockerfile", instruction, operation, environment or {}, settings=RunSettings(network))


def run(script: str, **more: object) -> Step:
    """A RUN in shell form."""
    environment = more.get("environment")
    assert environment is None or isinstance(environment, Mapping)
    network = more.get("network")
    assert network is None or isinstance(network, str)
    return step(RunOperation(None, script, f"/bin/sh -c {script}"), environment=environment, network=network)


def base(stepper: DockerEngine, reference: str = BUSYBOX) -> Snapshot:
    """What a stage on an image starts with."""
    snapshot = stepper.base(reference, report=silent)
    return Snapshot(snapshot.image, begin_stage(snapshot.config))


def succeed(outcome: Outcome) -> Snapshot:
    """The snapshot of a step that did not fail."""
    assert outcome.failure is None, outcome.failure
    assert outcome.snapshot is not None
    return outcome.snapshot


def marks(layer: Layer | None) -> dict[str, str]:
    """A layer as path to mark."""
    assert layer is not None
    return {change.path: change.kind.value for change in layer.changes}


def execute(
    stepper: DockerEngine, on: Snapshot, *scripts: str, report: Report = silent, use_cache: bool = False
) -> Outcome:
    """Run one RUN after another; what came of the last."""
    outcome: Outcome | None = None
    for script in scripts:
        outcome = stepper.execute(run(script), on, report=report, use_cache=use_cache)
        if outcome.snapshot is not None:
            on = outcome.snapshot
    assert outcome is not None
    return outcome


Wait = Callable[[Callable[[], bool]], None]
