"""Files out of a container in which a step is under way, read by a program in it.

The engine's own archive API leaves another time at `/` of a container that runs, which would go into the step's layer.
"""

import contextlib
from collections.abc import Generator

from stepper.engine.api_errors import engine_errors
from stepper.engine.client import EngineClient
from stepper.engine.command import Command
from stepper.engine.step_container import StepContainer
from stepper.engine.stream import STDERR, frames
from stepper.errors import EngineError


def archive_inside(client: EngineClient, container: StepContainer, path: str) -> Generator[bytes, None, None]:
    """A path of a container and all below it as a tar stream, the names relative to its directory.

    The container has a toolbox. Raises `EngineError` where there is nothing at the path.
    """
    folder, _, name = path.rstrip("/").rpartition("/")
    tar = [container.worker.busybox or "busybox", "tar", "-c", "-f", "-", "-C", folder or "/", "--", name or "."]
    said = bytearray()
    is_empty = True
    with engine_errors(f"read {path}"):
        _, stream = Command(tar).start_exec(client, container.id)
        with contextlib.closing(stream):
            for kind, data in frames(stream):
                if kind == STDERR:
                    said += data
                    continue
                is_empty = False
                # Where there is nothing, tar says so before it ends the archive.
                if not said:
                    yield data
    if said or is_empty:
        raise EngineError(f"could not read {path}: {said.decode(errors='replace').strip() or 'there is nothing'}")
