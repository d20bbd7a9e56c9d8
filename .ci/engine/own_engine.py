"""An engine of our own: started for the first who needs it, shared by all who do, stopped when the last has gone.

Who uses it holds a shared lock on `users.lock`; the engine waits for an exclusive one and ends when it gets it (see
engine_root.sh). The kernel drops a lock with its process, so a user that is killed counts no longer. Joining and
leaving hold `door.lock`: one at a time.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from debian import SetupError, last_lines, say
from engine_api import EngineApi, EngineError
from engine_tree import engine_tree, forget_engine_data

_HERE = Path(__file__).parent


def cache_folder() -> Path:
    """Where the tree, the base images and the sockets of our own engine lie."""
    return Path(os.environ.get("STEPPER_CI_CACHE") or "/var/cache/stepper-ci")


@contextmanager
def own_engine(cache: Path) -> Iterator[str]:
    """Have our own engine running inside the `with` block; gives its address. Raises SetupError."""
    run = cache / "run"
    run.mkdir(parents=True, exist_ok=True)
    users = (run / "users.lock").open("w")
    url = f"unix://{run}/docker.sock"
    try:
        with _door(run):
            # Waits for an engine that is stopping because its last user was killed.
            fcntl.flock(users, fcntl.LOCK_SH)
            if not _is_up(url):
                _wait_until_stopped(run)
                _start(engine_tree(cache), run, url)
        yield url
    finally:
        with _door(run):
            others = not _try_lock(users)
            users.close()
            if not others:
                try:
                    _wait_until_stopped(run)
                except SetupError as error:
                    say(str(error))


@contextmanager
def _door(run: Path) -> Iterator[None]:
    with (run / "door.lock").open("w") as lock:
        if not _try_lock(lock):
            say("waiting for another run that is starting or stopping the engine")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start(tree: Path, run: Path, url: str) -> None:
    log = run / "engine.log"
    if _comes_up(tree, run, url, log):
        return
    say("the engine did not start: once more, without the images and containers that it kept")
    _wait_until_stopped(run)
    forget_engine_data(tree)
    if not _comes_up(tree, run, url, log):
        raise SetupError(f"the Docker engine does not start on this machine; the end of {log}:\n{last_lines(log)}")


def _comes_up(tree: Path, run: Path, url: str, log: Path) -> bool:
    """Start the engine and wait until it answers; False when it ended, or did not answer in a minute."""
    command = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
    command += ["bash", str(_HERE / "engine_root.sh"), str(tree), str(run)]
    with log.open("wb") as output:
        engine = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,
        )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and engine.poll() is None:
        if _is_up(url):
            return True
        time.sleep(0.1)
    engine.kill()
    engine.wait()
    return False


def _is_up(url: str) -> bool:
    with suppress(EngineError):
        EngineApi(url).version()
        return True
    return False


def _wait_until_stopped(run: Path) -> None:
    """Wait until no engine is left; its own stopping takes 20 seconds at most."""
    deadline = time.monotonic() + 40
    with (run / "engine.lock").open("w") as lock:
        while not _try_lock(lock):
            if time.monotonic() > deadline:
                raise SetupError(f"the engine that was started in {run} does not stop")
            time.sleep(0.05)
    # Left behind by an engine that was killed.
    (run / "docker.sock").unlink(missing_ok=True)


def _try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
