"""The words of the title bar, the panel titles and the failure banner. Pure: states in, plain text out."""

from collections.abc import Sequence

from stepper.debugger.exit_codes import exit_code_meaning
from stepper.debugger.state import Mode, SessionState, StepRecord, StopReason
from stepper.dockerfile.frontends import goes_to_builder
from stepper.engine.step import Failure
from stepper.image.layer import Layer
from stepper.text import counted, human_size

_REASONS = {StopReason.ENTRY: "", StopReason.STEP: "", StopReason.FAILURE: "", StopReason.FINISHED: ""}
"""Reasons that need no word of their own: the place says it already."""


def place_text(record: StepRecord) -> str:
    """`line 7`, or for an ONBUILD trigger `line 1 · trigger 2`."""
    text = f"line {record.instruction.line}"
    return f"{text} · trigger {record.id.trigger}" if record.id.trigger else text


def step_text(record: StepRecord) -> str:
    """`line 7 · RUN go mod download`, on one line."""
    text = record.step.instruction.text if record.id.trigger and record.step else record.instruction.text
    return f"{place_text(record)} · {' '.join(text.split())}"


def changed_text(layer: Layer) -> str:
    """`2 paths changed, +10 B`."""
    return f"{counted(len(layer.changes), 'path')} changed, {human_size(layer.size, signed=True)}"


def added_text(record: StepRecord) -> str:
    """`+14 MB` that a step added; of what has no state before it the whole, `14 MB`."""
    is_whole = record.instruction.keyword == "FROM" or goes_to_builder(record.instruction)
    return human_size(record.size or 0, signed=not is_whole)


def status_text(state: SessionState) -> str:
    """Where the session stands, in a few words, with a mark that needs no colour."""
    if state.mode is Mode.CONNECTING:
        return "… connecting"
    if state.mode is Mode.OFFLINE:
        return "✖ no engine"
    if state.dockerfile is None or state.error is not None:
        return "✖ Dockerfile error"
    if state.mode is Mode.RUNNING:
        running = [state.record(step) for step in state.running]
        paused = [record for record in running if record.paused_since is not None]
        return f"⏸ paused in {_places_text(paused)}" if paused else f"» running {_places_text(running)}".rstrip()
    if state.mode is Mode.FINISHED:
        return "✔ finished"
    return _stopped_text(state)


def _places_text(records: Sequence[StepRecord]) -> str:
    """`line 7`, of stages side by side `lines 7, 12`; "" for none."""
    if len(records) > 1:
        return f"lines {', '.join(str(record.instruction.line) for record in records)}"
    return "".join(map(place_text, records))


def _stopped_text(state: SessionState) -> str:
    if state.position is None:
        reason = f" · {state.stop.value}" if state.hit is not None and state.stop is not None else ""
        return f"⏸ stopped{reason}"
    record = state.record(state.position)
    if state.failure is not None:
        return f"✖ {'interrupted' if state.failure.was_interrupted else 'failed'} at {place_text(record)}"
    if state.inside is not None:
        line, number = state.inside.next_command.line, state.inside.next + 1
        is_elsewhere = line not in (None, record.instruction.line)
        return f"⏸ in {place_text(record)}, before {f'line {line}' if is_elsewhere else f'command {number}'}"
    hit = state.hit
    is_after = hit is not None and hit.is_after
    text = f"⏸ after {place_text(state.record(hit.step))}" if hit and is_after else f"⏸ before {place_text(record)}"
    reason = "" if state.stop is None else _REASONS.get(state.stop, state.stop.value)
    return f"{text} · {reason}" if reason else text


def failure_text(record: StepRecord, file: str) -> str:
    """`Dockerfile:9 failed with exit code 127`, or what else went wrong there."""
    failure = record.failure
    place = f"{file}:{record.instruction.line}"
    if failure is None:
        return f"{place} failed"
    if failure.interrupted:
        return f"{place} was interrupted"
    if failure.command is not None:
        place = f"{file}:{failure.line or record.instruction.line}: `{failure.command}`"
    if failure.exit_code is not None:
        return f"{place} failed with {exit_text(failure)}"
    return f"{place}: {failure.message}"


def forecast_text(state: SessionState) -> str:
    """`≈ 3 of 5 will run · 14.0s`, of the steps that wait; nothing where nothing is expected to run."""
    forecast = state.forecast
    if forecast is None or not forecast.will_run or state.mode is not Mode.STOPPED:
        return ""
    took = f" · {forecast.took}" if forecast.took else ""
    return f"≈ {forecast.will_run} of {len(forecast.steps)} will run{took}"


def exit_text(failure: Failure) -> str:
    """`exit code 127 (command not found)`."""
    meaning = exit_code_meaning(failure.exit_code or 0)
    return f"exit code {failure.exit_code}{f' ({meaning})' if meaning else ''}"
