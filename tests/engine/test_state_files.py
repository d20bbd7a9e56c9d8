"""Files out of snapshots and of failed containers."""

import uuid
from collections.abc import Iterator
from contextlib import closing

import pytest

from stepper.engine.api_requests import create_container
from stepper.engine.client import EngineClient
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.step import Failure, Snapshot
from stepper.errors import EngineError
from stepper.image.archive import END, ArchiveReader, Header, padding, write_header
from stepper.image.entry import EntryKind
from tests.engine.conftest import BUSYBOX, base, execute, succeed

CAPABILITY = bytes.fromhex("0100000200200000000000000000000000000000")
"""cap_net_raw=ep"""

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


def header_of(stepper: DockerEngine, state: Snapshot | Failure, path: str) -> Header:
    with closing(stepper.archive(state, path)) as archive:
        return next(iter(ArchiveReader(archive)))


@pytest.fixture
def capped(client: EngineClient) -> Iterator[str]:
    """An image with a file that has a capability. It goes once all that was made of it has gone: ask for it first."""
    member = Header("capped", EntryKind.FILE, 0o755, size=3, xattrs={"security.capability": CAPABILITY})
    container = create_container(client, {"Image": BUSYBOX}, f"stepper-test-{uuid.uuid4().hex}")
    client.api.put_archive(container, "/", write_header(member) + b"abc" + padding(3) + END)
    image = client.api.commit(container)["Id"]
    client.api.remove_container(container, force=True)
    yield image
    client.api.remove_image(image, force=True)


def test_the_capabilities_of_a_file_come_with_it(capped: str, stepper: DockerEngine) -> None:
    first = base(stepper, capped)
    second = succeed(execute(stepper, first, "cp /capped /copied"))
    assert header_of(stepper, first, "/capped").xattrs == {"security.capability": CAPABILITY}
    assert header_of(stepper, second, "/capped").xattrs == {"security.capability": CAPABILITY}
    assert header_of(stepper, second, "/copied").xattrs == {}


def test_a_sparse_file_has_the_size_that_it_has_in_the_layer(stepper: DockerEngine) -> None:
    outcome = execute(stepper, base(stepper), "truncate -s 10000000 /sparse")
    assert outcome.layer is not None
    assert [change.size for change in outcome.layer.changes if change.path == "/sparse"] == [10_000_000]
    header = header_of(stepper, succeed(outcome), "/sparse")
    assert header.size == header.stored == 10_000_000
