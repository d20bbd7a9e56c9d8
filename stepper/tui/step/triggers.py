"""The ONBUILD triggers under a FROM: how each ended, how long it took, what it changed.

They have no line of their own: once the build is past them, here is where they are looked at.
"""

from collections.abc import Sequence

from stepper.debugger.state import SessionState, Status, StepRecord
from stepper.dockerfile.onbuild import registration
from stepper.text import counted, human_seconds
from stepper.tui.line_marks import MARKS
from stepper.tui.step.changed_paths import path_rows
from stepper.tui.step.section import Section, SourceLine
from stepper.tui.widgets.marks import Mark
from stepper.tui.widgets.report_view import Part, Row
from stepper.tui.widgets.waste_rows import heading
from stepper.tui.wording import changed_text


class TriggersSection(Section):
    """A line for each; Enter goes to the ONBUILD, where that is in the same file. Nothing of what is no FROM."""

    def rows(self, state: SessionState, record: StepRecord) -> Sequence[Row]:
        """`✔ 1 RUN make · 3.1s · 2 paths changed, +10 B`."""
        if record.id.ordinal or record.id.trigger:
            return ()
        triggers = [each for each in state.stage_steps(record.id.stage) if each.id.trigger]
        if not triggers:
            return ()
        return (
            heading("triggers", counted(len(triggers), "ONBUILD trigger")),
            *(_row(state, each) for each in triggers),
        )


def _row(state: SessionState, record: StepRecord) -> Row:
    key = ("triggers", record.id.trigger)
    notes = []
    if record.seconds is not None and record.status is not Status.CACHED:
        notes.append(human_seconds(record.seconds))
    layer = record.layer
    if layer is not None and layer.changes:
        notes.append(changed_text(layer))
    mark = Mark.NEXT if record.id == state.position and record.status is Status.WAITING else MARKS[record.status]
    parts = (
        Part(f"{mark.symbol} ", "warning" if mark is Mark.FAILED else "good"),
        Part(f"{record.id.trigger} ", "muted"),
        Part(" ".join(record.instruction.text.split())),
        Part("".join(f" · {note}" for note in notes), "muted"),
    )
    written = registration(state.dockerfile, record.instruction) if state.dockerfile is not None else None
    target = SourceLine(written.line) if written is not None else None
    return Row(key, parts, target, path_rows(key, layer, None) if layer is not None else ())
