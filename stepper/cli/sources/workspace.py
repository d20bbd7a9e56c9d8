"""A private temporary folder for what is fetched, gone with the command."""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType

_MODE = 0o755


class Workspace:
    """A folder that only this user can read, made when it is first needed and removed at the end of the `with`."""

    def __init__(self) -> None:
        self._folder: Path | None = None

    def __enter__(self) -> "Workspace":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._folder is not None:
            _remove(self._folder)

    def folder(self, name: str) -> Path:
        """A new empty folder in it, whose name begins with this one, as a checkout would make it."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="stepper-"))
        path = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self._folder))
        path.chmod(_MODE)
        return path


def _remove(folder: Path) -> None:
    """Remove a folder with what is in it, folders that an archive made read-only too."""
    for path, folders, _ in os.walk(folder):
        for name in folders:
            below = os.path.join(path, name)
            if not os.path.islink(below):
                with suppress(OSError):
                    os.chmod(below, 0o700)
    shutil.rmtree(folder, ignore_errors=True)
