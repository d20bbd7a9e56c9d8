"""Run a command with a container engine in reach: the one that runs already, else one of our own for as long.

with-engine [--docker] COMMAND...

--docker  the command needs Docker with BuildKit (not Podman) and the base images of the tests; without them nothing is
          run and the exit code is 3. Without --docker the command is run in any case: Stepper opens without an engine.

The exit code is the command's.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from types import FrameType
from typing import NoReturn

from base_images import BUSYBOX, DEBIAN, ensure_images
from debian import SetupError, say, why_not_here
from find_engine import Place, find_engine
from own_engine import cache_folder, own_engine

NO_ENGINE = 3

_HOW_TO_START = """\
Start one (Docker Desktop; or: sudo systemctl start docker) or name one that runs: export DOCKER_HOST=unix:///PATH"""


def main(arguments: list[str]) -> int:
    docker_only = arguments[:1] == ["--docker"]
    command = arguments[1:] if docker_only else arguments
    if not command:
        say(f"usage: {__doc__}")
        return 2
    search = find_engine(docker_only=docker_only)
    if os.environ.get("DOCKER_HOST") and search.tried:
        say(f"with-engine: not used: {search.tried[0]}")
    if search.found is not None:
        return _with_running_engine(search.found, command, docker_only=docker_only)
    obstacle = why_not_here()
    if obstacle is None:
        for signal_number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(signal_number, _exit_on_signal)
        try:
            with own_engine(cache_folder()) as url:
                ensure_images(url, [BUSYBOX, DEBIAN] if docker_only else [BUSYBOX])
                return _run(command, url)
        except SetupError as error:
            obstacle = str(error)
        except KeyboardInterrupt:
            return 128 + signal.SIGINT
    say(f"no {'Docker' if docker_only else 'container'} engine is running:")
    for line in search.tried:
        say(f"  {line}")
    say(f"and none was installed here: {obstacle}\n{_HOW_TO_START}")
    if docker_only:
        return NO_ENGINE
    return _replace_by(command, None)


def _with_running_engine(place: Place, command: list[str], *, docker_only: bool) -> int:
    if place.by_command:
        return _replace_by(command, None)
    if docker_only:
        try:
            ensure_images(place.url, [BUSYBOX, DEBIAN])
        except SetupError as error:
            say(f"with-engine: {error}")
            return NO_ENGINE
    return _replace_by(command, place.url)


def _replace_by(command: list[str], url: str | None) -> int:
    """Become the command, so that nothing of this script is left while it runs; returns when it cannot be run."""
    try:
        os.execvpe(command[0], command, _environment(url))
    except OSError as error:
        return _cannot_run(command, error)


def _run(command: list[str], url: str) -> int:
    """Run the command as a child, since the engine has to be stopped after it; signals go to it."""
    try:
        child = subprocess.Popen(command, env=_environment(url))
    except OSError as error:
        return _cannot_run(command, error)

    def pass_on(signal_number: int, _frame: FrameType | None) -> None:
        child.send_signal(signal_number)

    def leave_to_child(_signal_number: int, _frame: FrameType | None) -> None:
        """The terminal sends Ctrl+C to the child as well, and the child decides what it means."""

    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGHUP, pass_on)
    signal.signal(signal.SIGINT, leave_to_child)
    code = child.wait()
    return code if code >= 0 else 128 - code


def _environment(url: str | None) -> dict[str, str]:
    return {**os.environ, "DOCKER_HOST": url} if url else dict(os.environ)


def _cannot_run(command: list[str], error: OSError) -> int:
    say(f"with-engine: {command[0]}: {error.strerror}")
    return 127


def _exit_on_signal(signal_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + signal_number)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
