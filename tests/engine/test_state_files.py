"""Files out of snapshots and of failed containers."""

import pytest

from stepper.engine.docker_engine import DockerEngine
from stepper.engine.step import Failure, Snapshot
from stepper.errors import EngineError
from stepper.image.archive import ArchiveReader
from tests.engine.conftest import base, execute, succeed

pytestmark = pytest.mark.engine


def contents(stepper: DockerEngine, state: Snapshot | Failure, path: str) -> dict[str, bytes]:
    reader = ArchiveReader(stepper.archive(state, path))
    return {header.name.rstrip("/"): b"".join(reader.content()) for header in reader}


def test_files_come_out_of_any_snapshot(stepper: DockerEngine) -> None:
    first = base(stepper)
    second = succeed(execute(stepper, first, "mkdir /d && printf one > /d/a"))
    third = succeed(execute(stepper, second, "printf two > /d/a"))
    assert contents(stepper, second, "/d/a") == {"a": b"one"}
    assert contents(stepper, third, "/d") == {"d": b"", "d/a": b"two"}
    assert contents(stepper, second, "/d/a") == {"a": b"one"}
    with pytest.raises(EngineError, match="/d/a"):
        contents(stepper, first, "/d/a")


def test_files_come_out_of_the_container_in_which_a_step_failed(stepper: DockerEngine) -> None:
    failed = execute(stepper, base(stepper), "printf half > /left; exit 1")
    assert failed.failure is not None
    assert contents(stepper, failed.failure, "/left") == {"left": b"half"}
