"""Steps with mounts, made by hand."""

import uuid
from collections.abc import Iterable
from dataclasses import replace

import pytest

from stepper.dockerfile.mounts import CacheMount, Mount
from stepper.dockerfile.operations import RunOperation
from stepper.engine.access import NO_ACCESS, BuildAccess
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.protocol import Report
from stepper.engine.step import ContextSource, Outcome, Snapshot, Step
from tests.engine.conftest import Printed, silent, step


@pytest.fixture(scope="module")
def stepper(module_stepper: DockerEngine) -> DockerEngine:
    """One engine for all tests of a module."""
    return module_stepper


def run_with(
    script: str | list[str],
    *mounts: Mount,
    sources: Iterable[Snapshot | ContextSource | None] = (),
    access: BuildAccess = NO_ACCESS,
    insecure: bool = False,
) -> Step:
    """A RUN with these mounts, in shell form or in exec form; `sources` are those of the mounts, none by default."""
    argv = tuple(script) if isinstance(script, list) else None
    shell = script if isinstance(script, str) else None
    operation = RunOperation(argv, shell, f"{script}", mounts=mounts, insecure=insecure)
    return replace(step(operation), mount_sources=tuple(sources) or (None,) * len(mounts), access=access)


def perform(
    stepper: DockerEngine, on: Snapshot, of: Step, *, report: Report = silent, use_cache: bool = False
) -> Outcome:
    """Run a step."""
    return stepper.execute(of, on, report=report, use_cache=use_cache)


def output(stepper: DockerEngine, on: Snapshot, of: Step) -> str:
    """What a step that succeeds prints."""
    printed = Printed()
    outcome = perform(stepper, on, of, report=printed)
    assert outcome.failure is None, (outcome.failure, printed.stderr)
    return printed.stdout.decode()


def unique(name: str) -> str:
    """An id of a cache that no other test has."""
    return f"{name}-{uuid.uuid4().hex[:8]}"


def cache(target: str = "/c", name: str | None = None) -> CacheMount:
    """A cache of its own."""
    return CacheMount(target, name or unique("test"))
