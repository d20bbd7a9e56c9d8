"""Opens a shell where the user asks for one: which state that is, and with which step's environment."""

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
