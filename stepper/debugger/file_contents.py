"""A file or folder of a state, out of the archive that the engine makes of it: its content, or all of it to disk."""

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, cast

from stepper.debugger.waiting import Waiting
from stepper.errors import StepperError
from stepper.frozen import frozen
from stepper.image.archive import ArchiveError, ArchiveReader, Header

if TYPE_CHECKING:
    import tarfile


@frozen
class Content:
    """A file's first bytes. `size` is that of all of it."""

    header: Header
    data: bytes

    @property
    def size(self) -> int:
        """Bytes of the whole file."""
        return self.header.size

    @property
    def is_whole(self) -> bool:
        """Whether `data` is all of it."""
        return len(self.data) >= self.header.stored


ReadFile = Callable[[str, int, Waiting], Content]
"""Reads the file at a path, up to so many bytes of it. Raises `StepperError`."""


class FileStream(NamedTuple):
    """What an archive says of its first path, and if that is a file its content piece by piece."""

    header: Header
    chunks: Iterator[bytes]


@contextmanager
def open_content(archive: Generator[bytes, None, None]) -> Iterator[FileStream]:
    """The path that an archive begins with, to be read as far as it is wanted. Closes the archive at the end.

    Raises `StepperError` where there is nothing to read, also while it is read.
    """
    with closing(archive):
        try:
            reader = ArchiveReader(archive)
            header = next(iter(reader), None)
            if header is None:
                raise StepperError("the engine sent an empty archive")
            yield FileStream(header, reader.content())
        except ArchiveError as error:
            raise StepperError(f"the engine sent a damaged archive: {error}") from error


def read_content(archive: Generator[bytes, None, None], *, limit: int | None = None) -> Content:
    """The content of the file that an archive begins with, up to so many bytes; of what is no file there is none.

    Closes the archive. Raises `StepperError` where there is nothing to read.
    """
    data = bytearray()
    with open_content(archive) as stream:
        for chunk in stream.chunks:
            data += chunk
            if limit is not None and len(data) >= limit:
                break
    return Content(stream.header, bytes(data[:limit]))


def save_to_disk(archive: Generator[bytes, None, None], to: Path, read: Callable[[int], None] = lambda _: None) -> int:
    """Unpack an archive of one path to a new path on this machine: a file, or a folder with all in it.

    Owners, devices and pipes are left out, and nothing is written outside of it; how many devices and pipes there were
    is the result. Files get holes where they have nothing but zeros. `read` is told the bytes that have come in so far;
    what it raises ends it, and like an error leaves nothing behind. Closes the archive. Raises `StepperError`.
    """
    import tarfile  # Not before somebody saves something.

    from stepper.debugger.sparse_archive import SparseTarFile

    if os.path.lexists(to):
        raise StepperError(f"{to} is there already", hint="Choose another name.")
    stream = cast("BinaryIO", _Stream(archive, read))
    try:
        with closing(archive), SparseTarFile.open(fileobj=stream, mode="r|") as opened:
            try:
                left_out = _unpack(opened, to)
            except BaseException:
                _remove(to)
                raise
    except (tarfile.TarError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise StepperError(f"{to} cannot be written: {reason}") from error
    if not os.path.lexists(to):
        raise StepperError("there is nothing to save: it is a device or a pipe")
    return left_out


def _remove(path: Path) -> None:
    """What is there of something that was not saved whole."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _unpack(opened: "tarfile.TarFile", to: Path) -> int:
    """Unpack all but devices and pipes; how many of those there were."""
    left_out = 0
    top: str | None = None
    for member in opened:
        if member.ischr() or member.isblk() or member.isfifo():
            left_out += 1
            continue
        first, _, rest = member.name.strip("/").partition("/")
        top = top if top is not None else first
        member.name = f"{to.name}/{rest}" if rest else to.name
        if member.islnk():
            member.linkname = f"{to.name}/{member.linkname.strip('/').partition('/')[2]}"
        opened.extract(member, to.parent, set_attrs=not member.isdir(), filter=_own)
    return left_out


def _own(member: "tarfile.TarInfo", folder: str) -> "tarfile.TarInfo | None":
    """As Python's filter for data has it, but with links that lead elsewhere kept as they are: nobody follows them."""
    if member.issym():
        nobody: Any = None  # What tarfile documents for "leave it"; its types do not know that.
        return member.replace(uid=nobody, gid=nobody, uname=nobody, gname=nobody, deep=False)
    from tarfile import data_filter

    return data_filter(member, folder)


class _Stream:
    """Chunks as a file to read from."""

    def __init__(self, chunks: Iterator[bytes], read: Callable[[int], None]) -> None:
        self._chunks = chunks
        self._left = b""
        self._read = 0
        self._tell = read

    def read(self, size: int) -> bytes:
        parts = [self._left]
        missing = size - len(self._left)
        while missing > 0 and (chunk := next(self._chunks, None)) is not None:
            parts.append(chunk)
            missing -= len(chunk)
            self._read += len(chunk)
            self._tell(self._read)
        data = b"".join(parts)
        self._left = data[size:]
        return data[:size]
