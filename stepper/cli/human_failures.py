"""What went wrong in `stepper run`, for people: failed steps, what was found out about them, and broken assertions.

It goes to standard error, since a log may only keep that.
"""

from collections.abc import Collection, Sequence

from stepper.cli.console import Console
from stepper.cli.messages import indented
from stepper.debugger.call_stack import call_stack
from stepper.debugger.events import AssertionBroken
from stepper.debugger.exit_codes import exit_code_meaning
from stepper.debugger.state import SessionState, StepRecord
from stepper.terminal_text import remove_styles
from stepper.text import printable, strip_control


def tell_failure(errors: Console, state: SessionState, record: StepRecord, last_lines: Collection[str]) -> None:
    """The place of a failed step, why it failed, what it was built for, and its last output."""
    failure, dockerfile = record.failure, state.dockerfile
    assert failure is not None
    assert dockerfile is not None
    place = printable(f"{dockerfile.name}:{failure.line or record.instruction.line}")
    errors.line()
    meaning = exit_code_meaning(failure.exit_code) if failure.exit_code is not None else ""
    said = failure.message
    if failure.command is not None:
        said = f"`{failure.command}` ended with exit code {failure.exit_code}"
    message = strip_control(said) + (f" ({meaning})" if meaning else "")
    errors.line(errors.style(f"{place}: {message}", "red"))
    errors.line(indented(record.instruction.text, "    "))
    callers = call_stack(state, record.id)[1:]
    if callers:
        chain = ", ".join(f"{frame.use_text} of {frame.stage} on line {frame.line}" for frame in callers)
        errors.line(f"  built for the {printable(chain)}")
    if last_lines:
        errors.line("  its last output:")
        for line in last_lines:
            errors.line(f"    {line if errors.colour else remove_styles(line)}")
    if failure.hint:
        errors.line(indented(failure.hint))
    errors.flush()


def tell_hints(errors: Console, record: StepRecord) -> None:
    """What was found out about a failure, beside what was told of it."""
    if record.hints:
        errors.line("  what was found:")
        for hint in record.hints:
            errors.line(f"    - {strip_control(hint.text)}")
    errors.flush()


def tell_broken(errors: Console, state: SessionState, broken: Sequence[AssertionBroken]) -> None:
    """All assertions that do not hold, each with the line that broke it."""
    if not broken or state.dockerfile is None:
        return
    errors.line()
    for each in broken:
        place = printable(f"{state.dockerfile.name}:{each.record.instruction.line}")
        since = "does not hold for the image, since this step" if each.of_image else "does not hold"
        errors.line(errors.style(f"{place}: {printable(each.assertion)} {since}", "red"))
        errors.line(indented(each.record.instruction.text, "    "))
        for why in each.why:
            errors.line(f"  {strip_control(why)}")
    errors.flush()
