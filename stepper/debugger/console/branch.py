"""What was tried at the console: a branch of states beside the build, which begins at the position."""

from dataclasses import dataclass, field

from stepper.debugger.inside import Inside
from stepper.debugger.state import SessionState
from stepper.dockerfile.scope import Scope
from stepper.engine.step import Failure, Snapshot, StepId
from stepper.frozen import frozen


@frozen
class Tried:
    """An instruction that was tried, and whether it succeeded."""

    text: str
    succeeded: bool


@dataclass
class Branch:
    """The branch at one position. `failure` is the failed step's, in whose container commands are tried then.

    `inside` is where the session stands inside of a RUN: then they are tried in a copy of that RUN's container.
    """

    position: StepId | None
    start: Snapshot
    snapshot: Snapshot
    scope: Scope
    failure: Failure | None = None
    inside: Inside | None = None
    tried: list[Tried] = field(default_factory=list)

    def is_at(self, state: SessionState, start: Snapshot) -> bool:
        """Whether the session still stands where the branch began."""
        here = (self.position, self.failure, self.inside)
        return here == (state.position, kept_failure(state), state.inside) and self.start is start


def kept_failure(state: SessionState) -> Failure | None:
    """The failure that the session stands at, if it left a container."""
    failure = state.failure.failure if state.failure is not None else None
    return failure if failure is not None and failure.container is not None else None
