"""Errors as people read them, on standard error."""

import sys

from stepper.cli.console import Console
from stepper.cli.exit_codes import ExitCode
from stepper.errors import DockerfileError, EngineUnavailable, StepperError, UsageError
from stepper.text import strip_control


def show_error(error: StepperError) -> None:
    """Say what happened and what to do. An error in a file begins with its place, as editors know it."""
    where = "" if isinstance(error, DockerfileError) else "stepper: "
    console = Console.of(sys.stderr)
    console.line(console.style(where + strip_control(str(error)), "red"))
    if error.hint:
        console.line(indented(error.hint))
    console.flush()


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
