"""`stepper run` as people see it: the log, the messages, the exit codes."""

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from stepper.engine.step import Progress
from stepper.errors import DockerfileError, EngineError, EngineUnavailable
from tests.cli.conftest import Command
from tests.scripted_engine import Gate, ScriptedEngine, added

STAGES = """\
FROM busybox AS builder
RUN make \\
    all

FROM busybox AS docs
RUN docs

FROM busybox
COPY --from=builder /app /app
CMD ["/app"]
"""


@pytest.fixture
def built(project: Path, engine: ScriptedEngine) -> None:
    (project / "Dockerfile").write_text(STAGES)
    engine.on("RUN make", output=["cc main.c\n", "linked"], changes=[added("/app", 14_200_000)], seconds=3.12)
    engine.on("COPY", changes=[added("/app", 14_200_000)], seconds=0.25)


@pytest.mark.usefixtures("built")
def test_the_log_has_a_line_for_each_step_and_a_summary_by_stage(stepper: Command) -> None:
    result = stepper("run", "-t", "app:1", "-t", "app:latest")
    assert result.code == 0
    assert result.err == ""
    lines = result.out.splitlines()
    assert [line.rstrip() for line in lines if not line.startswith("Built ")] == [
        "Dockerfile -> stage 2  on Docker 28.5.2, local",
        "builder",
        "    1 ✔ FROM busybox AS builder                                                     0.00s     4.0 MB",
        "    2 ▶ RUN make all",
        "      │ cc main.c",
        "      │ linked",
        "    2 ✔ RUN make all                                                                 3.1s   +14.2 MB",
        "stage 2",
        "    8 ✔ FROM busybox                                                                0.00s     4.0 MB",
        "    9 ✔ COPY --from=builder /app /app                                               0.25s   +14.2 MB",
        '   10 ✔ CMD ["/app"]                                                                0.00s        0 B',
        "",
        "  stage      base     added     size",
        "  builder  4.0 MB  +14.2 MB  18.2 MB",
        "  stage 2  4.0 MB  +14.2 MB  18.2 MB",
        "",
        "  tagged app:1",
        "  tagged app:latest",
        "  18.2 MB in 3.4s, 0 of 3 steps from the cache",
    ]


@pytest.mark.usefixtures("built")
def test_cached_steps_say_so(stepper: Command, engine: ScriptedEngine) -> None:
    stepper("run")
    engine.closed = False
    result = stepper("run")
    assert (
        "    2 ≡ RUN make all                                                               cached   +14.2 MB"
        in result.out
    )
    assert "3 of 3 steps from the cache" in result.out


def test_a_failure_names_place_exit_code_and_last_output(
    stepper: Command, project: Path, engine: ScriptedEngine
) -> None:
    (project / "Dockerfile").write_text("FROM busybox\nRUN make \\\n  test\n")
    output = [f"line {number}\n" for number in range(30)]
    engine.on("RUN make", output=output, exit_code=2, seconds=1.5, hint="Look closer.")
    result = stepper("run")
    assert result.code == 1
    assert "    2 ✖ RUN make test" in result.out
    assert result.err.splitlines() == [
        "",
        "Dockerfile:2: the command ended with exit code 2",
        "    RUN make   test",
        "  its last output:",
        *[f"    line {number}" for number in range(20, 30)],
        "  Look closer.",
    ]
    assert "Built" not in result.out
    assert engine.closed


def test_the_name_of_the_file_is_the_one_that_the_user_gave(
    stepper: Command, project: Path, engine: ScriptedEngine
) -> None:
    (project / "sub").mkdir()
    (project / "sub" / "my.Dockerfile").write_text("FROM busybox\nRUN false\n")
    engine.on("RUN false", exit_code=1)
    assert "sub/my.Dockerfile:2: " in stepper("run", "sub", "-f", "sub/my.Dockerfile").err


def test_a_wrong_dockerfile_is_told_with_all_its_lines_and_nothing_runs(
    stepper: Command, project: Path, engine: ScriptedEngine
) -> None:
    (project / "Dockerfile").write_text(
        "FROM busybox AS a\nRUN --mount=type=tmpfs,target=/ x\nFROM a\nRUN --mount=type=tmpfs,target=/ y\n"
    )
    result = stepper("run")
    assert result.code == 2
    assert [line[: len("Dockerfile:2:")] for line in result.err.splitlines() if line.startswith("Dockerfile")] == [
        "Dockerfile:2:",
        "Dockerfile:4:",
    ]
    assert engine.calls == []


def test_what_only_a_run_shows_to_be_wrong_with_the_file_is_exit_code_2(
    stepper: Command, project: Path, engine: ScriptedEngine
) -> None:
    (project / "Dockerfile").write_text("FROM busybox\nRUN x\n")
    engine.on("RUN x", error=DockerfileError("cannot be run", file="Dockerfile", line=2))
    result = stepper("run")
    assert result.code == 2
    assert "Dockerfile:2: cannot be run" in result.err


def test_no_engine_is_exit_code_3_and_says_what_was_tried(
    stepper: Command, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "Dockerfile").write_text("FROM busybox\n")

    def none(host: str | None = None) -> ScriptedEngine:
        raise EngineUnavailable("no engine. Tried:\n  one\n  two", hint="Start one.")

    monkeypatch.setattr("stepper.engine.connect.open_engine", none)
    result = stepper("run")
    assert result.code == 3
    assert result.err == "stepper: no engine. Tried:\n  one\n  two\n  Start one.\n"
    assert result.out == ""


def test_an_engine_that_goes_away_is_exit_code_3(stepper: Command, project: Path, engine: ScriptedEngine) -> None:
    (project / "Dockerfile").write_text("FROM busybox\nRUN x\n")
    engine.on("RUN x", error=EngineUnavailable("connection lost"))
    assert stepper("run").code == 3


def test_an_image_that_cannot_be_made_is_exit_code_1(
    stepper: Command, project: Path, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "Dockerfile").write_text("FROM busybox\n")

    def full(*_: object, **__: object) -> None:
        raise EngineError("disk full")

    monkeypatch.setattr(engine, "finish", full)
    result = stepper("run")
    assert result.code == 1
    assert "disk full" in result.err


def test_the_host_reaches_the_engine(stepper: Command, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "Dockerfile").write_text("FROM busybox\n")
    asked: list[str | None] = []

    def none(host: str | None = None) -> ScriptedEngine:
        asked.append(host)
        raise EngineUnavailable("no engine")

    monkeypatch.setattr("stepper.engine.connect.open_engine", none)
    stepper("run", "-H", "tcp://one")
    stepper("-H", "tcp://two", "run")
    stepper("--host=tcp://three", "engine")
    assert asked == ["tcp://one", "tcp://two", "tcp://three"]


@pytest.mark.usefixtures("built")
def test_until_a_line_stops_before_its_instruction(stepper: Command, engine: ScriptedEngine) -> None:
    result = stepper("run", "--until", "10", "-t", "app")
    assert result.code == 0
    assert "Stopped before line 10, as asked." in result.out
    assert engine.ran == ["RUN make     all", "COPY --from=builder /app /app"]
    assert engine.tagged == {}


@pytest.mark.usefixtures("built")
def test_until_a_stage_builds_it_and_tags_nothing(stepper: Command, engine: ScriptedEngine) -> None:
    result = stepper("run", "--until", "builder", "-t", "app")
    assert result.code == 0
    assert engine.ran == ["RUN make     all"]
    assert engine.tagged == {}
    assert "Dockerfile -> builder" in result.out


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(("until", "says"), [("7", "line"), ("99", "line"), ("nope", "stage")])
def test_until_what_is_not_there_is_exit_code_2(stepper: Command, until: str, says: str) -> None:
    result = stepper("run", "--until", until)
    assert result.code == 2
    assert f"there is no {'instruction on this line' if says == 'line' else 'such stage'}" in result.err


@pytest.mark.usefixtures("built")
def test_breakpoints_of_the_screen_do_not_stop_a_run(stepper: Command) -> None:
    from stepper.debugger.breakpoint import AtLine, Breakpoint
    from stepper.debugger.breakpoint_store import BreakpointStore
    from stepper.folders import state_folder

    store = BreakpointStore(state_folder() / "breakpoints")
    store.save(Path("Dockerfile"), STAGES.splitlines(), [Breakpoint(AtLine(2))])
    assert "Built" in stepper("run").out


def test_an_unused_build_argument_is_a_warning(stepper: Command, project: Path) -> None:
    (project / "Dockerfile").write_text("ARG A\nFROM busybox\nARG B\n")
    result = stepper("run", *[f"--build-arg={name}=1" for name in ("A", "B", "TYPO", "HTTP_PROXY")])
    assert result.code == 0
    assert result.err == "stepper: no ARG takes these build arguments: TYPO\n"


def test_output_of_a_build_reaches_no_terminal_as_control(
    stepper: Command, project: Path, engine: ScriptedEngine
) -> None:
    (project / "Dockerfile").write_text("FROM busybox\nRUN echo '\x1b[2J\x9b31m'\n")
    evil = b"\x1b]0;title\x07\x1b[31mred\x1b[0m\x1b[2J\x1b]52;c;aGk=\x07\x9b2J\x07 \xe2\x80\xae end\n"
    engine.on("RUN", output=[evil], message="\x1b[2Jbad \x1b]0;x\x07", exit_code=1)
    result = stepper("run")
    text = result.out + result.err
    assert not any(character in text for character in "\x1b\x07\x9b\u202e")
    assert "red" in text


def test_undecodable_output_is_shown_as_such(stepper: Command, project: Path, engine: ScriptedEngine) -> None:
    (project / "Dockerfile").write_text("FROM busybox\nRUN x\n")
    engine.on("RUN x", output=[b"caf\xc3", b"\xa9 \xff\n"])
    assert "│ café \ufffd" in stepper("run").out


def test_a_pull_is_one_line_in_a_log(stepper: Command, project: Path, engine: ScriptedEngine) -> None:
    (project / "Dockerfile").write_text("FROM golang\n")
    engine.image("golang", pull=[Progress("pulling golang", done, 100) for done in range(50)])
    assert stepper("run").out.count("pulling golang") == 1


def interrupt_once(gate: Gate) -> threading.Thread:
    def press() -> None:
        gate.wait_entered()
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    return thread


def test_ctrl_c_stops_the_running_step_and_lets_go_of_the_engine(
    stepper: Command, project: Path, engine: ScriptedEngine
) -> None:
    (project / "Dockerfile").write_text("FROM busybox\nRUN sleep\nRUN never\n")
    thread = interrupt_once(engine.hold("RUN sleep"))
    result = stepper("run")
    thread.join()
    assert result.code == 130
    assert "Dockerfile:2: interrupted" in result.err
    assert engine.ran == ["RUN sleep"]
    assert engine.calls[-1] == "close"
    assert engine.kept == {}
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_while_the_engine_is_looked_for_ends_at_once(
    stepper: Command, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "Dockerfile").write_text("FROM busybox\n")
    gate, reached = Gate(), threading.Event()

    def hang(host: str | None = None) -> ScriptedEngine:
        gate.hold(reached.is_set)
        raise SystemExit  # nobody waits for this thread any more

    monkeypatch.setattr("stepper.engine.connect.open_engine", hang)
    thread = interrupt_once(gate)
    assert stepper("run").code == 130
    gate.open()
    thread.join()


def test_a_reader_that_goes_away_ends_the_build_quietly(
    stepper: Command, project: Path, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "Dockerfile").write_text("FROM busybox\nRUN one\nRUN two\n")
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as nobody:
        monkeypatch.setattr(sys, "stdout", nobody)
        result = stepper("run")
    assert result.code == 141
    assert result.err == ""
    assert engine.ran == []
    assert engine.closed


@pytest.mark.usefixtures("built")
def test_without_a_terminal_the_screen_becomes_a_run(stepper: Command) -> None:
    result = stepper("-t", "app")
    assert result.code == 0
    assert result.err == "stepper: there is no terminal for the screen here, so this is `stepper run`.\n"
    assert "tagged app" in result.out


def test_a_signal_that_the_parent_ignores_stays_ignored(
    stepper: Command, project: Path, engine: ScriptedEngine
) -> None:
    (project / "Dockerfile").write_text("FROM busybox\nRUN x\n")
    engine.on("RUN x", hook=lambda _: os.kill(os.getpid(), signal.SIGHUP))
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert stepper("run").code == 0
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_polite_kill_stops_the_build_as_ctrl_c_does(stepper: Command, project: Path, engine: ScriptedEngine) -> None:
    (project / "Dockerfile").write_text("FROM busybox\nRUN sleep\n")
    gate = engine.hold("RUN sleep")

    def kill() -> None:
        gate.wait_entered()
        os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=kill)
    thread.start()
    result = stepper("run")
    thread.join()
    assert result.code == 128 + signal.SIGTERM
    assert engine.closed


def test_a_source_that_is_missing_ends_the_build_before_anything_runs(
    stepper: Command, project: Path, engine: ScriptedEngine
) -> None:
    (project / "ap.py").write_text("")
    (project / "Dockerfile").write_text("FROM busybox\nRUN make\nCOPY app.py /f\n")
    result = stepper("run")
    assert result.code == 2
    assert result.out == ""
    assert 'Dockerfile:3: "/app.py": not found in the build context' in result.err
    assert "COPY app.py /f\n" in result.err
    assert "^^^^^^" in result.err
    assert "Did you mean ap.py?" in result.err
    assert engine.calls == []
