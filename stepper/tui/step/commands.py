"""The commands of a RUN: how each ended, how long it took, what it changed, and which failures were passed over."""

from collections.abc import Iterator, Sequence

from stepper.debugger.inside import Inside
from stepper.debugger.run_commands import ScriptCommand, commands_of, split_of, swallowed_failures
from stepper.debugger.state import SessionState, Status, StepRecord
from stepper.engine.step import CommandRun
from stepper.image.layer import EMPTY_LAYER
from stepper.text import human_seconds
from stepper.tui.step.changed_paths import path_rows
from stepper.tui.step.section import Section, SourceLine
from stepper.tui.widgets.report_view import Part, Row
from stepper.tui.widgets.waste_rows import heading
from stepper.tui.wording import changed_text


class CommandsSection(Section):
    """Nothing of a step that is no RUN, or whose script is one command."""

    def rows(self, state: SessionState, record: StepRecord) -> Sequence[Row]:
        """One line for each command, and notes."""
        if record.instruction.keyword != "RUN":
            return ()
        found = split_of(record)
        if not found.commands:
            return (Row(("commands",), (Part(f"Is run as a whole: {found.reason}", "muted"),)),)
        return list(_rows(state, record)) if len(found.commands) > 1 else ()


def _rows(state: SessionState, record: StepRecord) -> Iterator[Row]:
    commands = commands_of(record, state.dockerfile)
    inside = state.inside_of(record.id)
    yield heading("commands", f"{len(commands)} commands")
    swallowed = swallowed_failures(record.commands)
    runs = {run.number: run for run in record.commands}
    for command in commands:
        yield from _shells(command, record)
        run = runs.get(command.number)
        parts = (*_state_of(command, run, inside, record), *_numbers(run, record), *_note(command))
        target = SourceLine(command.line) if command.line is not None else None
        key = ("commands", command.number)
        layer = record.changes_of(command.number) or EMPTY_LAYER
        yield Row(key, parts, target, path_rows(key, layer, record.id))
    for run in swallowed:
        text = f"! `{commands[run.number].title}` failed with exit code {run.exit_code}, and the RUN went on"
        yield Row(("commands", "swallowed", run.number), (Part(text, "warning"),))
    if record.status is Status.WAITING and record.id == state.position:
        yield Row(("commands", "hint"), (Part("s stops before each of them", "muted"),))


def _state_of(
    command: ScriptCommand, run: CommandRun | None, inside: Inside | None, record: StepRecord
) -> tuple[Part, ...]:
    line = f"{command.line:>4} " if command.line is not None else "   - "
    if inside is not None and inside.next == command.number:
        return Part("▶", "heading"), Part(line, "muted"), Part(command.title, "heading")
    if run is not None:
        mark = Part("✖", "warning") if run.exit_code else Part("✔", "good")
        return mark, Part(line, "muted"), Part(command.title)
    was_passed = bool(record.commands) and command.number < record.commands[-1].number
    mark = Part("·" if was_passed else " ", "muted")
    return mark, Part(line, "muted"), Part(command.title, "muted" if record.commands else "")


def _numbers(run: CommandRun | None, record: StepRecord) -> tuple[Part, ...]:
    if run is None:
        return ()
    notes = [human_seconds(run.seconds)]
    if run.exit_code:
        notes.insert(0, f"exit code {run.exit_code}")
    layer = record.changes_of(run.number)
    if layer is not None and layer.changes:
        notes.append(changed_text(layer))
    return (Part("".join(f" · {note}" for note in notes), "muted"),)


def _note(command: ScriptCommand) -> tuple[Part, ...]:
    """That what is in a compound command does not stop one by one."""
    return (Part(f" · {command.is_one}", "muted"),) if command.is_one else ()


def _shells(command: ScriptCommand, record: StepRecord) -> Iterator[Row]:
    """What shells changed while the RUN stood before a command."""
    made = [each.layer for each in record.shell_changes if each.before == command.number]
    for number, layer in enumerate(made):
        key = ("commands", "shell", command.number, number)
        changed = changed_text(layer) if layer.changes else "nothing changed"
        parts = (Part("$", "warning"), Part("     by a shell", ""), Part(f" · {changed}", "muted"))
        yield Row(key, parts, None, path_rows(key, layer, record.id))
