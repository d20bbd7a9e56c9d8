"""Opens a shell where the user asks for one: which state that is, and with which step's environment."""

from collections.abc import Callable, Sequence

from stepper.debugger.build import Build
from stepper.debugger.inspection import ShellPlace, shell_state, state_at
from stepper.debugger.state import SessionState
from stepper.engine.protocol import Engine, ShellSession
from stepper.engine.step import StepId
from stepper.errors import UsageError


def open_shell(
    engine: Engine, build: Build, state: SessionState, step: StepId | None, place: ShellPlace, size: tuple[int, int]
) -> ShellSession:
    """A shell in a state of a step, or with None in the state at the position; see `Session.open_shell`.

    Inside of a RUN both are the container in which it runs.
    """
    inside = state.inside
    if inside is not None and step in (None, inside.step) and place is ShellPlace.AFTER:
        step, place = inside.step, ShellPlace.RUNNING
    if step is not None and place is ShellPlace.RUNNING:
        return engine.open_running_shell(step, size=size)
    if step is None:
        at = shell_state(build, state)
    else:
        record = state.find(step)
        if record is None:
            raise UsageError("that step is no longer in the Dockerfile")
        at = state_at(build, record, place)
    return engine.open_shell(at.state, step=at.step, config=at.config, size=size)


class ShellInside:
    """A shell inside of a RUN that stands before a command; `ended` is called once when it is closed.

    See `stepper.engine.protocol.ShellSession`.
    """

    def __init__(self, shell: ShellSession, ended: Callable[[], None]) -> None:
        self._shell = shell
        self._ended: Callable[[], None] | None = ended

    @property
    def notes(self) -> Sequence[str]:
        """What the user is to know of it."""
        return self._shell.notes

    def fileno(self) -> int:
        """The descriptor to wait on for output."""
        return self._shell.fileno()

    def read(self) -> bytes:
        """What the shell wrote."""
        return self._shell.read()

    def write(self, data: bytes) -> None:
        """Send what the user typed."""
        self._shell.write(data)

    def resize(self, rows: int, columns: int) -> None:
        """Tell the shell's terminal its new size."""
        self._shell.resize(rows, columns)

    def close(self) -> int | None:
        """End it, and have what it changed looked at."""
        ended, self._ended = self._ended, None
        code = self._shell.close()
        if ended is not None:
            ended()
        return code
