"""Says of steps why they are as they are. Nothing is run."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from stepper.debugger.build import Build
from stepper.debugger.options import BuildOptions
from stepper.debugger.store import StateStore
from stepper.engine.step import StepId

if TYPE_CHECKING:
    from stepper.debugger.variables import Variables


class Explanations:
    """What a session can say of its steps. `build` gives the build, None while no Dockerfile was read."""

    def __init__(self, states: StateStore, options: BuildOptions, build: Callable[[], Build | None]) -> None:
        self._states = states
        self._options = options
        self._build = build

    def variables(self, step: StepId) -> "Variables | None":
        """The variables at a step, whether it has run or not; None where the Dockerfile has no such step any more.

        From any thread. Raises `DockerfileError` where an ARG before the first FROM cannot be expanded.
        """
        from stepper.debugger.variables import variables_at  # Not before somebody looks at them.

        build, state = self._build(), self._states.state
        if build is None or build.plan.dockerfile is not state.dockerfile or step not in build.plan.instructions:
            return None
        return variables_at(state, build.plan, step, self._options.args_given_by)
