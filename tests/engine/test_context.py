"""The build context: what is in it, what the ignore file keeps out, what cannot be read."""

import os
import socket
from pathlib import Path

import pytest

from stepper.engine.context import BuildContext
from stepper.engine.copy_error import CopyError
from stepper.engine.file_tree import FileTree, join
from stepper.engine.step import ContextSource
from stepper.image.entry import EntryKind


def context(folder: Path, ignore: str = "") -> BuildContext:
    return BuildContext(ContextSource(folder, ignore))


def everything(tree: FileTree, path: str = "/") -> list[str]:
    found = []
    for name in tree.names(path):
        below = join(path, name)
        found.append(below)
        entry = tree.entry(below)
        if entry is not None and entry.kind is EntryKind.DIRECTORY:
            found += everything(tree, below)
    return found


def fill(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def test_everything_belongs_to_root(tmp_path: Path) -> None:
    fill(tmp_path, "file")
    os.chown(tmp_path / "file", 12, 34)
    (tmp_path / "file").chmod(0o4750)

    entry = context(tmp_path).entry("/file")

    assert entry is not None
    assert (entry.uid, entry.gid, entry.mode, entry.size) == (0, 0, 0o4750, 4)


def test_kinds_are_told_and_sockets_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "dir").mkdir()
    (tmp_path / "link").symlink_to("dir/file")
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        tree = context(tmp_path)

        kinds = {name: entry.kind for name in tree.names("/") if (entry := tree.entry(join("/", name)))}

    assert kinds == {"dir": EntryKind.DIRECTORY, "link": EntryKind.SYMLINK, "pipe": EntryKind.FIFO}
    link = tree.entry("/link")
    assert link is not None
    assert link.target == "dir/file"


def test_names_may_hold_any_byte(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\n")).write_text("x")
    (name,) = context(tmp_path).names("/")
    assert os.fsencode(name) == b"\xff\n"
    assert context(tmp_path).open("/" + name).read() == b"x"


def test_the_ignore_file_keeps_files_out(tmp_path: Path) -> None:
    fill(tmp_path, "keep", "drop.o", "sub/drop.o", "sub/keep", "node_modules/a/b")

    tree = context(tmp_path, "**/*.o\nnode_modules\n")

    assert everything(tree) == ["/keep", "/sub", "/sub/keep"]


def test_an_ignored_directory_is_there_when_something_in_it_is_taken_back(tmp_path: Path) -> None:
    fill(tmp_path, "dir/a", "dir/sub/b", "dir/sub/c", "other/a")

    tree = context(tmp_path, "dir\nother\n!dir/sub/c\n")

    assert everything(tree) == ["/dir", "/dir/sub", "/dir/sub/c"]


def test_an_ignored_directory_is_not_looked_into_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, "dir/a", "keep")
    listed: list[str] = []
    original = os.listdir

    def listdir(path: str) -> list[str]:
        listed.append(path)
        return original(path)

    monkeypatch.setattr(os, "listdir", listdir)

    assert everything(context(tmp_path, "dir\n!keep\n")) == ["/keep"]
    assert listed == [str(tmp_path)]


def test_what_is_kept_out_is_told_with_the_rule(tmp_path: Path) -> None:
    fill(tmp_path, "a.log", "b")
    tree = context(tmp_path, "# logs\n*.log\n")

    assert tree.kept_out("/a.log") == "It is there, but line 2 of the ignore file keeps it out: *.log"
    assert tree.kept_out("/b") is None
    assert tree.kept_out("/missing.log") is None


def test_a_file_that_cannot_be_read_is_an_error_that_names_it(tmp_path: Path) -> None:
    fill(tmp_path, "dir/file")
    tree = context(tmp_path)
    assert tree.entry("/dir/file") is not None
    (tmp_path / "dir/file").unlink()

    with pytest.raises(CopyError, match="cannot read dir/file of the build context: No such file") as caught:
        tree.open("/dir/file")
    assert caught.value.hint is not None


def test_a_name_that_no_filesystem_takes_is_not_there(tmp_path: Path) -> None:
    assert context(tmp_path).entry("/" + "x" * 1000) is None
