"""The debugger session: one small interface through which every front end drives a build."""

from collections.abc import Callable

from stepper.debugger.events import Listener
from stepper.debugger.options import BuildOptions
from stepper.debugger.state import SessionState
from stepper.engine.protocol import Engine, ShellSession
from stepper.engine.step import StepId
from stepper.image.layer import Listing

Connect = Callable[[], Engine]
"""Finds and opens the engine; raises `EngineUnavailable`."""


class Session:
    """A debugger session over one Dockerfile.

    Synchronous: commands return when the session stands still again, and one thread calls them. `state`, `interrupt`,
    `toggle_breakpoint`, and `clear_breakpoints` may be used from any thread at any time.
    """

    def __init__(self, options: BuildOptions, connect: Connect, listener: Listener) -> None:
        raise NotImplementedError

    @property
    def state(self) -> SessionState:
        """The session as it stands now."""
        raise NotImplementedError

    def load(self) -> None:
        """Read and parse the Dockerfile (no engine needed); an error goes into `state.error`."""
        raise NotImplementedError

    def connect(self) -> None:
        """Reach the engine; none is `Mode.OFFLINE` with `state.engine_error`. May be called again to try again."""
        raise NotImplementedError

    def step_over(self) -> None:
        """Run the step at the position."""
        raise NotImplementedError

    def resume(self) -> None:
        """Continue: run until a breakpoint, a failure, or the goal's end."""
        raise NotImplementedError

    def run_to(self, step: StepId) -> None:
        """Run to cursor: run until this step is next; breakpoints and failures on the way stop as well."""
        raise NotImplementedError

    def go_to(self, stage: int) -> None:
        """Make a stage the goal and stand before its first instruction after FROM; what it depends on is built first."""
        raise NotImplementedError

    def step_back(self) -> None:
        """Stand before the step that ran last; its snapshot is there, nothing is run."""
        raise NotImplementedError

    def restart(self) -> None:
        """Stand before the first step of the target again. Snapshots stay in the step cache."""
        raise NotImplementedError

    def rerun(self, step: StepId) -> None:
        """Run a step again on the state before it, not from the cache; what follows it is to be run again."""
        raise NotImplementedError

    def reload(self) -> bool:
        """Read the Dockerfile and the context again; keep every step that is still valid. True when something changed."""
        raise NotImplementedError

    def changed_on_disk(self) -> bool:
        """Whether the Dockerfile or its ignore file differ from what was read. Cheap; may be polled."""
        raise NotImplementedError

    def toggle_breakpoint(self, line: int) -> None:
        """Set or remove a breakpoint at the instruction on this line; without an instruction there nothing happens."""
        raise NotImplementedError

    def clear_breakpoints(self) -> None:
        """Remove all breakpoints."""
        raise NotImplementedError

    def listing(self, step: StepId) -> Listing:
        """The whole filesystem after a step that ran, or as a failed one left it."""
        raise NotImplementedError

    def open_shell(self, step: StepId | None, size: tuple[int, int]) -> ShellSession:
        """A shell in the state after a step (a failed one: as it died), or with None in the state at the position."""
        raise NotImplementedError

    def interrupt(self) -> None:
        """Stop the running step at once; the session then stands at it as at a failure."""
        raise NotImplementedError

    def close(self) -> None:
        """Remove what the session left in the engine (snapshots stay) and let go of it."""
        raise NotImplementedError
