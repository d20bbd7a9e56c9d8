"""Private temporary folders: gone with who made them, or at the next start after a crash.

The one for what is fetched is here. Others are named alike and hold a lock (see `hold`) to count as in use.
"""

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

_MODE = 0o755
_PREFIX = "stepper-"
_LOCK = ".lock"


class Workspace:
    """A folder that only this user can read, made when it is first needed and removed by `close`.

    While it is there it holds a lock, which the system drops with the process.
    """

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._lock: BinaryIO | None = None

    def __enter__(self) -> "Workspace":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def folder(self, name: str) -> Path:
        """A new empty folder in it, whose name begins with this one, as a checkout would make it."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
            self._lock = hold(self._folder)
        path = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self._folder))
        path.chmod(_MODE)
        return path

    def close(self) -> None:
        """Remove it with all that is in it. May be called twice."""
        if self._folder is not None:
            remove_folder(self._folder)
            self._folder = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def hold(folder: Path) -> BinaryIO:
    """A lock that says that a temporary folder is in use, until it is closed or the process ends."""
    lock = (folder / _LOCK).open("wb")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def remove_abandoned(*places: str) -> None:
    """Remove the folders of this user's processes that were killed: the temporary ones, and those in these places."""
    found = (folder for place in {tempfile.gettempdir(), *places} for folder in Path(place).glob(f"{_PREFIX}*/"))
    for folder in found:
        with suppress(OSError):
            if folder.is_symlink() or folder.stat().st_uid != os.getuid():
                continue
            with (folder / _LOCK).open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                remove_folder(folder)


def remove_folder(folder: Path) -> None:
    """Remove a folder with what is in it, folders that an archive made read-only too."""
    for path, folders, _ in os.walk(folder):
        for name in folders:
            below = os.path.join(path, name)
            if not os.path.islink(below):
                with suppress(OSError):
                    os.chmod(below, 0o700)
    shutil.rmtree(folder, ignore_errors=True)
