"""Files out of a container in which a step is under way, read by a program in it.

The engine's own archive API leaves another time at `/` of a container that runs, which would go into the step's layer.
"""

import contextlib
from collections.abc import Generator

from stepper.engine.api_errors import engine_errors
from stepper.engine.beside_worker import end_marked, new_mark
from stepper.engine.client import EngineClient
from stepper.engine.command import Command
from stepper.engine.step_container import StepContainer
from stepper.engine.stream import STDERR, frames
from stepper.errors import EngineError


def archive_inside(client: EngineClient, container: StepContainer, path: str) -> Generator[bytes, None, None]:
    """A path of a container and all below it as a tar stream, the names relative to its directory.

    The container has a toolbox. What is not read to its end is not packed to its end either. Raises `EngineError` where
    there is nothing at the path.
    """
    folder, _, name = path.rstrip("/").rpartition("/")
    tar = [container.worker.busybox or "busybox", "tar", "-c", "-f", "-", "-C", folder or "/", "--", name or "."]
    said = bytearray()
    is_empty, is_whole = True, False
    mark = new_mark()
    with engine_errors(f"read {path}"), contextlib.ExitStack() as at_the_end:
        _, stream = Command(tar, mark).start_exec(client, container.id)
        at_the_end.callback(lambda: None if is_whole else end_marked(client, container, mark))
        at_the_end.callback(stream.close)
        for kind, data in frames(stream):
            if kind == STDERR:
                said += data
                continue
            is_empty = False
            # Where there is nothing, tar says so before it ends the archive.
            if not said:
                yield data
        is_whole = True
    if said or is_empty:
        raise EngineError(f"could not read {path}: {said.decode(errors='replace').strip() or 'there is nothing'}")
