"""`stepper run` for people: a line for each step, its output below a bar, and a summary by stage."""

import threading

from stepper.cli.console import Console, Style, cell_width, fit
from stepper.cli.human_failures import tell_broken, tell_failure, tell_hints
from stepper.cli.human_forecast import write_forecast
from stepper.cli.human_summary import write_summary
from stepper.cli.messages import indented
from stepper.cli.running_steps import RunningSteps
from stepper.debugger.events import (
    AssertionBroken,
    BuildStarted,
    Event,
    FailureExplained,
    LogMessage,
    Notice,
    StepFailed,
    StepFinished,
    StepOutput,
    StepProgress,
    StepStarted,
)
from stepper.debugger.state import SessionState, Status, StepRecord
from stepper.dockerfile.build_checks import CheckWarning
from stepper.dockerfile.frontends import goes_to_builder
from stepper.engine.step import StepId
from stepper.terminal_text import remove_styles
from stepper.text import human_seconds, human_size, printable, strip_control

_FIGURES = 20
"""Columns for time and size at the right edge."""

_MARKS = {Status.RUNNING: "▶", Status.DONE: "✔", Status.CACHED: "≡", Status.FAILED: "✖"}
_PLAIN_MARKS = {Status.RUNNING: ">", Status.DONE: "+", Status.CACHED: "=", Status.FAILED: "x"}
_COLOURS: dict[Status, Style] = {
    Status.RUNNING: "cyan",
    Status.DONE: "green",
    Status.CACHED: "cyan",
    Status.FAILED: "red",
}


class HumanReport:
    """Writes a session's events for people: the build to `out`, what went wrong to `errors`.

    An arrow in front of an instruction says that the engine's own builder does it. While several steps run, the name of
    the stage stands before the instruction, and the number of its line before each line of output.
    Events may come from several threads. On a terminal the line of a running step is overwritten when it ends.
    """

    def __init__(self, out: Console, errors: Console) -> None:
        self._out = out
        self._errors = errors
        self._lock = threading.Lock()
        self._state = SessionState()
        self._stage: int | None = None
        self._shown_transient = False
        self._running = RunningSteps()
        self._progress = ""
        self._broken: list[AssertionBroken] = []

    def event(self, event: Event, state: SessionState) -> None:
        """Write what there is to say about an event."""
        with self._lock:
            self._state = state
            match event:
                case BuildStarted():
                    self._build_started(state)
                case StepStarted(record):
                    self._step_started(record)
                case StepOutput(step, data, stderr):
                    self._output(step, self._running.of(step).read(data, stderr))
                case StepProgress(step, text, current, total):
                    self._show_progress(step, text, current, total)
                case StepFinished(record):
                    self._step_ended(record)
                    self._running.end(record.id)
                case StepFailed(record):
                    self._step_ended(record)
                    tell_failure(self._errors, state, record, self._running.of(record.id).last_lines)
                    self._running.end(record.id)
                case FailureExplained(record):
                    tell_hints(self._errors, record)
                case LogMessage(record, _, message):
                    self._log(record, message)
                case AssertionBroken():
                    self._broken.append(event)
                case Notice(message, hint):
                    self._tell(message, hint)

    def warn(self, warning: CheckWarning, state: SessionState) -> None:
        """Write a warning of the build checks on one line, beside the errors."""
        assert state.dockerfile is not None
        with self._lock:
            self._clear_transient()
            self._out.flush()
            place = self._errors.style(printable(f"{state.dockerfile.name}:{warning.line}:"), "bold")
            rule = self._errors.style(warning.rule, "yellow")
            self._errors.line(f"{place} {rule}: {printable(warning.message)}")
            self._errors.flush()

    def forecast(self, state: SessionState) -> None:
        """Write what would run."""
        write_forecast(self._out, state)

    def finish(self, state: SessionState, status: str) -> None:
        """Write the summary: what was built, or how far it came."""
        with self._lock:
            self._clear_transient()
            if status == "stopped":
                self._stopped(state)
            if state.image is not None:
                write_summary(self._out, state, state.image)
            self._out.flush()
            tell_broken(self._errors, state, self._broken)

    def _stopped(self, state: SessionState) -> None:
        if state.hit is not None:
            line = state.record(state.hit.step).instruction.line
            when = "after" if state.hit.is_after else "before"
            self._out.line(f"\nStopped {when} line {line}: {state.hit.words}")
        elif state.position is not None:
            line = state.record(state.position).instruction.line
            self._out.line(f"\nStopped before line {line}, as asked.")

    def _log(self, record: StepRecord, message: str) -> None:
        """What a logpoint says, with a mark of its own where steps have theirs."""
        self._clear_transient()
        mark = self._out.style("◆" if self._out.unicode else "*", "magenta")
        self._out.line(f"{record.instruction.line:>5} {mark} {strip_control(message)}")
        self._out.flush()

    def _build_started(self, state: SessionState) -> None:
        assert state.dockerfile is not None
        target = state.dockerfile.stages[state.goal].label
        title = printable(f"{state.dockerfile.name} -> {target}")
        engine = f"{state.engine.product} {state.engine.version}, {state.engine.place}" if state.engine else ""
        self._out.line(self._out.style(title, "bold") + self._out.style(f"  on {printable(engine)}", "dim"))

    def _step_started(self, record: StepRecord) -> None:
        self._running.begin(record.id)
        self._progress = ""
        self._show_transient(self._step_line(record))

    def _title(self, record: StepRecord) -> None:
        """The name of the stage above its first step; beside others each step has it in its own line."""
        dockerfile = self._state.dockerfile
        assert dockerfile is not None
        if self._running.of(record.id).beside:
            self._stage = None
        elif record.id.stage != self._stage:
            self._stage = record.id.stage
            if len(dockerfile.stages) > 1:
                self._out.line(self._out.style(printable(dockerfile.stages[record.id.stage].label), "bold"))

    def _step_ended(self, record: StepRecord) -> None:
        self._output(record.id, self._running.of(record.id).rest())
        self._clear_transient()
        self._title(record)
        self._out.line(self._step_line(record))
        self._tell_swallowed(record)
        self._out.flush()

    def _tell_swallowed(self, record: StepRecord) -> None:
        """The commands of a RUN that failed without making it fail."""
        if not any(run.exit_code for run in record.commands):
            return
        from stepper.debugger.run_commands import line_of, swallowed_failures, title_of

        for run in swallowed_failures(record.commands):
            line = line_of(self._state.dockerfile, record.instruction, run.command) or record.instruction.line
            text = f"`{printable(title_of(run.text))}` failed with exit code {run.exit_code}, and the RUN went on"
            self._out.line(f"{line:>5} {self._out.style(f'! {text}', 'yellow')}")

    def _output(self, step: StepId, lines: list[str]) -> None:
        if not lines:
            return
        self._clear_transient()
        self._announce(step)
        running = self._running.of(step)
        bar = self._out.style("│" if self._out.unicode else "|", "dim")
        place = str(self._state.record(step).instruction.line) if running.beside else ""
        for line in lines:
            running.last_lines.append(line)
            self._out.line(f"{place:>5} {bar} {line if self._out.colour else remove_styles(line)}")
        self._out.flush()

    def _announce(self, step: StepId) -> None:
        """Write the line of a step that runs, once, above its output."""
        running = self._running.of(step)
        if not running.announced:
            running.announced = True
            self._title(self._state.record(step))
            self._out.line(self._step_line(self._state.record(step)))

    def _show_progress(self, step: StepId | None, text: str, current: int | None, total: int | None) -> None:
        """On a terminal how far it has come; in a log that it has begun."""
        text = strip_control(text).replace("\n", " ")
        if self._out.transient:
            amount = human_size(current) if current is not None else ""
            if amount and total:
                amount += f" of {human_size(total)}"
            self._show_transient(f"      {text} {amount}".rstrip())
        elif text != self._progress and (not self._progress or self._waits(step)):
            if step is not None and not self._waits(step):
                self._announce(step)
            self._out.line(f"      {text}")
            self._out.flush()
        self._progress = text

    def _waits(self, step: StepId | None) -> bool:
        """Whether it is told of a step before its turn: an image is pulled ahead."""
        return step is not None and self._state.record(step).status is Status.WAITING

    def _step_line(self, record: StepRecord) -> str:
        """`   7 ✔ RUN make           3.1s   +14.0 MB`, the text cut to fit."""
        out = self._out
        marks = _MARKS if out.unicode else _PLAIN_MARKS
        figures = self._figures(record)
        room = out.width - 8 - _FIGURES
        text = printable(" ".join(record.instruction.text.split()))
        if self._running.of(record.id).beside and self._state.dockerfile is not None:
            text = f"[{printable(self._state.dockerfile.stages[record.id.stage].label)}] {text}"
        if goes_to_builder(record.instruction):
            text = f"{'⇢' if out.unicode else '->'} {text}"
        if figures:
            text = fit(text, room, ellipsis="…" if out.unicode else "...")
        elif cell_width(text) > room:
            text = fit(text, room, ellipsis="…" if out.unicode else "...").rstrip()
        mark = out.style(marks[record.status], _COLOURS[record.status])
        return f"{record.instruction.line:>5} {mark} {text}{out.style(figures, 'dim')}".rstrip()

    def _figures(self, record: StepRecord) -> str:
        if record.status is Status.RUNNING:
            return ""
        time = "cached" if record.status is Status.CACHED else human_seconds(record.seconds or 0.0)
        if record.status is Status.FAILED:
            return f"{time:>9}"
        size = human_size(record.size or 0, signed=record.id != (record.id.stage, 0, 0))
        return f"{time:>9} {size:>10}"

    def _tell(self, message: str, hint: str | None) -> None:
        self._clear_transient()
        self._out.flush()
        self._errors.line(f"stepper: {strip_control(message)}")
        if hint:
            self._errors.line(indented(hint))
        self._errors.flush()

    def _show_transient(self, text: str) -> None:
        if not self._out.transient:
            return
        self._clear_transient()
        cut = fit(text, self._out.width - 1).rstrip() if cell_width(text) >= self._out.width else text
        self._out.stream.write(cut)
        self._out.flush()
        self._shown_transient = True

    def _clear_transient(self) -> None:
        if self._shown_transient:
            self._out.stream.write("\r\x1b[K")
            self._shown_transient = False
