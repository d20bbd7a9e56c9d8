"""A SQLite file that may be lost at any time: quick rather than safe, and removed with all that belongs to it."""

import sqlite3
from pathlib import Path


def open_sqlite(path: Path | str, schema: str, *, busy_seconds: float) -> sqlite3.Connection:
    """A connection for several threads, with the tables there. Raises `sqlite3.Error`."""
    connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=OFF")
        connection.executescript(schema)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def remove_sqlite(path: Path) -> None:
    """Remove the file and those that SQLite keeps beside it. Raises `OSError`."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
