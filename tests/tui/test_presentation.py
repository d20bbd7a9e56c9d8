"""The pure way from a state to what is shown: the shown step, words, marks, stages, colours."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from stepper.debugger.breakpoint import AtLine, Breakpoint
from stepper.debugger.options import BuildOptions
from stepper.debugger.session import Session
from stepper.debugger.state import Mode, SessionState, Status
from stepper.dockerfile.parser import parse
from stepper.engine.step import Failure, StepId
from stepper.tui.banner import message_for
from stepper.tui.line_marks import line_marks
from stepper.tui.shown import record_at_cursor, shown
from stepper.tui.source_spans import source_spans
from stepper.tui.stage_items import stage_items
from stepper.tui.widgets.marks import Mark
from stepper.tui.widgets.source_text import SpanRole
from stepper.tui.widgets.source_view import BreakpointMark
from stepper.tui.wording import failure_text, status_text, step_text
from tests.scripted_engine import ScriptedEngine
from tests.tui.harness import DOCKERFILE


@pytest.fixture
def session(tmp_path: Path, scripted: ScriptedEngine) -> Iterator[Session]:
    """A session that stands before the first step."""
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    session = Session(
        BuildOptions(tmp_path, tmp_path / "Dockerfile"), lambda: scripted, lambda _: None, keep_breakpoints=False
    )
    session.load()
    session.connect()
    yield session
    session.close()


def shown_lines(state: SessionState, cursor: int) -> tuple[int | None, int | None]:
    now = shown(state, cursor)
    return tuple(  # type: ignore[return-value]  # two items
        None if record is None else record.instruction.line for record in (now.inspected, now.printed)
    )


def test_nothing_is_shown_before_anything_ran(session: Session) -> None:
    assert shown_lines(session.state, 2) == (None, None)


def test_at_the_position_the_step_before_it_is_shown(session: Session) -> None:
    session.step_over()
    session.step_over()
    assert shown_lines(session.state, 4) == (3, 3)


def test_a_line_that_ran_shows_itself_and_a_blank_line_the_step_above(session: Session) -> None:
    for _ in range(4):
        session.step_over()
    assert shown_lines(session.state, 2) == (2, 2)
    assert shown_lines(session.state, 5) == (4, 4)
    assert shown_lines(session.state, 1) == (9, 9)


def test_at_the_first_step_of_a_stage_the_stage_before_it_is_shown(session: Session) -> None:
    for _ in range(3):
        session.step_over()
    assert shown_lines(session.state, 9) == (4, 4)


def test_after_a_step_back_the_step_before_the_position_is_shown(session: Session) -> None:
    for _ in range(3):
        session.step_over()
    session.step_back()
    assert shown_lines(session.state, 4) == (3, 3)


def test_a_failed_step_is_shown_wherever_the_cursor_has_nothing_of_its_own(
    session: Session, scripted: ScriptedEngine
) -> None:
    scripted.on("RUN make", exit_code=2)
    session.resume()
    assert shown_lines(session.state, 3) == (3, 3)
    assert shown_lines(session.state, 11) == (3, 3)
    assert shown_lines(session.state, 2) == (2, 2)


def test_while_a_step_runs_its_output_is_shown_and_the_last_layer(session: Session) -> None:
    session.step_over()
    state = session.state
    running = replace(state.record(StepId(0, 1)), status=Status.RUNNING)
    state = replace(state.with_record(running), running=(running.id,))
    assert shown_lines(state, 3) == (2, 3)
    assert shown_lines(state, 2) == (2, 2)
    assert shown_lines(state, 11) == (2, 3)


def test_the_cursor_above_the_first_instruction_is_at_no_step(session: Session) -> None:
    assert record_at_cursor(session.state, 1) is None


def test_marks_tell_status_time_size_and_breakpoints(session: Session) -> None:
    session.step_over()
    session.step_over()
    session.breakpoints.toggle(4)
    marks = line_marks(session.state, 0.0)
    assert marks[2].status is Mark.DONE
    assert marks[2].notes == ("4.0 MB",)
    assert marks[3].notes == ("3.1s", "+148 kB")
    assert marks[4].breakpoint is BreakpointMark.ON
    assert marks[7].status is Mark.NOT_NEEDED
    assert marks[7].dimmed
    assert not marks[10].dimmed


def test_a_disabled_breakpoint_looks_otherwise(session: Session) -> None:
    state = replace(session.state, breakpoints=(Breakpoint(AtLine(3), enabled=False),))
    assert line_marks(state, 0.0)[3].breakpoint is BreakpointMark.DISABLED


def test_the_running_step_shows_its_time_so_far(session: Session) -> None:
    session.step_over()
    running = replace(session.state.record(StepId(0, 1)), status=Status.RUNNING, started=100.0)
    assert line_marks(session.state.with_record(running), 112.5)[3].notes == ("12.5s",)


def test_a_cached_step_has_a_mark_of_its_own(session: Session) -> None:
    session.step_over()
    session.step_over()
    session.restart()
    session.step_over()
    session.step_over()
    assert line_marks(session.state, 0.0)[3].status is Mark.CACHED


def test_stages_tell_how_far_they_are_what_they_use_and_who_is_not_needed(session: Session) -> None:
    session.step_over()
    session.step_over()
    builder, lint, prod = stage_items(session.state)
    assert (builder.label, builder.mark, builder.progress, builder.size) == ("builder", Mark.NEXT, (2, 3), "+148 kB")
    assert builder.current
    assert (lint.mark, lint.needed) == (Mark.NOT_NEEDED, False)
    assert prod.target
    assert prod.builds_on == (0,)
    session.resume()
    assert [item.mark for item in stage_items(session.state)] == [Mark.DONE, Mark.NOT_NEEDED, Mark.DONE]


def test_the_status_names_place_and_reason(session: Session, scripted: ScriptedEngine) -> None:
    assert status_text(session.state) == "⏸ before line 2"
    session.breakpoints.toggle(3)
    session.resume()
    assert status_text(session.state) == "⏸ before line 3 · breakpoint"
    session.resume()
    assert status_text(session.state) == "✔ finished"


def test_the_status_names_all_that_run_and_all_that_are_paused(session: Session) -> None:
    run, copy = (session.state.record_at(line) for line in (3, 10))
    assert run is not None
    assert copy is not None
    state = replace(session.state, mode=Mode.RUNNING, running=(run.id, copy.id))
    assert status_text(state) == "» running lines 3, 10"
    state = state.with_record(replace(run, paused_since=1.0))
    assert status_text(state) == "⏸ paused in line 3"
    state = state.with_record(replace(copy, paused_since=1.0))
    assert status_text(state) == "⏸ paused in lines 3, 10"


@pytest.mark.parametrize(
    ("failure", "text"),
    [
        (Failure("x", exit_code=1), "Dockerfile:3 failed with exit code 1"),
        (Failure("x", exit_code=127), "Dockerfile:3 failed with exit code 127 (command not found)"),
        (Failure("x", exit_code=137, interrupted=True), "Dockerfile:3 was interrupted"),
        (Failure("no file matches *.c"), "Dockerfile:3: no file matches *.c"),
    ],
)
def test_a_failure_is_named_with_its_place_and_exit_code(session: Session, failure: Failure, text: str) -> None:
    record = replace(session.state.record(StepId(0, 1)), status=Status.FAILED, failure=failure)
    assert failure_text(record, "Dockerfile") == text


def test_a_failure_without_a_container_offers_a_shell_in_the_state_before(
    session: Session, scripted: ScriptedEngine
) -> None:
    scripted.on("RUN make", message="no such file", hint="Look at the ignore file.")
    session.resume()
    message = message_for(session.state, session.state.failure, "Dockerfile")
    assert message is not None
    assert ("open_shell", "shell in the state before it") in message.commands
    assert message.details == "Look at the ignore file."


def test_a_step_over_several_lines_is_named_on_one(session: Session) -> None:
    record = session.state.record(StepId(0, 1))
    long = replace(record, instruction=replace(record.instruction, text="RUN make  \\\n   all"))
    assert step_text(long) == "line 3 · RUN make \\ all"


def spans_of(text: str) -> set[tuple[str, SpanRole]]:
    dockerfile = parse(text)
    return {(dockerfile.lines[s.line - 1][s.start : s.end], s.role) for s in source_spans(dockerfile)}


def test_colours_know_stages_flags_heredocs_and_directives() -> None:
    spans = spans_of(
        "# syntax=docker/dockerfile:1\n# why\n"
        "ARG V=1\nFROM --platform=linux/amd64 golang:1 as builder\n"
        "COPY --from=builder --chown=1:1 /a /b\nONBUILD RUN x\nRUN <<EOF\necho\nEOF\n"
    )
    assert {
        ("# syntax=docker/dockerfile:1", SpanRole.DIRECTIVE),
        ("# why", SpanRole.COMMENT),
        ("ARG", SpanRole.KEYWORD),
        ("--platform", SpanRole.FLAG),
        ("golang:1", SpanRole.IMAGE),
        ("as", SpanRole.KEYWORD),
        ("builder", SpanRole.STAGE),
        ("--from", SpanRole.FLAG),
        ("--chown", SpanRole.FLAG),
        ("ONBUILD", SpanRole.KEYWORD),
        ("RUN", SpanRole.KEYWORD),
        ("<<EOF", SpanRole.HEREDOC),
        ("EOF", SpanRole.HEREDOC),
    } <= spans
