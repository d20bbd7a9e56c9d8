"""What the mounts of a RUN read: it is at hand when the step runs, and a change of it is noticed."""

import os
import time
from pathlib import Path

import pytest

from stepper.debugger.events import StepFailed
from stepper.debugger.state import Status
from stepper.engine.step import ContextSource, Snapshot, Step
from stepper.image.config import ImageConfig
from tests.debugger.conftest import Debug
from tests.debugger.harness import Debugged
from tests.scripted_engine import ScriptedEngine

MOUNTS = """\
FROM busybox AS tools
RUN one
FROM debian
RUN --mount=target=/c --mount=from=TOOLS,target=/t --mount=type=cache,target=/e \\
    --mount=type=cache,from=tools,target=/f --mount=from=scratch,target=/s --mount=type=ssh \\
    --mount=from=alpine,target=/a --mount=from=named,target=/n two
"""


def run_step(debugged: Debugged, text: str) -> Step:
    return next(step for step in debugged.engine.executed if step.instruction.text.startswith(text))


def test_every_mount_has_its_files(debug: Debug, engine: ScriptedEngine, tmp_path: Path) -> None:
    from stepper.debugger.options import NamedContext

    alpine = engine.image("alpine")
    debugged = debug(MOUNTS, build_contexts={"named": NamedContext(folder=tmp_path)})
    debugged.session.resume()
    tools = debugged.at(2).after
    assert tools is not None
    context, named = ContextSource(debugged.folder), ContextSource(tmp_path)
    step = run_step(debugged, "RUN --mount")
    assert step.mount_sources == (context, tools, None, tools, None, None, alpine, named)
    assert debugged.at(4).step == step


def test_a_stage_that_is_only_mounted_is_needed(debug: Debug) -> None:
    debugged = debug("FROM busybox AS a\nRUN one\nFROM busybox\nRUN --mount=from=a,target=/a two\n")
    debugged.session.resume()
    assert debugged.engine.ran == ["RUN one", "RUN --mount=from=a,target=/a two"]


def test_an_image_of_a_mount_is_pulled_as_one_of_copy_is(debug: Debug, engine: ScriptedEngine) -> None:
    engine.image("alpine")
    text = "FROM busybox\nCOPY --from=alpine a b\nRUN --mount=from=alpine,target=/a x\n"
    debug(text, pull=True, platform="linux/arm64").session.resume()
    assert [call for call in engine.calls if call.startswith("base")] == [
        "base alpine pull",
        "base busybox pull",
    ]
    assert {platform for _, platform in engine.asked} == {"linux/arm64"}


def test_the_mounts_of_a_trigger_have_their_files(debug: Debug, engine: ScriptedEngine) -> None:
    trigger = "RUN --mount=from=a,target=/a --mount=target=/c x"
    engine.image("triggering", config=ImageConfig(on_build=(trigger,)))
    debugged = debug("FROM busybox AS a\nFROM triggering\n")
    debugged.session.resume()
    base = debugged.at(1).after
    assert isinstance(base, Snapshot)
    assert run_step(debugged, trigger).mount_sources == (base, ContextSource(debugged.folder))


def test_a_secret_that_is_not_given_is_told_and_keeps_no_step_from_its_turn(
    debug: Debug, engine: ScriptedEngine
) -> None:
    debugged = debug("FROM busybox\nRUN one\nRUN --mount=type=secret,id=token,required two\n")
    (error,) = debugged.state.errors
    assert error.message == "secret token: not found"
    assert debugged.state.error is None
    debugged.session.resume()
    assert engine.ran == ["RUN one", "RUN --mount=type=secret,id=token,required two"]


def test_a_trigger_of_an_image_that_asks_for_a_privilege_fails_at_its_line(
    debug: Debug, engine: ScriptedEngine
) -> None:
    engine.image("triggering", config=ImageConfig(on_build=("RUN --network=host x",)))
    debugged = debug("FROM triggering\n")
    debugged.session.resume()
    failed = debugged.state.failure
    assert failed is not None
    assert failed.failure is not None
    assert failed.failure.message == "network.host is not allowed"
    assert engine.ran == []


TEXT = "FROM busybox\nRUN one\nRUN --mount=source=src,target=/src two\nRUN three\n"


@pytest.fixture
def built(debug: Debug, tmp_path: Path) -> Debugged:
    """A build that has run to its end, from a folder whose files are older than it."""
    (tmp_path / "project" / "src").mkdir(parents=True)
    (tmp_path / "project" / "src" / "file").write_text("x")
    time.sleep(0.06)
    debugged = debug(TEXT)
    debugged.session.resume()
    return debugged


def test_a_mounted_file_that_changes_makes_its_step_and_what_follows_run_again(built: Debugged) -> None:
    (built.folder / "src" / "file").write_text("y")
    built.write(TEXT + "\n")
    built.session.reload()
    assert built.ran() == [1, 2]
    assert built.line == 3


def test_another_file_that_changes_makes_nothing_run_again(built: Debugged) -> None:
    (built.folder / "other").write_text("y")
    built.write(TEXT + "\n")
    built.session.reload()
    assert built.ran() == [1, 2, 3, 4]


def test_a_mounted_file_that_is_gone_is_noticed(built: Debugged) -> None:
    os.remove(built.folder / "src" / "file")
    os.rmdir(built.folder / "src")
    built.write(TEXT + "\n")
    built.session.reload()
    assert built.ran() == [1, 2]


def test_a_mounted_stage_that_only_moves_keeps_the_step(debug: Debug) -> None:
    stages = "FROM busybox AS a\nRUN one\nFROM busybox AS b\nRUN --mount=from=a,target=/a two\n"
    debugged = debug(stages)
    debugged.session.resume()
    debugged.write("FROM debian AS new\n" + stages)
    debugged.session.reload()
    assert debugged.ran() == [2, 3, 4, 5]
    assert debugged.at(5).status is Status.DONE


def test_a_mounted_stage_that_is_another_one_makes_the_step_run_again(debug: Debug) -> None:
    stages = "FROM busybox AS a\nRUN one\nFROM busybox AS b\nRUN --mount=from=a,target=/a two\n"
    debugged = debug(stages)
    debugged.session.resume()
    debugged.write(stages.replace("one", "uno"))
    debugged.session.reload()
    assert debugged.ran() == [1, 3]


@pytest.mark.parametrize(
    "use", ["FROM tolls", "FROM busybox\nCOPY --from=tolls a b", "FROM busybox\nRUN --mount=from=tolls,target=/t x"]
)
def test_an_image_that_cannot_be_had_may_be_a_misspelt_stage(debug: Debug, use: str) -> None:
    debugged = debug(f"FROM busybox AS tools\n{use}\n")
    debugged.session.resume()
    told = [event.record.failure for event in debugged.events if isinstance(event, StepFailed)]
    assert [failure.message for failure in told if failure is not None] == [
        "image tolls not found (did you mean the stage tools?)"
    ]
