"""Every run of a step keeps its output for as long as a step of the session stands for it."""

from dataclasses import replace

from stepper.debugger.events import StepFinished, StepOutput, StepStarted
from stepper.debugger.state import SessionState, StepRecord
from stepper.dockerfile.model import Instruction
from stepper.engine.step import StepId
from stepper.tui.step_outputs import StepOutputs

RECORD = StepRecord(StepId(0, 1), Instruction("RUN", 2, 2, "RUN make", ()), started=1.0)


def _run(outputs: StepOutputs, record: StepRecord = RECORD) -> None:
    outputs.take(StepStarted(record))
    outputs.take(StepOutput(record.id, b"made\n"))
    outputs.take(StepFinished(record))


def _lines(outputs: StepOutputs, record: StepRecord = RECORD) -> list[str] | None:
    store = outputs.of(record)
    return None if store is None else store.lines(0, len(store))


def test_a_step_that_ends_while_the_screen_is_drawn_keeps_its_output() -> None:
    outputs = StepOutputs()

    def state() -> SessionState:
        _run(outputs)
        return SessionState()

    outputs.keep_only(state)
    assert _lines(outputs) == ["made"]


def test_the_output_of_a_run_that_no_step_stands_for_is_let_go() -> None:
    outputs = StepOutputs()
    again = replace(RECORD, started=2.0)
    _run(outputs)
    _run(outputs, again)
    outputs.keep_only(lambda: SessionState(steps=(again,)))
    assert outputs.of(RECORD) is None
    assert _lines(outputs, again) == ["made"]


def test_a_step_that_still_runs_keeps_its_output() -> None:
    outputs = StepOutputs()
    outputs.take(StepStarted(RECORD))
    outputs.keep_only(SessionState)
    outputs.take(StepOutput(RECORD.id, b"made\n"))
    assert _lines(outputs) == ["made"]
