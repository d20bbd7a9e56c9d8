"""Conditions and assertions on real builds."""

from pathlib import Path

import pytest

from stepper.debugger.assertions import parse_assertion
from stepper.debugger.breakpoint_words import parse_breakpoint
from stepper.debugger.events import AssertionBroken, Event
from stepper.debugger.options import BuildOptions
from stepper.debugger.session import Session
from stepper.debugger.state import StopReason
from stepper.engine.connect import open_engine

pytestmark = pytest.mark.engine

TEXT = """\
FROM busybox
ENV MODE=debug
RUN mkdir -p /opt/data && head -c 3000000 /dev/zero > /opt/data/blob && ln -s data /opt/current
RUN printf 'token' > /root/.npmrc
RUN rm /opt/data/blob && sed -i 's/root/toor/' /etc/passwd
"""


def session_of(folder: Path, events: list[Event]) -> Session:
    (folder / "Dockerfile").write_text(TEXT)
    options = BuildOptions(folder, folder / "Dockerfile")
    session = Session(options, open_engine, events.append, keep_breakpoints=False)
    session.load()
    session.connect()
    return session


def test_conditions_ask_the_engine(tmp_path: Path) -> None:
    session = session_of(tmp_path, [])
    try:
        for written in (
            "if layer.size > 2MB and layer.files == 1",
            'RUN if size("/opt/current") == 3000000B and not exists("/root/.npmrc")',
            'any if file("/root/.npmrc") == "token" and line == 5',
            "/etc/passwd",
        ):
            session.breakpoints.add(parse_breakpoint(written))
        stops: list[tuple[StopReason | None, int, str]] = []
        while not stops or stops[-1][0] is not StopReason.FINISHED:
            session.resume()
            hit = session.state.hit
            line = session.state.record(hit.step).instruction.line if hit is not None else 0
            stops.append((session.state.stop, line, hit.words if hit is not None else ""))
    finally:
        session.close()
    assert [(stop, line) for stop, line, _ in stops] == [
        (StopReason.BREAKPOINT, 3),
        (StopReason.BREAKPOINT, 5),
        (StopReason.WATCHPOINT, 5),
        (StopReason.FINISHED, 0),
    ]
    assert stops[2][2] == "/etc/passwd modified"


def test_broken_assertions_name_the_line_since_which_they_are(tmp_path: Path) -> None:
    events: list[Event] = []
    session = session_of(tmp_path, events)
    try:
        written = ('not exists("/root/.npmrc")', "image.size < 3MB", 'env.MODE != "debug"', "layer.size < 1MB")
        session.assertions.hold([parse_assertion(each) for each in (*written, 'exists("/opt/current")')])
        session.resume()
    finally:
        session.close()
    broken = [
        (event.assertion, event.record.instruction.line) for event in events if isinstance(event, AssertionBroken)
    ]
    assert broken == [(written[3], 3), (written[0], 4), (written[1], 3), (written[2], 2)]
