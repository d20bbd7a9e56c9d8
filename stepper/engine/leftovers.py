"""What in an engine is this Stepper's, which containers are left over from a dead one, and how the latter go.

A container's name says whose it is: `stepper-<owner>-<session>-<number>`. The owner stands for one cache folder on one
machine; in that folder every living session holds a lock on a file of its name, so that the next start can tell the
dead. What belongs to another owner is judged by the container alone: it is left over when it neither runs nor is new.
"""

import contextlib
import fcntl
import hashlib
import itertools
import json
import os
import secrets
import socket
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

from stepper.engine.api_errors import engine_errors
from stepper.engine.api_requests import get_json
from stepper.engine.client import EngineClient, accepted
from stepper.folders import folder_error
from stepper.frozen import frozen

PREFIX = "stepper-"
MARK = "stepper snapshot"
_REMOVAL_SECONDS = 10
_ENDING_SECONDS = 2
_GRACE_SECONDS = 24 * 3600
"""A container of somebody else that does not run may be in use: files are copied into it, for as long as that takes."""


@frozen
class ContainerName:
    """The parts of the name of one of Stepper's containers."""

    owner: str
    session: str

    @classmethod
    def parse(cls, name: str) -> "ContainerName | None":
        """The parts of a container's name, None when it is not one of Stepper's."""
        words = name.removeprefix("/").split("-")
        if len(words) != 4 or words[0] != "stepper" or not words[3].isdigit():
            return None
        return cls(words[1], words[2])


class SessionNames:
    """The names of one session's containers. The session counts as living until `close`, or until the process dies.

    Raises `UsageError` where the cache folder cannot be written to.
    """

    def __init__(self, cache: Path) -> None:
        self._folder = cache / "sessions"
        self.owner = _owner(cache)
        self.mark = f"{MARK} {self.owner}"
        """The comment of the snapshots of this owner: of all sessions with the same cache folder."""
        self.session = secrets.token_hex(4)
        self._numbers = itertools.count(1)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock: BinaryIO | None = _locked(self._folder / self.session)
        except OSError as error:
            raise folder_error("cache", cache, error) from error

    def new(self) -> str:
        """A name for a new container."""
        return f"{PREFIX}{self.owner}-{self.session}-{next(self._numbers)}"

    def is_dead(self, name: ContainerName) -> bool | None:
        """Whether the session of a container is over; None where it is another owner's and cannot be known."""
        if name.owner != self.owner:
            return None
        if name.session == self.session:
            return False
        path = self._folder / name.session
        try:
            with path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return True

    def others_live(self) -> bool:
        """Whether another session with the same cache folder is living."""
        names = (ContainerName(self.owner, path.name) for path in self._folder.iterdir() if path.name != self.session)
        return any(self.is_dead(name) is False for name in names)

    def forget_dead(self) -> None:
        """Remove the lock files of sessions that are over. For when their containers are gone."""
        for path in self._folder.iterdir():
            if path.name != self.session:
                with contextlib.suppress(OSError), path.open("rb") as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    path.unlink()

    def close(self) -> None:
        """End the session."""
        if self._lock is not None:
            (self._folder / self.session).unlink(missing_ok=True)
            self._lock.close()
            self._lock = None


def remove_leftovers(client: EngineClient, names: SessionNames) -> int:
    """Remove the containers of dead sessions with their volumes; how many containers there were.

    Nothing of a living session is touched, whoever runs it.
    """
    with engine_errors("look for what an earlier run left behind"):
        containers = get_json(client, "/containers/json", all=1, filters=json.dumps({"name": [PREFIX]}))
    dead = [container["Id"] for container in containers if _is_leftover(container, names)]
    removed = remove_containers(client, dead)
    _remove_volumes(client, names)
    names.forget_dead()
    return removed


def _remove_volumes(client: EngineClient, names: SessionNames) -> None:
    """Remove the volumes that dead sessions made for themselves; their names are like those of containers."""
    with engine_errors("look for what an earlier run left behind"):
        found = get_json(client, "/volumes", filters=json.dumps({"name": [f"{PREFIX}{names.owner}-"]}))
    for volume in [str(volume["Name"]) for volume in found.get("Volumes") or ()]:
        name = ContainerName.parse(volume)
        if name is not None and names.is_dead(name):
            remove_volume(client, volume)


def remove_volume(client: EngineClient, volume: str) -> None:
    """Remove a volume, where it is still there and not in use."""
    import docker.errors

    with engine_errors("remove a volume"), contextlib.suppress(docker.errors.APIError):
        client.api.remove_volume(volume)


def remove_containers(client: EngineClient, ids: Iterable[str]) -> int:
    """Remove containers by id, running or not, with their anonymous volumes; how many there were."""
    removed = 0
    for container in ids:
        with engine_errors("remove a container"):
            removed += remove_container(client, container)
    return removed


def remove_container(client: EngineClient, container: str) -> bool:
    """Remove one container and wait until it is gone; False when it was gone already. Raises the SDK's errors.

    Where the engine takes very long (it is deleting very many files) it is left at that.
    """
    path = f"/containers/{container}"
    deadline = time.monotonic() + _REMOVAL_SECONDS
    pause = 0.01
    removed = False
    while True:
        answer = client.answer("DELETE", path, {"v": 1, "force": 1})
        if answer.status == 404:
            return removed
        is_late = time.monotonic() > deadline
        if is_late and answer.status == 409:
            return True
        # The engine is removing it by itself since its process ended (AutoRemove): it may not be asked twice.
        if is_late or answer.status not in (409, 500):
            accepted(path, answer)
            return True
        removed = True
        time.sleep(pause)
        pause = min(2 * pause, 0.2)


def was_removed(client: EngineClient, container: str) -> bool:
    """Whether the engine removes a container whose process is about to end by itself, soon (AutoRemove).

    It takes less than to have it killed: the engine does not do it twice.
    """
    # Who is silent for too long, or cut off, has told nothing.
    with contextlib.suppress(OSError, ValueError):
        params = {"condition": "removed"}
        answer = client.answer("POST", f"/containers/{container}/wait", params, seconds=_ENDING_SECONDS)
        # An engine that fails to remove it has begun its answer by then.
        return answer.status == 404 or (answer.status == 200 and not _error_in(answer.body))
    return False


def _error_in(body: bytes) -> str:
    return str((json.loads(body).get("Error") or {}).get("Message") or "")


def _is_leftover(container: dict[str, Any], names: SessionNames) -> bool:
    name = next(filter(None, map(ContainerName.parse, container.get("Names") or ())), None)
    if name is None:
        return False
    dead = names.is_dead(name)
    if dead is not None:
        return dead
    age = time.time() - float(container.get("Created") or 0)
    return container.get("State") != "running" and age > _GRACE_SECONDS


def _locked(path: Path) -> BinaryIO:
    """A file that this process holds a lock on. Another one may take it for a dead session's before it is locked."""
    while True:
        file = path.open("wb")
        fcntl.flock(file, fcntl.LOCK_EX)
        if path.exists():
            return file
        file.close()


def _owner(cache: Path) -> str:
    identity = f"{socket.gethostname()}\0{os.getuid()}\0{cache.resolve()}"
    return hashlib.sha256(identity.encode()).hexdigest()[:8]
