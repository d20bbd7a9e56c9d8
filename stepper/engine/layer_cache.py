"""What was found in layers of finished images, by the layers' digests, in one SQLite file of bounded size.

Several Steppers may use it at once. What cannot be read is a miss: it holds only what can be made again.
"""

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from stepper.engine.sqlite_file import open_sqlite, remove_sqlite
from stepper.image.layer_contents import LayerContents
from stepper.image.stored_contents import CONTENTS_FORMAT, dump_contents, load_contents

LARGEST = 200_000_000
"""Bytes of all layers that are kept; 60,000 files take some 2 MB."""
_BUSY_SECONDS = 5
_SCHEMA = """
CREATE TABLE IF NOT EXISTS layers (
    digest TEXT PRIMARY KEY, size INTEGER NOT NULL, used INTEGER NOT NULL, contents BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS documents (image TEXT PRIMARY KEY, document TEXT NOT NULL);
"""
MOST_DOCUMENTS = 500
T = TypeVar("T")


class LayerCache:
    """May be used from any thread. Has to be closed."""

    def __init__(self, folder: Path, *, largest: int = LARGEST) -> None:
        self._path = folder / f"layers-{CONTENTS_FORMAT}.sqlite"
        self._largest = largest
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def find(self, digests: Sequence[str]) -> tuple[LayerContents, ...] | None:
        """The layers with these digests of their uncompressed archives; None when any of them is not known."""
        known: dict[str, LayerContents] = {}
        for digest in digests:
            if digest not in known:
                contents = self._one(digest)
                if contents is None:
                    return None
                known[digest] = contents
        return tuple(known[digest] for digest in digests)

    def store(self, layers: Mapping[str, LayerContents]) -> None:
        """Remember layers by their digests; those that were not used for longest go when there are too many.

        Only for layers whose digests somebody vouches for: an archive can say anything of itself.
        """
        for digest, contents in layers.items():
            data = dump_contents(contents)
            if len(data) <= self._largest:
                self._put(digest, data)
        self._query(self._shrink, None)

    def document(self, image: str) -> str | None:
        """The configuration of an image, as JSON, by the id that its engine has for it."""
        row = self._query(
            lambda db: db.execute("SELECT document FROM documents WHERE image=?", (image,)).fetchone(), None
        )
        return None if row is None else str(row[0])

    def store_document(self, image: str, document: str) -> None:
        """Remember the configuration of an image; the oldest go when there are too many."""

        def store(connection: sqlite3.Connection) -> None:
            connection.execute("REPLACE INTO documents VALUES (?, ?)", (image, document))
            connection.execute(
                "DELETE FROM documents WHERE rowid <= (SELECT max(rowid) FROM documents) - ?", (MOST_DOCUMENTS,)
            )

        self._query(store, None)

    def clear(self) -> int:
        """Forget everything and give the disk space back; how many layers that were."""

        def delete(connection: sqlite3.Connection) -> int:
            count = connection.execute("DELETE FROM layers").rowcount
            connection.execute("DELETE FROM documents")
            connection.execute("VACUUM")
            return count

        return self._query(delete, 0)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _one(self, digest: str) -> LayerContents | None:
        row = self._query(
            lambda db: db.execute("SELECT contents FROM layers WHERE digest=?", (digest,)).fetchone(), None
        )
        if row is None:
            return None
        try:
            contents = load_contents(bytes(row[0]))
        except (ValueError, TypeError):
            self._query(lambda db: db.execute("DELETE FROM layers WHERE digest=?", (digest,)), None)
            return None
        self._query(lambda db: db.execute(_USE, (digest,)), None)
        return contents

    def _put(self, digest: str, data: bytes) -> None:
        self._query(lambda db: db.execute(_PUT, (digest, len(data), data)), None)

    def _shrink(self, connection: sqlite3.Connection) -> None:
        total = connection.execute("SELECT coalesce(sum(size), 0) FROM layers").fetchone()[0]
        for digest, size in connection.execute("SELECT digest, size FROM layers ORDER BY used").fetchall():
            if total <= self._largest:
                break
            connection.execute("DELETE FROM layers WHERE digest=?", (digest,))
            total -= size

    def _query(self, action: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """Run one query. A damaged file is made anew, a locked one misses."""
        with self._lock:
            try:
                return action(self._opened())
            except sqlite3.OperationalError:
                return otherwise
            except (sqlite3.DatabaseError, OSError):
                self._remove()
                return otherwise

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = open_sqlite(self._path, _SCHEMA, busy_seconds=_BUSY_SECONDS)
        return self._connection

    def _remove(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        with contextlib.suppress(OSError):
            remove_sqlite(self._path)


_NOW = "(SELECT coalesce(max(used), 0) + 1 FROM layers)"
_PUT = f"REPLACE INTO layers (digest, size, used, contents) VALUES (?, ?, {_NOW}, ?)"
_USE = f"UPDATE layers SET used = {_NOW} WHERE digest = ?"
