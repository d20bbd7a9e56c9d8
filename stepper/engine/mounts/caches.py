"""The volumes of `RUN --mount=type=cache`: which one a mount gets, and what there is of them in an engine.

As in BuildKit a cache is known by its id, by what it is to start with, and by its mode and owner where it starts
empty. It may have several volumes: a step that wants one for itself gets another when somebody uses the first. Who uses
what is told by locks on files, which all Steppers with one cache folder see.
"""

import contextlib
import fcntl
import hashlib
import itertools
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from stepper.dockerfile.mounts import CacheMount, CacheSharing
from stepper.engine.api_errors import engine_errors
from stepper.engine.api_requests import get_json
from stepper.engine.client import EngineClient
from stepper.engine.mounts.sources import Files
from stepper.engine.protocol import MountCache
from stepper.errors import EngineError, StepperError

_PREFIX = "stepper-cache-"
_LABEL = "stepper.cache"
_POLL_SECONDS = 0.1
_FILLED = b"filled"
"""What the lock's file says when a volume has the files that the cache starts with."""


class CacheVolumes:
    """The caches of one owner (see `stepper.engine.leftovers`) in one engine.

    `folder` is for the locks; `engine` tells one engine's from another's there.
    """

    def __init__(self, client: EngineClient, folder: Path, *, engine: str, owner: str) -> None:
        self._client = client
        self._folder = folder / "mount-caches"
        self._engine = engine
        self._prefix = f"{_PREFIX}{owner}-"

    def name(self, mount: CacheMount, start: Files | None) -> str:
        """The name of a cache, which is that of its first volume; `start` are the files it starts with."""
        parts: list[Any] = [mount.id, start, mount.mode, mount.uid, mount.gid]
        return self._prefix + hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:20]

    @contextlib.contextmanager
    def using(
        self,
        mount: CacheMount,
        start: Files | None,
        fill: Callable[[str], None] | None,
        *,
        waiting: Callable[[], None],
        check: Callable[[], None],
    ) -> Iterator[str]:
        """The name of a volume for a mount, which it has as its `sharing` says during the block.

        `start` are the files it starts with: `fill` puts them into a volume that may be new. `waiting` is called when
        others have to be waited for, `check` again and again meanwhile; both `fill` and `check` may raise.
        """
        volume, lock = self._locked(self.name(mount, start), mount.sharing, waiting, check)
        with lock:
            is_new = self._make(volume, mount.id)
            if fill is not None and (is_new or lock.read() != _FILLED):
                try:
                    fill(volume)
                except StepperError:
                    self._remove(volume)
                    raise
                lock.truncate(0)
                lock.write(_FILLED)
                lock.flush()
            yield volume

    def all(self) -> list[MountCache]:
        """What there is, sorted by id, with the sizes as far as the engine tells them."""
        with engine_errors("look for caches"):
            listed = get_json(self._client, "/volumes").get("Volumes") or ()
        volumes = [volume for volume in listed if str(volume["Name"]).startswith(self._prefix)]
        sizes = _sizes(self._client) if volumes else {}
        found = [
            MountCache((volume.get("Labels") or {}).get(_LABEL) or name, name, size if size >= 0 else None)
            for volume in volumes
            for name in [str(volume["Name"])]
            for size in [sizes.get(name, -1)]
        ]
        return sorted(found)

    def remove_all(self) -> list[MountCache]:
        """Remove all that nobody uses; those that went."""
        removed = []
        for cache in self.all():
            lock = self._lock(cache.volume, fcntl.LOCK_EX)
            if lock is None:
                continue
            with lock:
                if self._remove(cache.volume):
                    removed.append(cache)
                    self._lock_file(cache.volume).unlink(missing_ok=True)
        return removed

    def _make(self, volume: str, cache: str) -> bool:
        """Make a volume unless it is there; whether it was not."""
        import docker.errors

        with engine_errors("make the volume of a cache"):
            try:
                self._client.api.inspect_volume(volume)
            except docker.errors.NotFound:
                self._client.api.create_volume(volume, labels={_LABEL: cache})
                return True
        return False

    def _remove(self, volume: str) -> bool:
        import docker.errors

        with engine_errors("remove the volume of a cache"):
            try:
                self._client.api.remove_volume(volume)
            except docker.errors.APIError:
                return False
        return True

    def _locked(
        self, name: str, sharing: CacheSharing, waiting: Callable[[], None], check: Callable[[], None]
    ) -> tuple[str, BinaryIO]:
        if sharing is CacheSharing.LOCKED:
            lock = self._lock(name, fcntl.LOCK_EX)
            if lock is None:
                waiting()
            while lock is None:
                check()
                time.sleep(_POLL_SECONDS)
                lock = self._lock(name, fcntl.LOCK_EX)
            return name, lock
        kind = fcntl.LOCK_SH if sharing is CacheSharing.SHARED else fcntl.LOCK_EX
        volumes = itertools.chain([name], (f"{name}-{number}" for number in itertools.count(2)))
        return next((volume, lock) for volume in volumes if (lock := self._lock(volume, kind)) is not None)

    def _lock(self, volume: str, kind: int) -> BinaryIO | None:
        """The open file that holds a lock on a volume until it is closed; None where somebody else's is in the way."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._lock_file(volume)
        while True:
            file = path.open("a+b")
            try:
                fcntl.flock(file, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                file.close()
                return None
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                    file.seek(0)
                    return file
            # Somebody removed it meanwhile, with its volume.
            file.close()

    def _lock_file(self, volume: str) -> Path:
        return self._folder / f"{self._engine}-{volume}"


def _sizes(client: EngineClient) -> dict[str, int]:
    """The bytes in each volume, -1 where the engine does not know. It measures all of them, also those of others."""
    try:
        with engine_errors("measure the caches"):
            measured = get_json(client, "/system/df", type="volume").get("Volumes") or ()
    except EngineError:
        # Podman fails when a container goes away meanwhile.
        return {}
    return {str(volume["Name"]): int((volume.get("UsageData") or {}).get("Size", -1)) for volume in measured}
