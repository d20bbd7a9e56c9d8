"""What an engine tells of a COPY before it runs is what the step's layer holds afterwards."""

from dataclasses import replace
from pathlib import Path

import pytest

from stepper.dockerfile.operations import CopyOperation
from stepper.engine.copy_record import CopyRecord
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.step import ContextSource, Snapshot, Step
from stepper.image.entry import Entry, EntryKind
from tests.engine.conftest import base, execute, silent, step, succeed
from tests.engine.test_unpacking import archive, member

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def stepper(module_stepper: DockerEngine) -> DockerEngine:
    """One engine for all tests here."""
    return module_stepper


def copy_step(source: ContextSource | Snapshot, operation: CopyOperation) -> Step:
    return replace(step(operation), operation=operation, source=source)


def files_of(record: CopyRecord) -> dict[str, tuple[Entry | None, Entry]]:
    assert record.error is None
    return {file.destination: (file.before, file.entry._replace(inode=0, links=1)) for file in record.files}


def assert_is_what_happens(stepper: DockerEngine, wanted: Step, on: Snapshot) -> CopyRecord:
    record = stepper.copied(wanted, on)
    outcome = stepper.execute(wanted, on, report=silent, use_cache=False)
    succeed(outcome)
    assert outcome.layer is not None
    done = {
        change.path: (change.before, change.after._replace(inode=0, links=1))
        for change in outcome.layer.changes
        if change.after is not None and change.after.kind is not EntryKind.DIRECTORY
    }
    assert files_of(record) == done
    return record


def test_a_copy_of_the_context_is_told_as_it_happens(stepper: DockerEngine, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a").write_text("a")
    (tmp_path / "src/link").symlink_to("a")
    (tmp_path / "src/passwd").write_text("over")
    operation = CopyOperation(("src",), "/etc/", chown="daemon:tty", chmod="640")
    record = assert_is_what_happens(stepper, copy_step(ContextSource(tmp_path), operation), base(stepper))
    assert [file.destination for file in record.files if file.before is not None] == ["/etc/passwd"]
    assert record.files[0].entry.uid == 1


def test_a_copy_of_another_stage_is_told_as_it_happens(stepper: DockerEngine) -> None:
    source = succeed(execute(stepper, base(stepper), "mkdir -p /out/d && echo x >/out/d/x && ln /out/d/x /out/y"))
    wanted = copy_step(source, CopyOperation(("/out",), "/srv"))
    record = assert_is_what_happens(stepper, wanted, base(stepper))
    assert [file.source for file in record.files] == ["/out/d/x", "/out/y"]
    assert record.size == 2


def test_an_archive_is_told_as_it_is_unpacked(stepper: DockerEngine, tmp_path: Path) -> None:
    (tmp_path / "all.tar").write_bytes(archive(member("hostname"), member("new/file")))
    operation = CopyOperation(("all.tar",), "/etc/", unpack=True, is_add=True)
    assert_is_what_happens(stepper, copy_step(ContextSource(tmp_path), operation), base(stepper))


def test_what_is_to_be_fetched_is_told_and_not_fetched(stepper: DockerEngine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    sources = ("file", "https://user:secret@example.invalid/app.tar.gz")
    operation = CopyOperation(sources, "/srv/", is_add=True, unpack=True)
    record = stepper.copied(copy_step(ContextSource(tmp_path), operation), base(stepper))
    assert [file.destination for file in record.files] == ["/srv/file"]
    assert len(record.not_fetched) == 1
    assert "example.invalid/app.tar.gz" in record.not_fetched[0]
    assert "secret" not in record.not_fetched[0]


def test_what_makes_it_fail_is_in_the_record(stepper: DockerEngine, tmp_path: Path) -> None:
    operation = CopyOperation(("missing",), "/srv/")
    wanted = copy_step(ContextSource(tmp_path), operation)
    record = stepper.copied(wanted, base(stepper))
    failure = stepper.execute(wanted, base(stepper), report=silent, use_cache=False).failure
    assert failure is not None
    assert record.error == failure.message
