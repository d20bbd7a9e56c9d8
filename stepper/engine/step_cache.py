"""The step cache: what a step gave when it ran before, and the listings of base images, in one SQLite file.

The file serves all engines, and several Steppers may use it at once. One that cannot be read is made anew: it holds
only what can be made again.
"""

import contextlib
import hashlib
import json
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

from stepper.engine.sqlite_file import open_sqlite, remove_sqlite
from stepper.image.stored import FORMAT

_BUSY_SECONDS = 10
_SCHEMA = """
CREATE TABLE IF NOT EXISTS steps (
    engine TEXT NOT NULL, key TEXT NOT NULL, image TEXT, parent TEXT, made_layer INTEGER NOT NULL,
    created TEXT NOT NULL, seconds REAL NOT NULL, size INTEGER NOT NULL, layer BLOB,
    PRIMARY KEY (engine, key)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS steps_by_image ON steps (engine, image);
CREATE TABLE IF NOT EXISTS listings (
    engine TEXT NOT NULL, image TEXT NOT NULL, listing BLOB NOT NULL, PRIMARY KEY (engine, image)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mount_points (
    engine TEXT NOT NULL, image TEXT NOT NULL, listing BLOB NOT NULL, PRIMARY KEY (engine, image)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS layers (
    engine TEXT NOT NULL, image TEXT NOT NULL, layers TEXT NOT NULL, PRIMARY KEY (engine, image)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS images (
    engine TEXT NOT NULL, image TEXT NOT NULL, PRIMARY KEY (engine, image)
) WITHOUT ROWID;
"""
T = TypeVar("T")


class CachedStep(NamedTuple):
    """What a step gave. `image` and `parent` are image ids, None for the empty filesystem of scratch.

    `made_layer` is False when the step left the image as it was. `created` is the time in its history, `layer` a stored
    layer (see `stepper.image.stored`), None for a step that only changes the configuration.
    """

    image: str | None
    parent: str | None
    made_layer: bool
    created: str
    seconds: float
    size: int
    layer: bytes | None


class StepCache:
    """The cache of one engine, which `engine` identifies. May be used from any thread."""

    def __init__(self, folder: Path, engine: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"steps-{FORMAT}.sqlite"
        self._engine = engine
        self._lock = threading.Lock()
        self._connection = self._open()

    def find(self, key: str) -> CachedStep | None:
        """What the step with this key gave. Whether its image is still there is for the caller to see."""
        query = "SELECT image, parent, made_layer, created, seconds, size, layer FROM steps WHERE engine=? AND key=?"
        row = self._query(lambda db: db.execute(query, (self._engine, key)).fetchone(), None)
        return None if row is None else CachedStep(row[0], row[1], bool(row[2]), *row[3:])

    def producer(self, image: str) -> CachedStep | None:
        """The step that made an image, or None."""
        query = (
            "SELECT image, parent, made_layer, created, seconds, size, layer FROM steps "
            "WHERE engine=? AND image=? AND made_layer LIMIT 1"
        )
        row = self._query(lambda db: db.execute(query, (self._engine, image)).fetchone(), None)
        return None if row is None else CachedStep(row[0], row[1], bool(row[2]), *row[3:])

    def store(self, key: str, step: CachedStep) -> None:
        """Remember what a step gave, in place of what was known before."""
        values = (self._engine, key, *step)
        self._query(lambda db: db.execute("REPLACE INTO steps VALUES (?,?,?,?,?,?,?,?,?)", values), None)
        if step.image is not None and step.made_layer:
            self.add_image(step.image)

    def forget(self, key: str) -> None:
        """Drop an entry whose image is gone."""
        self._query(lambda db: db.execute("DELETE FROM steps WHERE engine=? AND key=?", (self._engine, key)), None)

    def listing(self, image: str) -> bytes | None:
        """The stored listing of an image."""
        return self._stored_listing("listings", image)

    def store_listing(self, image: str, listing: bytes) -> None:
        """Remember the listing of an image."""
        self._store_listing("listings", image, listing)

    def mount_points(self, image: str) -> bytes | None:
        """The stored listing of those mount points of every container that an image has itself."""
        return self._stored_listing("mount_points", image)

    def store_mount_points(self, image: str, listing: bytes) -> None:
        """Remember these of an image."""
        self._store_listing("mount_points", image, listing)

    def layers(self, image: str) -> str | None:
        """What was stored of an image's layers."""
        query = "SELECT layers FROM layers WHERE engine=? AND image=?"
        row = self._query(lambda db: db.execute(query, (self._engine, image)).fetchone(), None)
        return None if row is None else str(row[0])

    def store_layers(self, image: str, layers: str) -> None:
        """Remember something about an image's layers."""
        values = (self._engine, image, layers)
        self._query(lambda db: db.execute("REPLACE INTO layers VALUES (?,?,?)", values), None)

    def add_image(self, image: str) -> None:
        """Note an image in the engine as made by Stepper."""
        values = (self._engine, image)
        self._query(lambda db: db.execute("INSERT OR IGNORE INTO images VALUES (?,?)", values), None)

    def images(self) -> list[str]:
        """All images that were noted, also those that are gone since."""
        query = "SELECT image FROM images WHERE engine=?"
        rows: list[tuple[str]] = self._query(lambda db: db.execute(query, (self._engine,)).fetchall(), [])
        return [image for (image,) in rows]

    def clear(self) -> None:
        """Forget everything about this engine, and give the disk space back."""

        def delete(connection: sqlite3.Connection) -> None:
            for table in ("steps", "listings", "mount_points", "layers", "images"):
                connection.execute(f"DELETE FROM {table} WHERE engine=?", (self._engine,))
            connection.execute("VACUUM")

        self._query(delete, None)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _stored_listing(self, table: str, image: str) -> bytes | None:
        query = f"SELECT listing FROM {table} WHERE engine=? AND image=?"
        row = self._query(lambda db: db.execute(query, (self._engine, image)).fetchone(), None)
        return None if row is None else bytes(row[0])

    def _store_listing(self, table: str, image: str, listing: bytes) -> None:
        values = (self._engine, image, listing)
        self._query(lambda db: db.execute(f"REPLACE INTO {table} VALUES (?,?,?)", values), None)

    def _query(self, action: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """Run one query. A damaged file is made anew, a locked or closed one misses: no build is stopped by it."""
        with self._lock:
            try:
                return action(self._connection)
            except (sqlite3.OperationalError, sqlite3.ProgrammingError):
                return otherwise
            except sqlite3.DatabaseError:
                with contextlib.suppress(sqlite3.Error):
                    self._connection.close()
                remove_sqlite(self._path)
                self._connection = self._open()
                return otherwise

    def _open(self) -> sqlite3.Connection:
        try:
            return self._connected(self._path)
        except sqlite3.OperationalError:
            # The folder cannot be written to, the disk is full: there is a cache for this session only.
            return self._connected(":memory:")
        except sqlite3.DatabaseError:
            remove_sqlite(self._path)
            return self._connected(self._path)

    def _connected(self, path: Path | str) -> sqlite3.Connection:
        return open_sqlite(path, _SCHEMA, busy_seconds=_BUSY_SECONDS)


def digest(*parts: object) -> str:
    """A digest of values that JSON can hold, the same in every run."""
    text = json.dumps(parts, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
