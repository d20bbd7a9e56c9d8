"""What is kept of the last run of each step of a Dockerfile, in one SQLite file beside the step cache.

It serves to say why a step ran and how long it took. What cannot be read or written is as if nothing was kept.
"""

import hashlib
import json
import sqlite3
import threading
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from stepper.debugger.why.inputs import Inputs
from stepper.engine.sqlite_file import open_sqlite

_FILE = "last-runs-3.sqlite"
_BUSY_SECONDS = 1
_DIGEST_LETTERS = 16
_MOST_STEPS = 1000
"""Of one Dockerfile; the oldest go."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    build TEXT NOT NULL, stage TEXT NOT NULL, text TEXT NOT NULL, after TEXT NOT NULL, occurrence INTEGER NOT NULL,
    parent TEXT, seconds REAL NOT NULL, failed INTEGER NOT NULL, at REAL NOT NULL,
    inputs TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (build, stage, text, after, occurrence)
) WITHOUT ROWID;
"""


class Key(NamedTuple):
    """An instruction of a stage: by its text, and behind which other it stands; and which one of equal ones it is.

    `after` is a digest of the text of the step before it that is kept here too, "" for the first.
    """

    stage: str
    text: str
    after: str = ""
    occurrence: int = 0

    @property
    def digest(self) -> str:
        """The `after` of the step behind it."""
        return _digest(self.text)


@lru_cache(maxsize=4096)
def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:_DIGEST_LETTERS]


class LastRun(NamedTuple):
    """The last time that a step ran or came from the cache. `parent` is the image before it, None where not known.

    `seconds` are those of the last time that it really ran, 0 where that is not known. `key` is what the step cache
    knows it by, empty where that is not known.
    """

    parent: str | None
    seconds: float
    failed: bool
    inputs: Inputs
    key: str = ""


def newest_last(known: Mapping[Key, LastRun], new: Mapping[Key, LastRun]) -> dict[Key, LastRun]:
    """Both, the oldest first: what is new stands behind, in place of what was known of the same step."""
    return {**{key: run for key, run in known.items() if key not in new}, **new}


class RunHistory:
    """The last runs of one build: `build` says of which Dockerfile, platform and engine. For any thread."""

    def __init__(self, folder: Path, build: str) -> None:
        self._path = folder / _FILE
        self._build = build
        self._runs: dict[Key, LastRun] | None = None
        self._began_empty = False
        self._reading = threading.Lock()

    @property
    def began_empty(self) -> bool:
        """Whether nothing was kept of this build when it was read."""
        self.runs()
        return self._began_empty

    def runs(self) -> Mapping[Key, LastRun]:
        """All that is kept, the oldest first; read once."""
        with self._reading:
            if self._runs is None:
                self._runs = self._read()
                self._began_empty = not self._runs
            return self._runs

    def _read(self) -> dict[Key, LastRun]:
        runs: dict[Key, LastRun] = {}
        with suppress(sqlite3.Error, OSError, ValueError, KeyError), closing(self._open()) as db:
            columns = "stage, text, after, occurrence, parent, seconds, failed, inputs, key"
            rows = db.execute(f"SELECT {columns} FROM runs WHERE build=? ORDER BY at", (self._build,))
            for *names, parent, seconds, failed, inputs, key in rows:
                runs[Key(*names)] = LastRun(parent, seconds, bool(failed), _loaded(inputs), key)
        return runs

    def store(self, runs: Mapping[Key, LastRun]) -> None:
        """Keep these in place of what was known of the same steps."""
        self.runs()
        with self._reading:
            self._runs = newest_last(self._runs or {}, runs)
        now = time.time()
        rows = [
            (
                self._build,
                *key,
                run.parent,
                run.seconds,
                run.failed,
                now,
                _dumped(run.inputs),
                run.key,
            )
            for key, run in runs.items()
        ]
        with suppress(sqlite3.Error, OSError, ValueError), closing(self._open()) as db:
            db.execute("BEGIN")
            db.executemany("REPLACE INTO runs VALUES (?,?,?,?,?,?,?,?,?,?,?)", rows)
            db.execute(
                "DELETE FROM runs WHERE build=? AND at < (SELECT at FROM runs WHERE build=? ORDER BY at DESC"
                " LIMIT 1 OFFSET ?)",
                (self._build, self._build, _MOST_STEPS),
            )
            db.execute("COMMIT")

    def _open(self) -> sqlite3.Connection:
        return open_sqlite(self._path, _SCHEMA, busy_seconds=_BUSY_SECONDS)


def _dumped(inputs: Inputs) -> str:
    files = None if inputs.files is None else dict(inputs.files)
    return json.dumps([dict(inputs.variables), files, dict(inputs.settings), dict(inputs.sources)])


def _loaded(text: str) -> Inputs:
    variables, files, settings, sources = json.loads(text)
    return Inputs(variables, files, settings, sources)
