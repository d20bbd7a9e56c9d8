"""Why the step failed: the exit code in words, the last of its output, and the facts that may help."""

from collections.abc import Iterator, Sequence

from stepper.debugger.hints.hint import Hint
from stepper.debugger.state import SessionState, StepRecord
from stepper.terminal_text import remove_styles
from stepper.tui.image_rows import StepPath
from stepper.tui.step.section import Section, SourceLine
from stepper.tui.widgets.report_view import Part, Row
from stepper.tui.widgets.waste_rows import heading
from stepper.tui.wording import exit_text

LAST_LINES = 8


class FailureSection(Section):
    """Nothing of a step that did not fail."""

    def rows(self, state: SessionState, record: StepRecord) -> Sequence[Row]:
        """The reason, the output, the facts."""
        return list(_rows(record))


def _rows(record: StepRecord) -> Iterator[Row]:
    failure = record.failure
    if failure is None:
        return
    reason = exit_text(failure) if failure.exit_code is not None and not failure.interrupted else ""
    for number, text in enumerate(dict.fromkeys(filter(None, (reason, failure.message, failure.hint)))):
        if number and "exit code" in text and failure.command is None:
            continue
        yield Row(("failure", number), (Part(text, "" if number else "warning"),))
    if record.hints is None and not failure.interrupted:
        yield Row(("failure", "looking"), (Part("Looking for what may help …", "muted"),))
    elif record.hints:
        yield heading("failure hints", "What was found")
        for hint in record.hints:
            yield Row(("failure", "hint", hint), (Part("• ", "warning"), Part(hint.text)), _target(hint))
    lines = [line for line in remove_styles(record.last_output).splitlines() if line.strip()][-LAST_LINES:]
    if lines:
        yield heading("failure output", "Its last output")
        for number, line in enumerate(lines):
            yield Row(("failure", "output", number), (Part(line.expandtabs(), "muted"),))


def _target(hint: Hint) -> StepPath | SourceLine | None:
    if hint.step is not None and hint.path:
        return StepPath(hint.step, hint.path)
    return SourceLine(hint.line) if hint.line is not None else None
