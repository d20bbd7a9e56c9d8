"""`stepper run`: builds without the screen, for people reading a log and for programs."""

import sys
from collections.abc import Iterable
from typing import Protocol

from stepper.cli.console import Console
from stepper.cli.exit_codes import ExitCode
from stepper.cli.human_report import HumanReport
from stepper.cli.interruptible import run_interruptibly
from stepper.cli.json_report import JsonReport
from stepper.cli.judging import NO_JUDGING, Judging
from stepper.cli.messages import exit_code_of, show_error, show_note
from stepper.cli.unused_arguments import unused_arguments
from stepper.debugger.events import AssertionBroken, Event, Notice, StepFailed, StepFinished
from stepper.debugger.options import BuildOptions
from stepper.debugger.session import Connect, Session
from stepper.debugger.state import Mode, SessionState, StopReason
from stepper.dockerfile.build_checks import CheckWarning
from stepper.dockerfile.grants import NotGivenError
from stepper.dockerfile.graph import find_stage, stage_names
from stepper.engine.step import StepId
from stepper.errors import StepperError, UsageError
from stepper.text import printable


class Report(Protocol):
    """Where the events of a build are told."""

    def event(self, event: Event, state: SessionState) -> None:
        """Tell one event; `state` is the session's by then."""

    def warn(self, warning: CheckWarning, state: SessionState) -> None:
        """Tell a warning of the build checks."""

    def forecast(self, state: SessionState) -> None:
        """Tell what would run."""

    def finish(self, state: SessionState, status: str) -> None:
        """Tell how it ended."""


def run(options: BuildOptions, connect: Connect, *, as_json: bool, judging: Judging = NO_JUDGING) -> int:
    """Build; the exit code. Ctrl+C stops the running step at once.

    Raises `KeyboardInterrupt` where the user does not wait for that, see `run_interruptibly`.
    """
    report = JsonReport(sys.stdout) if as_json else HumanReport(Console.of(sys.stdout), Console.of(sys.stderr))
    return Headless(options, connect, report, as_json=as_json, judging=judging).run()


class Headless:
    """One build without a screen."""

    def __init__(
        self, options: BuildOptions, connect: Connect, report: Report, *, as_json: bool, judging: Judging = NO_JUDGING
    ) -> None:
        self._options = options
        self._report = report
        self._as_json = as_json
        self._judging = judging
        self._broken = False
        self._session = Session(options, connect, self._listen, keep_breakpoints=False)
        self._error: StepperError | None = None
        self._told_error = False
        self._warned: set[CheckWarning] = set()
        self._broken_pipe: BrokenPipeError | None = None

    def run(self) -> int:
        """Build as far as the options say; the exit code. Raises the `BrokenPipeError` that ended the build, if any."""
        code = run_interruptibly(self._build, self._session)
        if self._broken_pipe is not None:
            raise self._broken_pipe
        return code

    def _build(self) -> int:
        session = self._session
        session.load()
        if self._tell_errors():
            return ExitCode.WRONG
        until = self._until()
        self._judging.apply(session)
        session.connect()
        try:
            if session.state.engine_error is not None:
                show_error(session.state.engine_error)
                return ExitCode.NO_ENGINE
            if self._tell_errors() or self._tell_not_given():
                return ExitCode.WRONG
            self._warn()
            if self._options.dry_run:
                session.explanations.forecast()
                self._report.forecast(session.state)
                return ExitCode.BUILT
            self._go(until)
            session.explanations.look_into_failures(lambda: self._broken_pipe is not None)
            return self._end()
        finally:
            self._close()

    def _go(self, until: StepId | int | None) -> None:
        if isinstance(until, StepId):
            self._session.run_to(until)
        elif until is not None:
            self._session.go_to(until)
            if self._session.state.stop is StopReason.GOTO:
                self._session.resume()
        else:
            self._session.resume()

    def _end(self) -> int:
        state = self._session.state
        code, status = self._result(state)
        if status == "stopped" and self._judging.asks_of_image:
            show_note("what is asserted of the image was not held: the build stopped before it was done")
        if self._broken_pipe is None:
            try:
                self._report.finish(state, status)
            except BrokenPipeError as error:
                self._broken_pipe = error
        return code

    def _result(self, state: SessionState) -> tuple[int, str]:
        if state.mode is Mode.FINISHED:
            if self._told_error:
                return ExitCode.FAILED, "built"
            return ExitCode.BROKEN_ASSERTION if self._broken else ExitCode.BUILT, "built"
        if state.stop is StopReason.INTERRUPTED:
            return ExitCode.INTERRUPTED, "interrupted"
        if state.mode is Mode.OFFLINE:
            return ExitCode.NO_ENGINE, "failed"
        if state.stop is StopReason.FAILURE:
            return exit_code_of(self._error) if self._error is not None else ExitCode.FAILED, "failed"
        return ExitCode.BROKEN_ASSERTION if self._broken else ExitCode.BUILT, "stopped"

    def _close(self) -> None:
        try:
            self._session.close()
        except StepperError as error:
            show_error(error)

    def _tell_errors(self) -> bool:
        """Show what is wrong with the Dockerfile, if anything is, with the warnings before it.

        What is only not given may be of no account, see `_tell_not_given`.
        """
        errors = self._session.state.errors
        if all(isinstance(error, NotGivenError) for error in errors):
            return False
        self._show(errors)
        return True

    def _tell_not_given(self) -> bool:
        """Show what RUNs require and nobody gave, but for those that are expected from the step cache."""
        if not self._session.state.errors:
            return False
        self._session.explanations.forecast()
        state = self._session.state
        expected = state.forecast.steps if state.forecast is not None else {}
        runs = {each.instruction.line for each in state.steps if each.id not in expected or expected[each.id].will_run}
        cached = {each.instruction.line for each in state.steps} - runs
        missing = [error for error in state.errors if getattr(error, "line", None) not in cached]
        if missing:
            self._show(missing)
        return bool(missing)

    def _show(self, errors: Iterable[StepperError]) -> None:
        self._tell_warnings()
        for error in errors:
            show_error(error)

    def _tell_warnings(self) -> None:
        """Tell those that were not told yet: more come once a base image is known."""
        state = self._session.state
        for warning in state.warnings:
            if warning not in self._warned:
                self._warned.add(warning)
                self._report.warn(warning, state)

    def _warn(self) -> None:
        self._tell_warnings()
        state = self._session.state
        assert state.dockerfile is not None
        unused = unused_arguments(state.dockerfile, state.needed, self._options.build_args)
        if unused:
            show_note(f"no ARG takes these build arguments: {', '.join(unused)}")
        unknown = [name for name in self._options.no_cache_stages if find_stage(state.dockerfile, name) is None]
        if unknown and state.dockerfile.handed_over is None:
            show_note(f"--no-cache-filter names no stage of this Dockerfile: {printable(', '.join(unknown))}")

    def _until(self) -> StepId | int | None:
        """`--until` as the step before which, or the stage after which it stops. Raises `UsageError`."""
        until, state = self._options.until, self._session.state
        if until is None:
            return None
        assert state.dockerfile is not None
        if not until.isdecimal():
            stage = find_stage(state.dockerfile, until)
            if stage is None:
                names = ", ".join(stage_names(state.dockerfile))
                stages = f", or a stage: {names}." if names else ": no stage has a name."
                raise UsageError(f"--until {until}: there is no such stage", hint=f"Give a line{stages}")
            return stage
        record = state.record_at(int(until))
        if record is None:
            lines = [record.instruction.line for record in state.steps if record.instruction.line > int(until)]
            hint = f"The next one is on line {lines[0]}." if lines else None
            raise UsageError(f"--until {until}: there is no instruction on this line", hint=hint)
        return record.id

    def _listen(self, event: Event) -> None:
        if isinstance(event, StepFailed):
            self._error = event.error
        self._broken = self._broken or isinstance(event, AssertionBroken)
        if isinstance(event, Notice):
            self._told_error = self._told_error or event.error
            if self._as_json:
                show_note(event.message, event.hint)
        if self._broken_pipe is not None:
            return
        try:
            self._report.event(event, self._session.state)
            if isinstance(event, StepFinished | StepFailed):
                self._tell_warnings()
        except BrokenPipeError as error:
            self._broken_pipe = error
            self._session.interrupt()
