"""Looking at states: the filesystem after a step, and shells."""

import pytest

from stepper.engine.step import Failure, Snapshot
from stepper.errors import EngineUnavailable, StepperError, UsageError
from tests.debugger.conftest import Debug
from tests.scripted_engine import ScriptedEngine, added, file_entry

TEXT = "FROM busybox\nENV A=1\nARG V=2\nRUN make\nRUN test\n"


def test_the_listing_of_a_step_is_the_filesystem_after_it(debug: Debug, engine: ScriptedEngine) -> None:
    engine.image("busybox", files={"/bin/sh": file_entry(1)})
    debugged = debug(TEXT)
    engine.on("RUN make", changes=[added("/app", 5)])
    debugged.session.resume()
    assert sorted(debugged.session.snapshots.listing(debugged.step(1))) == ["/", "/bin/sh"]
    assert sorted(debugged.session.snapshots.listing(debugged.step(4))) == ["/", "/app", "/bin/sh"]


def test_the_listing_of_a_failed_step_is_how_it_left_things(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug(TEXT)
    engine.on("RUN make", changes=[added("/half", 5)], exit_code=1)
    debugged.session.resume()
    assert "/half" in debugged.session.snapshots.listing(debugged.step(4))


def test_a_step_that_has_not_run_has_nothing_to_look_at(debug: Debug) -> None:
    debugged = debug(TEXT)
    with pytest.raises(UsageError, match="line 4"):
        debugged.session.snapshots.listing(debugged.step(4))


def test_a_step_that_went_when_the_file_was_read_again_is_an_error(debug: Debug) -> None:
    debugged = debug(TEXT)
    debugged.session.resume()
    gone = debugged.step(5)
    debugged.write("FROM busybox\n")
    debugged.session.reload()
    for look in (
        debugged.session.snapshots.listing,
        debugged.session.snapshots.image,
        debugged.session.snapshots.copied,
        lambda step: debugged.session.snapshots.content(step, "/app"),
    ):
        with pytest.raises(StepperError, match="The Dockerfile is another one by now"):
            look(gone)


def test_a_shell_at_the_position_has_what_the_next_step_would_see(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug(TEXT)
    debugged.session.run_to(debugged.step(4))
    debugged.session.open_shell(None, (24, 80))
    shell = engine.shells[0]
    assert shell.state == debugged.at(3).after
    assert shell.config.environment["A"] == "1"
    assert shell.step is not None
    assert shell.step.environment["V"] == "2"
    assert shell.size == (24, 80)


def test_a_shell_in_a_step_that_went_with_the_dockerfile_is_an_error(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug(TEXT)
    debugged.session.resume()
    gone = debugged.step(5)
    debugged.write("FROM busybox\n")
    debugged.session.reload()
    with pytest.raises(UsageError, match="no longer in the Dockerfile"):
        debugged.session.open_shell(gone, (24, 80))
    assert engine.shells == []


def test_a_shell_at_a_failure_is_in_its_container(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug(TEXT)
    engine.on("RUN make", exit_code=1)
    debugged.session.resume()
    debugged.session.open_shell(None, (24, 80))
    debugged.session.open_shell(debugged.step(4), (24, 80))
    for shell in engine.shells:
        assert isinstance(shell.state, Failure)
        assert shell.state.container == "container-1"
        assert shell.config.environment["A"] == "1"
        assert shell.step is not None
        assert shell.step.environment["V"] == "2"


def test_a_shell_at_a_copy_that_found_nothing_is_in_the_state_before_it(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug("FROM busybox\nCOPY nothing /\n")
    engine.on("COPY", message="not found")
    debugged.session.resume()
    debugged.session.open_shell(None, (24, 80))
    assert engine.shells[0].state == debugged.at(1).after


def test_a_shell_after_a_step_is_in_its_snapshot(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug(TEXT)
    debugged.session.resume()
    debugged.session.open_shell(debugged.step(2), (24, 80))
    assert engine.shells[0].state == debugged.at(2).after
    assert engine.shells[0].config.environment["A"] == "1"


def test_a_shell_at_the_end_is_in_the_result(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug(TEXT)
    debugged.session.resume()
    debugged.session.open_shell(None, (24, 80))
    assert engine.shells[0].state == debugged.at(5).after


def test_before_the_first_from_there_is_nothing_to_open_a_shell_in(debug: Debug) -> None:
    debugged = debug(TEXT)
    with pytest.raises(UsageError, match="FROM"):
        debugged.session.open_shell(None, (24, 80))


def test_a_step_that_was_gone_back_over_is_looked_at_as_waiting(debug: Debug) -> None:
    debugged = debug(TEXT)
    debugged.session.run_to(debugged.step(5))
    debugged.session.step_back()
    with pytest.raises(UsageError):
        debugged.session.snapshots.listing(debugged.step(4))
    debugged.session.open_shell(None, (24, 80))
    assert isinstance(debugged.engine.shells[0].state, Snapshot)


def test_without_an_engine_looking_is_an_error_that_says_why(debug: Debug) -> None:
    debugged = debug(TEXT, connect=False)

    def unavailable() -> ScriptedEngine:
        raise EngineUnavailable("no engine answers")

    debugged.session._open_engine = unavailable
    debugged.session.connect()
    with pytest.raises(EngineUnavailable, match="no engine answers"):
        debugged.session.snapshots.listing(debugged.step(1))
