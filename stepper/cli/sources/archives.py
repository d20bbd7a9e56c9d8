"""Archives as build contexts: told from plain Dockerfiles, and unpacked within their folder."""

import contextlib
import os
import posixpath
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from lzma import LZMAError
from pathlib import Path
from typing import IO

from stepper.errors import UsageError
from stepper.image.compression import Compression, CompressionError, compression_of, decompressed
from stepper.text import printable

_COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd")
"""How files begin that are compressed with gzip, bzip2, xz and zstd."""
_HINT = "It can be a tar archive, plain or compressed with gzip, bzip2, xz or zstd."
_CHUNK = 1 << 20
_MAGIC = 6


class _LeadsOutError(Exception):
    """A member of an archive that is not below its folder."""


def unpack_context(archive: Path, into: Path, source: str) -> bool:
    """Unpack a tar archive, plain or compressed with gzip, bzip2, xz or zstd; False for a file that is none.

    Modes and times stay; devices and pipes are left out. Raises `UsageError`, which names `source`, for an archive that
    is damaged, compressed otherwise, or leads out of its folder.
    """
    try:
        with _plain(archive) as plain, tarfile.open(fileobj=plain, mode="r:*") as opened:
            _Unpacker(opened, into).unpack()
    except tarfile.ReadError as error:
        if not _is_archive(archive):
            return False
        raise UsageError(f"{source}: the archive cannot be read: {error}", hint=_HINT) from error
    except _LeadsOutError as error:
        raise UsageError(f"{source}: the archive leads out of its folder: {error}") from error
    except (tarfile.TarError, CompressionError, EOFError, OSError, LZMAError, zlib.error) as error:
        raise UsageError(f"{source}: the archive cannot be unpacked: {error}", hint=_HINT) from error
    return True


@contextlib.contextmanager
def _plain(archive: Path) -> Iterator[IO[bytes]]:
    """The archive as the standard library reads it, which knows no zstd before Python 3.14."""
    with open(archive, "rb") as file:
        kind = compression_of(file.read(_MAGIC))
        file.seek(0)
        if kind is not Compression.ZSTD:
            yield file
            return
        with tempfile.TemporaryFile(dir=archive.parent) as plain:
            for chunk in decompressed(iter(lambda: file.read(_CHUNK), b"")):
                plain.write(chunk)
            plain.seek(0)
            yield plain


class _Unpacker:
    """Unpacks one archive. Directories get their modes and times last, so that a read-only one can be filled."""

    def __init__(self, archive: tarfile.TarFile, into: Path) -> None:
        self._archive = archive
        self._top = os.path.realpath(into)
        self._folders: dict[str, tarfile.TarInfo] = {}

    def unpack(self) -> None:
        for member in self._archive:
            path = self._path(member.name)
            if member.isdir():
                self._make_folder(path)
                self._folders[path] = member
            elif path != self._top:
                self._make_folder(os.path.dirname(path))
                self._unpack(member, path)
        for path, member in reversed(self._folders.items()):
            if os.path.realpath(path) != path or not os.path.isdir(path):
                # A later member put something else there, perhaps a link to a folder of this machine.
                continue
            os.chmod(path, member.mode)
            os.utime(path, (member.mtime, member.mtime))

    def _path(self, name: str) -> str:
        """Where a member belongs, links on the way to it followed as far as they stay inside."""
        clean = posixpath.normpath(name.lstrip("/"))
        folder, last = posixpath.split(clean)
        if clean == "..":
            raise _LeadsOutError(printable(name))
        found = os.path.realpath(os.path.join(self._top, folder))
        path = os.path.join(found, last) if last != "." else found
        if found != self._top and not found.startswith(self._top + os.sep):
            raise _LeadsOutError(printable(name))
        return path

    def _make_folder(self, path: str) -> None:
        if os.path.islink(path) or (os.path.lexists(path) and not os.path.isdir(path)):
            os.unlink(path)
        os.makedirs(path, exist_ok=True)

    def _unpack(self, member: tarfile.TarInfo, path: str) -> None:
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        elif os.path.lexists(path):
            os.unlink(path)
        if member.issym():
            os.symlink(member.linkname, path)
        elif member.islnk():
            os.link(self._path(member.linkname), path, follow_symlinks=False)
        elif member.isreg():
            content = self._archive.extractfile(member)
            assert content is not None, "a file has a content"
            with content, open(path, "xb") as file:
                shutil.copyfileobj(content, file)
            os.chmod(path, member.mode)
        if not member.islnk() and os.path.lexists(path):
            os.utime(path, (member.mtime, member.mtime), follow_symlinks=False)


def _is_archive(path: Path) -> bool:
    """Whether the file begins as an archive, whatever follows."""
    with open(path, "rb") as file:
        head = file.read(512)
    return head.startswith(_COMPRESSED) or head[257:262] == b"ustar"
