"""What users name of a Dockerfile: the step on a line, and the stage of a name."""

from stepper.debugger.state import SessionState, StepRecord
from stepper.dockerfile.graph import find_stage
from stepper.errors import UsageError


def step_on(state: SessionState, line: int) -> StepRecord:
    """The step of the instruction on a line. Raises `UsageError` where there is none."""
    record = state.record_at(line)
    if record is None:
        later = [record.instruction.line for record in state.steps if record.instruction.line > line]
        hint = f"The next one is on line {later[0]}." if later else None
        raise UsageError(f"there is no instruction on line {line}", hint=hint)
    return record


def stage_named(state: SessionState, name: str) -> int | None:
    """The index of the stage of that name; None where there is none. A number is no name here."""
    if state.dockerfile is None or name.isdecimal():
        return None
    return find_stage(state.dockerfile, name)
