"""How much of archives is kept: one that was made to fill the memory is refused before it does.

A few kilobytes of a compressed archive can stand for millions of members, and one name of a megabyte for half a million
directories.
"""

from dataclasses import dataclass

from stepper.image.archive import ArchiveError

_LONGEST_PATH = 4095
"""Bytes of the longest path that Linux takes (PATH_MAX): a layer with a longer one can be unpacked nowhere."""
_MEMBER = 300
_FOLDER_COPIES = 4
_MOST = 1_200_000_000
"""Some four million files; the largest images in use have one or two."""


@dataclass
class ReadLimits:
    """What may still be kept of one archive's layers, in bytes, about."""

    left: int = _MOST

    def add_member(self, path: str, attributes: int) -> None:
        """A member, with the bytes of its extended attributes. Raises `ArchiveError` when it is too much."""
        if len(path) > _LONGEST_PATH:
            size = f"{len(path):,}"
            raise ArchiveError(f"the archive holds far too long names: no engine unpacks one of {size} characters")
        self._take(_MEMBER + len(path) + attributes)

    def add_folders_of(self, path: str) -> None:
        """A member whose directory is not described: those that are made above it have names of their own each."""
        self._take(_FOLDER_COPIES * len(path) * path.count("/") // 2)

    def _take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise ArchiveError("the archive holds more files and folders than any image, or far too long names")
