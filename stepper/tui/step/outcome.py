"""How the step stands: whether it ran, how long it took, what it left."""

from collections.abc import Sequence

from stepper.debugger.state import SessionState, Status, StepRecord
from stepper.text import human_seconds
from stepper.tui.step.section import Section
from stepper.tui.widgets.report_view import Part, Row
from stepper.tui.wording import added_text

_WORDS = {
    Status.RUNNING: ("» runs now", "heading"),
    Status.DONE: ("✔ ran", "good"),
    Status.CACHED: ("≡ taken from the cache", "good"),
    Status.FAILED: ("✖ failed", "warning"),
}


class OutcomeSection(Section):
    """One line, and more of a RUN that the session is inside of, or that a shell was in."""

    def rows(self, state: SessionState, record: StepRecord) -> Sequence[Row]:
        """`✔ ran · 3.1s · +14 MB`."""
        rows = [Row(("outcome",), _parts(state, record))]
        inside = state.inside_of(record.id)
        if inside is not None and inside.next_command.is_one:
            rows.append(Row(("outcome", "next"), (Part(f"  {inside.next_command.is_one}", "muted"),)))
        if record.entered:
            whose = "" if record.shell_changes else "what that changed is among its changes, and "
            text = f"A shell was opened in it: {whose}the step cache does not keep it"
            rows.append(Row(("outcome", "entered"), (Part(text, "warning"),)))
        return rows


def _parts(state: SessionState, record: StepRecord) -> tuple[Part, ...]:
    if record.status is Status.WAITING:
        if record.id.stage not in state.needed:
            return (Part("· not needed for the goal", "muted"),)
        return (Part("▶ runs next", "heading"),) if record.id == state.position else (Part("has not run", "muted"),)
    words, style = _WORDS[record.status]
    inside = state.inside_of(record.id)
    if inside is not None:
        words = f"▶ stands before command {inside.next + 1} of {len(inside.commands)}"
    if record.was_interrupted:
        words = "✖ was interrupted"
    notes = []
    if record.seconds is not None and record.status is not Status.CACHED:
        notes.append(human_seconds(record.seconds))
    if record.size is not None and record.ran:
        notes.append(added_text(record))
    return Part(words, style), Part("".join(f" · {note}" for note in notes))
