"""What a terminal gets and a log does not: colours, and lines that are overwritten."""

import io
from pathlib import Path

import pytest

from stepper.cli.console import Console, cell_width, fit
from stepper.cli.human_report import HumanReport
from stepper.debugger.breakpoint_words import parse_logpoint
from stepper.debugger.events import Event
from stepper.debugger.options import BuildOptions
from stepper.debugger.session import Session
from stepper.engine.step import Progress
from tests.scripted_engine import ScriptedEngine


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def build(engine: ScriptedEngine, dockerfile: Path, console: Console, *logpoints: str) -> str:
    report = HumanReport(console, console)

    def listen(event: Event) -> None:
        report.event(event, session.state)

    session = Session(BuildOptions(dockerfile.parent, dockerfile), lambda: engine, listen, keep_breakpoints=False)
    session.load()
    for logpoint in logpoints:
        session.breakpoints.add(parse_logpoint(logpoint))
    session.connect()
    session.resume()
    report.finish(session.state, "built")
    assert isinstance(console.stream, io.StringIO)
    return console.stream.getvalue()


@pytest.fixture
def dockerfile(project: Path) -> Path:
    path = project / "Dockerfile"
    path.write_text("FROM busybox\nRUN make\n")
    return path


def test_a_running_step_is_overwritten_by_its_result(engine: ScriptedEngine, dockerfile: Path) -> None:
    text = build(engine, dockerfile, Console(io.StringIO(), transient=True))
    assert "    2 ▶ RUN make\r\x1b[K    2 ✔ RUN make" in text


def test_a_pull_shows_how_far_it_has_come(engine: ScriptedEngine, dockerfile: Path) -> None:
    engine.image("busybox", pull=[Progress("pulling", 5_000_000, 10_000_000)])
    text = build(engine, dockerfile, Console(io.StringIO(), transient=True))
    assert "pulling 5.0 MB of 10.0 MB\r\x1b[K" in text


def test_colours_of_a_build_survive_where_there_are_colours_and_nothing_else_does(
    engine: ScriptedEngine, dockerfile: Path
) -> None:
    engine.on("RUN make", output=["\x1b[31mred\x1b[0m \x1b[2J\x1b]0;title\x07\n"])
    text = build(engine, dockerfile, Console(io.StringIO(), colour=True))
    assert "\x1b[31mred" in text
    assert "\x1b[2J" not in text
    assert "\x1b]" not in text
    plain = build(engine, dockerfile, Console(io.StringIO()))
    assert "\x1b" not in plain


def test_what_a_logpoint_says_has_a_coloured_mark(engine: ScriptedEngine, dockerfile: Path) -> None:
    text = build(engine, dockerfile, Console(io.StringIO(), colour=True), "RUN: next is line {line}")
    assert "    2 \x1b[35m◆\x1b[0m next is line 2\n" in text


def test_an_encoding_without_the_marks_gets_plain_ones(engine: ScriptedEngine, dockerfile: Path) -> None:
    engine.on("RUN make", output=["hello\n"])
    assert build(engine, dockerfile, Console(io.StringIO(), unicode=False)).isascii()


def test_no_line_of_a_step_is_wider_than_the_terminal(engine: ScriptedEngine, dockerfile: Path) -> None:
    dockerfile.write_text(f"FROM busybox\nRUN {'漢字' * 100}\nRUN {'x' * 300}\n")
    text = build(engine, dockerfile, Console(io.StringIO(), width=60))
    steps = [line for line in text.splitlines() if line[:5].strip().isdecimal()]
    assert len(steps) == 3
    assert all(cell_width(line) <= 60 for line in steps)


def test_colours_are_for_terminals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert Console.of(Terminal()).colour
    assert not Console.of(io.StringIO()).colour
    monkeypatch.setenv("NO_COLOR", "1")
    console = Console.of(Terminal())
    assert (console.colour, console.transient) == (False, True)
    monkeypatch.setenv("TERM", "dumb")
    assert not Console.of(Terminal()).transient


@pytest.mark.parametrize(
    ("text", "width", "fitted"),
    [("abc", 5, "abc  "), ("abcdef", 4, "abc…"), ("漢字漢字", 6, "漢字… "), ("", 2, "  ")],
)
def test_text_is_fitted_to_columns(text: str, width: int, fitted: str) -> None:
    assert fit(text, width) == fitted
    assert cell_width(fit(text, width)) == width
