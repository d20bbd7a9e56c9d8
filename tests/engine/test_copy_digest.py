"""The digest of what a COPY reads changes with what matters, and with nothing else."""

import inspect
import os
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from stepper.dockerfile.operations import CopyOperation
from stepper.engine.context import BuildContext
from stepper.engine.copy_digest import Reading, input_digest, read_digest
from stepper.engine.copy_error import CopyError
from stepper.engine.step import ContextSource


def digest(folder: Path, *sources: str, ignore: str = "") -> str:
    return input_digest(CopyOperation(sources or (".",), "/x"), ContextSource(folder, ignore))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "dir/sub").mkdir(parents=True)
    (tmp_path / "dir/file").write_text("content")
    (tmp_path / "dir/link").symlink_to("file")
    (tmp_path / "other").write_text("other")
    return tmp_path


def rewrite_with_the_same_size_and_time(folder: Path) -> None:
    path = folder / "dir/file"
    status = path.stat()
    path.write_text("CONTENT")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def replace_link(folder: Path, target: str | None) -> None:
    path = folder / "dir/link"
    path.unlink()
    if target is not None:
        path.symlink_to(target)
    else:
        path.write_text("file")


def add_hard_link(folder: Path) -> None:
    (folder / "dir/sub/x").hardlink_to(folder / "dir/file")


CHANGES: dict[str, Callable[[Path], object]] = {
    "content": lambda folder: (folder / "dir/file").write_text("changed"),
    "content of the same size and time": rewrite_with_the_same_size_and_time,
    "mode": lambda folder: (folder / "dir/file").chmod(0o755),
    "mode of a directory": lambda folder: (folder / "dir/sub").chmod(0o700),
    "name": lambda folder: (folder / "dir/file").rename(folder / "dir/name"),
    "place": lambda folder: (folder / "dir/file").rename(folder / "dir/sub/file"),
    "new file": lambda folder: (folder / "dir/sub/new").touch(),
    "new directory": lambda folder: (folder / "dir/new").mkdir(),
    "link target": lambda folder: replace_link(folder, "sub"),
    "link becomes file": lambda folder: replace_link(folder, None),
    "hard link": add_hard_link,
}


@pytest.mark.parametrize("change", CHANGES)
def test_it_changes_with(change: str, folder: Path) -> None:
    before = digest(folder, "dir")
    CHANGES[change](folder)
    assert digest(folder, "dir") != before


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: os.utime(folder / "dir/file", (1, 1)),
        lambda folder: os.utime(folder / "dir", (1, 1)),
        lambda folder: (folder / "other").write_text("changed"),
        lambda folder: (folder / "dir/ignored.o").write_text("new"),
        lambda folder: os.chown(folder / "dir/file", 12, 34),
    ],
    ids=["time", "time of a directory", "another file", "an ignored file", "owner"],
)
def test_it_does_not_change_with(change: Callable[[Path], object], folder: Path) -> None:
    before = digest(folder, "dir", ignore="**/*.o\n")
    change(folder)
    assert digest(folder, "dir", ignore="**/*.o\n") == before


def test_it_is_of_the_names_that_are_copied(folder: Path) -> None:
    (folder / "alias").symlink_to("other")
    assert digest(folder, "alias") != digest(folder, "other")


def test_it_is_of_all_that_a_glob_names(folder: Path) -> None:
    before = digest(folder, "o*")
    (folder / "ohne").write_text("new")
    assert digest(folder, "o*") != before


def test_a_missing_source_is_an_error(folder: Path) -> None:
    with pytest.raises(CopyError, match="not found"):
        digest(folder, "missing")


def test_trees_of_any_depth_have_a_digest(tmp_path: Path) -> None:
    deepest = tmp_path / "/".join("d" * 300)
    deepest.mkdir(parents=True)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 100)
    try:
        assert digest(tmp_path)
    finally:
        sys.setrecursionlimit(limit)
        for folder in (deepest, *deepest.parents[:299]):  # pytest would remove them by recursion
            folder.rmdir()
    assert list(tmp_path.iterdir()) == []


def test_the_digest_of_what_was_read_is_the_one_it_was_looked_up_by(folder: Path) -> None:
    context = BuildContext(ContextSource(folder))
    parts = [Reading(CopyOperation((text,), "/x"), context) for text in ("dir", "other")]
    context.sent["/dir/file"] = sha256(b"content").digest()
    assert read_digest(parts) == digest(folder, "dir", "other")
    context.sent["/dir/file"] = sha256(b"changed").digest()
    changed = read_digest(parts)
    (folder / "dir/file").write_text("changed")
    assert changed == digest(folder, "dir", "other")


def test_what_is_excluded_does_not_matter(folder: Path) -> None:
    def digests(*exclude: str) -> str:
        return input_digest(CopyOperation((".",), "/x", exclude=exclude), ContextSource(folder))

    excluding = digests("**/file")
    assert excluding != digests()
    (folder / "dir/file").write_text("changed")
    assert digests("**/file") == excluding
    (folder / "dir/sub/new").write_text("new")
    assert digests("**/file") != excluding


def test_with_parents_only_what_is_named_and_the_way_to_it_matter(folder: Path) -> None:
    operation = CopyOperation(("dir/file",), "/x", parents=True)
    before = input_digest(operation, ContextSource(folder))
    (folder / "dir/sub/new").write_text("new")
    (folder / "other").unlink()
    assert input_digest(operation, ContextSource(folder)) == before
    (folder / "dir").chmod(0o700)
    assert input_digest(operation, ContextSource(folder)) != before
