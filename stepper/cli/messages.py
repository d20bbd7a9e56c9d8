"""Errors as people read them, on standard error."""

import sys

from stepper.cli.console import Console, cell_width
from stepper.cli.exit_codes import ExitCode
from stepper.errors import DockerfileError, EngineUnavailable, Excerpt, StepperError, UsageError
from stepper.text import strip_control

_TAB = 4
"""Columns of a tab: each terminal has its own width for it."""


def show_error(error: StepperError) -> None:
    """Say what happened and what to do. An error in a file begins with its place, as editors know it."""
    where = "" if isinstance(error, DockerfileError) else "stepper: "
    console = Console.of(sys.stderr)
    console.line(console.style(where + strip_control(str(error)), "red"))
    if isinstance(error, DockerfileError) and error.excerpt is not None:
        _show_excerpt(console, error.excerpt)
    if isinstance(error, UsageError):
        _show_expression(console, error)
    if error.hint:
        console.line(indented(error.hint))
    console.flush()


def _show_expression(console: Console, error: UsageError) -> None:
    """The expression of a condition, and carets under what is wrong in it."""
    # Most commands know no conditions, and none needs them before something is wrong.
    from stepper.debugger.conditions import ConditionError

    if isinstance(error, ConditionError):
        written, carets = error.pointed()
        console.line(f"  {written}")
        console.line(f"  {console.style(carets, 'red')}")


def _show_excerpt(console: Console, excerpt: Excerpt) -> None:
    """The source line with its number, and carets under what is wrong in it."""
    bar = "│" if console.unicode else "|"
    before, wrong, after = (
        strip_control(part).expandtabs(_TAB)
        for part in (
            excerpt.text[: excerpt.start],
            excerpt.text[excerpt.start : excerpt.end],
            excerpt.text[excerpt.end :],
        )
    )
    number = str(excerpt.line)
    below = " " * len(number)
    console.line(f"{console.style(f'  {number} {bar}', 'dim')} {before}{wrong}{after}".rstrip())
    if wrong:
        indent = " " * cell_width(before)
        carets = console.style("^" * max(1, cell_width(wrong)), "red")
        console.line(f"{console.style(f'  {below} {bar}', 'dim')} {indent}{carets}")


def show_note(message: str, hint: str | None = None) -> None:
    """Say something that is no error."""
    console = Console.of(sys.stderr)
    console.line(f"stepper: {strip_control(message)}")
    if hint:
        console.line(indented(hint))
    console.flush()


def exit_code_of(error: StepperError) -> ExitCode:
    """What an error means for the exit code."""
    if isinstance(error, EngineUnavailable):
        return ExitCode.NO_ENGINE
    if isinstance(error, (DockerfileError, UsageError)):
        return ExitCode.WRONG
    return ExitCode.FAILED


def indented(text: str, by: str = "  ") -> str:
    """The text's lines, moved to the right, with nothing in them that a terminal obeys."""
    return "\n".join(by + line for line in strip_control(text).splitlines())
