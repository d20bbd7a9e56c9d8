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


def test_a_file_is_read_to_its_end_also_when_another_snapshot_is_looked_at_meanwhile(stepper: DockerEngine) -> None:
    first = succeed(execute(stepper, base(stepper), "head -c 20000000 /dev/zero > /large"))
    second = succeed(execute(stepper, first, "printf two > /small"))
    reading = stepper.archive(first, "/large")
    begun = next(reading)
    assert contents(stepper, second, "/small") == {"small": b"two"}
    assert len(begun) + sum(map(len, reading)) > 20_000_000
    assert contents(stepper, first, "/etc/group")
