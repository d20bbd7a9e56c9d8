"""What the user reads above a shell: which state it is in, what it has, and how to come back. Pure."""

from collections.abc import Sequence

from stepper.debugger.inspection import ShellPlace
from stepper.debugger.state import StepRecord
from stepper.text import printable
from stepper.tui.wording import failure_text, step_text

_BACK = "exit returns to Stepper"


def shell_banner(record: StepRecord | None, place: ShellPlace, file: str, notes: Sequence[str]) -> str:
    """The lines of the banner, the first in bold. `file` is the Dockerfile's name for the user."""
    return "\r\n".join((f"\x1b[1m{_title(record, place, file)}\x1b[0m", *map(printable, notes), _BACK))


def _title(record: StepRecord | None, place: ShellPlace, file: str) -> str:
    if record is None:
        return "at the beginning"
    text = printable(step_text(record)).removeprefix("line ")
    match place:
        case ShellPlace.FAILED:
            return f"{failure_text(record, file)} · {text.partition(' · ')[2]}"
        case ShellPlace.RUNNING:
            return f"in {file}:{text}"
        case ShellPlace.AFTER:
            return f"after {file}:{text}"
        case ShellPlace.BEFORE:
            return f"before {file}:{text}"
