"""The commands of a RUN in the Dockerfile's lines: which is next or failed, and how each ended. Pure."""

from collections.abc import Mapping

from stepper.debugger.state import SessionState, StepRecord
from stepper.engine.step import CommandRun
from stepper.text import human_seconds
from stepper.tui.widgets.marks import Mark
from stepper.tui.widgets.source_text import SourceSpan, SpanRole
from stepper.tui.widgets.source_view import LineMark

NOTABLE_SECONDS = 0.05
"""A command that took less shows no time."""


def command_spans(state: SessionState) -> tuple[SourceSpan, ...]:
    """The command that runs next inside of a RUN, or the one that made it fail."""
    if state.inside is not None:
        places, role = state.inside.next_command.places, SpanRole.NEXT_COMMAND
    else:
        failed = state.failure
        if failed is None or failed.failure is None or failed.failure.command is None:
            return ()
        from stepper.debugger.run_commands import commands_of

        commands = commands_of(failed, state.dockerfile)
        number = failed.commands[-1].number
        if number >= len(commands):
            return ()
        places, role = commands[number].places, SpanRole.FAILED_COMMAND
    return tuple(SourceSpan(*place, role) for place in places)


def command_marks(state: SessionState) -> Mapping[int, LineMark]:
    """The marks of the lines on which commands begin, but for first lines of instructions, which have their own."""
    record = _record(state)
    if record is None:
        return {}
    from stepper.debugger.run_commands import commands_of

    inside = state.inside
    commands = inside.commands if inside is not None else commands_of(record, state.dockerfile)
    runs = {run.number: run for run in record.commands}
    marks: dict[int, LineMark] = {}
    for command in commands:
        if command.line is None or _begins(state, command.line):
            continue
        before = marks.get(command.line, LineMark())
        if inside is not None and command.number == inside.next:
            marks[command.line] = LineMark(status=Mark.NEXT, notes=before.notes)
        elif (run := runs.get(command.number)) is not None and before.status is not Mark.NEXT:
            status = Mark.FAILED if Mark.FAILED in (before.status, _mark(run)) else _mark(run)
            marks[command.line] = LineMark(status=status, notes=_notes(run) or before.notes)
    return marks


def _begins(state: SessionState, line: int) -> bool:
    """Whether an instruction begins on this line: this RUN, or the ONBUILD that it is a trigger of."""
    at = state.record_at(line)
    return at is not None and at.instruction.line == line


def _record(state: SessionState) -> StepRecord | None:
    """The RUN that the session stands inside of, or that failed."""
    return state.record(state.inside.step) if state.inside is not None else state.failure


def _mark(run: CommandRun) -> Mark:
    return Mark.FAILED if run.exit_code else Mark.DONE


def _notes(run: CommandRun) -> tuple[str, ...]:
    return (human_seconds(run.seconds),) if run.seconds >= NOTABLE_SECONDS else ()
