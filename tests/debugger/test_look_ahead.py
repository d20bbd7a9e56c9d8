"""Images that steps need are had, or told to be missing, before the first step runs."""

import threading

import pytest

from stepper.debugger.events import StepFailed, StepProgress
from stepper.debugger.state import StopReason
from stepper.engine.step import Progress, Snapshot
from stepper.errors import DockerfileError, EngineError
from stepper.image.config import ImageConfig
from tests.debugger.conftest import Debug
from tests.debugger.harness import Debugged
from tests.scripted_engine import Gate, ScriptedEngine

MISSPELT = """\
FROM busybox AS builder
RUN make
FROM busybox
RUN two
COPY --from=bulider /app /
"""


def wrong_lines(debugged: Debugged) -> list[int | None]:
    return [error.line for error in debugged.state.errors if isinstance(error, DockerfileError)]


def test_continue_runs_nothing_when_a_later_image_cannot_be_had(debug: Debug) -> None:
    debugged = debug(MISSPELT)
    debugged.session.resume()
    assert debugged.ran() == []
    assert debugged.line == 3
    assert debugged.last_stop() is StopReason.FAILURE
    (error,) = debugged.state.errors
    assert str(error).endswith("Dockerfile:5: image bulider not found (did you mean the stage builder?)")
    assert [event.record.instruction.line for event in debugged.events if isinstance(event, StepFailed)] == [5]


def test_stepping_marks_a_misspelt_stage_at_once_and_goes_on_up_to_its_line(debug: Debug) -> None:
    debugged = debug(MISSPELT)
    debugged.session.step_over()
    assert wrong_lines(debugged) == [5]
    debugged.session.step_over()
    debugged.session.step_over()
    assert debugged.ran() == [3, 4]
    assert debugged.failed() == [5]


def test_stepping_pulls_nothing_ahead(debug: Debug, engine: ScriptedEngine) -> None:
    engine.image("golang", pull=[Progress("pulling golang")])
    debugged = debug("FROM busybox\nRUN one\nCOPY --from=golang /a /\n")
    debugged.session.step_over()
    debugged.session.step_over()
    assert "base golang" not in engine.calls
    assert debugged.state.errors == ()


def test_continue_pulls_what_later_steps_need_first_and_tells_it_at_their_steps(
    debug: Debug, engine: ScriptedEngine
) -> None:
    engine.image("golang", pull=[Progress("pulling golang")])
    debugged = debug("FROM busybox\nRUN one\nCOPY --from=golang /a /\n")
    debugged.session.resume()
    assert engine.calls.index("base golang") < engine.calls.index("run RUN one")
    assert [event.step for event in debugged.events if isinstance(event, StepProgress)] == [debugged.step(3)]
    assert debugged.ran() == [1, 2, 3]


def test_an_image_that_is_there_is_asked_for_once_in_a_command(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug("FROM busybox AS a\nRUN x\nFROM busybox\nCOPY --from=a / /\nCOPY --from=debian / /\n")
    debugged.session.resume()
    assert sorted(call for call in engine.calls if call.startswith("base ")) == ["base busybox", "base debian"]


def test_stages_that_the_goal_does_not_need_do_not_count(debug: Debug) -> None:
    debugged = debug("FROM nowhere AS unused\nFROM busybox\nRUN x\n")
    debugged.session.resume()
    assert debugged.ran() == [2, 3]


def test_the_name_is_expanded_and_shown_as_it_is_written(debug: Debug) -> None:
    debugged = debug("ARG V=9\nFROM busybox AS a\nRUN x\nFROM nowhere:$V\nCOPY --from=a / /\n")
    debugged.session.resume()
    (error,) = debugged.state.errors
    assert isinstance(error, DockerfileError)
    assert str(error).endswith("Dockerfile:4: image nowhere:9 not found")
    assert error.excerpt is not None
    assert error.excerpt.text[error.excerpt.start : error.excerpt.end] == "nowhere:$V"


@pytest.mark.parametrize("trigger", ["COPY --from=nowhere /a /", "RUN --mount=from=nowhere,target=/m x"])
def test_the_sources_of_a_base_images_triggers_count(debug: Debug, engine: ScriptedEngine, trigger: str) -> None:
    engine.image("onbuild", config=ImageConfig(on_build=(trigger,)))
    debugged = debug("FROM busybox AS a\nRUN x\nFROM onbuild\nCOPY --from=a / /\n")
    debugged.session.resume()
    assert debugged.ran() == []
    assert wrong_lines(debugged) == [3]


def test_the_triggers_of_a_base_that_the_first_step_pulls_count_before_the_next(
    debug: Debug, engine: ScriptedEngine
) -> None:
    engine.image(
        "onbuild", config=ImageConfig(on_build=("RUN y", "COPY --from=nowhere /a /")), pull=[Progress("pulling")]
    )
    debugged = debug("FROM onbuild\nRUN x\n")
    debugged.session.resume()
    assert debugged.ran() == [1]
    assert not [call for call in engine.calls if call.startswith("run")]


def test_the_mark_goes_once_the_image_is_there(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug(MISSPELT)
    debugged.session.resume()
    engine.image("bulider")
    debugged.session.resume()
    assert debugged.state.errors == ()
    assert debugged.ran() == [3, 4, 5]


def test_an_interrupt_while_it_pulls_ahead_runs_nothing(debug: Debug, engine: ScriptedEngine) -> None:
    gate = Gate()
    engine.image("golang", gate=gate)
    debugged = debug("FROM busybox\nRUN one\nCOPY --from=golang /a /\n")
    thread = threading.Thread(target=debugged.session.resume)
    thread.start()
    gate.wait_entered()
    debugged.session.interrupt()
    thread.join()
    assert debugged.last_stop() is StopReason.INTERRUPTED
    assert debugged.ran() == []
    assert debugged.state.errors == ()


def test_an_image_that_is_not_looked_for_to_the_end_is_not_told_to_be_missing(
    debug: Debug, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    debugged = debug("FROM busybox\nRUN one\nCOPY --from=debian /a /\n")

    found = engine.find_base

    def find_base(reference: str, *, platform: str | None = None) -> Snapshot | None:
        if reference != "debian":
            return found(reference, platform=platform)
        debugged.session.interrupt()
        raise EngineError("stopped")

    monkeypatch.setattr(engine, "find_base", find_base)
    debugged.session.resume()
    assert debugged.last_stop() is StopReason.INTERRUPTED
    assert debugged.state.errors == ()
