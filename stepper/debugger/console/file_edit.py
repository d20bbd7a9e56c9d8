"""Changes a file of the user's at once and as a whole, and takes the change back as long as nobody else changed it."""

import contextlib
import os
import tempfile
from pathlib import Path

from stepper.errors import UsageError
from stepper.frozen import frozen


@frozen
class FileEdit:
    """A change that was made: what the file had before and after it."""

    path: Path
    before: bytes
    after: bytes

    def undo(self) -> None:
        """Give the file back what it had. Raises `UsageError` where it was edited since."""
        if read(self.path) != self.after:
            raise UsageError(f"{self.path.name} was edited since: what was kept is not taken out")
        write(self.path, self.before)


def read(path: Path) -> bytes:
    """A file's bytes. Raises `UsageError`."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error


def write(path: Path, data: bytes) -> None:
    """Put other bytes into a file: it has the old ones or the new ones at any time, and its mode. Links are followed.

    Raises `UsageError`.
    """
    real = Path(os.path.realpath(path))
    temporary: str | None = None
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{real.name}.", dir=real.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        status = real.stat()
        os.chmod(temporary, status.st_mode & 0o7777)
        with contextlib.suppress(PermissionError):
            os.chown(temporary, status.st_uid, status.st_gid)
        os.replace(temporary, real)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        raise UsageError(f"{path} cannot be written: {error.strerror or error}") from error
