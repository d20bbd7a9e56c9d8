"""A file that is read once and whose digest is known in the end: that of what was really read."""

import hashlib
from typing import IO

_CHUNK = 1 << 20


class HashedFile:
    """The content of a file, for one reader."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes, up to `size` of them."""
        data = self._file.read(size)
        self._hash.update(data)
        return data

    def digest(self) -> bytes:
        """The SHA-256 of what was read so far."""
        return self._hash.digest()

    def digest_of_all(self) -> bytes:
        """The SHA-256 of the whole file; reads what is left."""
        while self.read(_CHUNK):
            pass
        return self.digest()
