"""The variables at a step as lines of a report. Pure."""

from collections.abc import Iterator, Sequence

from stepper.debugger.variables import Kind, Use, Variable, Variables
from stepper.text import printable
from stepper.tui.step.section import SourceLine
from stepper.tui.widgets.report_view import Part, Row
from stepper.tui.widgets.waste_rows import heading

HIDDEN = "••• not shown"
_HEADINGS = {
    Kind.ARGUMENT: "Build arguments",
    Kind.ENVIRONMENT: "ENV",
    Kind.PREDEFINED: "Predefined",
    Kind.SECRET: "Secrets",
}


def variable_rows(variables: Variables) -> Sequence[Row]:
    """What the line uses, then all that it sees, then what has no value here."""
    return [*_line(variables), *_seen(variables), *_unseen(variables)]


def _line(variables: Variables) -> Iterator[Row]:
    if not variables.uses:
        return
    yield heading("line", "On this line", "the shell expands them" if variables.by_shell else "")
    for use in variables.uses:
        yield Row(("use", use.text), (Part(f"{printable(use.text)} → "), _given(use)), _target(use.variable))
        if use.variable.note and use.variable.value is None and not use.variable.is_hidden:
            yield _note(use.variable, "use")
    if variables.expanded:
        yield Row(("expanded",), (Part("= ", "muted"), Part(printable(variables.expanded), "good")))


def _given(use: Use) -> Part:
    if use.variable.is_hidden:
        return Part(HIDDEN, "muted")
    if use.value is None:
        return Part("refused", "warning")
    return Part(f'"{printable(use.value)}"' if use.value else "nothing", "good" if use.value else "warning")


def _seen(variables: Variables) -> Iterator[Row]:
    for kind, title in _HEADINGS.items():
        found = [variable for variable in variables.seen if variable.kind is kind]
        if not found:
            continue
        is_open = kind is Kind.ENVIRONMENT and variables.is_open
        yield heading(f"kind {kind.name}", title, "and what the base image sets: not known yet" if is_open else "")
        for variable in found:
            value = HIDDEN if variable.is_hidden else printable(variable.value or "")
            parts = (Part(f"{variable.name} = "), Part(value, "bar"), Part(f"  {variable.origin}", "muted"))
            yield Row(("variable", variable.name), parts, _target(variable))
            if variable.note:
                yield _note(variable, "variable")


def _unseen(variables: Variables) -> Iterator[Row]:
    if not variables.unseen:
        return
    yield heading("unseen", "No value here", style="warning")
    for variable in variables.unseen:
        yield Row(("unseen", variable.name), (Part(variable.name),), _note_target(variable))
        yield _note(variable, "unseen")


def _note(variable: Variable, section: str) -> Row:
    return Row((section, variable.name, "note"), (Part(f"  {variable.note}", "muted"),), _note_target(variable))


def _target(variable: Variable) -> SourceLine | None:
    return SourceLine(variable.line) if variable.line is not None else _note_target(variable)


def _note_target(variable: Variable) -> SourceLine | None:
    return SourceLine(variable.note_line) if variable.note_line is not None else None
