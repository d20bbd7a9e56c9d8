"""`stepper run --json`: one JSON object a line, for programs. The README documents the fields."""

import codecs
import json
import threading
from typing import Any, TextIO

from stepper.cli.summary import stage_name, summarize
from stepper.debugger.breakpoint import Hit
from stepper.debugger.call_stack import call_stack
from stepper.debugger.events import (
    AssertionBroken,
    BuildStarted,
    Event,
    FailureExplained,
    LogMessage,
    StepFailed,
    StepFinished,
    StepOutput,
    StepStarted,
)
from stepper.debugger.exit_codes import exit_code_meaning
from stepper.debugger.state import SessionState, StepRecord
from stepper.dockerfile.build_checks import CheckWarning
from stepper.dockerfile.frontends import goes_to_builder
from stepper.dockerfile.model import Dockerfile
from stepper.engine.step import StepId
from stepper.errors import StepperError
from stepper.image.layer import ChangeKind


class JsonReport:
    """Writes a session's events as JSON. Events may come from several threads."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._state = SessionState()
        self._broken: list[dict[str, Any]] = []
        self._decoders: dict[tuple[StepId, bool], codecs.IncrementalDecoder] = {}

    def event(self, event: Event, state: SessionState) -> None:
        """Write an event, if it is one for programs."""
        with self._lock:
            self._state = state
            match event:
                case BuildStarted():
                    self._build_started(state)
                case StepStarted(record):
                    self._write("step.started", **self._place(record))
                case StepOutput(step, data, stderr):
                    self._output(step, data, stderr)
                case StepFinished(record):
                    self._end_output(record.id)
                    commands = _commands(record, state.dockerfile)
                    self._write("step.finished", **self._place(record), **_result(record), **commands)
                case StepFailed(record):
                    self._end_output(record.id)
                    commands = _commands(record, state.dockerfile)
                    callers = self._callers(record)
                    self._write(
                        "step.failed", **self._place(record), **_failure(record), **commands, call_stack=callers
                    )
                case LogMessage(record, _, message, error):
                    self._write("log", **self._place(record), message=message, error=error)
                case AssertionBroken(assertion, record, why, of_image):
                    fields = {"assertion": assertion, "of": "image" if of_image else "step", "why": list(why)}
                    self._broken.append({**fields, "line": record.instruction.line})
                    self._write("assertion.broken", **self._place(record), **fields)
                case FailureExplained(record) if record.hints:
                    self._write("step.explained", **self._place(record), hints=_hints(record))

    def warn(self, warning: CheckWarning, state: SessionState) -> None:
        """Write a warning of the build checks."""
        assert state.dockerfile is not None
        with self._lock:
            self._write("warning", **warning_fields(warning, state.dockerfile.name))

    def forecast(self, state: SessionState) -> None:
        """Write what would run; no step is told of where nothing is known of an earlier run."""
        forecast = state.forecast
        seconds = forecast.seconds if forecast is not None else None
        with self._lock:
            self._state = state
            steps = [
                {
                    **self._place(state.record(step)),
                    "will_run": expected.will_run,
                    "seconds": _seconds(expected.seconds) if expected.seconds is not None else None,
                    "why": expected.why,
                }
                for step, expected in (forecast.steps.items() if forecast is not None else ())
            ]
            self._write(
                "forecast",
                will_run=forecast.will_run if forecast is not None else 0,
                seconds=_seconds(seconds) if seconds is not None else None,
                steps=steps,
            )

    def finish(self, state: SessionState, status: str) -> None:
        """Write how it ended: `built`, `stopped` (by `--until` or `--break`), `failed` or `interrupted`."""
        image = state.image
        stages = [
            {
                "stage": stage.name,
                "steps": stage.steps,
                "cached": stage.cached,
                "base_bytes": stage.base,
                "bytes": stage.size,
            }
            for stage in summarize(state)
        ]
        with self._lock:
            self._write(
                "build.finished",
                status=status,
                image=image.id if image is not None else None,
                tags=list(image.tags) if image is not None else [],
                bytes=image.size if image is not None else None,
                seconds=_seconds(state.built_seconds),
                stages=stages,
                **({"breakpoint": _hit(state, state.hit)} if state.hit is not None else {}),
                **({"broken_assertions": self._broken} if self._broken else {}),
            )

    def _build_started(self, state: SessionState) -> None:
        assert state.dockerfile is not None
        engine = state.engine
        self._write(
            "build.started",
            file=state.dockerfile.name,
            target=stage_name(state.dockerfile.stages[state.goal]),
            steps=sum(record.id.stage in state.needed for record in state.steps),
            engine=f"{engine.product} {engine.version}" if engine is not None else None,
        )

    def _place(self, record: StepRecord) -> dict[str, Any]:
        assert self._state.dockerfile is not None
        return {
            "id": step_name(record.id),
            "file": self._state.dockerfile.name,
            "line": record.instruction.line,
            "end_line": record.instruction.end_line,
            "stage": stage_name(self._state.dockerfile.stages[record.id.stage]),
            "instruction": record.instruction.text,
            **({"builder": True} if goes_to_builder(record.instruction) else {}),
        }

    def _callers(self, record: StepRecord) -> list[dict[str, Any]]:
        """The uses by which the build came to a step, from its own stage to the target; see `call_stack`."""
        return [
            {
                "use": frame.use_text,
                "stage": frame.stage,
                "line": frame.line,
                "instruction": frame.record.instruction.text,
            }
            for frame in call_stack(self._state, record.id)[1:]
        ]

    def _output(self, step: StepId, data: bytes, stderr: bool) -> None:
        decoder = self._decoders.get((step, stderr))
        if decoder is None:
            decoder = self._decoders[step, stderr] = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._write_output(step, stderr, decoder.decode(data))

    def _end_output(self, step: StepId) -> None:
        for stderr in (False, True):
            decoder = self._decoders.pop((step, stderr), None)
            if decoder is not None:
                self._write_output(step, stderr, decoder.decode(b"", final=True))

    def _write_output(self, step: StepId, stderr: bool, text: str) -> None:
        if text:
            place = self._place(self._state.record(step))
            stream = "stderr" if stderr else "stdout"
            self._write(
                "step.output", id=place["id"], line=place["line"], stage=place["stage"], stream=stream, text=text
            )

    def _write(self, event: str, **fields: Any) -> None:
        # ASCII only: no character of a build's output can reach a terminal, and no encoding can fail.
        self._stream.write(json.dumps({"event": event, **fields}, ensure_ascii=True) + "\n")
        self._stream.flush()


def _hit(state: SessionState, hit: Hit) -> dict[str, Any]:
    """What the build stopped at; `error` where the condition could not be judged."""
    return {
        "line": state.record(hit.step).instruction.line,
        "when": "after" if hit.is_after else "before",
        "words": hit.words,
        "error": hit.error,
    }


def step_name(step: StepId) -> str:
    """What tells a step from all others: the numbers of its stage, its instruction in it, and its ONBUILD trigger."""
    trigger = f".{step.trigger}" if step.trigger else ""
    return f"{step.stage}.{step.ordinal}{trigger}"


def warning_fields(warning: CheckWarning, file: str) -> dict[str, Any]:
    """What programs are told of a warning of the build checks."""
    return {
        "rule": warning.rule,
        "file": file,
        "line": warning.line,
        "end_line": warning.end_line,
        "message": warning.message,
        "description": warning.description,
        "url": warning.url,
    }


def _result(record: StepRecord) -> dict[str, Any]:
    return {
        "cached": record.step is not None and record.status.value == "cached",
        "why": record.why,
        "seconds": _seconds(record.seconds or 0.0),
        "image": _image_of(record),
        "bytes": record.size,
        "changes": _changes(record),
    }


def _image_of(record: StepRecord) -> str | None:
    """The image of a step's snapshot; None when the engine cannot make it, which the step after it then tells."""
    try:
        return record.after.image if record.after is not None else None
    except StepperError:
        return None


def _failure(record: StepRecord) -> dict[str, Any]:
    failure = record.failure
    assert failure is not None
    return {
        "seconds": _seconds(record.seconds or 0.0),
        "exit_code": failure.exit_code,
        "exit_code_meaning": exit_code_meaning(failure.exit_code) if failure.exit_code is not None else "",
        "message": failure.message,
        "command": failure.command,
        "command_line": failure.line,
        "hint": failure.hint,
        "interrupted": failure.interrupted,
        "changes": _changes(record),
    }


def _commands(record: StepRecord, dockerfile: Dockerfile | None) -> dict[str, Any]:
    """The commands of a RUN that ran; of one that is no RUN, or came from the cache, or is run as a whole, nothing."""
    if not record.commands:
        return {}
    from stepper.debugger.run_commands import line_of, swallowed_failures

    swallowed = {run.number for run in swallowed_failures(record.commands)}
    return {
        "commands": [
            {
                "command": run.text,
                "line": line_of(dockerfile, record.instruction, run.command),
                "exit_code": run.exit_code,
                "seconds": _seconds(run.seconds),
                "swallowed": run.number in swallowed,
            }
            for run in record.commands
        ]
    }


def _hints(record: StepRecord) -> list[dict[str, Any]]:
    """Facts about a failure; `about` is the line of the Dockerfile that one has to do with, `path` the file."""
    return [
        {"kind": hint.kind, "text": hint.text, "about": hint.line, "path": hint.path or None}
        for hint in record.hints or ()
    ]


def _changes(record: StepRecord) -> dict[str, int]:
    """FROM changes nothing: what its image holds is where the stage starts."""
    layer = record.layer
    return {kind.name.lower(): layer.count(kind) if layer is not None else 0 for kind in ChangeKind}


def _seconds(seconds: float) -> float:
    return round(seconds, 3)
