"""What the user reads above a shell: which state it is in, what it has, and how to come back. Pure."""

import re
import textwrap
from collections.abc import Sequence

from stepper.debugger.inspection import ShellPlace
from stepper.debugger.state import StepRecord
from stepper.text import printable
from stepper.tui.wording import failure_text, step_text

_BACK = "exit returns to Stepper"
_COMMAND = re.compile(r"`[^`]*`")
_FIXED_SPACE = "\N{NO-BREAK SPACE}"


def shell_banner(record: StepRecord | None, place: ShellPlace, file: str, notes: Sequence[str], *, columns: int) -> str:
    """The lines of the banner for a terminal of so many columns, the first text in bold. `file` is the Dockerfile's
    name for the user.
    """
    title = "\r\n".join(_wrapped(_title(record, place, file), columns))
    lines = (line for note in (*map(printable, notes), _BACK) for line in _wrapped(note, columns))
    return "\r\n".join((f"\x1b[1m{title}\x1b[0m", *lines))


def _wrapped(text: str, columns: int) -> list[str]:
    """The lines of a text, broken between words; a command in backticks is one, if a line has room for it."""
    fixed = _COMMAND.sub(lambda found: found[0].replace(" ", _FIXED_SPACE), text)
    lines = textwrap.wrap(fixed, max(columns, 1), subsequent_indent="  ", break_on_hyphens=False)
    return [line.replace(_FIXED_SPACE, " ") for line in lines]


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
