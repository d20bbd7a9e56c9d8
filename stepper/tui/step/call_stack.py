"""The call stack of the step: by which chain of uses the build comes to it."""

from collections.abc import Sequence

from stepper.debugger.call_stack import Frame, call_stack
from stepper.debugger.state import SessionState, StepRecord
from stepper.tui.step.section import Section, SourceLine
from stepper.tui.widgets.report_view import Part, Row


class CallStackSection(Section):
    """A line for each frame, the innermost first; Enter goes to it. Nothing for a step of the goal itself."""

    def rows(self, state: SessionState, record: StepRecord) -> Sequence[Row]:
        """`line 12  prod · COPY --from=builder /app /app`."""
        frames = call_stack(state, record.id)
        if len(frames) < 2:
            return ()
        heading = Row(
            ("call stack",), (Part("Call stack", "heading"), Part(" · by which the build comes here", "muted"))
        )
        return (heading, *(_row(index, frame) for index, frame in enumerate(frames)))


def _row(index: int, frame: Frame) -> Row:
    pointer = "▸" if index == 0 else " "
    text = " ".join(frame.record.instruction.text.split())
    place = f" {pointer} line {frame.line} · {frame.stage} · "
    return Row(("call stack", index), (Part(place, "muted"), Part(text)), SourceLine(frame.line))
