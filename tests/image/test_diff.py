"""Two listings compared."""

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.image.diff import EngineMade, apply, diff, with_targets
from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Change, ChangeKind, Layer

START = 1000 * 10**9
BEFORE, DURING = START - 10**9, START + 1
NOTHING_MADE = EngineMade()


def file(size: int = 1, *, mtime: int = 5, ctime: int = BEFORE, mode: int = 0o644) -> Entry:
    return Entry(EntryKind.FILE, mode, 0, 0, size, mtime * 10**9, ctime)


def directory(*, ctime: int = BEFORE, mtime: int = 5) -> Entry:
    return Entry(EntryKind.DIRECTORY, 0o755, 0, 0, 0, mtime * 10**9, ctime)


def marks(layer: Layer) -> dict[str, str]:
    return {change.path: change.kind.value for change in layer.changes}


def compare(before: Mapping[str, Entry], after: Mapping[str, Entry], engine: EngineMade = NOTHING_MADE) -> Layer:
    return diff(before, after, since_ns=START, engine=engine)


def test_equal_filesystems_make_an_empty_layer() -> None:
    listing = {"/": directory(), "/a": file()}
    assert compare(listing, listing).changes == ()


def test_added_modified_and_deleted_paths_are_found_and_sorted() -> None:
    before = {"/": directory(), "/b": file(), "/c": file()}
    after = {"/": directory(ctime=DURING), "/a": file(ctime=DURING), "/b": file(2, ctime=DURING)}
    layer = compare(before, after)
    assert marks(layer) == {"/": "~", "/a": "+", "/b": "~", "/c": "-"}
    assert [change.path for change in layer.changes] == sorted(change.path for change in layer.changes)


def test_a_deleted_directory_lists_what_was_in_it() -> None:
    before = {"/": directory(), "/d": directory(), "/d/e": directory(), "/d/e/f": file(7)}
    layer = compare(before, {"/": directory(ctime=DURING)})
    assert marks(layer) == {"/": "~", "/d": "-", "/d/e": "-", "/d/e/f": "-"}
    assert layer.changes[-1].before == file(7)


def test_a_rewrite_with_the_same_size_and_time_is_seen_by_its_status_change() -> None:
    assert marks(compare({"/a": file()}, {"/a": file(ctime=DURING)})) == {"/a": "~"}


def test_what_committing_does_to_times_is_no_change() -> None:
    before = {"/a": Entry(EntryKind.FILE, 0o644, 0, 0, 1, 5 * 10**9 + 123456, BEFORE - 77, inode=1)}
    after = {"/a": Entry(EntryKind.FILE, 0o644, 0, 0, 1, 5 * 10**9, BEFORE, inode=2)}
    assert compare(before, after).changes == ()


def test_a_time_before_1970_that_no_layer_keeps_is_no_change() -> None:
    before = {"/a": Entry(EntryKind.FILE, 0o644, 0, 0, 1, -5 * 10**9, BEFORE - 77, inode=1)}
    after = {"/a": Entry(EntryKind.FILE, 0o644, 0, 0, 1, 0, BEFORE, inode=2)}
    assert compare(before, after).changes == ()


def test_an_old_file_that_was_moved_with_its_directory_is_added() -> None:
    layer = compare({"/": directory()}, {"/": directory(), "/new": directory(ctime=DURING), "/new/f": file()})
    assert marks(layer) == {"/new": "+", "/new/f": "+"}


def test_an_old_file_with_other_contents_is_modified() -> None:
    assert marks(compare({"/a": file(1)}, {"/a": file(2)})) == {"/a": "~"}


def test_what_the_engine_puts_into_a_container_is_no_change() -> None:
    engine = EngineMade.of(["/etc/hosts", "/proc", "/dev"])
    after = {"/": directory(mtime=9), "/etc": directory(mtime=9), "/etc/mtab": file(), "/app": file()}
    assert compare({"/": directory(), "/app": file()}, after, engine).changes == ()


def test_a_deletion_is_seen_beside_what_the_engine_made() -> None:
    engine = EngineMade.of(["/etc/hosts"])
    after = {"/": directory(), "/etc": directory(), "/etc/mtab": file()}
    assert marks(compare({"/": directory(), "/app": file()}, after, engine)) == {"/app": "-"}


def test_what_a_step_does_in_a_directory_that_the_engine_made_is_a_change() -> None:
    engine = EngineMade.of(["/etc/hosts"])
    after = {"/": directory(), "/etc": directory(ctime=DURING), "/etc/app": file(ctime=DURING)}
    assert marks(compare({"/": directory()}, after, engine)) == {"/etc": "+", "/etc/app": "+"}


def test_what_a_mount_covers_is_not_deleted() -> None:
    engine = EngineMade.of(["/etc/hosts", "/dev"])
    before = {"/": directory(), "/etc": directory(), "/etc/hosts": file(), "/dev": directory(), "/dev/null": file()}
    assert compare(before, {"/": directory(), "/etc": directory()}, engine).changes == ()


def test_a_directory_that_was_only_copied_for_something_below_it_is_no_change() -> None:
    before = {"/": directory(), "/d": directory(), "/d/f": file()}
    after = {"/": directory(ctime=DURING), "/d": directory(ctime=DURING), "/d/f": file(2, ctime=DURING)}
    assert marks(compare(before, after)) == {"/d/f": "~"}


def test_a_directory_in_which_something_came_or_went_within_its_second_is_modified() -> None:
    before = {"/": directory(), "/d": directory(), "/e": directory(), "/e/f": file()}
    after = {"/": directory(), "/d": directory(ctime=DURING), "/d/g": file(ctime=DURING), "/e": directory(ctime=DURING)}
    assert marks(compare(before, after)) == {"/d": "~", "/d/g": "+", "/e": "~", "/e/f": "-"}


def test_targets_are_filled_into_links_alone() -> None:
    link = Entry(EntryKind.SYMLINK, 0o777, 0, 0, 1, 0)
    layer = Layer((Change("/l", ChangeKind.ADDED, None, link), Change("/m", ChangeKind.ADDED, None, file())))
    filled = with_targets(layer, {"/l": "x", "/m": "y"})
    assert [change.after.target for change in filled.changes if change.after] == ["x", ""]


_ENTRIES = st.builds(file, st.integers(0, 3), mtime=st.integers(1, 3), ctime=st.sampled_from([BEFORE, DURING]))
_LISTINGS = st.dictionaries(st.sampled_from(["/a", "/a/b", "/c", "/d\ne", "/\udcff"]), _ENTRIES)


@settings(max_examples=100)
@given(before=_LISTINGS, after=_LISTINGS)
def test_a_layer_put_on_what_was_before_gives_what_came_after(
    before: dict[str, Entry], after: dict[str, Entry]
) -> None:
    assert {path: entry[:6] for path, entry in apply(before, compare(before, after)).items()} == {
        path: entry[:6] for path, entry in after.items()
    }
