"""Opens a shell where the user asks for one: which state that is, and with which step's environment."""

from collections.abc import Callable, Sequence

from stepper.debugger.build import Build
from stepper.debugger.inspection import ShellPlace, ShellState, shell_state, state_at
from stepper.debugger.state import SessionState
from stepper.engine.protocol import EndedShell, Engine, ShellSession
from stepper.engine.step import Snapshot, Step, StepId
from stepper.errors import UsageError
from stepper.frozen import frozen


@frozen
class Opened:
    """A shell, the state that it is in, and before which step of which stage an instruction would see that state.

    `before` is None for the end of the stage. `target` is None for a shell in a step that runs.
    """

    shell: ShellSession
    target: "Target | None" = None


@frozen
class Target:
    """Where instructions are to stand that go on from a snapshot. `step` is the one with whose mounts a shell was.

    `has_failed` tells that the shell was in the container of `before`, as that failed.
    """

    stage: int
    before: StepId | None
    on: Snapshot
    step: Step | None
    has_failed: bool = False


def open_shell(
    engine: Engine, build: Build, state: SessionState, step: StepId | None, place: ShellPlace, size: tuple[int, int]
) -> Opened:
    """A shell in a state of a step, or with None in the state at the position; see `Session.open_shell`.

    Inside of a RUN both are the container in which it runs.
    """
    inside = state.inside
    if inside is not None and step in (None, inside.step) and place is ShellPlace.AFTER:
        step, place = inside.step, ShellPlace.RUNNING
    if step is not None and place is ShellPlace.RUNNING:
        return Opened(engine.open_running_shell(step, size=size))
    if step is None:
        at = shell_state(build, state)
    else:
        record = state.find(step)
        if record is None:
            raise UsageError("that step is no longer in the Dockerfile")
        at = state_at(build, record, place)
    shell = engine.open_shell(at.state, step=at.step, config=at.config, size=size)
    return Opened(shell, _target(build, state, step, at))


def _target(build: Build, state: SessionState, step: StepId | None, at: ShellState) -> Target | None:
    """Where what goes on from the state of a shell would stand. Of a failed step that is before it."""
    if step is None:
        step = state.position
        if step is None:
            result = build.result(build.goal)
            return Target(build.goal, None, result, at.step) if result is not None else None
        before: StepId | None = step
    elif state.record(step).after is at.state:
        following = [each for each in build.plan.stage(step.stage) if each > step]
        before = following[0] if following else None
    else:
        before = step
    has_failed = not isinstance(at.state, Snapshot)
    on = at.state if isinstance(at.state, Snapshot) else build.before(step)
    return Target(step.stage, before, on, at.step, has_failed) if on is not None else None


class WatchedShell:
    """A shell that somebody waits for; `closed` is called once when it is closed.

    See `stepper.engine.protocol.ShellSession`.
    """

    def __init__(self, shell: ShellSession, closed: Callable[[], None]) -> None:
        self._shell = shell
        self._closed: Callable[[], None] | None = closed

    @property
    def notes(self) -> Sequence[str]:
        """What the user is to know of it."""
        return self._shell.notes

    @property
    def has_prompted(self) -> bool:
        """Whether it came as far as a prompt."""
        return self._shell.has_prompted

    def fileno(self) -> int:
        """The descriptor to wait on for output."""
        return self._shell.fileno()

    def read(self) -> bytes:
        """What the shell wrote."""
        return self._shell.read()

    def write(self, data: bytes) -> None:
        """Send what the user typed; waits for nothing."""
        self._shell.write(data)

    def resize(self, rows: int, columns: int) -> None:
        """Tell the shell's terminal its new size."""
        self._shell.resize(rows, columns)

    def close(self) -> int | None:
        """End it, and have it looked after."""
        closed, self._closed = self._closed, None
        code = self._shell.close()
        if closed is not None:
            closed()
        return code

    @property
    def ended(self) -> EndedShell:
        """What was entered in it, once it is closed."""
        return self._shell.ended
