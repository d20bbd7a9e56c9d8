"""Capabilities and other extended attributes of the file under the cursor, in Changes and Files."""

import pytest

from stepper.debugger.state import Status, StepRecord
from stepper.dockerfile.model import Instruction
from stepper.engine.step import StepId
from stepper.errors import EngineError, StepperError
from stepper.image.layer import Change, ChangeKind
from stepper.image.xattr_text import Xattrs
from stepper.tui.file_attributes import LARGEST_READ, FileAttributes, attributes_text, has_attributes
from stepper.tui.panels import Panel
from stepper.tui.widgets.change_text import Row
from tests.scripted_engine import added, directory_entry, file_entry
from tests.tui.harness import NARROW, WIDE, Bench, main_screen, press, screen_text, settled, until

NET_RAW = bytes.fromhex("0100000200200000000000000000000000000000")
CAPABILITY = (("security.capability", NET_RAW),)


def _record(status: Status) -> StepRecord:
    return StepRecord(StepId(0, 1), Instruction("RUN", 2, 2, "RUN x", ()), status)


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (None, CAPABILITY, "cap_net_raw=ep"),
        (None, (), ""),
        ((), (), ""),
        (CAPABILITY, CAPABILITY, "cap_net_raw=ep"),
        (CAPABILITY, (), "no capabilities or attributes (was cap_net_raw=ep)"),
        ((), (*CAPABILITY, ("user.a", b"b")), 'cap_net_raw=ep  user.a="b" (was none)'),
        (CAPABILITY, None, "was cap_net_raw=ep"),
        ((), None, ""),
    ],
)
def test_what_a_file_has_is_told_with_what_it_had(before: Xattrs | None, after: Xattrs | None, text: str) -> None:
    assert attributes_text(FileAttributes(before, after)) == text


def test_what_could_not_be_read_is_said_to_be_unknown() -> None:
    assert attributes_text(StepperError("the engine is gone")) == ("capabilities not known: the engine is gone")


def test_only_files_have_any_that_an_engine_tells() -> None:
    gone = Change("/a", ChangeKind.DELETED, file_entry(), None)
    record = _record(Status.DONE)
    assert has_attributes(record, Row(None, file_entry()))
    assert has_attributes(record, Row(gone, None))
    assert not has_attributes(record, Row(None, directory_entry()))


def test_a_run_that_is_stood_inside_of_tells_none_before_it_has_ended() -> None:
    assert not has_attributes(_record(Status.RUNNING), Row(None, file_entry()))


async def test_changes_and_files_tell_them_of_the_path_under_the_cursor(bench: Bench) -> None:
    bench.engine.on("RUN make", changes=[added("/capped", 3)])
    bench.engine.xattrs["/capped"] = dict(CAPABILITY)
    async with bench.app("FROM busybox\nRUN make\n").run_test(size=NARROW) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "4")
        await until(pilot, lambda: "cap_net_raw=ep" in screen_text(pilot))
        await press(pilot, "5")
        tree = main_screen(pilot).inspector.tree_of(Panel.FILES)
        assert tree is not None
        await until(pilot, lambda: "/capped" not in screen_text(pilot) and "capped" in screen_text(pilot))
        tree.reveal("/capped")
        await until(pilot, lambda: "cap_net_raw=ep" in screen_text(pilot))


async def test_where_the_engine_does_not_tell_them_the_screen_says_so(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def archive(*_: object) -> None:
        raise EngineError("the container is gone")

    bench.engine.on("RUN make", changes=[added("/capped", 3)])
    monkeypatch.setattr(bench.engine, "archive", archive)
    async with bench.app("FROM busybox\nRUN make\n").run_test(size=NARROW) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "4")
        await until(pilot, lambda: "capabilities not known: the container is gone" in screen_text(pilot))


async def test_rows_of_what_can_be_executed_tell_what_is_new_of_them(bench: Bench) -> None:
    capped = added("/bin/capped", 3)
    capped = capped._replace(after=file_entry(3)._replace(mode=0o755))
    touched = Change("/bin/touched", ChangeKind.MODIFIED, file_entry(3), file_entry(3))
    bench.engine.on("RUN make", changes=[added("/a", 3), capped, touched])
    bench.engine.xattrs.update({path: dict(CAPABILITY) for path in ("/a", "/bin/capped")})
    async with bench.app("FROM busybox\nRUN make\n").run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "4", "E")
        await until(pilot, lambda: "capped  cap_net_raw=ep" in screen_text(pilot))
        await until(pilot, lambda: "touched  written again" in screen_text(pilot))
        await press(pilot, "5", "E")
        await until(pilot, lambda: "capped  cap_net_…" in screen_text(pilot))


async def test_a_file_of_another_time_is_read_to_tell_whether_its_content_is_another(bench: Bench) -> None:
    old, new = file_entry(3), file_entry(3, mtime_ns=5)
    large = [entry._replace(size=LARGEST_READ + 1) for entry in (old, new)]
    changes = [
        Change("/large", ChangeKind.MODIFIED, large[0], large[1]),
        Change("/touched", ChangeKind.MODIFIED, old, new),
    ]
    bench.engine.on("RUN make", changes=[added("/large", entry=large[0]), added("/touched", entry=old)])
    bench.engine.on("RUN touch", changes=changes)
    async with bench.app("FROM busybox\nRUN make\nRUN touch\n").run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "n", "4")
        await until(pilot, lambda: "touched  time only" in screen_text(pilot))
        assert "large  content or time" in screen_text(pilot)
        await press(pilot, "down")
        await until(pilot, lambda: "/touched · modified time only" in screen_text(pilot))
