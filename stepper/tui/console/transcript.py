"""What the console printed: each line that was entered, its output, how it ended, and what it changed on disk."""

from stepper.debugger.conditions.errors import ConditionError
from stepper.debugger.console.console import Answer
from stepper.engine.step import Output, Progress
from stepper.errors import StepperError
from stepper.image.layer import Layer
from stepper.text import human_seconds, printable
from stepper.tui.widgets.output_store import OutputStore
from stepper.tui.wording import changed_text

MOST_CHANGES = 12
"""More changes are counted, not listed."""
_BOLD, _DIM, _RED, _GREEN, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[0m"


class Transcript:
    """Filled in the thread that runs the commands; `store` is read by the screen."""

    def __init__(self) -> None:
        self.store = OutputStore()
        self._at_line_start = True

    def begin(self, line: str) -> None:
        """A line was entered."""
        self._write(f"{_BOLD}: {printable(line)}{_PLAIN}\n")

    def report(self, item: Output | Progress) -> None:
        """A command prints."""
        if isinstance(item, Output) and item.data:
            self.store.append(item.data)
            self._at_line_start = item.data.endswith(b"\n")

    def end(self, answer: Answer) -> None:
        """What came of it."""
        if not self._at_line_start:
            self._write("\n")
        if answer.text:
            self._write("\n".join(map(printable, answer.text.split("\n"))) + "\n")
        if answer.ran:
            self._write(f"{_ending(answer)}\n")
        self._write("".join(f"{_DIM}  {printable(note)}{_PLAIN}\n" for note in answer.notes))
        if answer.ran:
            self._write(_changes(answer.layer))

    def fail(self, error: StepperError) -> None:
        """It could not be done."""
        if not self._at_line_start:
            self._write("\n")
        hint = f"\n{_DIM}{printable(error.hint)}{_PLAIN}" if error.hint else ""
        pointed = "".join(f"\n{line}" for line in error.pointed()) if isinstance(error, ConditionError) else ""
        self._write(f"{_RED}✖ {printable(error.message)}{_PLAIN}{pointed}{hint}\n")

    def _write(self, text: str) -> None:
        self.store.append(text.encode(errors="replace"))
        self._at_line_start = True


def _ending(answer: Answer) -> str:
    where = " · in the failed container" if answer.in_failed else ""
    seconds = human_seconds(answer.seconds)
    if answer.failure is not None:
        code = answer.failure.exit_code
        what = answer.failure.message if code is None or answer.failure.interrupted else f"exit code {code}"
        return f"{_RED}✖ {printable(what)}{_PLAIN}{_DIM} · {seconds}{where}{_PLAIN}"
    return f"{_GREEN}✔ exit code 0{_PLAIN}{_DIM} · {seconds}{where} · {_summary(answer.layer)}{_PLAIN}"


def _summary(layer: Layer | None) -> str:
    if layer is None:
        return "what it changed is not known"
    return changed_text(layer) if layer.changes else "nothing changed on disk"


def _changes(layer: Layer | None) -> str:
    if layer is None:
        return ""
    lines = [f"  {change.kind.value} {printable(change.path)}\n" for change in layer.changes[:MOST_CHANGES]]
    more = len(layer.changes) - MOST_CHANGES
    return "".join(lines) + (f"{_DIM}  … and {more:,} more{_PLAIN}\n" if more > 0 else "")
