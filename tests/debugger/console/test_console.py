"""The console over a scripted engine: what it runs and where, what it keeps, and that the build never sees it."""

import pytest

from stepper.debugger.state import Status
from stepper.engine.protocol import unheard
from stepper.engine.step import Output
from stepper.errors import UsageError
from tests.debugger.conftest import Debug
from tests.scripted_engine import ScriptedEngine, added

TEXT = "FROM busybox\nENV A=1\nARG V=2\nRUN make\nRUN test\n"


def test_a_command_runs_as_a_run_would_at_the_position_and_the_build_stays(
    debug: Debug, engine: ScriptedEngine
) -> None:
    debugged = debug(TEXT)
    engine.on("RUN touch /x", output=["out\n"], changes=[added("/x", 5)])
    debugged.session.run_to(debugged.step(4))
    before = debugged.session.state
    printed: list[bytes] = []
    answer = debugged.session.console.run(
        "touch /x", lambda item: printed.append(item.data) if isinstance(item, Output) else None
    )
    assert answer.failure is None
    assert answer.layer is not None
    assert [change.path for change in answer.layer.changes] == ["/x"]
    assert printed == [b"out\n"]
    step = engine.executed[-1]
    assert step.environment["V"] == "2"
    assert debugged.session.state == before


def test_a_command_sees_what_the_ones_before_it_did_until_the_position_moves(
    debug: Debug, engine: ScriptedEngine
) -> None:
    debugged = debug(TEXT)
    engine.on("RUN one", changes=[added("/one", 1)])
    debugged.session.run_to(debugged.step(4))
    console = debugged.session.console
    console.run("one", unheard)
    console.run("ENV B=3", unheard)
    console.run("two", unheard)
    assert engine.executed[-1].environment["B"] == "3"
    assert "/one" in engine.listing(console._at_position().snapshot)
    debugged.session.step_over()
    console.run("three", unheard)
    assert "B" not in engine.executed[-1].environment
    assert "/one" not in engine.listing(console._at_position().snapshot)


def test_a_command_that_fails_leaves_the_console_where_it_was_and_no_container(
    debug: Debug, engine: ScriptedEngine
) -> None:
    debugged = debug(TEXT)
    engine.on("RUN bad", exit_code=3, changes=[added("/half", 1)])
    debugged.session.run_to(debugged.step(4))
    answer = debugged.session.console.run("bad", unheard)
    assert answer.failure is not None
    assert answer.failure.exit_code == 3
    assert engine.kept == {}
    with pytest.raises(UsageError, match="the command failed"):
        debugged.session.console.run("keep", unheard)


def test_what_is_kept_becomes_a_step_that_comes_from_the_cache(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug(TEXT)
    engine.on("RUN fix", changes=[added("/fixed", 1)])
    debugged.session.run_to(debugged.step(4))
    debugged.session.console.run("fix", unheard)
    ran = engine.ran
    debugged.session.console.run("keep", unheard)
    assert debugged.session.state.text == TEXT.replace("RUN make", "RUN fix\nRUN make")
    assert debugged.at(4).status is Status.CACHED
    assert debugged.line == 5
    assert engine.ran == ran


def test_several_commands_are_kept_in_their_order(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug(TEXT)
    engine.on("RUN bad", exit_code=1)
    debugged.session.run_to(debugged.step(4))
    for line in ("one", "bad", "two", "ENV C=1"):
        debugged.session.console.run(line, unheard)
    debugged.session.console.run("keep all", unheard)
    assert "RUN one\nRUN two\nENV C=1\nRUN make" in debugged.session.state.text
    assert debugged.line == 7


def test_undo_gives_the_file_back_unless_it_was_edited_since(debug: Debug) -> None:
    debugged = debug(TEXT)
    console = debugged.session.console
    debugged.session.run_to(debugged.step(4))
    console.run("one", unheard)
    console.run("keep", unheard)
    console.run("undo", unheard)
    assert debugged.session.state.text == TEXT
    assert debugged.line == 4
    console.run("two", unheard)
    console.run("keep", unheard)
    path = debugged.session._options.dockerfile
    path.write_text(path.read_text() + "# mine\n")
    with pytest.raises(UsageError, match="edited since"):
        console.run("undo", unheard)
    assert path.read_text().endswith("# mine\n")


def test_in_a_failed_container_commands_run_there_and_what_is_kept_runs_before_it(
    debug: Debug, engine: ScriptedEngine
) -> None:
    debugged = debug(TEXT)
    engine.on("RUN make", exit_code=2)
    engine.on("RUN mkdir /missing", changes=[added("/missing/")])
    debugged.session.resume()
    answer = debugged.session.console.run("mkdir /missing", unheard)
    assert answer.in_failed
    assert "attempt RUN mkdir /missing in container-1" in engine.calls
    with pytest.raises(UsageError, match="only commands"):
        debugged.session.console.run("ENV A=2", unheard)
    kept = debugged.session.console.run("keep", unheard)
    assert "it stands above the instruction that failed, on the state before that" in kept.text
    assert engine.ran[-1] == "RUN mkdir /missing"
    assert debugged.line == 5
    assert debugged.session.state.failure is None
    assert debugged.at(4).status is Status.DONE


def test_at_the_end_it_is_kept_behind_the_last_instruction(debug: Debug) -> None:
    debugged = debug(TEXT)
    debugged.session.resume()
    debugged.session.console.run("last", unheard)
    debugged.session.console.run("keep", unheard)
    assert debugged.session.state.text == TEXT + "RUN last\n"


def test_values_are_printed(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug(TEXT)
    debugged.session.run_to(debugged.step(4))
    console = debugged.session.console
    assert "1" in console.run("p env.A", unheard).text
    assert "2" in console.run("p arg.V", unheard).text
    with pytest.raises(UsageError):
        console.run("p nonsense", unheard)


@pytest.mark.parametrize("line", ["keep", "undo", "keep 0", "COPY --from=nowhere a b"])
def test_what_cannot_be_done_is_told(debug: Debug, line: str) -> None:
    debugged = debug(TEXT)
    debugged.session.run_to(debugged.step(4))
    with pytest.raises(UsageError):
        debugged.session.console.run(line, unheard)


def test_before_from_there_is_no_state(debug: Debug) -> None:
    with pytest.raises(UsageError, match="before FROM"):
        debug(TEXT).session.console.run("ls", unheard)


def test_completion_knows_words_variables_and_paths(debug: Debug, engine: ScriptedEngine) -> None:
    engine.on("RUN make", changes=[added("/etc/"), added("/etc/hosts", 1), added("/bin/"), added("/bin/tool", 1)])
    debugged = debug(TEXT)
    debugged.session.run_to(debugged.step(5))
    complete = debugged.session.console.complete
    assert complete("to") == ["tool"]
    assert complete("cat /e") == ["/etc/"]
    assert complete("cat /etc/h") == ["/etc/hosts"]
    assert complete("echo $A") == []
    assert complete("echo $P") == ["$PATH"]
    assert complete("p env.P") == ["env.PATH"]
    assert "arg.V" in complete("p a")
    assert "keep" in complete("k")
