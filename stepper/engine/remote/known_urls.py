"""What servers called the contents of URLs, kept in the cache folder: what has not changed is not downloaded again.

Each URL has a small file of its own, so that several Steppers may use the folder at once. It holds neither the URL nor
anything of the content.
"""

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import NamedTuple

from stepper.engine.remote.workspace import remove_folder


class KnownContent(NamedTuple):
    """A content by its server's name for it, and by its SHA-256."""

    etag: str
    digest: str


class KnownUrls:
    """Remembers contents by their URLs. What cannot be read or written is not known: no build is stopped by it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, url: str) -> KnownContent | None:
        """What the URL gave when it was downloaded last."""
        with contextlib.suppress(OSError, ValueError, TypeError):
            known = KnownContent(**json.loads(self._path(url).read_bytes()))
            if isinstance(known.etag, str) and isinstance(known.digest, str):
                return known
        return None

    def note(self, url: str, known: KnownContent | None) -> None:
        """Remember what the URL gives now, None for what its server has no name for."""
        path = self._path(url)
        with contextlib.suppress(OSError):
            if known is None:
                path.unlink(missing_ok=True)
                return
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_suffix(f".{os.getpid()}")
            unfinished.write_text(json.dumps(known._asdict()))
            unfinished.replace(path)

    def clear(self) -> None:
        """Forget all URLs."""
        remove_folder(self._folder)

    def _path(self, url: str) -> Path:
        return self._folder / hashlib.sha256(url.encode("utf-8", "surrogateescape")).hexdigest()
