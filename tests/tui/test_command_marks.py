"""The commands of a RUN in the Dockerfile's lines."""

from stepper.tui.command_marks import command_marks, command_spans
from stepper.tui.widgets.marks import Mark
from stepper.tui.widgets.source_text import SourceSpan, SpanRole
from tests.debugger.conftest import *  # noqa: F403  # the fixture `debug`
from tests.debugger.conftest import Debug
from tests.scripted_stepped_run import ScriptedCommand

FILE = "FROM busybox\nRUN set -e; \\\n    make && \\\n    make install\n"


def test_the_next_command_and_those_that_ran_are_marked(debug: Debug) -> None:
    debugged = debug(FILE)
    debugged.engine.on("RUN", commands={1: ScriptedCommand(seconds=2.0)})
    debugged.session.step_over()
    debugged.session.step_into()
    debugged.session.step_over()
    debugged.session.step_over()

    marks = command_marks(debugged.state)

    assert {line: (mark.status, mark.notes) for line, mark in marks.items()} == {
        3: (Mark.DONE, ("2.0s",)),
        4: (Mark.NEXT, ()),
    }
    assert command_spans(debugged.state) == (SourceSpan(4, 4, 16, SpanRole.NEXT_COMMAND),)


def test_the_command_that_failed_is_marked(debug: Debug) -> None:
    debugged = debug(FILE)
    debugged.engine.on("RUN", commands={1: ScriptedCommand(exit_code=2)})
    debugged.session.resume()

    assert command_marks(debugged.state)[3].status is Mark.FAILED
    assert command_spans(debugged.state)[0] == SourceSpan(3, 4, 8, SpanRole.FAILED_COMMAND)


def test_without_a_stop_inside_there_are_no_marks(debug: Debug) -> None:
    debugged = debug(FILE)
    debugged.session.resume()

    assert (command_marks(debugged.state), command_spans(debugged.state)) == ({}, ())
