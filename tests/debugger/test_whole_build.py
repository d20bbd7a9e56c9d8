"""A file of another language: one step, which the engine's own builder carries out."""

import os
import time
from pathlib import Path

import pytest

from stepper.debugger.options import NamedContext
from stepper.debugger.state import Mode, Status, StopReason
from stepper.engine.access import BuildAccess, Secret
from stepper.engine.step import ContextSource, RunSettings
from stepper.errors import EngineError
from stepper.image.config import ImageConfig
from tests.debugger.conftest import Debug
from tests.scripted_engine import WHOLE_BUILD, ScriptedEngine, file_entry

_TEXT = "# syntax=example.com/recipe:1\nstart here\ndo that\n"


@pytest.fixture(autouse=True)
def _built(engine: ScriptedEngine) -> None:
    config = ImageConfig(labels=(("made", "by the frontend"),), on_build=("RUN later",))
    engine.image(WHOLE_BUILD, size=5000, config=config, files={"/made": file_entry(10)})


def test_the_whole_file_is_one_step_at_the_line_of_the_directive(debug: Debug) -> None:
    debugged = debug("# escape=`\n" + _TEXT)
    assert debugged.state.errors == ()
    assert [record.instruction.line for record in debugged.state.steps] == [2]
    assert debugged.line == 2


def test_stepping_over_it_builds_the_image(debug: Debug, engine: ScriptedEngine) -> None:
    engine.on("# syntax", output=["=> [1/1] start\n"], seconds=2.5)
    debugged = debug(_TEXT, tags=("app",), labels={"a": "b"})
    debugged.session.step_over()
    record = debugged.at(1)
    assert debugged.told() == [
        "stopped at 1: entry",
        "build started",
        "started 1",
        "output '=> [1/1] start\\n'",
        "finished 1",
        "built app",
        "stopped at end: finished",
    ]
    assert (record.size, record.seconds, record.layer, record.status) == (5000, 2.5, None, Status.DONE)
    assert debugged.mode is Mode.FINISHED


def test_the_image_is_the_builders_own(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug(_TEXT, labels={"a": "b"})
    debugged.session.resume()
    (finished,) = engine.finished
    assert dict(finished.config.labels) == {"made": "by the frontend"}
    assert finished.config.on_build == ("RUN later",)
    assert [record.instruction.line for record in debugged.state.steps] == [1]


def test_the_builder_is_asked_for_what_the_build_is_asked_for(debug: Debug, engine: ScriptedEngine) -> None:
    settings = RunSettings("none", shm_size=1024)
    debugged = debug(
        _TEXT,
        target="prod",
        build_args={"A": "1"},
        labels={"l": "v"},
        platform="linux/arm64",
        run_settings=settings,
        no_cache=True,
        pull=True,
    )
    (debugged.folder / ".dockerignore").write_text("x\n")
    debugged.session.reload()
    debugged.session.resume()
    (request,) = engine.built
    assert request.file == _TEXT.encode()
    assert request.context == ContextSource(debugged.folder, "x\n")
    assert (request.name, request.target, request.platform) == ("Dockerfile", "prod", "linux/arm64")
    assert (dict(request.build_args), dict(request.labels)) == ({"A": "1"}, {"l": "v"})
    assert (request.settings, request.no_cache, request.pull) == (settings, True, True)


def test_a_file_outside_the_context_gets_a_name_of_its_own_there(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug("FROM busybox\n")
    other = debugged.folder / "context"
    other.mkdir()
    options = debugged.options.__class__(other, debugged.options.dockerfile)
    debugged = debugged.__class__(other, engine, options)
    debugged.write(_TEXT)
    debugged.session.load()
    debugged.session.connect()
    debugged.session.resume()
    assert engine.built[0].name == ".stepper-Dockerfile"


def test_running_it_again_or_anew_leaves_the_builders_cache_aside(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug(_TEXT)
    debugged.session.resume()
    debugged.session.rerun(debugged.step(1))
    debug(_TEXT, no_cache_stages=("any",)).session.resume()
    assert [request.no_cache for request in engine.built] == [False, True, True]


def test_the_build_argument_goes_before_the_directive(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug("# syntax=docker/dockerfile:1\nFROM busybox\n", build_args={"BUILDKIT_SYNTAX": "a/b"})
    assert debugged.at(1).instruction.text == "BUILDKIT_SYNTAX=a/b"
    stepped = debug(_TEXT.replace("start", "FROM busybox\n#"), build_args={"BUILDKIT_SYNTAX": "docker/dockerfile:1"})
    assert stepped.state.errors != ()
    assert stepped.state.errors[0].message.startswith("unknown instruction: do")


def test_a_failed_build_can_be_tried_again(debug: Debug, engine: ScriptedEngine) -> None:
    engine.on("# syntax", message="line 3: nobody knows how to do", exit_code=0)
    debugged = debug(_TEXT)
    debugged.session.resume()
    assert debugged.last_stop() is StopReason.FAILURE
    failure = debugged.at(1).failure
    assert failure is not None
    assert failure.message == "line 3: nobody knows how to do"
    engine.on("# syntax")
    debugged.session.resume()
    assert debugged.mode is Mode.FINISHED


def test_an_engine_without_such_a_builder_fails_the_step(debug: Debug, engine: ScriptedEngine) -> None:
    engine.on("# syntax", error=EngineError("Podman's knows no frontends"))
    debugged = debug(_TEXT)
    debugged.session.resume()
    assert debugged.failed() == [1]


def test_it_can_be_stepped_back_and_restarted(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug(_TEXT)
    debugged.session.resume()
    debugged.session.step_back()
    assert (debugged.line, debugged.ran()) == (1, [])
    debugged.session.resume()
    debugged.session.restart()
    debugged.session.resume()
    assert debugged.mode is Mode.FINISHED
    assert len(engine.built) == 3


def test_a_breakpoint_stands_at_it_and_its_state_can_be_looked_at(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug(_TEXT)
    debugged.session.breakpoints.toggle(1)
    debugged.session.breakpoints.toggle(2)
    assert [each.line for each in debugged.state.breakpoints] == [1]
    debugged.session.step_over()
    assert "/made" in debugged.session.snapshots.listing(debugged.step(1))
    debugged.session.open_shell(debugged.step(1), (24, 80))
    assert dict(engine.shells[0].config.labels) == {"made": "by the frontend"}


def test_it_stays_built_until_the_file_or_the_context_changes(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug(_TEXT)
    time.sleep(0.1)  # What is younger counts as touched: clocks of file systems are coarse.
    debugged.session.resume()
    assert not debugged.session.reload()
    debugged.write(_TEXT + "do more\n")
    assert debugged.session.reload()
    assert debugged.ran() == []
    debugged.session.resume()
    (debugged.folder / "new").write_text("")
    os.utime(debugged.folder / "new")
    debugged.session.reload()
    assert debugged.ran() == []


def test_an_edit_makes_a_dockerfile_of_it_and_back(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug(_TEXT)
    debugged.session.resume()
    debugged.write("FROM busybox\nRUN one\n")
    debugged.session.reload()
    assert (debugged.line, debugged.ran()) == (1, [])
    debugged.session.resume()
    debugged.write(_TEXT)
    debugged.session.reload()
    debugged.session.resume()
    assert debugged.mode is Mode.FINISHED
    assert len(engine.built) == 2


def test_what_only_a_session_brings_is_an_error_at_the_directive(debug: Debug, tmp_path: Path) -> None:
    debugged = debug(
        "# check=skip=all\n" + _TEXT,
        access=BuildAccess(secrets={"token": Secret(variable="TOKEN")}),
        build_contexts={"extra": NamedContext(folder=tmp_path)},
    )
    assert [str(error).partition(" cannot")[0].rpartition("Dockerfile")[2] for error in debugged.state.errors] == [
        ":2: --secret",
        ":2: --build-context",
    ]
    assert debugged.session.state.error is not None


def test_what_a_newer_dockerfile_frontend_may_know_is_left_to_it(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug("# syntax=docker/dockerfile:1-labs\nFROM busybox\nRUN --quick make\n")
    assert debugged.state.errors == ()
    assert [record.instruction.line for record in debugged.state.steps] == [1]
    (notice,) = debugged.notices()
    assert "Dockerfile:3: unknown flag: --quick" in notice
    debugged.session.resume()
    assert debugged.mode is Mode.FINISHED


def test_what_is_misspelt_is_an_error_whatever_the_frontend(debug: Debug) -> None:
    debugged = debug("# syntax=docker/dockerfile:1-labs\nFROM busybox\nRUN --quick make\nRUNN make\n")
    assert [error.message.partition(" (")[0] for error in debugged.state.errors] == [
        "unknown flag: --quick",
        "unknown instruction: RUNN",
    ]
