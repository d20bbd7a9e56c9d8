"""Expands instructions to steps: follows the scope of the arguments through the steps that have run."""

import contextlib
from collections.abc import Callable, Mapping

from stepper.debugger.inputs import Input, mount_inputs, source_input
from stepper.debugger.options import grants_of
from stepper.debugger.plan import Plan
from stepper.debugger.source_date import source_date
from stepper.dockerfile.grants import NotGivenError, require_grants
from stepper.dockerfile.model import Instruction
from stepper.dockerfile.operations import FromOperation, RunOperation
from stepper.dockerfile.resolve import resolve
from stepper.dockerfile.scope import Scope
from stepper.engine.access import NO_ACCESS, BuildAccess
from stepper.engine.step import ContextSource, RunSettings, Snapshot, Step, StepId
from stepper.image.config import ImageConfig

StageResult = Callable[[int], Snapshot | None]
"""The state after a stage's last step, None while that has not run."""


class Expander:
    """Makes steps of one plan.

    `context` is what COPY reads from, `named` the folders of the additional contexts, `settings` how RUN is run
    and `access` what it may use.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        context: ContextSource,
        named: Mapping[str, ContextSource],
        settings: RunSettings,
        access: BuildAccess = NO_ACCESS,
    ) -> None:
        self.plan = plan
        self.context = context
        self.named = named
        self.settings = settings
        self._access = access
        self._grants = grants_of(access, settings)
        self._source_date = source_date(plan.request.build_args)
        self._start = plan.global_scope
        self._after: dict[StepId, Scope] = {}

    def expand(self, step_id: StepId, before: Snapshot | None, result: StageResult) -> Step:
        """A step that runs on `before` (None for FROM), all that it reads at hand but images, see `Executor`.

        The steps before it must have been noted. Raises `DockerfileError` with the line.
        """
        config = before.config if before is not None else ImageConfig()
        return self.expand_instruction(
            step_id, self.plan.instructions[step_id], self.scope_before(step_id), config, result
        )

    def expand_instruction(
        self, step_id: StepId, instruction: Instruction, scope: Scope, config: ImageConfig, result: StageResult
    ) -> Step:
        """An instruction as a step at this place, in this scope. Raises `DockerfileError` with the line."""
        operation = resolve(instruction, scope, dockerfile=self.plan.dockerfile, stage=step_id.stage, config=config)
        with contextlib.suppress(NotGivenError):
            require_grants(operation, self._grants, instruction, self.plan.dockerfile.name)
        is_run = isinstance(operation, RunOperation)
        return Step(
            id=step_id,
            file=self.plan.dockerfile.name,
            instruction=instruction,
            operation=operation,
            environment=scope.run_environment(config.environment) if is_run else {},
            proxies=frozenset(scope.proxies.keys() - scope.variables(config.environment).keys()),
            source=self._files(source_input(operation), result),
            settings=self.settings,
            mount_sources=tuple(self._files(mounted, result) for mounted in mount_inputs(operation)),
            access=self._access,
            source_date=self._source_date,
        )

    def note(self, step: Step, after: Snapshot) -> None:
        """A step gave this snapshot: what follows it sees the arguments as they are then."""
        if isinstance(step.operation, FromOperation):
            base = step.operation.stage
            scope = self._start if base is None else self._after[self.plan.last(base)]
            self._after[step.id] = scope.enter_stage(after.config.environment)
        else:
            self._after[step.id] = self.scope_before(step.id).after(step.operation)

    def scope_before(self, step_id: StepId) -> Scope:
        """What the step sees; KeyError when the step before it was not noted."""
        previous = self.plan.previous(step_id)
        return self._start if previous is None else self._after[previous]

    def scope_after(self, step_id: StepId) -> Scope:
        """What the next step of the stage sees; KeyError when the step was not noted."""
        return self._after[step_id]

    def _files(self, read: Input | None, result: StageResult) -> Snapshot | ContextSource | None:
        if read is None:
            return None
        if read.origin is None:
            return self.context
        if read.origin.context is not None:
            return self.named[read.origin.context]
        return None if read.origin.stage is None else result(read.origin.stage)
