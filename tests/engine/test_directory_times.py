"""Which directories' times an image store forgets, and that the next step has them all the same."""

import pytest

from stepper.dockerfile.operations import WorkdirOperation
from stepper.engine.directory_times import forgotten_after
from stepper.engine.docker_engine import DockerEngine
from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Change, ChangeKind, layer_of
from tests.engine.conftest import Printed, base, execute, marks, step, succeed


def directory(time: int, mode: int = 0o755) -> Entry:
    return Entry(EntryKind.DIRECTORY, mode, 0, 0, 0, time * 10**9)


FILE = Entry(EntryKind.FILE, 0o644, 0, 0, 1, 0)
TOUCHED = Change("/a", ChangeKind.MODIFIED, directory(1), directory(2))


def test_the_time_of_a_directory_that_alone_changed_is_forgotten() -> None:
    assert forgotten_after({}, layer_of([TOUCHED])) == {"/a": directory(2)}


@pytest.mark.parametrize(
    "change",
    [
        Change("/a/b/f", ChangeKind.ADDED, None, FILE),
        Change("/a/f", ChangeKind.DELETED, FILE, None),
        Change("/a/b", ChangeKind.MODIFIED, directory(1), directory(1, 0o700)),
    ],
)
def test_a_directory_with_a_change_in_it_is_in_the_layer(change: Change) -> None:
    assert forgotten_after({}, layer_of([TOUCHED, change])) == {}
    assert forgotten_after({"/a": directory(2)}, layer_of([change])) == {}


def test_a_directory_with_another_mode_is_in_the_layer() -> None:
    changed = Change("/a", ChangeKind.MODIFIED, directory(1), directory(2, 0o700))
    assert forgotten_after({}, layer_of([changed])) == {}


def test_what_was_forgotten_stays_so_until_its_directory_changes() -> None:
    before = {"/a": directory(2)}
    assert forgotten_after(before, layer_of([Change("/b", ChangeKind.ADDED, None, FILE)])) == before
    assert forgotten_after(before, layer_of([Change("/a", ChangeKind.DELETED, directory(2), None)])) == {}
    again = Change("/a", ChangeKind.MODIFIED, directory(2), directory(3))
    assert forgotten_after(before, layer_of([again])) == {"/a": directory(3)}


@pytest.mark.engine
def test_the_next_step_sees_a_directory_s_time_and_does_not_change_it(stepper: DockerEngine) -> None:
    printed = Printed()
    on = succeed(execute(stepper, base(stepper), "mkdir -p /a/b", "touch -d @1400000000 /a"))
    outcome = execute(stepper, on, "stat -c %Y /a", report=printed)
    assert printed.stdout == b"1400000000\n"
    assert marks(outcome.layer) == {}
    after = stepper.execute(step(WorkdirOperation("/a/b/c")), on, report=Printed())
    seen = Printed()
    execute(stepper, succeed(after), "stat -c %Y /a", report=seen)
    assert seen.stdout == b"1400000000\n"
