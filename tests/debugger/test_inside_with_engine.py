"""Inside of a RUN on a real engine: stops, the console, a shell and what each changed, together."""

from pathlib import Path

import pytest

from stepper.debugger.breakpoint_words import parse_breakpoint, parse_logpoint
from stepper.debugger.events import Event, LogMessage
from stepper.debugger.options import BuildOptions
from stepper.debugger.session import Session
from stepper.debugger.state import StopReason
from stepper.engine.connect import open_engine
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.protocol import unheard
from stepper.errors import EngineError
from stepper.image.layer import Layer

pytestmark = pytest.mark.engine

TEXT = """\
FROM busybox
ARG WHO=world
RUN mkdir /workspace && cd /workspace && export HELLO="hello $WHO" && own=mine && \\
    echo "$HELLO" >greeting && \\
    sed -i s/root/toor/ /etc/passwd && \\
    cat greeting
RUN true
RUN echo last >/last
"""


def _paths(layer: Layer | None) -> list[str]:
    return [] if layer is None else [change.path for change in layer.changes]


def test_stops_console_and_shell_work_together_inside_of_a_run(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(TEXT)
    events: list[Event] = []
    options = BuildOptions(tmp_path, tmp_path / "Dockerfile")
    session = Session(options, open_engine, events.append, keep_breakpoints=False)
    session.load()
    session.connect()
    try:
        session.breakpoints.add(parse_breakpoint('RUN hits >= 1 if changed("/etc/**")'))
        session.breakpoints.add(parse_breakpoint("/workspace/*"))
        session.breakpoints.add(parse_breakpoint("8"))
        session.breakpoints.add(parse_logpoint("3: {layer.files} files"))
        record = session.state.record_at(3)
        assert record is not None
        session.run_to(record.id)
        session.step_into()
        for _ in range(5):
            session.step_over()
        inside = session.state.inside
        assert inside is not None
        assert inside.next_command.title == "sed -i s/root/toor/ /etc/passwd"

        printed: list[bytes] = []
        line = 'pwd; echo "$HELLO" $own; cat greeting; rm -r /workspace; touch /tried'
        answer = session.console.run(line, lambda item: printed.append(getattr(item, "data", b"")))
        assert answer.failure is None
        assert b"".join(printed) == b"/workspace\nhello world mine\nhello world\n"
        assert _paths(answer.layer) == ["/", "/tried", "/workspace", "/workspace/greeting"]
        assert "false" in session.console.run('p exists("/workspace")', lambda _: None).text

        shell = session.open_shell(record.id, (24, 80))
        shell.write(b"touch by-hand; exit\n")
        while shell.read():
            pass
        shell.close()
        assert "true" in session.console.run('p exists("/workspace/by-hand")', lambda _: None).text
        assert "hello world" in session.console.run('p file("/workspace/greeting")', lambda _: None).text
        assert "mine" in session.console.run("p env.own", lambda _: None).text
        session.step_over()
        assert session.state.inside is not None
        session.resume()

        state, record = session.state, session.state.record(record.id)
        assert state.stop is StopReason.BREAKPOINT
        assert state.hit is not None
        assert (state.hit.step, state.hit.is_after) == (record.id, True)
        assert [point.hits for point in state.breakpoints if point.message == ""] == [0, 1, 1]
        assert [event.message for event in events if isinstance(event, LogMessage)] == ["3 files"]
        assert [(each.before, _paths(each.layer)) for each in record.shell_changes] == [
            (5, ["/workspace", "/workspace/by-hand"])
        ]
        assert _paths(record.changes_of(5)) == ["/etc/passwd"]
        assert "/tried" not in _paths(record.layer)
        assert record.entered
        session.resume()
        position = session.state.position
        assert position is not None
        assert session.state.record(position).instruction.line == 8
    finally:
        session.close()


def test_after_the_end_of_the_copy_s_container_the_next_command_gets_a_new_one(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM busybox\nRUN touch /made && true\n")
    engine = open_engine()
    assert isinstance(engine, DockerEngine)
    options = BuildOptions(tmp_path, tmp_path / "Dockerfile")
    session = Session(options, lambda: engine, lambda _: None, keep_breakpoints=False)
    session.load()
    session.connect()
    try:
        session.step_over()
        session.step_into()
        session.step_over()
        session.console.run("touch /tried", unheard)
        copy = session._into.copy()
        engine._client.api.kill(copy.container)
        with pytest.raises(EngineError):
            session.console.run("true", unheard)
        assert session.console.run("ls /made", unheard).failure is None
        assert session.console.run("ls /tried", unheard).failure is not None
        session.step_out()
        assert session.state.image is not None
    finally:
        session.close()
