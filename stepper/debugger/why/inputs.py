"""What a step depends on besides the state before it, in a form that can be kept and compared: variables and files."""

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress

from stepper.debugger.plan import Plan
from stepper.debugger.state import SessionState, StepRecord
from stepper.debugger.variable_scopes import Giver, scope_at
from stepper.dockerfile.operations import CopyOperation, Operation
from stepper.dockerfile.resolve import resolve
from stepper.dockerfile.secret_names import is_secret_name
from stepper.dockerfile.variable_uses import used_name, variable_uses
from stepper.engine.step import ContextSource
from stepper.errors import StepperError
from stepper.frozen import frozen
from stepper.image.config import ImageConfig

MOST_FILES = 5000
"""Of a COPY of more files it is only kept that they are others."""
_LONGEST_VALUE = 200
_HIDDEN = "•"
_DIGEST_LETTERS = 16
_WHOLE_ENVIRONMENT = frozenset({"RUN"})


@frozen
class Inputs:
    """What the Dockerfile and the command line say of a step, and what it reads of the build context.

    `variables` are those that the step can use, by name; of secrets and long values a digest in their place. `files`
    are digests by path, None where the step reads no context, or too much of it.
    """

    variables: Mapping[str, str]
    files: Mapping[str, str] | None = None


def inputs_of(state: SessionState, plan: Plan, record: StepRecord, context: ContextSource) -> Inputs:
    """The inputs of a step as things are now, whether it has run or not. Raises `StepperError`."""
    scope = scope_at(state, plan, record.id)
    given = [*scope.scope.arguments, *(name for name, by in scope.environment.items() if by.giver is Giver.ENV)]
    values = scope.scope.global_args if record.instruction.keyword == "FROM" else scope.scope.variables(scope.env)
    if record.instruction.keyword in _WHOLE_ENVIRONMENT:
        names: Iterable[str] = given
    else:
        names = map(used_name, variable_uses(record.instruction.text, escape=plan.dockerfile.escape))
    variables = {name: _kept(name, values[name]) for name in names if name in values}
    operation: Operation | None = record.step.operation if record.step is not None else None
    if operation is None and record.instruction.keyword in ("COPY", "ADD"):
        config = ImageConfig(env=tuple(scope.env.items()))
        operation = resolve(
            record.instruction, scope.scope, dockerfile=plan.dockerfile, stage=record.id.stage, config=config
        )
    return Inputs(variables, _files(operation, context))


def _files(operation: Operation | None, context: ContextSource) -> Mapping[str, str] | None:
    if not isinstance(operation, CopyOperation):
        return None
    if (operation.from_stage, operation.from_image, operation.from_context) != (None, None, None):
        return None
    from stepper.engine.copy_digest import file_digests  # Not before something is copied.

    with suppress(StepperError):
        return file_digests(operation, context, most=MOST_FILES)
    return None


def _kept(name: str, value: str) -> str:
    if len(value) <= _LONGEST_VALUE and not is_secret_name(name):
        return value
    return _HIDDEN + hashlib.sha256(f"{name}\0{value}".encode()).hexdigest()[:_DIGEST_LETTERS]


def is_hidden(value: str) -> bool:
    """Whether a kept value is a digest in place of the value."""
    return value.startswith(_HIDDEN)
