"""COPY, ADD and WORKDIR on a real engine: the layer that is told is the one that is there; how they fail and stop."""

import gzip
import lzma
import os
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from stepper.dockerfile.operations import CopyOperation, InlineFile, Operation, WorkdirOperation
from stepper.engine.client import EngineClient
from stepper.engine.commit import commit
from stepper.engine.configuration import scratch_config
from stepper.engine.connect import Connection
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.image_store import ImageStore
from stepper.engine.protocol import Report
from stepper.engine.step import ContextSource, Outcome, Output, Progress, Snapshot, Step
from stepper.engine.still_container import StillContainer
from stepper.image.layer import Listing
from stepper.image.saved_image import read_images
from tests.engine.conftest import Printed, base, execute, run, silent, step, succeed
from tests.engine.test_unpacking import archive, member

pytestmark = pytest.mark.engine

SECOND = 10**9
OLD = 1_500_000_000


@pytest.fixture(scope="module")
def stepper(module_stepper: DockerEngine) -> DockerEngine:
    """One engine for all tests here."""
    return module_stepper


@pytest.fixture
def context(tmp_path: Path) -> Path:
    """A small build context with everything old."""
    folder = tmp_path / "context"
    (folder / "dir/sub").mkdir(parents=True)
    (folder / "file").write_text("file")
    (folder / "dir/a").write_text("a")
    (folder / "dir/hard").hardlink_to(folder / "dir/a")
    (folder / "dir/link").symlink_to("a")
    (folder / "dir/sub/b").write_text("bb")
    for path in (*folder.rglob("*"), folder):
        os.utime(path, (OLD, OLD), follow_symlinks=False)
    return folder


def copy_step(
    source: ContextSource | Snapshot, *sources: str, to: str, inline: tuple[InlineFile, ...] = (), unpack: bool = False
) -> Step:
    operation = CopyOperation(sources, to, inline_files=inline, unpack=unpack)
    plain = step(operation)
    return Step(plain.id, plain.file, plain.instruction, operation, source=source)


def scratch(stepper: DockerEngine) -> Snapshot:
    """What a stage on scratch starts with."""
    return Snapshot(None, scratch_config(stepper.info.platform))


def do(stepper: DockerEngine, on: Snapshot, what: Step | Operation, report: Report = silent) -> Outcome:
    wanted = what if isinstance(what, Step) else step(what)
    return stepper.execute(wanted, on, report=report, use_cache=False)


def walked(stepper: DockerEngine, snapshot: Snapshot) -> Listing:
    """The snapshot's files as a container on it sees them, by way of a RUN that does nothing."""
    outcome = stepper.execute(run("exit 1"), snapshot, report=silent, use_cache=False)
    assert outcome.failure is not None
    return stepper.listing(outcome.failure)


def assert_told_as_it_is(stepper: DockerEngine, after: Snapshot, *folders: str) -> None:
    """The listing after a step, which is what was told of its layer, holds what a walk finds below these folders."""
    told, there = stepper.listing(after), walked(stepper, after)
    paths = [path for path in {*told, *there} if f"{path}/".startswith(tuple(f"{folder}/" for folder in folders))]
    assert len(paths) > len(folders)
    for path in sorted(paths):
        assert path in told, path
        assert path in there, path
        assert told[path][:5] == there[path][:5], path
        assert told[path].mtime_ns // SECOND == there[path].mtime_ns // SECOND, path


def test_the_layer_of_a_copy_is_told_without_a_look_and_is_right(stepper: DockerEngine, context: Path) -> None:
    on = succeed(execute(stepper, base(stepper), "mkdir -p /x/sub && chmod 700 /x && chown 5:6 /x/sub"))
    source = ContextSource(context)
    after = succeed(do(stepper, on, copy_step(source, "dir", "file", to="/x/")))
    after = succeed(do(stepper, after, copy_step(source, "file", to="/new/deep/name")))
    after = succeed(do(stepper, after, copy_step(source, to="/new/", inline=(InlineFile("here", "text\n"),))))
    assert_told_as_it_is(stepper, after, "/x", "/new")


def test_the_layer_of_an_unpacked_archive_is_told_and_is_right(stepper: DockerEngine, context: Path) -> None:
    on = succeed(execute(stepper, base(stepper), "mkdir -p /x/d /x/f/full && echo > /x/kept && ln -s d /x/l"))
    content = archive(member("d", b"5"), member("f"), member("l/g"), member("s", b"2", "f"), member("h", b"1", "f"))
    (context / "a.tar.xz").write_bytes(lzma.compress(content))
    (context / "b.tar.gz").write_bytes(gzip.compress(archive(member("e/f"))))
    wanted = copy_step(ContextSource(context), "a.tar.xz", "file", "b.tar.gz", to="/x/", unpack=True)
    after = succeed(do(stepper, on, wanted))
    assert_told_as_it_is(stepper, after, "/x")
    assert {"/x/d/g", "/x/s", "/x/h", "/x/e/f", "/x/file", "/x/kept"} <= stepper.listing(after).keys()
    assert "/x/f/full" not in stepper.listing(after)


def test_the_layer_of_a_copy_from_a_snapshot_is_told_and_is_right(stepper: DockerEngine) -> None:
    made = "mkdir -p /s/d && echo f > /s/d/f && ln /s/d/f /s/d/g && ln -s f /s/d/l && mkfifo /s/p && chown -R 7:8 /s/d"
    source = succeed(execute(stepper, base(stepper), made))
    after = succeed(do(stepper, base(stepper), copy_step(source, "/s", "/bin", to="/y/z/")))
    assert_told_as_it_is(stepper, after, "/y")


def test_the_mount_points_of_containers_are_only_copied_from_images_that_have_them(
    engine: Connection, stepper: DockerEngine, context: Path
) -> None:
    made = succeed(do(stepper, scratch(stepper), copy_step(ContextSource(context), "file", to="/")))
    made = succeed(do(stepper, made, copy_step(ContextSource(context), "dir", to="/d/")))
    # What a commit kept of the engine's is told from the image's by nothing but its age.
    time.sleep(1.5)
    after = succeed(do(stepper, base(stepper), copy_step(made, "/", to="/all/")))
    paths = {path for path in stepper.listing(after) if path.startswith("/all/")}
    assert paths == {"/all/file", "/all/d", *(f"/all/d/{path}" for path in ("a", "hard", "link", "sub", "sub/b"))}
    on_base = succeed(execute(stepper, base(stepper), "echo > /new"))
    after = succeed(do(stepper, base(stepper), copy_step(on_base, "/", to="/all/")))
    (image,) = read_images(ImageStore(engine).save("busybox"))
    its_own = {path for layer in image.layers for path in layer.entries}
    copied = stepper.listing(after)
    assert "/all/new" in copied
    for path in its_own & {"/proc", "/sys", "/dev"}:
        assert f"/all{path}" in copied


def test_a_file_that_containers_hide_is_copied_as_its_step_wrote_it(stepper: DockerEngine, context: Path) -> None:
    made = succeed(do(stepper, base(stepper), copy_step(ContextSource(context), "file", to="/etc/hosts")))
    made = succeed(execute(stepper, made, "echo > /new"))
    after = succeed(do(stepper, base(stepper), copy_step(made, "/etc/hosts", to="/copied")))
    printed = Printed()
    succeed(execute(stepper, after, "cat /copied", report=printed))
    assert printed.stdout == b"file"


def test_a_copy_into_scratch_needs_nothing_there(stepper: DockerEngine, context: Path) -> None:
    after = succeed(do(stepper, scratch(stepper), copy_step(ContextSource(context), "dir", to="/a/b")))
    assert {
        path for path in stepper.listing(after) if not path.startswith(("/a/b/", "/dev", "/proc", "/sys", "/etc"))
    } == {
        "/",
        "/a",
        "/a/b",
    }


def test_files_that_an_engine_mounts_over_are_copied_all_the_same(stepper: DockerEngine, context: Path) -> None:
    after = succeed(do(stepper, base(stepper), copy_step(ContextSource(context), "file", to="/etc/hosts")))
    out = succeed(do(stepper, base(stepper), copy_step(after, "/etc/hosts", to="/x")))
    printed = Printed()
    succeed(stepper.execute(run("cat /x"), out, report=printed, use_cache=False))
    assert printed.stdout == b"file"


def test_a_failed_copy_says_what_is_missing_and_keeps_no_container(stepper: DockerEngine, context: Path) -> None:
    outcome = do(stepper, base(stepper), copy_step(ContextSource(context), "fil", to="/x"))
    assert outcome.failure is not None
    assert outcome.failure.message == '"/fil": not found in the build context'
    assert outcome.failure.hint == "Did you mean file?"
    assert (outcome.failure.container, outcome.failure.exit_code) == (None, None)


def test_a_copy_that_cannot_be_done_fails_after_what_was_sent(stepper: DockerEngine, context: Path) -> None:
    on = succeed(execute(stepper, base(stepper), "mkdir -p /x/file"))
    outcome = do(stepper, on, copy_step(ContextSource(context), "dir", "file", to="/x/"))
    assert outcome.failure is not None
    assert outcome.failure.message == "cannot replace the directory /x/file with a file"


def test_a_damaged_archive_fails_while_it_is_sent(stepper: DockerEngine, context: Path) -> None:
    content = gzip.compress(archive(member("f"), data=os.urandom(3 << 20)))
    (context / "a.tar.gz").write_bytes(content[:-1000])
    outcome = do(stepper, base(stepper), copy_step(ContextSource(context), "a.tar.gz", to="/x/", unpack=True))
    assert outcome.failure is not None
    assert outcome.failure.message.startswith("a.tar.gz is a damaged archive")


def test_a_large_copy_tells_how_far_it_is_and_stops_when_told(stepper: DockerEngine, context: Path) -> None:
    with (context / "large").open("wb") as file:
        file.truncate(200 << 20)
    told: list[Progress] = []

    def report(item: Output | Progress) -> None:
        assert isinstance(item, Progress)
        told.append(item)
        stepper.interrupt()

    outcome = do(stepper, base(stepper), copy_step(ContextSource(context), "large", to="/x"), report)

    assert outcome.failure is not None
    assert outcome.failure.interrupted
    assert told[0].total == 200 << 20
    assert told[0].current is not None
    assert told[-1].current is not None
    assert told[0].current <= told[-1].current < 100 << 20


def test_a_file_that_changes_before_it_is_sent_is_known_by_what_was_sent(stepper: DockerEngine, context: Path) -> None:
    (context / "large").write_bytes(bytes(20 << 20))
    late = context / "late"
    late.write_text("old")
    on = base(stepper)
    wanted = copy_step(ContextSource(context), "large", "late", to="/x/")

    def change(item: Output | Progress) -> None:
        late.write_text("new")

    def copied(report: Report = silent) -> tuple[bytes, bool]:
        outcome = stepper.execute(wanted, on, report=report)
        printed = Printed()
        succeed(stepper.execute(run("cat /x/late"), succeed(outcome), report=printed, use_cache=False))
        return printed.stdout, outcome.cached

    assert copied(change) == (b"new", False)
    late.write_text("old")
    assert copied() == (b"old", False)
    assert copied() == (b"old", True)
    late.write_text("new")
    assert copied() == (b"new", True)


def test_an_archive_that_changes_before_it_is_sent_is_known_by_what_was_sent(
    stepper: DockerEngine, context: Path
) -> None:
    (context / "large").write_bytes(bytes(20 << 20))
    late = context / "late.tar.gz"
    old, new = (gzip.compress(archive(member("f"), data=data)) for data in (b"old", b"new"))
    late.write_bytes(old)
    wanted = copy_step(ContextSource(context), "large", "late.tar.gz", to="/x/", unpack=True)
    on = base(stepper)

    def change(item: Output | Progress) -> None:
        late.write_bytes(new)

    outcome = stepper.execute(wanted, on, report=change)
    printed = Printed()
    succeed(stepper.execute(run("cat /x/f"), succeed(outcome), report=printed, use_cache=False))
    assert printed.stdout == b"new"

    late.write_bytes(old)
    assert not stepper.execute(wanted, on, report=silent).cached
    late.write_bytes(new)
    assert stepper.execute(wanted, on, report=silent).cached


def test_a_working_directory_is_made_once(stepper: DockerEngine) -> None:
    on = succeed(execute(stepper, base(stepper), "mkdir /there && ln -s /there /link"))
    made = do(stepper, on, WorkdirOperation("/link/a/b"))
    after = succeed(made)
    assert made.layer is not None
    assert [change.path for change in made.layer.changes] == ["/there", "/there/a", "/there/a/b"]
    assert_told_as_it_is(stepper, after, "/there")
    again = do(stepper, after, WorkdirOperation("/link/a/b"))
    assert again.layer is not None
    assert not again.layer.changes
    assert succeed(again).image == after.image


def test_a_working_directory_through_a_file_fails(stepper: DockerEngine) -> None:
    on = succeed(execute(stepper, base(stepper), "touch /file"))
    outcome = do(stepper, on, WorkdirOperation("/file/x"))
    assert outcome.failure is not None
    assert "/file is not a directory" in outcome.failure.message


@pytest.fixture
def still(client: EngineClient) -> Iterator[StillContainer]:
    container = StillContainer(client, image="busybox:latest", name=f"stepper-test-{os.getpid()}-1")
    yield container
    container.remove()


def test_files_and_links_of_an_image_are_read_without_starting_it(still: StillContainer) -> None:
    still.put_archive("/", archive(member("link", tarfile.SYMTYPE, "etc/passwd")))
    passwd = still.read_file("/etc/passwd")
    assert passwd is not None
    assert passwd.startswith(b"root:")
    assert still.read_file("/link") == passwd
    assert still.read_file("/etc/missing") is None
    assert still.read_file("/missing/passwd") is None
    assert still.read_link("/link").lstrip("/") == "etc/passwd"
    assert still.read_link("/etc/passwd") == ""


def test_a_file_that_containers_hide_is_copied_with_its_owner(
    stepper: DockerEngine, still: StillContainer, client: EngineClient
) -> None:
    still.put_archive("/", archive(member("etc/hosts"), member("etc/hostname")))
    on = stepper.base(commit(client, still.id, scratch(stepper).config, mark=stepper._names.mark), report=silent)
    source = succeed(execute(stepper, on, "chown 5:6 /etc/hostname"))
    copied = succeed(do(stepper, scratch(stepper), copy_step(source, "/etc/hostname", to="/copied")))
    entry = stepper.listing(copied)["/copied"]
    assert (entry.mode, entry.uid, entry.gid) == (0o640, 5, 6)
    assert b"data" in b"".join(stepper.archive(copied, "/copied"))
