"""Picks a step that has run, to compare with."""

from textual.content import Content

from stepper.debugger.state import SessionState, StepRecord
from stepper.text import printable
from stepper.tui.picker import Picker
from stepper.tui.situation import steps_to_compare
from stepper.tui.wording import step_text


class StepPicker(Picker[StepRecord]):
    """A list of the steps to compare a step with, the one before it highlighted; gives the chosen one."""

    DEFAULT_CSS = "StepPicker > #picker { width: 90; }"

    def __init__(self, state: SessionState, record: StepRecord) -> None:
        steps = steps_to_compare(state, record)
        before = [index for index, step in enumerate(steps) if step.id < record.id]
        super().__init__(
            f"Compare {printable(step_text(record))} with",
            "compares",
            ((_text(state, step), step) for step in steps),
            start=before[-1] if before else 0,
        )


def _text(state: SessionState, step: StepRecord) -> Content:
    stage = ""
    dockerfile = state.dockerfile
    if dockerfile is not None and step.id == state.stage_steps(step.id.stage)[-1].id:
        stage = f"  the end of {printable(dockerfile.stages[step.id.stage].label)}"
    return Content.assemble(f" {printable(step_text(step))}", (stage, "$text-accent"))
