"""The archives that a COPY sends: what goes wrong while a file is read."""

import errno
import io
from pathlib import Path
from typing import BinaryIO

import pytest

from stepper.engine.archive_writer import from_context
from stepper.engine.context import BuildContext
from stepper.engine.copy_error import CopyError
from stepper.engine.copy_plan import Planned, Target
from stepper.engine.step import ContextSource
from tests.engine.trees import NOW, file, listing, tree


class Unreadable(io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        raise OSError(errno.EIO, "Input/output error")


class DamagedDisk(BuildContext):
    """A build context whose files can be opened, not read."""

    def open(self, path: str) -> BinaryIO:
        return Unreadable()


def write(context: BuildContext, size: int) -> bytes:
    planned = [Planned("/x", "/f", file(size))]
    return b"".join(from_context(context, planned, Target(listing({}), tree({}), NOW), lambda _: None))


def test_a_file_that_cannot_be_read_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"12")
    with pytest.raises(CopyError, match="cannot read f of the build context: Input/output error"):
        write(DamagedDisk(ContextSource(tmp_path)), 2)


def test_a_file_that_becomes_shorter_is_an_error_and_one_that_grows_is_cut(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"12")
    context = BuildContext(ContextSource(tmp_path))
    with pytest.raises(CopyError, match="f became shorter while it was read"):
        write(context, 3)
    assert write(context, 1)[512:514] == b"1\0"
