"""The scripts that mount: their order, what they tell, and that no secret is among their words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepper.engine.mounts import script
from stepper.engine.mounts.failure import MountError
from stepper.engine.mounts.script import Made, MountFailure

PATHS = st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1), max_size=4)


def test_mounts_are_made_by_target_and_the_last_of_one_target_counts() -> None:
    first, last = script.tmpfs("/b", size=1), script.tmpfs("/b", size=2)
    inner, outer = script.tmpfs("/a/b"), script.tmpfs("/a")
    assert script.in_order([first, inner, last, outer]) == [outer, inner, last]


@given(mounted=PATHS, missing=PATHS)
def test_what_a_script_tells_is_read_whatever_the_paths_are(mounted: list[str], missing: list[str]) -> None:
    words = [word for path in missing for word in ("missing", path)]
    words += [word for path in mounted for word in ("at", path)]
    output = "".join(f"{word}\0" for word in words)
    assert script.made(output.encode()) == (Made(tuple(mounted), tuple(missing)), None)


def test_the_reason_of_a_failure_is_its_last_part() -> None:
    told = b"at\0/a\0failed\x001\0mount: mounting /x on /y failed: Not a directory\n\0"
    assert script.made(told) == (Made(("/a",)), MountFailure(1, "Not a directory"))
    assert script.made(b"absent\x002\0") == (Made(), MountFailure(2, None))


def test_anything_else_that_is_told_is_an_error() -> None:
    with pytest.raises(MountError):
        script.made(b"Segmentation fault\0")


def test_a_secret_is_input_and_no_word() -> None:
    line = script.secret("/s", b"hunter2", mode=0o400, uid=0, gid=0)
    assert "hunter2" not in "".join(line.words)
    assert "hunter2" not in script.entering([line])


def test_the_deepest_mount_points_are_removed_first() -> None:
    lines = script.leaving(Made(("/a", "/a/b"), ("/a/b", "/a"))).split("\n")
    assert lines[0].startswith("$b umount /a/b ")
    assert lines[1].startswith("$b umount /a ")
    assert lines[2].startswith("[ -L /a/b ]")
    assert lines[3].startswith("[ -L /a ]")
